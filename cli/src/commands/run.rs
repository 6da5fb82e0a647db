//! `wasm run`: a program, or one function of a module.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use annex_embedding::Value;
use anyhow::{Result, bail};
use ch22_embed::Val;

use crate::call::{function_type, no_such_function};
use crate::ending::Ended;
use crate::failure::Usage;
use crate::interrupt::{self, Running};
use crate::setup::{Loaded, Setup, World, shown, val};
use crate::terminal;
use crate::values::values;
use crate::words;

const EXAMPLES: &str = "\
Examples:
  wasm run hello.wasm
  wasm run add.wat --invoke add 1 -2
  wasm run main.wat --preload env=env.wat --timeout 500ms

Results are printed one a line. After a trap or an uncaught exception, the
calls that were active follow the error, and the exit code is 134. It is 130
after Ctrl-C, 124 if the time is up, and 1 if the fuel runs out.";

/// The arguments of `wasm run`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The module: a file, or `-` for standard input.
    file: PathBuf,
    /// The exported function to call, instead of `_start`.
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,
    /// Arguments for `--invoke`: `-1`, `0xff`, `0.5`, `inf`, `null`.
    #[arg(value_name = "ARGS")]
    arguments: Vec<String>,
    #[command(flatten)]
    setup: Setup,
    /// End after this many calls and rounds of loops.
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,
    /// End after this time: 2, 0.5, 2s, 500ms.
    #[arg(long, value_name = "TIME", value_parser = time)]
    timeout: Option<Duration>,
}

/// The function that is called if no other is named.
const START: &str = "_start";

/// Runs the program, and prints the results.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut world = arguments.setup.world(arguments.fuel);
    interrupt::on_ctrl_c(|| std::process::exit(interrupt::Cause::CtrlC.code().into()))?;
    let call = arguments.prepare(&world)?;
    let running = Running::new(world.handle());
    if let Some(time) = arguments.timeout {
        interrupt::after(time)?;
    }
    let outcome = arguments.call(&mut world, call);
    let cause = running.cause();
    drop(running);
    match outcome {
        Ok(results) => {
            let mut out = terminal::stdout();
            for value in &results {
                writeln!(out, "{}", shown(&world.store, value))?;
            }
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let ended = error.downcast::<Ended>()?;
            ended.tell(cause, arguments.fuel, &arguments.setup.stem(&arguments.file))
        }
    }
}

/// A call that has been checked.
struct Call<'a> {
    loaded: Loaded,
    function: &'a str,
    arguments: Vec<Value>,
    results: usize,
}

impl Arguments {
    /// Reads the module, and checks the call before any code runs.
    fn prepare(&self, world: &World) -> Result<Call<'_>> {
        let loaded = world.load(&self.file)?;
        let function = self.invoke.as_deref().unwrap_or(START);
        let Some(ty) = function_type(&loaded.decoded, function) else {
            let known = no_such_function(&loaded.name, &loaded.decoded, function);
            match self.invoke {
                Some(_) => bail!(Usage(known)),
                None => bail!(Usage(format!("{known}; choose one by `--invoke NAME`"))),
            }
        };
        if self.invoke.is_none() && !self.arguments.is_empty() {
            bail!(Usage(format!(
                "{}: arguments are for a function that `--invoke` names; `_start` takes none",
                loaded.name
            )));
        }
        let words: Vec<String> = self.arguments.iter().map(|word| words::plain(word)).collect();
        let arguments = values(&loaded.decoded, function, ty, &words).map_err(Usage)?;
        let results = ty.results.len();
        Ok(Call { loaded, function, arguments, results })
    }

    /// Makes the instances, and calls the function.
    fn call(&self, world: &mut World, call: Call<'_>) -> Result<Vec<Val>> {
        let Call { loaded, function, arguments, results } = call;
        self.setup.preload(world)?;
        let instance = world.instantiate(&loaded)?;
        let store = &mut world.store;
        let arguments: Vec<Val> = arguments.into_iter().map(|it| val(store, it)).collect();
        let func = instance.get_func(&*store, function).expect("the module exports it");
        let mut results = vec![Val::I32(0); results];
        func.call(store, &arguments, &mut results)
            .map_err(|error| Ended { name: loaded.name, error })?;
        Ok(results)
    }
}

/// A time: `2`, `0.5`, `2s`, `500ms`.
fn time(word: &str) -> Result<Duration, String> {
    let (number, unit) = match word.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (word.strip_suffix('s').unwrap_or(word), 1.0),
    };
    let seconds = number.parse::<f64>().ok().map(|number| number * unit);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| "write seconds or milliseconds, such as 2, 0.5 or 500ms".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_seconds_or_milliseconds() {
        let milliseconds = |word| time(word).unwrap().as_millis();
        assert_eq!(["2", "0.5", "2s", "500ms", "0"].map(milliseconds), [2000, 500, 2000, 500, 0]);
        for word in ["", "s", "ms", "-1", "1m", "inf", "nan", "1e30", "2 s"] {
            assert!(time(word).is_err(), "{word}");
        }
    }
}
