//! The check of the pages: they follow the template, and whatever they name exists.

mod commands;
mod glossary;
mod links;
mod text;
mod tics;
mod token;

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::Result;

use crate::book::{Book, Page};
use crate::finding::Finding;
use crate::steps::Steps;
use crate::workspace::{Chapter, Workspace};
use crate::{checkout, exercises};
use commands::Commands;
use links::Site;
use tics::Tics;

/// The problems of the pages of `chapters`. If these are all chapters, also those of the other
/// pages, and the missing pages.
///
/// # Errors
/// If the book cannot be read or built for a reason that is not on a page.
pub fn check(workspace: &Workspace, chapters: &[&Chapter]) -> Result<Vec<Finding>> {
    let book = Book::read(workspace)?;
    let all = chapters.len() == workspace.chapters.len();
    let asked = |page: &Page| match page.chapter(workspace) {
        Some(chapter) => chapters.iter().any(|asked| asked.name == chapter.name),
        None => all,
    };
    let commands = Commands::read(workspace)?;
    let mut findings = Vec::new();
    let mut directives_resolve = true;
    let mut written = Vec::new();
    for page in &book.pages {
        if !book.exists(&page.file) {
            continue;
        }
        let source = book.text(page)?;
        let (_, problem) = book.expand(page, &source);
        directives_resolve &= problem.is_empty();
        let place = book.place(page);
        if asked(page) {
            findings.extend(problem);
            findings.extend(text::fences(&place, &source));
            findings.extend(commands.check(&place, &source));
            if let Some(leaf) = page.leaf(workspace) {
                findings.extend(text::template(&place, &source, leaf.title));
                findings.extend(text::length(&place, &source));
                findings.extend(form(&book, page, &source)?);
                if page.is_first() {
                    findings.extend(exercises_texts(leaf.chapter, &commands)?);
                }
            }
        }
        written.push(Written { place, source, page });
    }
    findings.extend(book.missing().into_iter().filter(|missing| {
        let page = book.pages.iter().find(|page| book.place(page) == missing.file);
        page.is_some_and(asked)
    }));
    // With a wrong directive there is no book to check.
    if directives_resolve && !written.is_empty() {
        let folder = tempfile::tempdir()?;
        book.build(folder.path())?;
        let missing = book.pages.iter().filter(|page| !book.exists(&page.file));
        let missing = missing.map(|page| page.file.replace(".md", ".html")).collect();
        let site = Site::read(folder.path(), missing)?;
        let asked_files: BTreeSet<&str> =
            book.pages.iter().filter(|page| asked(page)).map(|page| page.file.as_str()).collect();
        findings.extend(site.check(&written, &|file| all || asked_files.contains(file)));
        if all {
            findings.extend(glossary::check(&site, &written));
        }
    }
    Ok(findings)
}

/// Prints what can be counted of the prose, one row per page, and what the pages of `chapters` lack.
/// The rows of the other pages come if these are all chapters. The problems are those of the form.
///
/// # Errors
/// If the book cannot be read.
pub fn prose(workspace: &Workspace, chapters: &[&Chapter]) -> Result<Vec<Finding>> {
    let book = Book::read(workspace)?;
    let all = chapters.len() == workspace.chapters.len();
    let mut rows = Vec::new();
    let mut findings = Vec::new();
    for page in book.pages.iter().filter(|page| book.exists(&page.file)) {
        let chapter = page.chapter(workspace);
        if chapter.map_or(!all, |chapter| chapters.iter().all(|asked| asked.name != chapter.name)) {
            continue;
        }
        let source = book.text(page)?;
        rows.push((page.file.replace(".md", ""), Tics::of(&source)));
        if chapter.is_some() {
            findings.extend(form(&book, page, &source)?);
        }
    }
    print!("{}", tics::table(&rows));
    Ok(findings)
}

/// The long listings of a chapter's page that no text comes after.
fn form(book: &Book<'_>, page: &Page, source: &str) -> Result<Vec<Finding>> {
    let place = book.place(page);
    let mut findings = Vec::new();
    let Some(chapter) = page.chapter(book.workspace) else { return Ok(findings) };
    let Some(steps) = Steps::read(book.workspace, chapter)? else { return Ok(findings) };
    for (line, step) in book.steps_without_last_words(source) {
        let lines = steps.changed(step);
        if lines > LONG_LISTING {
            let problem =
                format!("step {step} changes {lines} lines, and no text comes after them");
            let help = "put `{{#code}}` into its text, and after it the line worth a second look";
            findings.push(Finding::new(&place, problem, help).at(line));
        }
    }
    Ok(findings)
}

/// A listing with more lines needs text after it.
const LONG_LISTING: usize = 12;

/// A page that exists.
struct Written<'b> {
    place: PathBuf,
    source: String,
    page: &'b Page,
}

impl Written<'_> {
    /// The first line that contains one of these texts, from 1.
    fn line_with(&self, words: &[&str]) -> Option<usize> {
        let contains = |line: &str| words.iter().any(|words| line.contains(words));
        self.source.lines().position(contains).map(|line| line + 1)
    }

    /// A problem of the page, at the first line that contains one of these texts, if any does.
    fn finding(&self, words: &[&str], problem: String, help: &str) -> Finding {
        let finding = Finding::new(&self.place, problem, help);
        Finding { line: self.line_with(words), ..finding }
    }
}

/// Checks the texts of the exercises, which are on the page too.
fn exercises_texts(chapter: &Chapter, commands: &Commands) -> Result<Vec<Finding>> {
    let (exercises, _) = exercises::read(chapter)?;
    let mut findings = Vec::new();
    for exercise in exercises {
        let place = exercise.folder.join("README.md");
        let slug = exercise.folder.file_name().unwrap_or_default();
        let file = chapter.folder.join("exercises").join(slug).join("README.md");
        let source = checkout::read_text(&file)?;
        findings.extend(text::fences(&place, &source));
        findings.extend(commands.check(&place, &source));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests;
