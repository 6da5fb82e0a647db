//! What the first page and the parts' pages show of the whole book: the path, the parts, the hours.

use std::collections::BTreeMap;
use std::fs;

use super::directive::Problem;
use super::html::{escape, minutes};
use super::pages::{opening, title_of_part};
use super::show::cell;
use super::{Book, Page, Place};
use crate::workspace::{Chapter, Leaf};

/// The height of a plate, and the distance from one to the next.
const PLATE: (usize, usize) = (17, 19);

impl Book<'_> {
    /// The pages of the chapters, by part.
    fn parts(&self) -> BTreeMap<usize, Vec<Leaf<'_>>> {
        let mut parts: BTreeMap<usize, Vec<Leaf<'_>>> = BTreeMap::new();
        for chapter in &self.workspace.chapters {
            parts.entry(chapter.part()).or_default().extend(chapter.leaves());
        }
        parts
    }

    /// A card for each part: its chapters, its hours, and a link to its page.
    pub(super) fn cards(&self) -> String {
        let mut cards = String::from("<div class=\"cards\">\n");
        for (part, leaves) in self.parts() {
            let title = escape(title_of_part(part));
            let page = opening(part).filter(|page| self.exists(page));
            let title = match page {
                Some(page) => format!("<a href=\"{}\">{title}</a>", page.replace(".md", ".html")),
                None => title,
            };
            let names: Vec<String> = leaves.iter().map(|leaf| escape(leaf.title)).collect();
            let time: u32 = leaves.iter().map(|leaf| leaf.reading + leaf.doing).sum();
            let reading: u32 = leaves.iter().map(|leaf| leaf.reading).sum();
            cards += &format!(
                "<section><h3>{title}</h3><p>{}</p><p class=\"hours\">{}, or {} if you only read</p></section>\n",
                names.join(" · "),
                minutes(time),
                minutes(reading)
            );
        }
        cards + "</div>"
    }

    /// The table of the pages of a part that `page` opens, with its hours.
    pub(super) fn part(&self, page: &Page) -> Result<String, Problem> {
        let Place::Part(part) = page.place else {
            return Err(Problem::new(
                format!("{} does not open a part", page.file),
                "use this directive only on such a page, part-1.md for example",
            ));
        };
        let parts = self.parts();
        let leaves = parts.get(&part).map_or(&[][..], Vec::as_slice);
        let mut table = String::from("| chapter | the one idea | time |\n|---|---|---:|\n");
        for leaf in leaves {
            let time = minutes(leaf.reading + leaf.doing);
            table += &format!("| {} | {} | {time} |\n", self.link(leaf), cell(leaf.idea));
        }
        let time = minutes(leaves.iter().map(|leaf| leaf.reading + leaf.doing).sum());
        let reading = minutes(leaves.iter().map(|leaf| leaf.reading).sum());
        Ok(table + &format!("| **Together**; {reading} if you only read | | **{time}** |\n"))
    }

    /// The table of what has been built: each crate's idea, and its lines of code.
    pub(super) fn built(&self) -> Result<String, Problem> {
        let mut table = String::from("| chapter | the one idea | lines |\n|---|---|---:|\n");
        for chapter in &self.workspace.chapters {
            let lines = lines(chapter).map_err(|error| {
                let help = "make its sources readable";
                Problem::new(format!("{} can't be read: {error}", chapter.name), help)
            })?;
            let leaf = &chapter.leaves()[0];
            table += &format!("| {} | {} | {lines} |\n", self.link(leaf), cell(leaf.idea));
        }
        Ok(table)
    }

    /// The chapters as plates on a stack, the first one at the bottom, and a rocket on top.
    pub(super) fn plates(&self) -> String {
        let parts = self.parts();
        let numbered = |leaf: &&Leaf<'_>| leaf.chapter.number.is_some() && leaf.position == 1;
        let count = parts.values().flatten().filter(numbered).count();
        let (plate, step) = PLATE;
        let top = 70;
        let bottom = top + count * step;
        let row = |number: usize| bottom - number * step;
        let mut svg = format!(
            "<svg class=\"plates\" viewBox=\"0 0 640 {}\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\" fill=\"currentColor\" stroke=\"none\">\n\
             <title>The chapters as plates on a stack, from {} at the bottom to {} at the top, where a rocket takes off.</title>\n\
             <g fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" stroke-linejoin=\"round\" transform=\"translate(320 34) rotate(38)\"><path d=\"M0 -28 L11 16 L0 9 L-11 16 Z\"/><path d=\"M-5 20 V28 M0 16 V34 M5 20 V28\" opacity=\"0.6\"/></g>\n",
            bottom + 12,
            1,
            count
        );
        for (part, leaves) in &parts {
            let numbers: Vec<usize> =
                leaves.iter().filter(numbered).filter_map(|leaf| leaf.chapter.number).collect();
            for leaf in leaves.iter().filter(numbered) {
                let Some(number) = leaf.chapter.number else { continue };
                let y = row(number);
                let plate = format!(
                    "<rect x=\"190\" y=\"{y}\" width=\"260\" height=\"{plate}\" rx=\"4\" fill=\"none\" stroke=\"currentColor\"/><text x=\"320\" y=\"{}\" text-anchor=\"middle\">{}</text><text x=\"178\" y=\"{}\" text-anchor=\"end\" opacity=\"0.8\">{number}</text>",
                    y + 13,
                    escape(leaf.title),
                    y + 13,
                );
                svg += &match self.exists(&leaf.file()) {
                    true => {
                        let page = leaf.file().replace(".md", ".html");
                        format!("<a href=\"{page}\">{plate}</a>\n")
                    }
                    false => plate + "\n",
                };
            }
            if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
                let (above, below) = (row(*last) + 1, row(*first) + plate - 1);
                let title = title_of_part(*part);
                let title = title.split_once(": ").map_or(title, |(_, title)| title);
                svg += &format!(
                    "<path d=\"M462 {below}H470V{above}H462\" fill=\"none\" stroke=\"currentColor\" opacity=\"0.75\"/><text x=\"480\" y=\"{}\">{}</text>\n",
                    (above + below) / 2 + 4,
                    escape(title)
                );
            }
        }
        svg + &format!(
            "<path d=\"M150 {0}H490\" stroke=\"currentColor\" stroke-width=\"1.5\"/>\n</svg>",
            bottom + 3
        )
    }
}

/// The lines of a crate's sources that aren't blank.
fn lines(chapter: &Chapter) -> std::io::Result<usize> {
    let mut folders = vec![chapter.folder.join("src")];
    let mut lines = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(path)?;
                lines += text.lines().filter(|line| !line.trim().is_empty()).count();
            }
        }
    }
    Ok(lines)
}
