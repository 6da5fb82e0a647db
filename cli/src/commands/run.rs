//! `wasm run`: a program, or one function of a module.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use ch22_embed::Val;
use ch23_wasi::Stdin;

use crate::ending::Ended;
use crate::interrupt::{self, Running};
use crate::program::{Call, Program};
use crate::setup::{Setup, World};
use crate::wasi::Wasi;

const EXAMPLES: &str = "\
Examples:
  wasm run add.wat --invoke add 1 -2
  wasm run main.wat --preload env=env.wat --timeout 500ms
  wasm run sort.wasm --dir data::/ --env LANG=C -- --reverse /names

Results are printed one a line. After a trap or an uncaught exception, the
calls that were active follow the error, and the exit code is 134. It is 130
after Ctrl-C, 124 if the time is up, and 1 if the fuel runs out. A program that
uses WASI has an exit code of its own.";

/// The arguments of `wasm run`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    wasi: Wasi,
    /// End after this many calls and rounds of loops.
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,
    /// End after this time: 2, 0.5, 2s, 500ms.
    #[arg(long, value_name = "TIME", value_parser = time)]
    timeout: Option<Duration>,
}

/// Runs the program, and prints the results.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Program { file, .. } = &arguments.program;
    let mut wasi = arguments.wasi.context(file, arguments.program.words())?;
    wasi.stdin(match arguments.wasi.input()? {
        Some(file) => Stdin::Reader(Box::new(file)),
        None => Stdin::Inherit,
    });
    let mut world = arguments.setup.world(arguments.fuel, wasi.build());
    interrupt::on_ctrl_c(|| std::process::exit(interrupt::Cause::CtrlC.code().into()))?;
    let call = arguments.program.prepare(&mut world)?;
    let running = Running::new(world.handle());
    if let Some(time) = arguments.timeout {
        interrupt::after(time)?;
    }
    let outcome = arguments.call(&mut world, call);
    let cause = running.cause();
    drop(running);
    match outcome {
        Ok(results) => {
            world.print(&results)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let ended = error.downcast::<Ended>()?;
            ended.tell(cause, arguments.fuel, &arguments.setup.stem(&arguments.program.file))
        }
    }
}

impl Arguments {
    /// Makes the instances, and calls the function.
    fn call(&self, world: &mut World, mut call: Call<'_>) -> Result<Vec<Val>> {
        let (func, arguments) = call.ready(&self.setup, world)?;
        let mut results = vec![Val::I32(0); call.results];
        func.call(&mut world.store, &arguments, &mut results)
            .map_err(|error| Ended { name: call.loaded.name, error })?;
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
