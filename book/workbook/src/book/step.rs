//! A step on its page: the heading, then the author's explanation, then the changes.

use super::directive::{Code, Problem};
use super::html::{escape, fence, inline, listing};
use crate::item;
use crate::start::OWN;
use crate::steps::{Kind, Listing, Part, Status, Step, Steps, extract};
use crate::workspace::Leaf;

/// A step on its page.
pub(super) struct Shown {
    /// Its heading.
    pub heading: String,
    /// What each place for code in its text shows.
    pub code: Vec<Result<String, Problem>>,
    /// What comes after its text: the listings that are not in it, and the status.
    pub below: String,
}

/// A step whose text has these places for code. The whole `error` of a step that fails is shown
/// the first time on a page, and where a step asks for it. The reader's crate is called `own`.
pub(super) fn step(
    steps: &Steps,
    number: usize,
    code: &[Code<'_>],
    error: Option<&str>,
    own: &str,
) -> Result<Shown, Problem> {
    let step = number.checked_sub(1).and_then(|index| steps.steps.get(index)).ok_or_else(|| {
        Problem::new(
            format!("there is no step {number}"),
            match steps.steps.len() {
                0 => format!("write the steps in {}'s steps.toml", steps.chapter),
                last => format!("{} has the steps 1-{last}", steps.chapter),
            },
        )
    })?;
    let heading = format!("### Step {number}: {} {{#edit-{number}}}\n", step.title);
    let (code, mut below) = place(steps, number, code);
    below += &match step.runs.is_empty() {
        true => status(step, error),
        false => runs(step, &steps.chapter, own),
    };
    Ok(Shown { heading, code, below })
}

/// The listings of a step for each place in its text, and those that no place asks for. A narrower
/// place takes its listings first, wherever it is in the text.
fn place(
    steps: &Steps,
    number: usize,
    places: &[Code<'_>],
) -> (Vec<Result<String, Problem>>, String) {
    let mut shown = steps.listing(Part::Shown(number));
    let mut along = steps.listing(Part::Along(number));
    let state = steps.state(number);
    let mut taken: Vec<String> = vec![String::new(); places.len()];
    let width = |place: &Code<'_>| match place {
        Code::Item(..) => 0,
        Code::File(_) => 1,
        Code::Rest => 2,
    };
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&index| width(&places[index]));
    for index in order {
        let take = |from: &mut Vec<Listing>| match places[index] {
            Code::Rest => std::mem::take(from),
            Code::File(file) => from.extract_if(.., |listing| listing.file == file).collect(),
            Code::Item(file, words) => {
                let text = state.get(file).map(|text| String::from_utf8_lossy(text));
                let text = text.unwrap_or_default();
                item::find(&text, words)
                    .map_or_else(|_| Vec::new(), |item| extract(from, file, &text, item))
            }
        };
        taken[index] = listings(&take(&mut shown));
        // What is shown comes first. A place that names something folded gets that.
        if taken[index].is_empty() || places[index] == Code::Rest {
            taken[index] += &also_needed(&take(&mut along));
        }
    }
    let code = taken.into_iter().zip(places).map(|(text, place)| match text.is_empty() {
        false => Ok(text),
        true => Err(nothing_for(steps, number, place)),
    });
    (code.collect(), listings(&shown) + &also_needed(&along))
}

/// Why a place in the text of a step shows nothing.
fn nothing_for(steps: &Steps, number: usize, place: &Code<'_>) -> Problem {
    let mut all = steps.listing(Part::Shown(number));
    all.extend(steps.listing(Part::Along(number)));
    let mut names: Vec<&str> = all.iter().map(|listing| listing.file.as_str()).collect();
    names.sort();
    names.dedup();
    let changes = match names.is_empty() {
        true => format!("step {number} changes no file"),
        false => format!("step {number} changes {}", names.join(", ")),
    };
    let elsewhere = "other `{{#code}}` lines of the step already show all of it: delete this one";
    match place {
        Code::Rest => {
            let problem = format!("step {number} has no code left for this `{{{{#code}}}}`");
            Problem::new(problem, if names.is_empty() { &changes } else { elsewhere })
        }
        Code::File(file) if names.contains(file) => {
            Problem::new(format!("step {number} has no code left in {file}"), elsewhere)
        }
        Code::Item(file, words) if names.contains(file) => Problem::new(
            format!(
                "step {number} changes nothing in `{words}` of {file}, or another `{{{{#code}}}}` shows it"
            ),
            "use words that only the first line of a changed item has; a deleted item is shown with its file",
        ),
        Code::File(file) | Code::Item(file, _) => {
            Problem::new(format!("step {number} doesn't change {file}"), changes)
        }
    }
}

/// What comes along with a step, folded.
fn also_needed(along: &[Listing]) -> String {
    match along.is_empty() {
        true => String::new(),
        false => folded(&format!("Also needed: {}", files(along)), &listings(along)),
    }
}

