//! index: in which lines of its files is each word? Rust with its whole standard library.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fmt};

/// A line of a file: which of the files, and the line's number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    file: usize,
    line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file + 1, self.line)
    }
}

/// The words, and where each of them is.
type Index = BTreeMap<String, BTreeSet<Place>>;

/// Adds the words of a file. `-` is the input.
fn add(index: &mut Index, file: usize, path: &Path) -> io::Result<()> {
    let text: Box<dyn BufRead> = match path == "-" {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(path)?)),
    };
    for (number, line) in text.lines().enumerate() {
        let line = line?.to_lowercase();
        for word in line.split(|it: char| !it.is_alphabetic()).filter(|it| !it.is_empty()) {
            index.entry(word.to_owned()).or_default().insert(Place { file, line: number + 1 });
        }
    }
    Ok(())
}

/// Prints the words that are in the most places first, and those that are in equally many by the alphabet.
fn print(index: Index) -> io::Result<()> {
    let mut words: Vec<_> = index.into_iter().collect();
    words.sort_by_key(|(_, places)| usize::MAX - places.len());
    let mut out = BufWriter::new(io::stdout().lock());
    for (word, places) in words {
        let places: Vec<String> = places.iter().map(Place::to_string).collect();
        writeln!(out, "{word:<12} {}", places.join(" "))?;
    }
    out.flush()
}

fn main() -> ExitCode {
    let mut index = Index::new();
    let mut code = ExitCode::SUCCESS;
    for (file, path) in env::args_os().skip(1).map(PathBuf::from).enumerate() {
        if let Err(error) = add(&mut index, file, &path) {
            eprintln!("index: {}: {error}", path.display());
            code = ExitCode::FAILURE;
        }
    }
    match print(index) {
        Ok(()) => code,
        Err(error) => {
            eprintln!("index: {error}");
            ExitCode::FAILURE
        }
    }
}
