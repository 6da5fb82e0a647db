//! `cargo workbook check`: checks that the book and the crates agree.

use std::path::Path;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{exercises, outputs, pages, steps};

/// The arguments of `cargo workbook check`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only this part of the check.
    #[arg(long)]
    pub only: Option<Only>,
    /// Only these chapters: `ch05-branches`, `ch05` or `5`.
    pub chapters: Vec<String>,
}

/// One part of the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Only {
    /// The pages: their template, their listings and commands, and each link of the built book.
    Pages,
    /// The outputs: the demos print what the pages show.
    Outputs,
    /// The steps: they cover the difference, and each state does what its step declares.
    Steps,
    /// The prose: a table of habits that make a page hard to read, one row per page, and what a page
    /// or a step lacks. No number in the table is an error.
    Prose,
    /// The exercises: the test fails for the starter code and passes for the solution.
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
    if !findings.is_empty() {
        bail!("problems found: {}", findings.len());
    }
    println!("no problems found");
    Ok(())
}
