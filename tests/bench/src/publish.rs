//! Where the figures are shown: in the README as a table, in the README and the book as a chart.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Report, chart};

/// The file of the figures, below this crate.
pub const MEASURED: &str = "measured.json";

/// The files that show what was measured, each with what it has to say: the figures themselves, the chart, the README.
///
/// # Errors
///
/// Where the README can't be read, or has no table of this kind.
pub fn published(report: &Report) -> Result<[(PathBuf, String); 3], String> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = own.join("../../README.md");
    // Git for Windows may have checked it out with CRLF.
    let text =
        fs::read_to_string(&readme).map_err(|error| format!("cannot read README.md: {error}"))?;
    let text = text.replace("\r\n", "\n");
    let table = table(&text).ok_or("README.md has no table that begins with `| work |`")?;
    let text = text.replacen(&table, &report.markdown(), 1);
    let figures = serde_json::to_string_pretty(report).map_err(|error| error.to_string())?;
    Ok([
        (own.join(MEASURED), figures + "\n"),
        (own.join("../../book/src/speed.svg"), chart(report)),
        (readme, text),
    ])
}

/// The README's table of ratios.
fn table(readme: &str) -> Option<String> {
    let rows = readme.lines().skip_while(|line| !line.starts_with("| work |"));
    let rows = rows.take_while(|line| line.starts_with('|'));
    let table: String = rows.map(|row| format!("{row}\n")).collect();
    (!table.is_empty()).then_some(table)
}
