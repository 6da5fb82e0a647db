//! The book: its pages, their directives, and the HTML that mdBook makes of them.

mod directive;
mod exercise;
mod front;
pub mod html;
mod operators;
mod pages;
mod rust;
mod show;
pub mod snapshot;
mod step;

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::str::FromStr;
use std::{fs, io};

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::book::SectionNumber;
use mdbook_driver::config::{Config, HtmlConfig};

use directive::{Code, Directive, Problem};
use pages::title_of_part;
pub use pages::{Page, Place};

use crate::checkout;
use crate::finding::{Finding, Findings};
use crate::stepper;
use crate::steps::Steps;
use crate::workspace::{Leaf, Workspace};

/// The book's folder, and its configuration, below the workspace's root.
const FOLDER: &str = "book";
const CONFIG: &str = "book.toml";

/// The file that marks a folder as a built book, so that no other folder is ever overwritten.
const MARK: &str = ".built-by-workbook";

/// The section that is folded, because it is only for those who show the chapter to others.
const SPEAKERS_BOX: &str = "## Speaker's box";

/// The folder of the game's pictures, below the workspace's root, and their folder in the built
/// book.
const PICTURES: (&str, &str) = ("game/pictures", "pictures");

/// The book of a workspace.
pub struct Book<'w> {
    /// The workspace.
    pub workspace: &'w Workspace,
    /// All its pages, including those that are not written yet.
    pub pages: Vec<Page>,
    config: Config,
    /// The steps of the chapters that a page has already asked for.
    steps: RefCell<BTreeMap<String, Rc<Steps>>>,
}

impl<'w> Book<'w> {
    /// Reads the configuration, and makes the list of pages.
    ///
    /// # Errors
    /// If the configuration cannot be read, or has a key that mdBook does not know.
    pub fn read(workspace: &'w Workspace) -> Result<Self> {
        let file = workspace.root.join(FOLDER).join(CONFIG);
        let place = || format!("{FOLDER}/{CONFIG}");
        let text = checkout::read_text(&file).with_context(place)?;
        let config = Config::from_str(&text).with_context(place)?;
        // mdBook itself would ignore the whole section without an error.
        config.get::<HtmlConfig>("output.html").with_context(place)?;
        let source = workspace.root.join(FOLDER).join(&config.book.src);
        let heading = |file: &str| {
            let text = checkout::read_text(&source.join(file)).ok()?;
            text.lines().find_map(|line| line.strip_prefix("# ")).map(|line| line.trim().to_owned())
        };
        let pages = pages::pages(workspace, heading);
        Ok(Book { workspace, pages, config, steps: RefCell::default() })
    }

    /// The folder of the pages.
    pub fn source(&self) -> PathBuf {
        self.workspace.root.join(FOLDER).join(&self.config.book.src)
    }

    /// The path of a page below the workspace's root.
    pub fn place(&self, page: &Page) -> PathBuf {
        Path::new(FOLDER).join(&self.config.book.src).join(&page.file)
    }

    /// Whether the page is written.
    pub fn exists(&self, file: &str) -> bool {
        self.source().join(file).is_file()
    }

    /// The pages that are not written yet.
    pub fn missing(&self) -> Vec<Finding> {
        let missing = self.pages.iter().filter(|page| !self.exists(&page.file));
        missing
            .map(|page| {
                let problem = format!("there is no page for {}", page.title);
                Finding::new(
                    self.place(page),
                    problem,
                    "write it; book/README.md describes its sections",
                )
            })
            .collect()
    }

