//! The server, and the built book that it keeps in memory: a rebuild replaces all files at once,
//! and open pages notice.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use anyhow::Result;
use oxhttp::Server;
use oxhttp::model::header::{CACHE_CONTROL, CONTENT_TYPE};
use oxhttp::model::{Body, HeaderValue, Response, StatusCode};

/// The files of a book by their names, with `/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// An open page asks here for the number of the version that is served now.
const VERSION: &str = "version";

/// The content type of a page.
const HTML: &str = "text/html; charset=utf-8";

/// What is served.
#[derive(Default)]
pub struct Site {
    version: Mutex<Version>,
}

#[derive(Default)]
struct Version {
    number: u64,
    files: Files,
}

impl Site {
    /// Serves `site` at this port of this machine, and of no other network interface.
    ///
    /// Each connection has a thread of its own, so that an idle or a slow one keeps no other
    /// waiting.
    ///
    /// # Errors
    /// If the port is in use, or if the system allows no thread.
    pub fn serve(site: &Arc<Self>, port: u16) -> io::Result<()> {
        let site = Arc::clone(site);
        let server = Server::new(move |request| site.answer(request.uri().path()));
        server.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).spawn()?;
        Ok(())
    }

    /// Whether nothing has been built yet.
    pub fn is_empty(&self) -> bool {
        self.version().files.is_empty()
    }

    /// Serves these files from now on.
    pub fn replace(&self, files: Files) {
        let mut version = self.version();
        version.number += 1;
        version.files = files;
    }

    /// The response to a request for `path`, without its query.
    fn answer(&self, path: &str) -> Response<Body> {
        let version = self.version();
        let path = match path.trim_start_matches('/') {
            "" => "index.html",
            VERSION => {
                let number = version.number.to_string();
                return response(StatusCode::OK, "text/plain", number.into_bytes());
            }
            path => path,
        };
        match version.files.get(path) {
            Some(page) if path.ends_with(".html") => {
                let page = [page, reload(version.number).as_bytes()].concat();
                response(StatusCode::OK, HTML, page)
            }
            Some(file) => response(StatusCode::OK, content_type(path), file.clone()),
            None => {
                let problem = match version.files.is_empty() {
                    true => "The book is not built yet. If this page stays, the terminal says why.",
                    false => "There is no such page.",
                };
                let page = format!(
                    "<!doctype html><title>Not found</title><p>{problem}</p>{}",
                    reload(version.number)
                );
                response(StatusCode::NOT_FOUND, HTML, page.into_bytes())
            }
        }
    }

    fn version(&self) -> MutexGuard<'_, Version> {
        self.version.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A script that reloads the page when another version is served, or when the server is back after
/// an absence. It comes after the end of the page, where browsers accept it.
///
/// The page asks once a second and does not let the server hold the answer back: a browser opens
/// only six connections to one server, so that with six waiting pages the seventh would not load.
fn reload(number: u64) -> String {
    format!(
        "<script>(async () => {{
            let version = '{number}';
            for (;;) {{
                await new Promise(resolve => setTimeout(resolve, 1000));
                try {{
                    const answer = await fetch('/{VERSION}');
                    if (await answer.text() !== version) return location.reload();
                }} catch {{
                    version = '';
                }}
            }}
        }})();</script>"
    )
}

fn response(status: StatusCode, content_type: &'static str, content: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(content));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
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
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    use super::*;

    /// Serves a site, and returns the address.
    fn served(site: &Arc<Site>) -> SocketAddr {
        // A port that is free now.
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Site::serve(site, free.port()).unwrap();
        free
    }

    /// Sends a request on a new connection. An answer that takes more than five seconds is an
    /// error.
    fn request(address: SocketAddr, path: &str, headers: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n").unwrap();
        stream
    }

    fn get(address: SocketAddr, path: &str) -> String {
        let mut answer = String::new();
        let mut stream = request(address, path, "Connection: close\r\n");
        stream.read_to_string(&mut answer).expect("an answer within five seconds");
        answer
    }

    fn book(text: &str) -> Files {
        Files::from([("index.html".to_owned(), text.into()), ("a/b.css".to_owned(), "p {}".into())])
    }

    #[test]
    fn files_are_served_and_missing_ones_are_reported() {
        let site = Arc::new(Site::default());
        let address = served(&site);
        assert!(get(address, "").contains("not built yet"));
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
    fn a_served_page_learns_of_a_new_version() {
        let site = Arc::new(Site::default());
        site.replace(book("one"));
        let address = served(&site);
        assert!(get(address, "").contains("let version = '1'"));
        assert!(get(address, "version").ends_with("\r\n\r\n1"));
        site.replace(book("two"));
        assert!(get(address, "version").ends_with("\r\n\r\n2"));
        let index = get(address, "index.html");
        assert!(index.contains("two") && index.contains("let version = '2'"), "{index}");
    }

    #[test]
    fn open_connections_do_not_keep_the_next_page_waiting() {
        let site = Arc::new(Site::default());
        site.replace(book("<p>one"));
        let address = served(&site);
        // Forty connections that ask for nothing yet, and forty that have had their answer and stay
        // open.
        let idle: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(address).unwrap()).collect();
        let answered: Vec<TcpStream> = (0..40).map(|_| request(address, "version", "")).collect();
        assert!(get(address, "").contains("<p>one"));
        for stream in &answered {
            let mut status = String::new();
            BufReader::new(stream).read_line(&mut status).expect("an answer within five seconds");
            assert_eq!(status, "HTTP/1.1 200 OK\r\n");
        }
        assert!(get(address, "").contains("<p>one"));
        drop((idle, answered));
    }
}
