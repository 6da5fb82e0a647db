//! The stepper: a recorded run that a page plays forward and back.
//!
//! This module turns the recording into HTML: the run as a table, which a browser without
//! JavaScript shows, and the same run as JSON, from which `book/theme/stepper.js` makes a panel.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};
use trace::{EndKind, Line, Moment, Recording, Written};

use crate::book::html;
use crate::workspace::Chapter;

/// Text between these is not searched, because mdBook's index leaves comments out. [`uncover`]
/// removes them from the built page.
const COVER: (&str, &str) = ("<!--unsearched ", " unsearched-->");

/// The folder of the recordings, below the workspace's root.
const RECORDINGS: &str = "tests/book/recordings";

/// The HTML of a chapter's recorded run, or of its run with this name. It has no blank line, so
/// that it is one block of Markdown.
///
/// # Errors
/// If there is no such recording, or if it cannot be read.
pub fn render(root: &Path, chapter: &Chapter, name: Option<&str>) -> Result<String> {
    Ok(html(&read(root, chapter, name)?, name))
}

/// A built page, in which the tables are visible.
pub fn uncover(page: &str) -> String {
    page.replace(COVER.0, "").replace(COVER.1, "")
}

fn read(root: &Path, chapter: &Chapter, name: Option<&str>) -> Result<Recording> {
    let suffix = name.map_or_else(String::new, |name| format!(".{name}"));
    let file = format!("{RECORDINGS}/{}{suffix}.json", chapter.name);
    let text = match fs::read_to_string(root.join(&file)) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!(
                "there is no recording {file}; `RECORD=1 cargo test -p book` writes the recordings that are defined in tests/book"
            )
        }
        Err(error) => return Err(error).context(file),
    };
    serde_json::from_str(&text).with_context(|| {
        format!("{file} is not a recording; `RECORD=1 cargo test -p book` rewrites it")
    })
}

fn html(recording: &Recording, name: Option<&str>) -> String {
    let prefix = name.map_or_else(|| "step".to_owned(), |name| format!("{name}-step"));
    let (cover, uncover) = COVER;
    let json = serde_json::to_string(recording).unwrap_or_default();
    // No text may end the script, or look like a comment.
    let json = json.replace('<', "\\u003c").replace('>', "\\u003e");
    // No text in the table may end the comment around it.
    let table = table(recording, &prefix).replace("--", "&#45;&#45;");
    [
        &format!("<div class=\"stepper\" data-prefix=\"{}\">", escape(&prefix)),
        &format!("<p class=\"stepper-title\">{}</p>", escape(&recording.title)),
        &format!("{cover}{table}{uncover}"),
        &format!("<script type=\"application/json\">{json}</script>"),
        "</div>",
    ]
    .join("\n")
}

/// What a column shows about a step.
type Cell = fn(&Moment, &[Line]) -> String;

/// The run as a table with one row per step. An empty column is left out.
fn table(recording: &Recording, prefix: &str) -> String {
    let Recording { code, steps, end, .. } = recording;
    let columns: [(&str, Cell); 7] = [
        ("at", |moment, code| {
            let place = moment.line.and_then(|line| code[line].place.as_ref());
            place.map_or_else(String::new, |place| {
                format!("{} {}", place.function, place.path_text()).trim().to_owned()
            })
        }),
        ("next", |moment, code| {
            moment.line.map_or_else(String::new, |line| code[line].text.clone())
        }),
        ("operand stack", |moment, _| moment.stack.join(" ")),
        ("locals", |moment, _| moment.locals.join(" ")),
        ("labels", |moment, _| moment.labels.join(" ")),
        ("writes", |moment, _| {
            let writes: Vec<String> = moment.writes.iter().map(written).collect();
            writes.join("; ")
        }),
        ("prints", |moment, _| visible(&moment.output)),
    ];
    let columns = columns.into_iter().filter(|(name, cell)| {
        *name == "next" || steps.iter().any(|step| !cell(step, code).is_empty())
    });
    let rename = |name| match (name, recording.stack.as_str(), recording.locals.as_str()) {
        ("operand stack", named, _) | ("locals", _, named) if !named.is_empty() => {
            escape(&named.to_lowercase())
        }
        _ => name.to_owned(),
    };
    let columns: Vec<_> = columns.map(|(name, cell)| (rename(name), cell)).collect();
    let mut html = String::from(
        "<details class=\"stepper-table\" open><summary>The run as a table</summary><div class=\"stepper-scroll\" tabindex=\"0\"><table><thead><tr><th>step</th>",
    );
    for (name, _) in &columns {
        html += &format!("<th>{name}</th>");
    }
    html += "</tr></thead><tbody>";
    for (number, step) in steps.iter().enumerate() {
        html += &format!("<tr id=\"{}-{1}\"><td>{1}</td>", escape(prefix), number + 1);
        for (_, cell) in &columns {
            html += &format!("<td>{}</td>", escape(&cell(step, code)));
        }
        html += "</tr>";
    }
    let (number, span, text) = (steps.len() + 1, columns.len(), escape(&end.text));
    let class = match end.kind {
        EndKind::Trap => "stepper-trap",
        EndKind::Done | EndKind::Cut => "stepper-end",
    };
    html += &format!(
        "<tr id=\"{}-{number}\" class=\"{class}\"><td></td><td colspan=\"{span}\">{text}</td></tr></tbody></table></div></details>",
        escape(prefix)
    );
    html
}

