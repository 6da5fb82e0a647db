//! What a directive shows: Markdown, and HTML where Markdown is not enough.

use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::directive::{Code, Directive, Problem};
use super::html::{self, escape, fence, minutes};
use super::pages::title_of_part;
use super::{Book, Page, exercise, operators, snapshot, step};
use crate::start::OWN;
use crate::steps::{Kind, Step, Steps};
use crate::workspace::{Chapter, Leaf};
use crate::{checkout, errors, exercises, item, stepper};

impl Book<'_> {
    /// A step of the page, with the listings that `code`, the places in its text, ask for.
    pub(super) fn step(
        &self,
        page: &Page,
        number: usize,
        code: &[Code<'_>],
    ) -> Result<step::Shown, Problem> {
        let leaf = self.own(page)?;
        let steps = self.steps(leaf.chapter)?;
        if !leaf.steps.contains(&number) && (1..=steps.steps.len()).contains(&number) {
            return Err(Problem::new(
                format!("step {number} belongs to another page of {}", leaf.chapter.name),
                "show it there, or change `step` in the crate's metadata",
            ));
        }
        let mut shown = errors::shown(&steps, &leaf).into_iter();
        let error = match shown.find(|(shown, ..)| *shown == number) {
            Some((_, step, name)) => Some(self.error(&leaf, number, step, &name)?),
            None => None,
        };
        step::step(&steps, number, code, error.as_deref(), &self.own_crate(leaf.chapter))
    }

    /// The recorded error of a step that fails.
    fn error(
        &self,
        leaf: &Leaf<'_>,
        number: usize,
        step: &Step,
        name: &str,
    ) -> Result<String, Problem> {
        let chapter = leaf.chapter;
        let help = format!("run `cargo workbook record {}`", chapter.short());
        match errors::read(chapter, name) {
            Ok(Some(recording)) if recording.is_of(step) => Ok(recording.text),
            Ok(None) => {
                Err(Problem::new(format!("the error of step {number} is not recorded"), help))
            }
            Ok(Some(_)) => Err(Problem::new(
                format!("what is recorded is not the error of step {number}"),
                help,
            )),
            Err(error) => Err(Problem::new(format!("{error:#}"), help)),
        }
    }

    /// The page as one of a chapter's.
    fn own(&self, page: &Page) -> Result<Leaf<'_>, Problem> {
        page.leaf(self.workspace).ok_or_else(|| {
            Problem::new(
                format!("{} is not the page of a chapter", page.file),
                "use this directive only on the page of a chapter",
            )
        })
    }

    /// The text that replaces the directive on `page`. Steps and their code are not shown by this,
    /// but by `step`.
    pub(super) fn show(&self, page: &Page, directive: &Directive<'_>) -> Result<String, Problem> {
        let leaf = || self.own(page);
        let chapter = || Ok(leaf()?.chapter);
        match directive {
            Directive::Needs => Ok(self.needs(&leaf()?)),
            Directive::Given => {
                let leaf = leaf()?;
                Ok(step::given(&*self.steps(leaf.chapter)?, &leaf, &self.own_crate(leaf.chapter)))
            }
            Directive::Step(_) | Directive::Code(_) => Err(Problem::new(
                "there is no step here whose code this could be",
                "write `{{#code}}` into the text of a step: after its `{{#step N}}`, and before the next step or heading",
            )),
            Directive::Listing { file, item } => self.listing(page, file, *item),
            Directive::Output { snapshot, lines } => {
                let text = self.output(chapter()?, snapshot.unwrap_or(snapshot::DEMO))?;
                let text = match lines {
                    Some(lines) => some_lines(&text, *lines.start(), *lines.end())?,
                    None => text,
                };
                Ok(fence("text", &text))
            }
            Directive::Stepper(name) => {
                let problem = |error: anyhow::Error| {
                    Problem::new(
                        format!("{error:#}"),
                        "record the run in tests/book, or name an existing recording",
                    )
                };
                stepper::render(&self.workspace.root, chapter()?, *name).map_err(problem)
            }
            Directive::Steppers(one, other) => {
                let [one, other] = [Directive::Stepper(*one), Directive::Stepper(Some(other))]
                    .map(|stepper| self.show(page, &stepper));
                Ok(format!("<div class=\"steppers\">\n{}\n{}\n</div>", one?, other?))
            }
            Directive::Exercises => self.exercises(&leaf()?),
            Directive::Chapters => Ok(self.chapters()),
            Directive::Schedule => Ok(self.schedule()),
            Directive::Parts => Ok(self.cards()),
            Directive::Part => self.part(page),
            Directive::Plates => Ok(self.plates()),
            Directive::Built => self.built(),
            Directive::Operators => operators::show(self),
        }
    }

    /// `[5. Branches](ch05-branches.md)`, or only the title if the page does not exist yet.
    pub(super) fn link(&self, leaf: &Leaf<'_>) -> String {
        let (title, file) = (leaf.numbered_title(), leaf.file());
        if self.exists(&file) { format!("[{title}]({file})") } else { title }
    }

    /// The name of the reader's crate for a chapter: that of the chapters that it goes on from.
    fn own_crate(&self, chapter: &Chapter) -> String {
        let start = self.steps(chapter).ok().and_then(|steps| steps.start.clone());
        match start.and_then(|start| self.workspace.chapter(&start).ok()) {
            Some(start) => self.own_crate(start),
            None if chapter.number == Some(1) => OWN.to_owned(),
            None => {
                let idea = chapter.name.split_once('-').map_or(&*chapter.name, |(_, idea)| idea);
                format!("my-{idea}")
            }
        }
    }

    /// The steps of a chapter, which are read once per book.
    fn steps(&self, chapter: &Chapter) -> Result<Rc<Steps>, Problem> {
        let known = self.steps.borrow().get(&chapter.name).cloned();
        if let Some(steps) = known {
            return Ok(steps);
        }
        let steps = match Steps::read(self.workspace, chapter) {
            Ok(Some(steps)) => Rc::new(steps),
            Ok(None) => {
                return Err(Problem::new(
                    format!("{} has no steps yet", chapter.name),
                    "write its steps.toml; book/README.md describes the format",
                ));
            }
            Err(error) => {
                return Err(Problem::new(
                    format!("{error:#}"),
                    "make the files of the crate readable",
                ));
            }
        };
        self.steps.borrow_mut().insert(chapter.name.clone(), steps.clone());
        Ok(steps)
    }

    fn exercises(&self, leaf: &Leaf<'_>) -> Result<String, Problem> {
        let chapter = leaf.chapter;
        match exercises::read(chapter) {
            Ok((exercises, _)) if exercises.is_empty() => Err(Problem::new(
                format!("{} has no exercises yet", chapter.name),
                "write them in its folder `exercises`; book/README.md describes the format",
            )),
            Ok((exercises, _)) => Ok(exercise::exercises(leaf, &exercises)),
            Err(error) => {
                Err(Problem::new(format!("{error:#}"), "make the files of the exercises readable"))
            }
        }
    }

    fn needs(&self, leaf: &Leaf<'_>) -> String {
        let needed = leaf.needs.iter();
        let needed: Vec<String> = needed
            .filter_map(|name| self.workspace.chapters.iter().find(|other| other.name == *name))
            .map(|needed| self.link(&needed.leaves()[0]))
            .collect();
        let needed = match needed.is_empty() {
            true => "Rust's basics: enums, `match`, `Result`, `Vec`".to_owned(),
            false => needed.join(", "),
        };
        let Leaf { reading, doing, .. } = *leaf;
        format!(
            "{needed}. {} to read, and {} to type the steps and do the exercises.",
            minutes(reading),
            minutes(doing)
        )
    }

    fn chapters(&self) -> String {
        let mut table = String::from("| | chapter | the one idea | time |\n|---:|---|---|---:|\n");
        for leaf in self.workspace.chapters.iter().flat_map(Chapter::leaves) {
            let (file, number) = (leaf.file(), leaf.number_text());
            let title = match self.exists(&file) {
                true => format!("[{}]({file})", leaf.title),
                false => leaf.title.to_owned(),
            };
            let time = minutes(leaf.reading + leaf.doing);
            table += &format!("| {number} | {title} | {} | {time} |\n", cell(leaf.idea));
        }
        table
    }

    fn schedule(&self) -> String {
        let mut table = String::from(
            "| chapter | reading | doing | together | speaking |\n|---|---:|---:|---:|---:|\n",
        );
        let mut row = |what: &str, of: &[Leaf<'_>], strong: &str| {
            let sum = |of_one: fn(&Leaf<'_>) -> u32| of.iter().map(of_one).sum();
            let (reading, doing): (u32, u32) = (sum(|of| of.reading), sum(|of| of.doing));
            let times = [reading, doing, reading + doing, sum(|of| of.speaking)];
            let times = times.map(|time| format!("{strong}{}{strong}", minutes(time))).join(" | ");
            table += &format!("| {strong}{what}{strong} | {times} |\n");
        };
        let all: Vec<Leaf<'_>> = self.workspace.chapters.iter().flat_map(Chapter::leaves).collect();
        for part in all.chunk_by(|a, b| a.chapter.part() == b.chapter.part()) {
            for leaf in part {
                row(&self.link(leaf), std::slice::from_ref(leaf), "");
            }
            row(title_of_part(part[0].chapter.part()), part, "**");
        }
        row("The whole book", &all, "**");
        table
    }

    fn output(&self, chapter: &Chapter, name: &str) -> Result<String, Problem> {
        match snapshot::read(chapter, name) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => Err(Problem::new(
                format!("{} has no snapshot `{name}`", chapter.name),
                format!("its snapshots are {}", list(&snapshot::names(chapter))),
            )),
            Err(error) => Err(Problem::new(format!("{error:#}"), "make the file readable")),
        }
    }

    fn listing(&self, page: &Page, file: &str, item: Option<&str>) -> Result<String, Problem> {
        let path = self.file(page, file)?;
        let text = checkout::read_text(&path).map_err(|error| {
            Problem::new(format!("{file} cannot be read: {error}"), "name a text file")
        })?;
        let (lines, caption) = match item {
            None => (0..text.lines().count(), format!("<code>{}</code>", escape(file))),
            Some(words) => {
                let lines = item::find(&text, words).map_err(|why| {
                    Problem::new(
                        format!("there is not exactly one item `{words}` in {file}: {why}"),
                        "use words that only the first line of this item has",
                    )
                })?;
                let (file, words) = (escape(file), escape(words));
                (lines, format!("<code>{file}</code>, <code>{words}</code>"))
            }
        };
        let lines: Vec<&str> = text.lines().skip(lines.start).take(lines.len()).collect();
        let lines = lines.into_iter().map(|line| (Kind::Context, line));
        Ok(html::listing(&caption, file, lines))
    }

    /// The path of a file: in the page's own crate, or below `chapters`, or else from the workspace.
    fn file(&self, page: &Page, file: &str) -> Result<PathBuf, Problem> {
        let inside = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
        let chapter = page.chapter(self.workspace);
        let own = chapter.map(|chapter| chapter.folder.join(file));
        let others = self.workspace.root.join("chapters").join(file);
        let mut candidates = own.into_iter().chain([others, self.workspace.root.join(file)]);
        match candidates.find(|path| inside && path.is_file()) {
            Some(path) => Ok(path),
            None => Err(Problem::new(
                format!("there is no file {file}"),
                match chapter {
                    Some(chapter) => format!(
                        "name a file of {}, such as src/lib.rs, or one below chapters, such as ch01-stack/src/lib.rs",
                        chapter.name
                    ),
                    None => "name a file below chapters, such as ch01-stack/src/lib.rs".to_owned(),
                },
            )),
        }
    }
}

/// A text for the cell of a table in Markdown.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn some_lines(text: &str, first: usize, last: usize) -> Result<String, Problem> {
    let count = text.lines().count();
    if first == 0 || first > last || last > count {
        return Err(Problem::new(
            format!("there are no lines {first}-{last}"),
            format!("the snapshot has the lines 1-{count}"),
        ));
    }
    let lines: Vec<&str> = text.lines().skip(first - 1).take(last + 1 - first).collect();
    Ok(lines.join("\n"))
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none yet".to_owned() } else { names.join(", ") }
}
