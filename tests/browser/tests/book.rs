//! The book in a real browser, from files and with the network off.
//!
//! It needs Node.js, Chromium, and the packages of `package.json` (`npm ci` in this folder). Where something is missing the test
//! is skipped and says so, unless `BOOK_REQUIRE_BROWSER=1` asks for a failure. `BOOK_DIR` names a book that is already built.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Completion, Trial};

/// What Chromium is called, on one system or another.
const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

fn main() {
    let test = Trial::ignorable_test("a_reader_can_do_all_that_the_book_offers", || {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        match browser(package) {
            Ok(browser) => {
                a_reader_can_do_all_that_the_book_offers(package, browser);
                Ok(Completion::Completed)
            }
            Err(missing) => {
                match env::var("BOOK_REQUIRE_BROWSER").is_ok_and(|value| value == "1") {
                    true => Err(missing.into()),
                    false => Ok(Completion::ignored_with(missing)),
                }
            }
        }
    });
    libtest_mimic::run(&Arguments::from_args(), vec![test]).exit();
}

fn a_reader_can_do_all_that_the_book_offers(package: &Path, browser: &str) {
    let folder = tempfile::tempdir().unwrap();
    let book = match env::var_os("BOOK_DIR") {
        Some(book) => PathBuf::from(book),
        None => build(&folder.path().join("book")),
    };
    let output = Command::new("node")
        .args(["--test", "pages/stepper.test.mjs", "pages/book.test.mjs"])
        .current_dir(package)
        .env("BOOK", &book)
        .env("CHROMIUM", browser)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    println!("{said}");
}

/// The browser's name, or what is missing for the test.
fn browser(package: &Path) -> Result<&'static str, String> {
    let answers = |program: &str| {
        let mut command = Command::new(program);
        let command = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let browser = BROWSERS.into_iter().find(|browser| answers(browser));
    let missing = [
        ("node", answers("node")),
        ("chromium", browser.is_some()),
        ("`npm ci` in tests/browser", package.join("node_modules/playwright-core").exists()),
    ];
    let missing: Vec<&str> =
        missing.into_iter().filter(|(_, is_there)| !is_there).map(|(name, _)| name).collect();
    browser.filter(|_| missing.is_empty()).ok_or_else(|| format!("missing: {}", missing.join(", ")))
}

/// Builds the book with the tool, as a reader would.
fn build(out: &Path) -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--package", "workbook", "--", "build", "--out"])
        .arg(out)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the book cannot be built: {said}");
    out.to_owned()
}
