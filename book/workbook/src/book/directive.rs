//! The directives of a page: `{{#step 3}}` and the like, each alone on its line.

use std::ops::RangeInclusive;

/// What a directive asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive<'a> {
    /// The chapters that this one needs.
    Needs,
    /// What is given before the first step.
    Given,
    /// The step with this number.
    Step(usize),
    /// In the text of a step: its listings, or those of one file or one item.
    Code(Code<'a>),
    /// A file, or one item of it.
    Listing { file: &'a str, item: Option<&'a str> },
    /// A snapshot, or some of its lines.
    Output { snapshot: Option<&'a str>, lines: Option<RangeInclusive<usize>> },
    /// A recorded run.
    Stepper(Option<&'a str>),
    /// Two recorded runs, side by side. Where one goes, the other goes along.
    Steppers(Option<&'a str>, &'a str),
    /// The exercises.
    Exercises,
    /// The table of chapters.
    Chapters,
    /// The table of hours.
    Schedule,
    /// A card for each part.
    Parts,
    /// On the page of a part: the table of its chapters.
    Part,
    /// The chapters as plates on a stack.
    Plates,
    /// The table of what the chapters have built.
    Built,
    /// The table of operators.
    Operators,
}

/// Which listings of a step a place in its text shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code<'a> {
    /// Those that no other place in the text asks for.
    Rest,
    /// Those of a file, without the items that another place asks for.
    File(&'a str),
    /// Those of one item of a file.
    Item(&'a str, &'a str),
}

/// Why something cannot be shown, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What the problem is.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

impl Problem {
    /// A problem, and how to fix it.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem { message: message.into(), help: help.into() }
    }
}

/// The forms, to be shown after a typing error.
const FORMS: &str = "the directives are needs, given, step N, code [FILE [ITEM]], listing FILE [ITEM], output [SNAPSHOT] [lines A-B], \
                     stepper [NAME] [with NAME], exercises, chapters, schedule, part, parts, plates, built and operators; book/README.md explains them";

/// The directive in `line`; `None` if it has none.
///
/// # Errors
/// If the directive is unknown, lacks an argument or has too many, or is not alone on its line.
pub fn parse(line: &str) -> Option<Result<Directive<'_>, Problem>> {
    let start = line.find("{{#")?;
    let alone = line.trim().strip_prefix("{{#").and_then(|rest| rest.strip_suffix("}}"));
    Some(match alone {
        Some(words) if !words.contains("{{") => directive(words.trim()),
        _ => Err(Problem::new(
            format!("`{}` is not alone on its line", line[start..].trim()),
            "give it a line of its own, from `{{#` to `}}`",
        )),
    })
}

fn directive(words: &str) -> Result<Directive<'_>, Problem> {
    let (name, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let rest = rest.trim();
    let given = (!rest.is_empty()).then_some(rest);
    let problem = |what: &str| Err(Problem::new(format!("`{{{{#{words}}}}}` {what}"), FORMS));
    let directive = match name {
        "needs" => Directive::Needs,
        "given" => Directive::Given,
        "exercises" => Directive::Exercises,
        "chapters" => Directive::Chapters,
        "schedule" => Directive::Schedule,
        "part" => Directive::Part,
        "parts" => Directive::Parts,
        "plates" => Directive::Plates,
        "built" => Directive::Built,
        "operators" => Directive::Operators,
        "stepper" => {
            return match rest.split_once("with ") {
                None => Ok(Directive::Stepper(given)),
                Some((name, other)) => {
                    let name = Some(name.trim()).filter(|name| !name.is_empty());
                    Ok(Directive::Steppers(name, other.trim()))
                }
            };
        }
        "step" => match rest.parse() {
            Ok(step) => return Ok(Directive::Step(step)),
            Err(_) => return problem("needs the number of a step"),
        },
        "listing" => match given {
            None => return problem("needs a file"),
            Some(rest) => {
                let (file, item) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                let item = Some(item.trim()).filter(|item| !item.is_empty());
                return Ok(Directive::Listing { file, item });
            }
        },
        "code" => {
            let (file, item) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            return Ok(Directive::Code(match (file, item.trim()) {
                ("", _) => Code::Rest,
                (file, "") => Code::File(file),
                (file, item) => Code::Item(file, item),
            }));
        }
        "output" => return output(rest).map_or_else(|| problem("needs a range of lines"), Ok),
        _ => return problem("is not a directive"),
    };
    match given {
        None => Ok(directive),
        Some(_) => problem("has too many arguments"),
    }
}

/// Parses `SNAPSHOT lines A-B`. Each part is optional, and the name of a snapshot may have spaces.
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
        assert_eq!(read("{{#code}}"), Directive::Code(Code::Rest));
        assert_eq!(read("{{#code src/machine.rs}}"), Directive::Code(Code::File(file)));
        assert_eq!(
            read("{{#code src/machine.rs  fn label}}"),
            Directive::Code(Code::Item(file, "fn label"))
        );
        assert_eq!(read("{{#stepper larger}}"), Directive::Stepper(Some("larger")));
        assert_eq!(read("{{#stepper with tree}}"), Directive::Steppers(None, "tree"));
        assert_eq!(read("{{#stepper one with two}}"), Directive::Steppers(Some("one"), "two"));
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
    fn each_wrong_form_is_reported() {
        let problem = |line| parse(line).unwrap().unwrap_err().message;
        assert_eq!(problem("{{#include a.rs}}"), "`{{#include a.rs}}` is not a directive");
        assert_eq!(problem("{{#step}}"), "`{{#step}}` needs the number of a step");
        assert_eq!(problem("{{#step three}}"), "`{{#step three}}` needs the number of a step");
        assert_eq!(problem("{{#listing}}"), "`{{#listing}}` needs a file");
        assert_eq!(problem("{{#needs all}}"), "`{{#needs all}}` has too many arguments");
        assert_eq!(
            problem("{{#output lines 3-x}}"),
            "`{{#output lines 3-x}}` needs a range of lines"
        );
        assert_eq!(problem("See {{#needs}}."), "`{{#needs}}.` is not alone on its line");
        assert_eq!(
            problem("{{#needs}} {{#given}}"),
            "`{{#needs}} {{#given}}` is not alone on its line"
        );
        assert_eq!(problem("{{#needs"), "`{{#needs` is not alone on its line");
    }
}
