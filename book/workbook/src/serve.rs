//! `cargo workbook serve`: the book at a local address, built anew whenever something that it shows changes.

mod site;

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use notify::{Event, EventKind, RecursiveMode, Watcher};
use tiny_http::Server;

use crate::book::Book;
use crate::workspace::Workspace;
use site::{Site, files};

/// What `cargo workbook serve` is told.
#[derive(clap::Args)]
pub struct Arguments {
    /// The port.
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Open the book in a browser.
    #[arg(long)]
    pub open: bool,
}

/// What is watched, below the workspace's root.
const WATCHED: [&str; 3] = ["book", "chapters", "tests/book"];

/// What a change may be that does not change the book, of a path's parts.
const IGNORED: [&str; 4] = ["target", "workbook", "browser", "node_modules"];

/// After so long without a further change, all of them are thought to be there.
const QUIET: Duration = Duration::from_millis(150);

/// How many requests are answered at once; a page that waits for the next version takes one.
const WORKERS: usize = 16;

/// Serves the book of the workspace that lies at `root`, until somebody ends it.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let server = Arc::new(listen(arguments.port)?);
    let address = server.server_addr().to_ip().context("the server has no address")?;
    let site = Arc::new(Site::default());
    rebuild(root, &site);
    for _ in 0..WORKERS {
        let (server, site) = (server.clone(), site.clone());
        thread::spawn(move || {
            while let Ok(request) = server.recv() {
                // Whoever has gone away is not waiting for an answer.
                _ = site.answer(request);
            }
        });
    }
    println!("http://{address}/");
    println!("The book is built anew when something changes. Ctrl+C ends it.");
    if arguments.open && !open(&format!("http://{address}/")) {
        eprintln!("warning: no browser could be opened");
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
    while next_change(&changes) {
        rebuild(root, &site);
    }
    bail!("the folders can no longer be watched")
}

/// Takes the port, on this machine only.
fn listen(port: u16) -> Result<Server> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Server::http(address).map_err(|error| match error.downcast::<std::io::Error>() {
        Ok(error) if error.kind() == ErrorKind::AddrInUse => anyhow!(
            "port {port} is in use, perhaps by another `cargo workbook serve`; end that, or name another: --port {}",
            port.checked_add(1).unwrap_or(3000)
        ),
        Ok(error) => anyhow!("cannot listen at {address}: {error}"),
        Err(error) => anyhow!("cannot listen at {address}: {error}"),
    })
}

/// Builds the book. Where that fails, it says so, and what was served before still is.
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
                eprintln!("what is served is the book before this change");
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

/// Waits for a change that matters, and then until no more of them come. Says whether there may be another.
fn next_change(changes: &Receiver<notify::Result<Event>>) -> bool {
    loop {
        match changes.recv() {
            Err(_) => return false,
            Ok(event) if matters(&event) => break,
            Ok(_) => {}
        }
    }
    while changes.recv_timeout(QUIET).is_ok() {}
    true
}

/// Whether the book may be another one afterwards. That a file was read, as building does, is no change.
fn matters(event: &notify::Result<Event>) -> bool {
    let Ok(event) = event else { return true };
    let ignored = |path: &PathBuf| {
        let below =
            path.components().any(|part| IGNORED.iter().any(|name| part.as_os_str() == *name));
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        below || ["swp", "tmp", "new"].contains(&ending)
    };
    !matches!(event.kind, EventKind::Access(_)) && !event.paths.iter().all(ignored)
}

/// Asks the system to open an address; says whether it could be asked.
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
    use super::*;
    use notify::event::{AccessKind, ModifyKind};

    #[test]
    fn a_port_in_use_is_told() {
        let first = listen(0).unwrap();
        let port = first.server_addr().to_ip().unwrap().port();
        let error = listen(port).err().expect("it is in use").to_string();
        assert!(error.contains(&format!("port {port} is in use")), "{error}");
        assert!(error.contains("--port"), "{error}");
    }

    #[test]
    fn only_what_changes_the_book_matters() {
        let event = |kind, path: &str| Ok(Event::new(kind).add_path(path.into()));
        let modify = EventKind::Modify(ModifyKind::Any);
        assert!(matters(&event(modify, "book/src/preface.md")));
        assert!(matters(&event(modify, "chapters/ch01-stack/src/lib.rs")));
        assert!(!matters(&event(EventKind::Access(AccessKind::Read), "book/src/preface.md")));
        assert!(!matters(&event(modify, "book/workbook/src/main.rs")));
        assert!(!matters(&event(modify, "book/src/.preface.md.swp")));
    }
}
