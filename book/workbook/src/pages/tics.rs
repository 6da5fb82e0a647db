//! Habits of prose that can be counted. No page fails for them: they are for its writer.

use std::fmt::Write;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::text::markdown;

/// Actors without a name.
const ACTORS: [&str; 8] =
    ["nobody", "somebody", "whoever", "anybody", "everybody", "someone", "anyone", "everyone"];

/// Verbs of place that do not move, and the words that go with them.
const PLACES: [&str; 11] =
    ["stand", "stands", "stood", "lie", "lies", "lay", "sit", "sits", "sat", "behind", "beside"];

/// What only people do.
const SPEECH: [&str; 6] = ["say", "says", "said", "want", "wants", "wanted"];

/// The reader and the writer together.
const US: [&str; 5] = ["we", "our", "us", "let's", "ours"];

/// More words are too many for a sentence, and these few are a hammer.
const LONG: usize = 35;
const SHORT: usize = 5;

/// What was counted on a page.
#[derive(Debug, Default, PartialEq)]
pub struct Tics {
    words: usize,
    actors: usize,
    places: usize,
    speech: usize,
    contractions: usize,
    us: usize,
    /// The words of each sentence.
    sentences: Vec<usize>,
}

impl Tics {
    /// Counts the words and sentences of a page's text: no headings, no code, no pictures.
    pub fn of(source: &str) -> Self {
        let mut tics = Tics::default();
        for paragraph in paragraphs(source) {
            tics.count(&paragraph);
        }
        tics
    }

    fn count(&mut self, paragraph: &str) {
        let mut sentence = 0;
        for token in paragraph.split_whitespace() {
            let word = token.trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
            let word = word.replace('’', "'");
            if !word.is_empty() {
                self.words += 1;
                sentence += 1;
            }
            let is_one_of = |words: &[&str]| usize::from(words.contains(&word.as_str()));
            self.actors += is_one_of(&ACTORS);
            self.places += is_one_of(&PLACES);
            self.speech += is_one_of(&SPEECH);
            self.us += is_one_of(&US);
            self.contractions += usize::from(is_contraction(&word));
            let end = token.trim_end_matches(['"', '\'', '”', '’', ')', '*', '_', ']']);
            if end.ends_with(['.', '!', '?', '…']) && sentence > 0 {
                self.sentences.push(std::mem::take(&mut sentence));
            }
        }
        if sentence > 0 {
            self.sentences.push(sentence);
        }
    }

    /// The share of sentences that pass, in per cent.
    fn share(&self, passes: impl Fn(usize) -> bool) -> usize {
        let count = self.sentences.iter().filter(|words| passes(**words)).count();
        100 * count / self.sentences.len().max(1)
    }
}

/// The paragraphs of a page. Code within the text is a word.
fn paragraphs(source: &str) -> Vec<String> {
    let source: Vec<&str> =
        source.lines().filter(|line| !line.trim_start().starts_with("{{#")).collect();
    let source = source.join("\n");
    let mut paragraphs = vec![String::new()];
    let mut skipped = false;
    for (event, _) in markdown(&source) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Heading { .. }) => skipped = true,
            Event::End(TagEnd::CodeBlock | TagEnd::Heading(_)) => skipped = false,
            Event::Start(Tag::Paragraph | Tag::Item | Tag::TableCell) => {
                paragraphs.push(String::new());
            }
            Event::Text(_) | Event::Code(_) | Event::SoftBreak | Event::HardBreak if !skipped => {
                let Some(paragraph) = paragraphs.last_mut() else { continue };
                match event {
                    Event::Text(text) => paragraph.push_str(&text),
                    // Its dots and question marks end no sentence.
                    Event::Code(_) => paragraph.push_str("code"),
                    _ => paragraph.push(' '),
                }
            }
            _ => {}
        }
    }
    paragraphs
}

/// `don't`, `we'll`, `it's`; but not `the machine's`.
fn is_contraction(word: &str) -> bool {
    let Some((head, tail)) = word.rsplit_once('\'') else { return false };
    match tail {
        "t" | "ll" | "re" | "ve" | "d" | "m" => true,
        "s" => [
            "it",
            "that",
            "there",
            "here",
            "what",
            "let",
            "he",
            "she",
            "who",
            "where",
            "how",
            "this",
            "nobody",
            "nothing",
            "everything",
            "one",
        ]
        .contains(&head),
        _ => false,
    }
}

/// A table with a row for each page.
pub fn table(pages: &[(String, Tics)]) -> String {
    let mut text = format!(
        "{:<22} {:>6} {:>7} {:>6} {:>9} {:>8} {:>5} {:>6} {:>12} {:>8}\n",
        "page",
        "words",
        "nobody",
        "stand",
        "say/want",
        "long",
        "mean",
        "short",
        "contractions",
        "we/1000"
    );
    for (page, tics) in pages {
        let mean = tics.words as f64 / tics.sentences.len().max(1) as f64;
        let long = tics.sentences.iter().filter(|words| **words > LONG).count();
        let short = format!("{} %", tics.share(|words| words <= SHORT));
        let us = 1000.0 * tics.us as f64 / tics.words.max(1) as f64;
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            "{page:<22} {:>6} {:>7} {:>6} {:>9} {long:>8} {mean:>5.1} {short:>6} {:>12} {us:>8.1}",
            tics.words, tics.actors, tics.places, tics.speech, tics.contractions
        );
    }
    text + &format!(
        "nobody: {}\nstand: {}\nsay/want: {}\nlong: sentences over {LONG} words; mean: words of a sentence; short: sentences of {SHORT} words or fewer\n",
        ACTORS.join(", "),
        PLACES.join(", "),
        SPEECH.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_habit_is_counted() {
        let tics = Tics::of(
            "# Nobody says this\n\nNobody stands behind it. We don't know what the machine's test wants; \
             it's `nobody.`\n\n```text\nsays says\n```\n\n{{#step 1}}\n\n- Stop!\n- Somebody said “no.”\n",
        );
        assert_eq!((tics.words, tics.actors, tics.places, tics.speech), (18, 2, 2, 2));
        assert_eq!((tics.contractions, tics.us), (2, 1));
        assert_eq!(tics.sentences, [4, 10, 1, 3]);
        assert_eq!(tics.share(|words| words <= SHORT), 75);
    }

    #[test]
    fn the_table_has_a_row_for_each_page() {
        let long = "word ".repeat(36);
        let pages = [
            ("ch01-one".to_owned(), Tics::of(&long)),
            ("ch02-two".to_owned(), Tics::of("We sat.")),
        ];
        let table = table(&pages);
        let rows: Vec<Vec<&str>> =
            table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(rows[1], ["ch01-one", "36", "0", "0", "0", "1", "36.0", "0", "%", "0", "0.0"]);
        assert_eq!(rows[2], ["ch02-two", "2", "0", "1", "0", "0", "2.0", "100", "%", "0", "500.0"]);
    }
}