/// What is given before the first step, as far as it belongs to this page. The reader's crate is
/// called `own`.
pub(super) fn given(steps: &Steps, leaf: &Leaf<'_>, own: &str) -> String {
    let short = leaf.chapter.short();
    let mut parts = String::new();
    let mut all = Vec::new();
    let given = steps.given.iter().enumerate();
    for (number, given) in given.filter(|(_, given)| given.page == leaf.position) {
        let part = steps.listing(Part::Given(number));
        parts += &format!("{}\n\n{}", given.why, listings(&part));
        all.extend(part);
    }
    if leaf.position > 1 {
        let last = leaf.steps.start - 1;
        let from = format!(
            "You go on with the crate of the page before. If you haven't typed along, `cargo workbook start {short} NAME --step {last}` makes a crate with everything up to step {last}, under a name of your choice."
        );
        return match all.is_empty() {
            true => format!("{from}\n"),
            false => format!(
                "{from} What is folded here has been in it from the beginning.\n\n{}",
                folded(&format!("Before step {}: {}", last + 1, files(&all)), &parts)
            ),
        };
    }
    let name = match own {
        OWN => String::new(),
        own => format!(" {own}"),
    };
    let start = fence("sh", &format!("cargo workbook start {short}{name}"));
    let from = match &steps.start {
        Some(start) => format!(
            "This makes your own copy of `{start}` in `chapters/{own}`, ready for step 1. If you've typed `{start}` there, you go on in it:"
        ),
        None if own == OWN => format!(
            "This makes a crate of your own for `{}` in `chapters/{own}`, ready for step 1:",
            steps.chapter
        ),
        None => format!(
            "This chapter doesn't go on from an earlier crate. This makes a new one, `chapters/{own}`, ready for step 1:"
        ),
    };
    let run = format!(
        "You run yours with `cargo run -p {own}`, and test it with `cargo workbook try {own}`. Where this page says `-p {}`, it means the finished crate.",
        steps.chapter
    );
    let from = format!("{from}\n\n{start}\n{run}\n");
    if all.is_empty() {
        return format!("{from}\n");
    }
    let summary = format!("Before the first step: {}", files(&all));
    format!(
        "{from}\nWhat is folded here is in it already, under your crate's name: you don't type it.\n\n{}",
        folded(&summary, &parts)
    )
}

fn folded(summary: &str, content: &str) -> String {
    format!("<details class=\"given\"><summary>{summary}</summary>\n\n{content}</details>\n\n")
}

/// The names of the files, as HTML; only their number if there are many.
fn files(listings: &[Listing]) -> String {
    let mut names: Vec<&str> = listings.iter().map(|listing| listing.file.as_str()).collect();
    names.sort();
    names.dedup();
    match names.len() {
        0..5 => {
            let names: Vec<String> =
                names.iter().map(|name| format!("<code>{}</code>", escape(name))).collect();
            names.join(", ")
        }
        many => format!("{many} files"),
    }
}

/// A listing for each passage. In a new file no line is marked, because all lines are added. A
/// deleted file is only named.
fn listings(files: &[Listing]) -> String {
    let mut html = String::new();
    let gone: Vec<String> = files
        .iter()
        .filter(|file| file.is_gone)
        .map(|file| format!("<code>{}</code>", escape(&file.file)))
        .collect();
    if !gone.is_empty() {
        html += &format!("<p class=\"goes\">Delete these files: {}.</p>\n\n", gone.join(", "));
    }
    for file in files.iter().filter(|file| !file.is_gone) {
        for passage in &file.passages {
            let name = escape(&file.file);
            let what = match (&passage.within, file.is_new) {
                (_, true) => ", a new file".to_owned(),
                (Some(item), false) => format!(", in <code>{}</code>", escape(item)),
                (None, false) if passage.is_last => ", at the end".to_owned(),
                (None, false) => String::new(),
            };
            let lines = passage.lines.iter().map(|line| {
                let kind = if file.is_new { Kind::Context } else { line.kind };
                (kind, line.text.as_str())
            });
            html += &listing(&format!("<code>{name}</code>{what}"), &file.file, lines);
            html += "\n\n";
        }
    }
    html
}

/// What the reader's crate prints with some arguments.
fn runs(step: &Step, chapter: &str, own: &str) -> String {
    let mut text = "<p class=\"status runs\">It runs:</p>\n\n".to_owned();
    for run in &step.runs {
        let (command, prints) = run.as_typed(chapter, own);
        text += &format!("{}\n\n", fence("sh", &command));
        if run.ctrl_c {
            text += "Press Ctrl-C, and it has printed:\n\n";
        }
        if !prints.is_empty() {
            text += &format!("{}\n\n", fence("text", &prints));
        }
    }
    text
}

