//! Throws out of three calls, and calculates a few formulas; or calculates the
//! formula on the command line.

use std::env;
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::process::ExitCode;

use annex_embedding::{Engine, Extern, Imports, InstanceAddr, Value};
use ch17_exceptions::Store;

type Outcome = Result<(), Box<dyn Error>>;

const USAGE: &str = "usage: ch17-exceptions [FORMULA]";
const DEEP: &[u8] = include_bytes!("../programs/deep.wat");
const CALCULATOR: &[u8] = include_bytes!("../programs/calculator.wat");

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let is_option =
        |argument: &OsStr| argument.as_encoded_bytes().starts_with(b"--");
    let out = &mut io::stdout().lock();
    trace::report(match &arguments[..] {
        [] => demo(out),
        [formula] if !is_option(formula) => calculate_one(out, formula),
        _ => {
            let _ =
                writeln!(io::stderr(), "error: expected one formula\n{USAGE}");
            return ExitCode::from(2);
        }
    })
}

fn demo(out: &mut impl Write) -> Outcome {
    let mut store: Store = Store::default();
    let deep = store.instantiate(DEEP, &Imports::new())?;
    let first = store
        .export(deep, "first")
        .and_then(Extern::func)
        .ok_or("there is no `first`")?;
    match store.invoke(first, &[]) {
        Ok(results) => writeln!(out, "first() = {}\n", texts(&results))?,
        Err(error) => {
            let text = format!("first(): {error}");
            writeln!(out, "{}\n", trace::fit(&text, 2))?;
        }
    }

    let calculator = store.instantiate(CALCULATOR, &Imports::new())?;
    for formula in
        ["2*(3+4)", "2*(3+4", "2*(3+x)", "7-(1/(2-2))", "(3*(4294967296-1))"]
    {
        match calculate(&mut store, calculator, formula) {
            Ok(answer) => writeln!(out, "{formula} {answer}")?,
            Err(error) => {
                let text = format!("{formula}: {error}");
                writeln!(out, "{}", trace::fit(&text, 2))?;
            }
        }
    }
    let open = store.export(calculator, "open").and_then(Extern::global);
    let open = open.and_then(|open| store.global(open));
    writeln!(
        out,
        "open parentheses: {}",
        open.map_or_else(String::new, |open| open.to_string())
    )?;
    Ok(())
}

fn calculate_one(out: &mut impl Write, formula: &OsStr) -> Outcome {
    let wrong = || format!("`{}` is not UTF-8", formula.display());
    let formula = formula.to_str().ok_or_else(wrong)?;
    let mut store = Store::default();
    let calculator = store.instantiate(CALCULATOR, &Imports::new())?;
    writeln!(out, "{formula} {}", calculate(&mut store, calculator, formula)?)?;
    Ok(())
}

/// The calculator's answer to a formula.
fn calculate(
    store: &mut Store,
    calculator: InstanceAddr,
    formula: &str,
) -> Result<String, Box<dyn Error>> {
    let memory = store.export(calculator, "memory").and_then(Extern::memory);
    let bytes = memory.map_or(&mut [][..], |memory| store.memory_mut(memory));
    let place =
        bytes.get_mut(..=formula.len()).ok_or("the formula is too long")?;
    place[..formula.len()].copy_from_slice(formula.as_bytes());
    place[formula.len()] = 0;
    let function = store.export(calculator, "calculate").and_then(Extern::func);
    let results =
        store.invoke(function.ok_or("there is no calculator")?, &[])?;
    let numbers: Vec<i64> = results
        .iter()
        .filter_map(|value| value.i64().or(value.i32().map(i64::from)))
        .collect();
    Ok(match numbers[..] {
        [0, result] => format!("= {result}"),
        [1, position] => format!("has an unexpected character at {position}"),
        _ => "divides by zero".to_owned(),
    })
}

fn texts(values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.join(", ")
}
