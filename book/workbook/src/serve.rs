//! `cargo workbook serve`: the book at a local address, rebuilt whenever one of its sources
//! changes.

mod site;

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use notify::{Event, EventKind, RecursiveMode, Watcher};

use crate::book::Book;
use crate::workspace::Workspace;
use site::{Site, files};

/// The arguments of `cargo workbook serve`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Serve at this port.
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,
    /// Open the book in a browser.
    #[arg(long)]
    pub open: bool,
}

/// The folders that are watched, below the workspace's root.
const WATCHED: [&str; 3] = ["book", "chapters", "tests/book"];

/// A change below one of these folders does not change the book.
const IGNORED: [&str; 4] = ["target", "workbook", "browser", "node_modules"];

/// How long no file may change before the book is rebuilt: an editor saves several files in a row.
const QUIET: Duration = Duration::from_millis(150);

/// Serves the book of the workspace in `root` until the process is ended.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let port = arguments.port;
    let site = Arc::new(Site::default());
    Site::serve(&site, port).map_err(|error| cannot_listen(port, &error))?;
    rebuild(root, &site);
    let address = format!("http://127.0.0.1:{port}/");
    println!("{address}");
    println!("The book is rebuilt when a file changes. Press Ctrl+C to stop.");
    if arguments.open && !open(&address) {
        eprintln!("warning: found no browser to open; open the address above");
    }
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event| _ = sender.send(event))?;
    for folder in WATCHED {
        let folder = root.join(folder);
        if folder.is_dir() {
            let watched = watcher.watch(&folder, RecursiveMode::Recursive);
            watched.with_context(|| format!("cannot watch {}", folder.display()))?;
        }
    }
    while next_change(&changes, root) {
        rebuild(root, &site);
    }
    bail!("the folders can no longer be watched; start `cargo workbook serve` again")
}

/// Why the server cannot listen at a port, and what to do about it.
fn cannot_listen(port: u16, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {port} is in use, perhaps by another `cargo workbook serve`; stop that one, or choose another port: --port {}",
            port.checked_add(1).unwrap_or(3000)
        ),
        _ => anyhow!("cannot listen at port {port}: {error}"),
    }
}

/// Builds the book. If that fails, prints why and keeps serving the previous version.
fn rebuild(root: &Path, site: &Site) {
    let start = Instant::now();
    match built(root) {
        Ok(files) => {
            site.replace(files);
            println!("built in {} ms", start.elapsed().as_millis());
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            if !site.is_empty() {
                eprintln!("still serving the previous version");
            }
        }
    }
}

fn built(root: &Path) -> Result<site::Files> {
    let workspace = Workspace::read(root)?;
    let book = Book::read(&workspace)?;
    let folder = tempfile::tempdir()?;
    book.build(folder.path())?;
    for missing in book.missing() {
        eprintln!("warning: {missing}");
    }
    files(folder.path())
}

/// Waits for a change that matters, then until no file has changed for a while. Returns whether
/// there can be more.
fn next_change(changes: &Receiver<notify::Result<Event>>, root: &Path) -> bool {
    loop {
        match changes.recv() {
            Err(_) => return false,
            Ok(event) if matters(&event, root) => break,
            Ok(_) => {}
        }
    }
    while changes.recv_timeout(QUIET).is_ok() {}
    true
}

/// Whether an event may change the book. Reading a file, as the build itself does, changes nothing.
fn matters(event: &notify::Result<Event>, root: &Path) -> bool {
    let Ok(event) = event else { return true };
    let ignored = |path: &PathBuf| {
        // The folders above the workspace may have any name.
        let path = path.strip_prefix(root).unwrap_or(path);
        let below =
            path.components().any(|part| IGNORED.iter().any(|name| part.as_os_str() == *name));
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        below || ["swp", "tmp", "new"].contains(&ending)
    };
    !matches!(event.kind, EventKind::Access(_)) && !event.paths.iter().all(ignored)
}

/// Asks the system to open an address. Returns whether there was a program to ask.
fn open(address: &str) -> bool {
    let (program, arguments): (_, &[&str]) = match std::env::consts::OS {
        "windows" => ("cmd", &["/c", "start", ""]),
        "macos" => ("open", &[]),
        _ => ("xdg-open", &[]),
    };
    std::process::Command::new(program).args(arguments).arg(address).spawn().is_ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use notify::event::{AccessKind, ModifyKind};

    #[test]
    fn a_port_in_use_is_reported_with_another_one_to_try() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = other.local_addr().unwrap().port();
        let error = Site::serve(&Arc::default(), port).expect_err("the port is in use");
        let error = cannot_listen(port, &error).to_string();
        assert!(error.contains(&format!("port {port} is in use")), "{error}");
        assert!(error.contains("--port"), "{error}");
    }

    #[test]
    fn only_what_changes_the_book_matters() {
        let root = Path::new("/home/reader/workbook");
        let matters =
            |kind, path: &str| matters(&Ok(Event::new(kind).add_path(root.join(path))), root);
        let modify = EventKind::Modify(ModifyKind::Any);
        assert!(matters(modify, "book/src/preface.md"));
        assert!(matters(modify, "chapters/ch01-stack/src/lib.rs"));
        assert!(!matters(EventKind::Access(AccessKind::Read), "book/src/preface.md"));
        assert!(!matters(modify, "book/workbook/src/main.rs"));
        assert!(!matters(modify, "book/src/.preface.md.swp"));
    }
}
