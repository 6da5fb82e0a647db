//! A built book in memory: a rebuild replaces it at once, and a page that is open learns of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tiny_http::{Header, Request, Response};

/// The files of a book by their names, with `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A page asks here for the number of the version after its own.
const NEXT: &str = "next-version/";

/// So long a page waits before it asks again.
const PATIENCE: Duration = Duration::from_secs(25);

/// What is served.
#[derive(Default)]
pub struct Site {
    version: Mutex<Version>,
    changed: Condvar,
}

#[derive(Default)]
struct Version {
    number: u64,
    files: Files,
}

impl Site {
    /// Whether nothing has been built yet.
    pub fn is_empty(&self) -> bool {
        self.version().files.is_empty()
    }

    /// Serves these from now on.
    pub fn replace(&self, files: Files) {
        let mut version = self.version();
        version.number += 1;
        version.files = files;
        self.changed.notify_all();
    }

    /// Answers a request.
    pub fn answer(&self, request: Request) -> std::io::Result<()> {
        let path = request.url().split(['?', '#']).next().unwrap_or_default();
        let path = path.trim_start_matches('/').to_owned();
        match path.strip_prefix(NEXT) {
            Some(number) => {
                let number = self.wait_for_another(number.parse().unwrap_or(0));
                request.respond(response(200, "text/plain", number.to_string().into_bytes()))
            }
            None => {
                let (status, content_type, content) = self.file(&path);
                request.respond(response(status, content_type, content))
            }
        }
    }

    /// The number of a version other than this one; after a while this one.
    fn wait_for_another(&self, number: u64) -> u64 {
        let same = |version: &mut Version| version.number == number;
        let waited = self.changed.wait_timeout_while(self.version(), PATIENCE, same);
        waited.map_or(number, |(version, _)| version.number)
    }

    fn file(&self, path: &str) -> (u16, &'static str, Vec<u8>) {
        let version = self.version();
        let path = if path.is_empty() { "index.html" } else { path };
        match version.files.get(path) {
            Some(page) if path.ends_with(".html") => {
                let mut page = page.clone();
                page.extend(reload(version.number).bytes());
                (200, "text/html; charset=utf-8", page)
            }
            Some(file) => (200, content_type(path), file.clone()),
            None => {
                let what = match version.files.is_empty() {
                    true => "The book could not be built; the terminal says why.",
                    false => "There is no such page.",
                };
                let page = format!(
                    "<!doctype html><title>Not there</title><p>{what}</p>{}",
                    reload(version.number)
                );
                (404, "text/html; charset=utf-8", page.into_bytes())
            }
        }
    }

    fn version(&self) -> MutexGuard<'_, Version> {
        self.version.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reloads the page once there is another version. It stands behind the page's end, where browsers take it all the same.
fn reload(number: u64) -> String {
    format!(
        "<script>(async () => {{
            for (;;) {{
                try {{
                    const answer = await fetch('/{NEXT}{number}');
                    if (await answer.text() !== '{number}') return location.reload();
                }} catch {{
                    await new Promise(resolve => setTimeout(resolve, 1000));
                }}
            }}
        }})();</script>"
    )
}

fn response(status: u16, content_type: &str, content: Vec<u8>) -> Response<Cursor<Vec<u8>>> {
    let headers = [("Content-Type", content_type), ("Cache-Control", "no-store")];
    let response = Response::from_data(content).with_status_code(status);
    headers.into_iter().fold(response, |response, (name, value)| {
        match Header::from_bytes(name, value) {
            Ok(header) => response.with_header(header),
            Err(()) => response,
        }
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// All files below a folder.
pub fn files(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    read_below(folder, "", &mut files)?;
    Ok(files)
}

fn read_below(folder: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read_below(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::sync::Arc;
    use std::thread;
    use std::time::Instant;

    use super::*;

    /// A server for one site, and its address.
    fn served(site: &Arc<Site>) -> std::net::SocketAddr {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let address = server.server_addr().to_ip().unwrap();
        for _ in 0..2 {
            let (site, server) = (site.clone(), server.clone());
            thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    _ = site.answer(request);
                }
            });
        }
        address
    }

    fn get(address: std::net::SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn book(text: &str) -> Files {
        Files::from([("index.html".to_owned(), text.into()), ("a/b.css".to_owned(), "p {}".into())])
    }

    #[test]
    fn files_are_served_and_what_is_not_there_is_told() {
        let site = Arc::new(Site::default());
        let address = served(&site);
        assert!(get(address, "").contains("could not be built"));
        site.replace(book("<p>one"));
        let index = get(address, "");
        assert!(index.starts_with("HTTP/1.1 200") && index.contains("<p>one<script>"), "{index}");
        let style = get(address, "a/b.css?v=1");
        assert!(style.contains("text/css") && style.ends_with("p {}"), "{style}");
        for path in ["c.html", "../Cargo.toml", "a/../index.html"] {
            assert!(get(address, path).starts_with("HTTP/1.1 404"), "{path}");
        }
    }

    #[test]
    fn a_page_learns_of_the_next_version_and_not_before() {
        let site = Arc::new(Site::default());
        site.replace(book("one"));
        let address = served(&site);
        assert!(get(address, "next-version/0").ends_with("\r\n\r\n1"), "it is another already");
        let start = Instant::now();
        let waiting = thread::spawn(move || get(address, "next-version/1"));
        thread::sleep(Duration::from_millis(200));
        site.replace(book("two"));
        assert!(waiting.join().unwrap().ends_with("\r\n\r\n2"));
        assert!(start.elapsed() >= Duration::from_millis(200));
        assert!(get(address, "index.html").contains("two"));
    }
}
