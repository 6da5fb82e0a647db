//! Validates a function step by step, then some that are wrong; or a file.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use annex_validation::{validate, validate_watched};
use ch09_module::Module;
use trace::Printer;

type Outcome = Result<(), Box<dyn Error>>;

const USAGE: &str = "usage: annex-validation [FILE]";
const POWER: &str = include_str!("../programs/power.wat");

/// Functions, some of which are valid.
const OTHERS: [&str; 9] = [
    "(func (result i32) f64.const 1 i32.eqz)",
    "(func (result i32) i32.const 7 i32.add)",
    "(func i32.const 7)",
    "(func (result i32) i32.const 1 if (result i32) i32.const 7 end)",
    "(func loop br 2 end)",
    "(func (result i32) i32.const 0 i32.load)",
    "(func (result i32) i32.const 7 return i32.add)",
    "(func (result i32) i32.const 7 return f64.neg)",
    "(func (result i32) i32.const 7 return f64.neg drop)",
];

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let is_option =
        |argument: &OsStr| argument.as_encoded_bytes().starts_with(b"-");
    let out = &mut io::stdout().lock();
    trace::report(match &arguments[..] {
        [] => demo(out),
        [file] if !is_option(file) => validate_file(out, file.as_ref()),
        _ => {
            let _ = writeln!(io::stderr(), "{USAGE}");
            return ExitCode::from(2);
        }
    })
}

fn demo(out: &mut impl Write) -> Outcome {
    writeln!(out, "power.wat, with types instead of values:\n")?;
    let module = Module::decode(&wat::parse_str(POWER)?)?;
    let mut printer = Printer::new(&mut *out);
    validate_watched(&module, &mut printer)?;
    printer.finish()?;
    writeln!(out, "\nIt is valid. Some others, of which two are:")?;
    for text in OTHERS {
        let module = Module::decode(&wat::parse_str(text)?)?;
        let verdict = validate(&module)
            .map_or_else(|error| error.to_string(), |()| "valid".into());
        writeln!(out, "\n{text}\n  {verdict}")?;
    }
    Ok(())
}

fn validate_file(out: &mut impl Write, file: &Path) -> Outcome {
    let shown = file.display();
    let bytes = fs::read(file)
        .map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    let module = Module::decode(&wat::parse_bytes(&bytes)?)?;
    validate(&module).map_err(|error| format!("{error}\n     --> {shown}"))?;
    writeln!(out, "{shown} is valid: {} functions", module.functions.len())?;
    Ok(())
}
