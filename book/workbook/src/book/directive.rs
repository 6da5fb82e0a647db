//! The directives of a page: `{{#step 3}}` and the like, each alone on its line.

use std::ops::RangeInclusive;

/// What a directive asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive<'a> {
    /// What the chapter stands on.
    Needs,
    /// What is there before the first step.
    Given,
    /// The step with this number.
    Step(usize),
    /// A file, or one item of it.
    Listing { file: &'a str, item: Option<&'a str> },
    /// A snapshot, or some of its lines.
    Output { snapshot: Option<&'a str>, lines: Option<RangeInclusive<usize>> },
    /// A recorded run.
    Stepper(Option<&'a str>),
    /// The exercises.
    Exercises,
    /// The table of chapters.
    Chapters,
    /// The hours.
    Schedule,
    /// The table of operators.
    Operators,
}

/// Why something cannot be shown, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub wrong: String,
    /// What to do about it.
    pub mend: String,
}

impl Problem {
    /// Something wrong, and its mend.
    pub fn new(wrong: impl Into<String>, mend: impl Into<String>) -> Problem {
        Problem { wrong: wrong.into(), mend: mend.into() }
    }
}

/// Tells the forms, so that whoever has mistyped one sees them.
const FORMS: &str = "the directives are needs, given, step N, listing FILE [ITEM], output [SNAPSHOT] [lines A-B], \
                     stepper [NAME], exercises, chapters, schedule and operators; book/README.md explains them";

/// The directive that `line` is; nothing where it has none.
///
/// # Errors
/// Where there is one that is none of ours, that lacks something or has too much, or that is not alone.
pub fn parse(line: &str) -> Option<Result<Directive<'_>, Problem>> {
    let start = line.find("{{#")?;
    let alone = line.trim().strip_prefix("{{#").and_then(|rest| rest.strip_suffix("}}"));
    Some(match alone {
        Some(words) if !words.contains("{{") => directive(words.trim()),
        _ => Err(Problem::new(
            format!("`{}` does not stand alone on its line", line[start..].trim()),
            "give it a line of its own, from `{{#` to `}}`",
        )),
    })
}

fn directive(words: &str) -> Result<Directive<'_>, Problem> {
    let (name, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let rest = rest.trim();
    let given = (!rest.is_empty()).then_some(rest);
    let wrong = |what: &str| Err(Problem::new(format!("`{{{{#{words}}}}}` {what}"), FORMS));
    let directive = match name {
        "needs" => Directive::Needs,
        "given" => Directive::Given,
        "exercises" => Directive::Exercises,
        "chapters" => Directive::Chapters,
        "schedule" => Directive::Schedule,
        "operators" => Directive::Operators,
        "stepper" => return Ok(Directive::Stepper(given)),
        "step" => match rest.parse() {
            Ok(step) => return Ok(Directive::Step(step)),
            Err(_) => return wrong("says no number of a step"),
        },
        "listing" => match given {
            None => return wrong("says no file"),
            Some(rest) => {
                let (file, item) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let item = Some(item.trim()).filter(|item| !item.is_empty());
                return Ok(Directive::Listing { file, item });
            }
        },
        "output" => return output(rest).map_or_else(|| wrong("says no range of lines"), Ok),
        _ => return wrong("is no directive"),
    };
    match given {
        None => Ok(directive),
        Some(_) => wrong("says too much"),
    }
}

/// `SNAPSHOT lines A-B`, each part of which may be missing. A snapshot's name may have spaces.
fn output(words: &str) -> Option<Directive<'_>> {
    let (snapshot, lines) = match words.strip_prefix("lines ") {
        Some(lines) => ("", Some(lines)),
        None => words.split_once(" lines ").map_or((words, None), |(a, b)| (a, Some(b))),
    };
    let lines = match lines {
        None => None,
        Some(lines) => {
            let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
            Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
        }
    };
    let snapshot = Some(snapshot.trim()).filter(|snapshot| !snapshot.is_empty());
    Some(Directive::Output { snapshot, lines })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read() {
        let read = |line| parse(line).unwrap().unwrap();
        assert_eq!(parse("no directive, but {{ this }}"), None);
        assert_eq!(read("{{#needs}}"), Directive::Needs);
        assert_eq!(read("  {{#step 12}}  "), Directive::Step(12));
        let file = "src/machine.rs";
        assert_eq!(read("{{#listing src/machine.rs}}"), Directive::Listing { file, item: None });
        assert_eq!(
            read("{{#listing src/machine.rs fn new in impl Stack}}"),
            Directive::Listing { file, item: Some("fn new in impl Stack") }
        );
        assert_eq!(read("{{#stepper larger}}"), Directive::Stepper(Some("larger")));
        assert_eq!(read("{{#output}}"), Directive::Output { snapshot: None, lines: None });
        assert_eq!(
            read("{{#output lines 3-9}}"),
            Directive::Output { snapshot: None, lines: Some(3..=9) }
        );
        assert_eq!(
            read("{{#output demo__no such function lines 2}}"),
            Directive::Output { snapshot: Some("demo__no such function"), lines: Some(2..=2) }
        );
    }

    #[test]
    fn each_wrong_form_is_told() {
        let wrong = |line| parse(line).unwrap().unwrap_err().wrong;
        assert_eq!(wrong("{{#include a.rs}}"), "`{{#include a.rs}}` is no directive");
        assert_eq!(wrong("{{#step}}"), "`{{#step}}` says no number of a step");
        assert_eq!(wrong("{{#step three}}"), "`{{#step three}}` says no number of a step");
        assert_eq!(wrong("{{#listing}}"), "`{{#listing}}` says no file");
        assert_eq!(wrong("{{#needs all}}"), "`{{#needs all}}` says too much");
        assert_eq!(
            wrong("{{#output lines 3-x}}"),
            "`{{#output lines 3-x}}` says no range of lines"
        );
        assert_eq!(wrong("See {{#needs}}."), "`{{#needs}}.` does not stand alone on its line");
        assert_eq!(
            wrong("{{#needs}} {{#given}}"),
            "`{{#needs}} {{#given}}` does not stand alone on its line"
        );
        assert_eq!(wrong("{{#needs"), "`{{#needs` does not stand alone on its line");
    }
}
