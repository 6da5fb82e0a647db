//! Shows values and their slots, makes functions of closures, and calls them
//! through the seam.

use std::io::{self, Write};
use std::process::ExitCode;
use std::{error, fmt};

use annex_embedding::{
    Caller, Engine, FuncAddr, HostError, HostFunction, Referent, Switchboard,
    Value,
};
use ch07_values::NumType;
use ch09_module::{FuncType, ValType};

type Outcome = Result<(), Box<dyn error::Error>>;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    slots(out)?;
    let functions = functions();
    writeln!(out, "\nClosures, as functions of the host:")?;
    for (name, function) in &functions {
        writeln!(out, "  {name}: {}", function.ty())?;
    }
    calls(out, functions)?;
    Ok(())
}

/// Prints values and the slots that hold them.
fn slots(out: &mut impl Write) -> Outcome {
    writeln!(out, "Values, and the slots that hold them:")?;
    for value in [
        (-1_i32).into(),
        0.5_f64.into(),
        Value::FuncRef(None),
        Value::FuncRef(Some(FuncAddr(0))),
        Value::FuncRef(Some(FuncAddr(7))),
        Value::ExternRef(Some(Referent::Host(7))),
        Value::AnyRef(Some(Referent::I31(7))),
    ] {
        let slot = value.to_slot();
        writeln!(out, "  {:<16}{slot:016x}", value.to_string())?;
        let again = Value::from_halves(value.ty(), [slot, 0]);
        if again != value {
            writeln!(out, "  which is read as {again}")?;
        }
    }
    Ok(())
}

/// A file that the host does not have.
#[derive(Debug)]
struct NoSuchFile(u32);

impl fmt::Display for NoSuchFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no file {}", self.0)
    }
}

impl error::Error for NoSuchFile {}

/// Halves a half: it calls the engine that has called it.
fn quarter(caller: &mut Caller<'_>, x: f64) -> Result<f64, HostError> {
    let mut values = vec![x.into()];
    for _ in 0..2 {
        values = caller.engine().invoke(FuncAddr(0), &values)?;
    }
    let quarter = values.first().and_then(|value| value.f64());
    quarter.ok_or_else(|| "half is no number".into())
}

/// Functions of the host, with their names.
fn functions() -> Vec<(&'static str, HostFunction)> {
    let (int, float) = (ValType::Num(NumType::I32), ValType::Num(NumType::F64));
    let swapped =
        FuncType { params: [int, float].into(), results: [float, int].into() };
    let forgetful = FuncType { params: [].into(), results: [int].into() };
    vec![
        ("half", HostFunction::new(|x: f64| x / 2.0)),
        ("quarter", HostFunction::new(quarter)),
        (
            "open",
            HostFunction::new(|file: u32| match file {
                7 => Ok(1_i64),
                file => Err(NoSuchFile(file)),
            }),
        ),
        (
            "swap",
            HostFunction::dynamic(swapped, |_, values| {
                Ok(values.iter().rev().copied().collect())
            }),
        ),
        ("forget", HostFunction::dynamic(forgetful, |_, _| Ok(Vec::new()))),
    ]
}

/// Calls the functions through the seam, also in ways that cannot work.
fn calls(
    out: &mut impl Write,
    functions: Vec<(&'static str, HostFunction)>,
) -> Outcome {
    let mut engine = Switchboard::default();
    let functions = functions
        .into_iter()
        .map(|(name, function)| (name, engine.add_function(function)));
    let functions: Vec<(&str, FuncAddr)> = functions.collect();
    writeln!(out, "\nCalls of an engine without a machine:")?;
    let calls: [(usize, &[Value]); 7] = [
        (0, &[21.0.into()]),
        (1, &[21.0.into()]),
        (3, &[7.into(), 0.5.into()]),
        (2, &[7.into()]),
        (2, &[3.into()]),
        (0, &[21.into()]),
        (4, &[]),
    ];
    for (function, arguments) in calls {
        let (name, address) = functions[function];
        write!(out, "  {name}{}", annex_embedding::list(arguments))?;
        match engine.invoke(address, arguments) {
            Ok(values) => {
                writeln!(out, " = {}", annex_embedding::list(&values))?
            }
            Err(error) => {
                writeln!(out, "\n    {error}")?;
                if let Some(NoSuchFile(file)) = error.host() {
                    writeln!(out, "    the embedder has it back: file {file}")?;
                }
            }
        }
    }
    Ok(())
}