    /// The text of a page.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn text(&self, page: &Page) -> Result<String> {
        let place = self.place(page);
        checkout::read_text(&self.workspace.root.join(&place))
            .with_context(|| format!("cannot read {}", place.display()))
    }

    /// The text of a page with its directives replaced, and the problems of the directives.
    ///
    /// The listings of a step come where the step's text has `{{#code}}`, and otherwise after the
    /// text, which ends at the next step or heading. The step's status comes last.
    /// The speaker's box is folded.
    pub fn expand(&self, page: &Page, text: &str) -> (String, Vec<Finding>) {
        let lines = lines(text);
        let mut expanded = String::new();
        let mut findings = Vec::new();
        // Of the step whose text this is: what its places for code show, and what comes after.
        let mut code: VecDeque<Result<String, Problem>> = VecDeque::new();
        let mut below = String::new();
        let mut is_folded = false;
        for (number, line) in lines.iter().enumerate() {
            if line.ends_a_step() {
                expanded += &std::mem::take(&mut below);
                code.clear();
            }
            if is_folded && line.is_heading && line.text.starts_with("## ") {
                expanded += "\n</details>\n\n";
                is_folded = false;
            }
            let shown = match &line.directive {
                None => {
                    expanded += &format!("{}\n", line.text);
                    if line.is_heading && line.text.trim() == SPEAKERS_BOX {
                        expanded += "\n<details class=\"speaker\"><summary>For talks and lessons</summary>\n";
                        is_folded = true;
                    }
                    continue;
                }
                Some(Err(problem)) => Err(problem.clone()),
                Some(Ok(Directive::Step(step))) => {
                    let text = &lines[number + 1..];
                    let places = text.iter().take_while(|line| !line.ends_a_step());
                    let places: Vec<Code<'_>> = places.filter_map(Line::code).collect();
                    self.step(page, *step, &places).map(|shown| {
                        code.extend(shown.code);
                        below = format!("\n{}", shown.below);
                        shown.heading
                    })
                }
                Some(Ok(directive)) => match line.code().and_then(|_| code.pop_front()) {
                    Some(shown) => shown,
                    None => self.show(page, directive),
                },
            };
            match shown {
                Ok(shown) => expanded += &format!("{shown}\n"),
                Err(problem) => {
                    let finding = Finding::new(self.place(page), problem.message, problem.help);
                    findings.push(finding.at(number + 1));
                }
            }
        }
        expanded += &below;
        if is_folded {
            expanded += "\n</details>\n";
        }
        (expanded, findings)
    }

    /// The steps of a page whose text does not go on after their code: the line of each, from 1, and
    /// its number.
    pub fn steps_without_last_words(&self, text: &str) -> Vec<(usize, usize)> {
        let lines = lines(text);
        let mut without = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let Some(Ok(Directive::Step(step))) = line.directive else { continue };
            let rest = &lines[number + 1..];
            let end = rest.iter().position(Line::ends_a_step).unwrap_or(rest.len());
            let code = rest[..end].iter().position(|line| line.code().is_some());
            let after = code.map_or(&[][..], |code| &rest[code + 1..end]);
            let is_text =
                |line: &Line<'_>| line.directive.is_none() && !line.text.trim().is_empty();
            if !after.iter().any(is_text) {
                without.push((number + 1, step));
            }
        }
        without
    }

    /// Builds the book into `out`, without the pages that are not written yet.
    ///
    /// # Errors
    /// [`Findings`] if directives are wrong. An error if `out` contains something other than a
    /// book, or if mdBook fails.
    pub fn build(&self, out: &Path) -> Result<()> {
        prepare(out)?;
        let mut config = self.config.clone();
        config.build.build_dir = std::path::absolute(out)?;
        let summary = pages::summary(self.workspace, &self.pages, |page| self.exists(&page.file));
        let summary = mdbook_summary::parse_summary(&summary)?;
        let root = self.workspace.root.join(FOLDER);
        let mut mdbook = MDBook::load_with_config_and_summary(root, config, summary)?;
        let mut findings = Vec::new();
        mdbook.book.for_each_chapter_mut(|chapter| {
            let page = self.pages.iter().find(|page| match &chapter.source_path {
                Some(path) => path == Path::new(&page.file),
                None => chapter.name == page.title,
            });
            // mdBook numbers all pages; an annex has no number.
            let number = page.and_then(|page| page.leaf(self.workspace)).map(|leaf| leaf.number());
            let number = number.filter(|number| !number.is_empty());
            chapter.number = number.map(SectionNumber::new);
            if let Some(page) = page.filter(|_| chapter.source_path.is_some()) {
                let (text, problem) = self.expand(page, &chapter.content);
                let text =
                    page.leaf(self.workspace).map_or(text.clone(), |leaf| titled(&text, &leaf));
                // mdBook's highlighter does not support WebAssembly's text format, and logs a
                // warning in the browser's console.
                chapter.content = text.replace("\n```wat\n", "\n```text\n");
                findings.extend(problem);
            }
        });
        Findings::none_of(findings)?;
        mdbook.build()?;
        self.copy_pictures(out)?;
        for file in fs::read_dir(out)? {
            let file = file?.path();
            if file.extension().is_some_and(|extension| extension == "html") {
                let page = fs::read_to_string(&file)?;
                let page = stepper::uncover(&page);
                fs::write(&file, page)?;
            }
        }
        fs::write(out.join(MARK), "`cargo workbook build` overwrites this folder.\n")?;
        Ok(())
    }

    /// Copies the game's pictures into the book.
    fn copy_pictures(&self, out: &Path) -> Result<()> {
        let (from, to) = (self.workspace.root.join(PICTURES.0), out.join(PICTURES.1));
        if !from.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&to)?;
        for file in fs::read_dir(from)? {
            let file = file?;
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
        Ok(())
    }
}