fn status(step: &Step, error: Option<&str>) -> String {
    match (step.status, &step.prints) {
        (Status::Runs, None) => "<p class=\"status runs\">It runs.</p>\n\n".to_owned(),
        (Status::Runs, Some(prints)) => {
            let prints = fence("text", prints);
            format!("<p class=\"status runs\">It runs and prints:</p>\n\n{prints}\n\n")
        }
        (Status::Compiles, _) => "<p class=\"status compiles\">It compiles.</p>\n\n".to_owned(),
        (Status::Crashes, _) => {
            let saying = step.saying.as_deref().unwrap_or_default();
            let saying = escape(saying);
            format!(
                "<p class=\"status fails\">It compiles, and crashes, on purpose: <code>{saying}</code></p>\n\n"
            )
        }
        (Status::Fails, _) => {
            let code = step.error.as_deref().unwrap_or("an error");
            let saying = step.saying.as_deref().map(|words| format!(": {}", inline(words)));
            let short = format!("<code>{}</code>{}", escape(code), saying.unwrap_or_default());
            let (words, error) = match error {
                None => (String::new(), String::new()),
                Some(error) => {
                    let error = format!(
                        "<div class=\"compiler\">\n\n{}\n\n</div>\n\n",
                        fence("text", error)
                    );
                    (". In the compiler's own words:".to_owned(), error)
                }
            };
            format!(
                "<p class=\"status fails\">It doesn't compile yet, on purpose: {short}{words}</p>\n\n{error}"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::Run;

    fn a_step(status: Status) -> Step {
        Step {
            title: String::new(),
            status,
            error: Some("E0004".into()),
            saying: Some("`&Instr::Br` not covered".into()),
            whole: false,
            prints: None,
            runs: Vec::new(),
            line: 1,
        }
    }

    #[test]
    fn the_status_is_shown_in_words() {
        assert!(status(&a_step(Status::Runs), None).contains(">It runs.<"));
        assert!(status(&a_step(Status::Compiles), None).contains(">It compiles.<"));
        let crashes = status(&a_step(Status::Crashes), None);
        assert!(crashes.contains("crashes, on purpose: <code>`&amp;Instr::Br` not"), "{crashes}");
        assert!(
            status(&a_step(Status::Fails), None).contains(
                "on purpose: <code>E0004</code>: <code>&amp;Instr::Br</code> not covered"
            )
        );
        let whole = status(&a_step(Status::Fails), Some("error[E0004]: non-exhaustive"));
        assert!(
            whole.contains(
                "own words:</p>\n\n<div class=\"compiler\">\n\n```text\nerror[E0004]: non-"
            ),
            "{whole}"
        );
        let prints = Step { prints: Some("2.3\n".into()), ..a_step(Status::Runs) };
        assert!(status(&prints, None).contains("```text\n2.3\n```"));
    }

    #[test]
    fn runs_with_arguments_are_shown_as_commands() {
        let run = |arguments: &[&str], ctrl_c, prints: &str| Run {
            arguments: arguments.iter().map(|&it| it.to_owned()).collect(),
            ctrl_c,
            prints: prints.to_owned(),
        };
        let file = "chapters/ch02-two/programs/a-program-with-a-long-name.py";
        let runs_of = vec![
            run(&["-c", "print(2)"], false, "2\n"),
            run(&["--to", file, "-c", "print(\"x\")"], false, ""),
            run(&["x.py"], true, "ch02-two\n"),
        ];
        let step = Step { runs: runs_of, ..a_step(Status::Runs) };
        assert_eq!(
            runs(&step, "ch02-two", "mine"),
            "<p class=\"status runs\">It runs:</p>\n\n\
             ```sh\ncargo run -p mine -- -c \"print(2)\"\n```\n\n```text\n2\n```\n\n\
             ```sh\ncargo run -p mine -- --to chapters/mine/programs/a-program-with-a-long-name.py \\\n  \
             -c 'print(\"x\")'\n```\n\n\
             ```sh\ncargo run -p mine -- x.py\n```\n\n\
             Press Ctrl-C, and it has printed:\n\n```text\nmine\n```\n\n"
        );
    }

    #[test]
    fn a_deleted_file_is_only_named() {
        let file = |name: &str| (name.to_owned(), b"struct Old;\n".to_vec());
        let before = ["src/old.rs", "src/older.rs", "src/lib.rs"].map(file).into();
        let after = [("src/lib.rs".to_owned(), b"struct New;\n".to_vec())].into();
        let html = listings(&Steps::between(&before, &after).whole());
        assert!(
            html.contains(
                "Delete these files: <code>src/old.rs</code>, <code>src/older.rs</code>."
            )
        );
        assert_eq!(html.matches("Old").count(), 1, "{html}");
    }

    #[test]
    fn a_missing_step_is_reported() {
        let steps = Steps {
            chapter: "ch05-branches".into(),
            start: None,
            given: Vec::new(),
            steps: vec![a_step(Status::Runs)],
            files: Default::default(),
            findings: Vec::new(),
        };
        assert!(step(&steps, 1, &[], None, OWN).is_ok());
        for number in [0, 2] {
            let problem = step(&steps, number, &[], None, OWN).err().unwrap();
            assert_eq!(problem.message, format!("there is no step {number}"));
            assert_eq!(problem.help, "ch05-branches has the steps 1-1");
        }
    }
}
