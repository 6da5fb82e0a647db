//! `cargo workbook build`: the book as HTML.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;

use crate::book::Book;
use crate::workspace::Workspace;

/// The arguments of `cargo workbook build`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write it to this folder [default: target/book].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Builds the book of the workspace in `root`.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let start = Instant::now();
    let workspace = Workspace::read(root)?;
    let book = Book::read(&workspace)?;
    let out = arguments.out.clone().unwrap_or_else(|| root.join("target").join("book"));
    book.build(&out)?;
    for missing in book.missing() {
        eprintln!("warning: {missing}");
    }
    println!("{} ({} ms)", out.join("index.html").display(), start.elapsed().as_millis());
    Ok(())
}
