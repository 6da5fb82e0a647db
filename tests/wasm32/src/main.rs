//! What must hold on wasm32 as it does elsewhere: the limits, a frozen store, a compiled module, and the official suites.
//!
//! On this target a program has no output. All that it hands to its host is the exit code of `main`, and `main` may be called
//! again: so the first call checks everything, and all calls together hand out the report, byte by byte, with a 0 at its end.

mod compiled;
mod frozen;
mod limits;
mod suites;

use std::panic;
use std::process::ExitCode;
use std::sync::Mutex;

/// What is left of the report, the next byte last.
static REPORT: Mutex<Option<Vec<u8>>> = Mutex::new(None);

fn main() -> ExitCode {
    let left = report_left();
    let next = match left {
        Some(byte) => byte,
        None => {
            panic::set_hook(Box::new(|panic| publish(&format!("error: {panic}\n"))));
            let checks = [limits::check(), compiled::check(), frozen::check(), suites::check()];
            publish(&checks.map(line).concat());
            report_left().unwrap_or_default()
        }
    };
    ExitCode::from(next)
}

/// The next byte of the report, if it is written. After its end come zeros.
fn report_left() -> Option<u8> {
    let mut report = REPORT.lock().expect("nothing panics while it is locked");
    report.as_mut().map(|report| report.pop().unwrap_or_default())
}

fn publish(report: &str) {
    let bytes = report.bytes().rev().collect();
    *REPORT.lock().expect("nothing panics while it is locked") = Some(bytes);
}

fn line(check: Result<String, String>) -> String {
    match check {
        Ok(what) => format!("ok: {what}\n"),
        Err(why) => format!("error: {why}\n"),
    }
}
