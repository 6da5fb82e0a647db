//! A path, walked name by name.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::collections::BTreeMap;

/// What there is in a directory, by name.
pub type Folder = BTreeMap<&'static str, Node>;

/// What a name stands for.
pub enum Node {
    /// A file, with this text in it.
    File(&'static str),
    /// A directory.
    Folder(Folder),
    /// A symbolic link: a text that is walked in its place.
    Link(&'static str),
}

/// Why a walk ends early.
#[derive(Debug, PartialEq, Eq)]
pub enum Stop {
    /// There is no such file.
    NotFound,
    /// It leads out.
    NotAllowed,
    /// Perhaps it goes round in a circle.
    TooManyLinks,
}

/// The most links that one walk may meet.
pub const MOST_LINKS: usize = 40;

/// The text of the file at a path from a directory on.
///
/// # Errors
///
/// There is no such file, or the path leads out.
pub fn walk<'a>(granted: &'a Folder, path: &'a str) -> Result<&'a str, Stop> {
    if path.starts_with('/') {
        return Err(Stop::NotAllowed);
    }
    let mut open = vec![granted];
    let mut left: Vec<&str> = path.split('/').rev().collect();
    let mut links = 0;
    while let Some(name) = left.pop() {
        let here = open.last().ok_or(Stop::NotAllowed)?;
        if name.is_empty() || name == "." {
            continue;
        }
        if name == ".." {
            open.pop();
            if open.is_empty() {
                return Err(Stop::NotAllowed);
            }
            continue;
        }
        match here.get(name) {
            Some(Node::Folder(folder)) => open.push(folder),
            Some(Node::File(text)) if left.is_empty() => return Ok(text),
            Some(Node::Link(text)) if text.starts_with('/') => {
                return Err(Stop::NotAllowed);
            }
            Some(Node::Link(_)) if links == MOST_LINKS => {
                return Err(Stop::TooManyLinks);
            }
            Some(Node::Link(text)) => {
                links += 1;
                left.extend(text.split('/').rev());
            }
            _ => return Err(Stop::NotFound),
        }
    }
    Err(Stop::NotFound)
}

fn main() {
    let sub = Folder::from([("up", Node::Link("../note.txt"))]);
    let granted = Folder::from([
        ("note.txt", Node::File("a note")),
        ("link", Node::Link("../private")),
        ("sub", Node::Folder(sub)),
    ]);
    for path in ["note.txt", "sub/../note.txt", "sub/up", "link/secret"] {
        println!("{path:<16} {:?}", walk(&granted, path));
    }
}
