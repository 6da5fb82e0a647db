//! The table of operators, from a file that `tests/book` generates from the crates.

use std::fs;

use serde::Deserialize;

use super::Book;
use super::directive::Problem;
use super::html::escape;

/// The generated file, below the workspace's root.
const RECORD: &str = "tests/book/operators.json";

/// A family of instructions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    name: String,
    rows: Vec<Row>,
}

/// An instruction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Its bytes, as the binary format has them: `6a`, `fc 08`.
    bytes: String,
    /// Its name in the text format, with its immediates.
    name: String,
    /// Its operands and results: `i32 i32 → i32`.
    #[serde(rename = "type")]
    ty: String,
    /// What it does.
    meaning: String,
    /// The chapters that introduce it.
    chapters: Vec<String>,
}

/// A table for each family, without blank lines.
pub(super) fn show(book: &Book<'_>) -> Result<String, Problem> {
    let help = "`RECORD=1 cargo test -p book` writes it";
    let families = fs::read_to_string(book.workspace.root.join(RECORD))
        .map_err(anyhow::Error::from)
        .and_then(|text| Ok(serde_json::from_str::<Vec<Family>>(&text)?))
        .map_err(|error| Problem::new(format!("{RECORD} cannot be read: {error}"), help))?;
    let mut html = String::from("<div class=\"operators\">");
    for family in families {
        html += &format!(
            "\n<table>\n<caption>{}</caption>\n<thead><tr><th>bytes</th><th>name</th><th>type</th><th>meaning</th><th>chapter</th></tr></thead>\n<tbody>\n",
            escape(&family.name)
        );
        for row in family.rows {
            let chapters: Vec<String> =
                row.chapters.iter().map(|name| chapter(book, name)).collect::<Result<_, _>>()?;
            html += &format!(
                "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                escape(&row.bytes),
                escape(&row.name),
                escape(&row.ty),
                super::html::inline(&row.meaning),
                chapters.join(", ")
            );
        }
        html += "</tbody>\n</table>";
    }
    Ok(html + "\n</div>")
}

/// The number of a chapter, as a link if its page exists.
fn chapter(book: &Book<'_>, name: &str) -> Result<String, Problem> {
    let chapter = book.workspace.chapter(name).map_err(|error| {
        Problem::new(
            format!("{RECORD}: {error:#}"),
            "correct the name of the chapter in tests/book",
        )
    })?;
    let number = chapter.number.map_or_else(|| chapter.name.clone(), |number| number.to_string());
    Ok(match book.exists(&chapter.page()) {
        true => format!("<a href=\"{}.html\">{number}</a>", chapter.name),
        false => number,
    })
}
