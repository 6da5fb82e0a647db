//! Runs scripts on the tree engine: the chapter's own, or those of the command
//! line.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use ch12_instance::{Store, StoreLimits};
use ch14_spec::run;

const USAGE: &str = "usage: ch14-spec [SCRIPT…]";

/// The chapter's own scripts. The last one is wrong, on purpose.
const SCRIPTS: [(&str, &str); 4] = [
    ("numbers.wast", include_str!("../programs/numbers.wast")),
    ("refused.wast", include_str!("../programs/refused.wast")),
    ("limits.wast", include_str!("../programs/limits.wast")),
    ("wrong.wast", include_str!("../programs/wrong.wast")),
];

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let is_option =
        |argument: &&OsString| argument.as_encoded_bytes().starts_with(b"-");
    if let Some(option) = arguments.first().filter(is_option) {
        let option = option.display();
        let _ =
            writeln!(io::stderr(), "error: unknown option `{option}`\n{USAGE}");
        return ExitCode::from(2);
    }
    let out = &mut io::stdout().lock();
    trace::report(match &arguments[..] {
        [] => demo(out),
        files => run_files(out, files),
    })
}

/// A store with tight limits.
fn limited() -> Store {
    let limits = StoreLimits {
        memory_bytes: 8 << 16,
        calls: 100,
        labels: 200,
        fuel: Some(10_000),
        ..StoreLimits::default()
    };
    Store::new((), limits)
}

/// Shows what comes of each directive, each script on a store of its own.
fn demo(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    for (name, text) in SCRIPTS {
        writeln!(out, "{name}")?;
        let report = run(text, &mut limited())?;
        for outcome in &report.outcomes {
            writeln!(out, "{}", trace::fit(&outcome.to_string(), 6))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Shows what fails, and how many directives there are.
fn run_files(
    out: &mut impl Write,
    files: &[OsString],
) -> Result<(), Box<dyn Error>> {
    let mut failed = 0;
    for file in files.iter().map(Path::new) {
        let shown = file.display();
        let text = fs::read_to_string(file)
            .map_err(|error| format!("cannot read `{shown}`: {error}"))?;
        let report =
            run(&text, &mut Store::<()>::default()).map_err(|mut error| {
                error.set_path(file);
                error.set_text(&text);
                error
            })?;
        for (line, failure) in report.failures() {
            writeln!(out, "{shown}:{line}: {failure}")?;
        }
        let failures = report.failures().count();
        writeln!(
            out,
            "{shown}: {} passed, {failures} failed",
            report.outcomes.len() - failures
        )?;
        failed += failures;
    }
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} directives failed").into()),
    }
}