/// `22: 00 00 00 00 00 00 08 40`
fn written(write: &Written) -> String {
    let bytes: Vec<String> = write.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}: {}", write.address, bytes.join(" "))
}

/// The output to a terminal, in one line: without sequences that move the cursor, and with visible
/// line ends.
fn visible(output: &str) -> String {
    let mut text = String::new();
    let mut characters = output.chars();
    while let Some(character) = characters.next() {
        match character {
            '\x1b' => _ = characters.find(char::is_ascii_alphabetic),
            '\r' => {}
            '\n' => text.push('⏎'),
            character => text.push(character),
        }
    }
    text
}

/// `text` for HTML. A blank line in it would end the block of HTML.
fn escape(text: &str) -> String {
    html::escape(text).replace('\n', "&#10;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;
    use trace::{End, Place};

    fn sample() -> Recording {
        let place = Some(Place::new("main", [0, 2]));
        let line = Line { text: "call --><script>".into(), indent: 1, place };
        let writes = vec![Written { address: 22, bytes: vec![0, 8], value: "3".into() }];
        let output = "\r  <0:>\x1b[K\r\nand --\n\n".into();
        let stack = vec!["1".into(), "2".into()];
        let step = Moment { line: Some(0), stack, writes, output, ..Moment::default() };
        let end = End { text: "Trap: a < b".into(), kind: EndKind::Trap, state: step.clone() };
        Recording {
            title: "a & b".into(),
            stack: String::new(),
            locals: String::new(),
            code: vec![line],
            steps: vec![step],
            end,
        }
    }

    #[test]
    fn the_html_is_one_block_that_no_text_can_leave() {
        let html = html(&sample(), None);
        assert!(html.lines().all(|line| !line.trim().is_empty()), "{html}");
        assert_eq!(html.matches("<script").count(), 1, "{html}");
        assert_eq!(html.matches("</script>").count(), 1, "{html}");
        assert_eq!(html.matches("-->").count(), 1, "{html}");
        let json = html.split("<script type=\"application/json\">").nth(1).unwrap();
        let json = json.split("</script>").next().unwrap();
        assert_eq!(serde_json::from_str::<Recording>(json).unwrap(), sample());
    }

    #[test]
    fn the_table_is_visible_but_not_searched() {
        let html = html(&sample(), Some("larger"));
        let comment = html.find("<!--").unwrap()..html.find("-->").unwrap();
        assert!(comment.contains(&html.find("<table>").unwrap()));
        let page = uncover(&html);
        assert!(!page.contains("<!--") && !page.contains("-->"), "{page}");
        for cell in [
            "<tr id=\"larger-step-1\"><td>1</td><td>main 0.2</td>",
            "<td>call &#45;&#45;&gt;&lt;script&gt;</td><td>1 2</td>",
            "<td>22: 00 08</td><td>  &lt;0:&gt;⏎and &#45;&#45;⏎⏎</td>",
            "<tr id=\"larger-step-2\" class=\"stepper-trap\">",
            "Trap: a &lt; b",
        ] {
            assert!(page.contains(cell), "{cell} is not in {page}");
        }
        assert!(!page.contains("<th>locals</th>"), "{page}");
    }

    #[test]
    fn a_missing_recording_is_named() {
        let workspace = Workspace::read(crate::workspace()).unwrap();
        let chapter = workspace.chapter("ch05").unwrap();
        assert!(render(&workspace.root, chapter, None).unwrap().contains("data-prefix=\"step\""));
        let error = render(&workspace.root, chapter, Some("nothing")).unwrap_err().to_string();
        assert!(error.contains("tests/book/recordings/ch05-branches.nothing.json"), "{error}");
        assert!(error.contains("RECORD=1 cargo test -p book"), "{error}");
    }

    #[test]
    fn the_stepper_stays_small() {
        let theme = crate::workspace().join("book/theme");
        let size = |file: &str| fs::metadata(theme.join(file)).unwrap().len();
        let bytes = size("stepper.js") + size("stepper.css");
        assert!(bytes <= 30_000, "{bytes} bytes");
    }
}
