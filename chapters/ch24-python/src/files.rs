//! Files, by way of chapter 23: where Python's paths lead.
//!
//! MicroPython reads, writes and closes files with functions of WASI, but opens
//! them with system calls of Linux. So these become calls of WASI here, and
//! what a path can't reach there, it can't reach here either.

use std::collections::BTreeMap;

use ch22_embed::{Error, Instance, Linker};
use serde::{Deserialize, Serialize};

use crate::host::Host;

/// What the system calls have to remember.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Files {
    /// The names of the directories that Python may use.
    pub roots: Vec<String>,
    /// The current directory.
    pub current: String,
    /// Where there is room in Python's memory for what WASI reads and writes.
    pub room: u32,
    /// How far each open directory has been read.
    pub read: BTreeMap<i32, u64>,
    /// WASI, for the memory of Python.
    #[serde(skip)]
    pub wasi: Option<Instance>,
}

/// The number of an error, or a result.
pub(crate) type Answer<T = i32> = Result<T, i32>;

/// There is no such file.
pub(crate) const ENOENT: i32 = 44;
/// An argument that makes no sense.
pub(crate) const EINVAL: i32 = 28;

/// The descriptor of the first directory.
const FIRST: i32 = 3;

impl Files {
    pub fn new(roots: Vec<String>) -> Files {
        let (current, read) = ("/".to_owned(), BTreeMap::new());
        Files { roots, current, room: 0, read, wasi: None }
    }

    /// The whole path, without `.` and `..`.
    pub fn whole(&self, path: &str) -> String {
        let from = if path.starts_with('/') { "" } else { &self.current };
        let mut parts = Vec::new();
        for part in from.split('/').chain(path.split('/')) {
            match part {
                "" | "." => {}
                ".." => _ = parts.pop(),
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    /// The directory in which a path is, and the path from there.
    pub fn find(&self, path: &str) -> Answer<(i32, String)> {
        let whole = self.whole(path);
        let below = |root: &String| {
            let rest = whole.strip_prefix(root.trim_end_matches('/'))?;
            let is_below = rest.is_empty() || rest.starts_with('/');
            let rest = rest.trim_start_matches('/');
            is_below.then(|| rest.to_owned())
        };
        let numbers = (FIRST..).zip(&self.roots);
        let found = numbers.filter_map(|(at, root)| Some((at, below(root)?)));
        // The innermost directory leaves the shortest path.
        let found = found.min_by_key(|(_, rest)| rest.len());
        let (number, rest) = found.ok_or(ENOENT)?;
        let rest = if rest.is_empty() { ".".to_owned() } else { rest };
        Ok((number, rest))
    }
}

/// Defines the system calls.
pub(crate) fn add(linker: &mut Linker<Host>) -> Result<(), Error> {
    crate::calls::add(linker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_in_the_innermost_directory() {
        let roots = ["/", "/data"].map(str::to_owned).to_vec();
        let mut files = Files::new(roots);
        let found = |it: (i32, &str)| Ok((it.0, it.1.to_owned()));
        assert_eq!(files.find("/a/b"), found((3, "a/b")));
        assert_eq!(files.find("/data/b"), found((4, "b")));
        assert_eq!(files.find("/database"), found((3, "database")));
        assert_eq!(files.find("/data"), found((4, ".")));
        files.current = "/data/x".to_owned();
        assert_eq!(files.find("y"), found((4, "x/y")));
        assert_eq!(files.find("../../../z"), found((3, "z")));
        files.roots.remove(0);
        assert_eq!(files.find("/a"), Err(ENOENT));
    }
}