/// The text of a page with the chapter's number in its title, and its part below. The title keeps
/// its anchor.
fn titled(text: &str, leaf: &Leaf<'_>) -> String {
    let title = format!("# {}\n", leaf.title);
    let Some((before, after)) = text.split_once(&title) else { return text.to_owned() };
    let anchor = |title: &str| {
        let words: Vec<String> = title.split_whitespace().map(str::to_lowercase).collect();
        let mut anchor = words.join("-");
        anchor.retain(|char| char.is_alphanumeric() || char == '-' || char == '_');
        anchor
    };
    let own = anchor(leaf.title);
    // A section of the same name has the anchor then.
    let is_taken =
        after.lines().any(|line| is_heading(line) && anchor(line.trim_start_matches('#')) == own);
    let id = if is_taken { String::new() } else { format!(" {{#{own}}}") };
    let number = leaf.number_text();
    let number = if number.is_empty() { number } else { format!("{number}. ") };
    let part = html::escape(title_of_part(leaf.chapter.part()));
    format!("{before}# {number}{}{id}\n\n<p class=\"part\">{part}</p>\n{after}", leaf.title)
}

/// A line of a page.
struct Line<'a> {
    text: &'a str,
    directive: Option<Result<Directive<'a>, Problem>>,
    is_heading: bool,
}

impl<'a> Line<'a> {
    /// Whether the text of the step before it ends here.
    fn ends_a_step(&self) -> bool {
        self.is_heading || matches!(self.directive, Some(Ok(Directive::Step(_))))
    }

    /// The listings of a step that are shown here.
    fn code(&self) -> Option<Code<'a>> {
        match self.directive {
            Some(Ok(Directive::Code(code))) => Some(code),
            _ => None,
        }
    }
}

/// The lines of a page.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut fenced = false;
    let line = |text| {
        let is_heading = !fenced && is_heading(text);
        fenced ^= text.trim_start().starts_with("```");
        Line { text, directive: directive::parse(text), is_heading }
    };
    text.lines().map(line).collect()
}

/// Whether the line is a heading in Markdown.
fn is_heading(line: &str) -> bool {
    let text = line.trim_start_matches('#');
    text.len() < line.len() && text.starts_with(' ')
}

/// Makes sure that `out` exists, and that writing to it overwrites nothing but a book.
fn prepare(out: &Path) -> Result<()> {
    let shown = out.display();
    match fs::read_dir(out) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot write to {shown}")),
        Ok(mut entries) => {
            if entries.next().is_some() && !out.join(MARK).is_file() {
                bail!(
                    "{shown} contains something other than a book; choose an empty folder, or one that doesn't exist yet"
                );
            }
        }
    }
    fs::create_dir_all(out).with_context(|| format!("cannot write to {shown}"))
}
