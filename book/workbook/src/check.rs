//! `cargo workbook check`: checks that the book still matches the code.

use std::path::Path;

use anyhow::{Result, bail};

use crate::finding::problems;
use crate::workspace::Workspace;
use crate::{exercises, outputs, pages, steps};

/// The arguments of `cargo workbook check`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Run only this part of the check.
    #[arg(long)]
    pub only: Option<Only>,
    /// Check only these chapters: `ch05-branches`, `ch05` or `5`.
    pub chapters: Vec<String>,
}

/// One part of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Only {
    /// The form of the pages, their listings and commands, and each link of the built book.
    Pages,
    /// What the demos print, compared with what the pages show.
    Outputs,
    /// The steps: each change belongs to one, and after each the crate does what the page says.
    Steps,
    /// A table of habits that make prose hard to read, one row per page, and what a page's form lacks.
    /// No number in the table is an error.
    Prose,
    /// The exercises: the test fails with the starter code and passes with the solution.
    Exercises,
}

/// Checks the workspace in `root`.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let chapters = workspace.chosen(&arguments.chapters)?;
    let mut findings = Vec::new();
    if arguments.only.is_none_or(|only| only == Only::Pages) {
        findings.extend(pages::check(&workspace, &chapters)?);
    }
    if arguments.only == Some(Only::Prose) {
        findings.extend(pages::prose(&workspace, &chapters)?);
    }
    if arguments.only.is_none_or(|only| only == Only::Outputs) {
        findings.extend(outputs::check(&workspace, &chapters)?);
    }
    if arguments.only.is_none_or(|only| only == Only::Steps) {
        findings.extend(steps::check(&workspace, &chapters)?);
    }
    if arguments.only.is_none_or(|only| only == Only::Exercises) {
        findings.extend(exercises::check(&workspace, &chapters)?);
    }
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 if arguments.only == Some(Only::Prose) => {}
        0 => println!("book and code agree"),
        many => bail!("{} found", problems(many)),
    }
    Ok(())
}
