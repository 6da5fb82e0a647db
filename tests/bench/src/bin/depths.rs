//! What a call costs at each depth of nested calls, from none to the limit.
//!
//! A call must not be dearer because others are waiting for it. So of all depths the slowest is compared with the
//! median.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use annex_embedding::{Imports, Value};
use ch09_module::FEATURES;
use ch12_instance::StoreLimits;
use clap::Parser;
use engines::{EngineRow, ours};

/// Measures what a call costs at each depth of nested calls.
#[derive(Parser)]
struct Arguments {
    /// How many depths to measure, evenly spread.
    #[arg(long, default_value_t = 101, value_parser = clap::value_parser!(u32).range(2..))]
    depths: u32,
    /// How many calls at each depth.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..))]
    calls: u32,
    /// How many times each depth is measured; the fastest counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

const MODULE: &str = include_str!("../../kernels/depth.wat");

type BoxError = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let (arguments, mut out) = (Arguments::parse(), io::stdout().lock());
    trace::report(ours().try_for_each(|engine| run(engine, &arguments, &mut out)))
}

fn run(engine: &EngineRow, arguments: &Arguments, out: &mut impl Write) -> Result<(), BoxError> {
    let mut store = (engine.make)(FEATURES, StoreLimits::default());
    let instance = store.instantiate(MODULE.as_bytes(), &Imports::new())?;
    let run = store.export(instance, "run").and_then(|export| export.func());
    let run = run.ok_or("the kernel exports no function `run`")?;
    let mut time = |depth: u32, count: u32| -> Result<Duration, BoxError> {
        let arguments = [depth, count].map(|number| Value::from(number as i32));
        let start = Instant::now();
        store.invoke(run, &arguments)?;
        Ok(start.elapsed())
    };

    let most = deepest(&mut |depth| time(depth, 1).is_ok());
    let depths: Vec<u32> = (0..arguments.depths)
        .map(|step| (u64::from(step) * u64::from(most) / u64::from(arguments.depths - 1)) as u32)
        .collect();
    let mut costs = vec![f64::INFINITY; depths.len()];
    for _ in 0..arguments.rounds {
        for (depth, cost) in depths.iter().zip(&mut costs) {
            let without = time(*depth, 0)?;
            let with = time(*depth, arguments.calls)?;
            let nanoseconds = with.saturating_sub(without).as_secs_f64() * 1e9;
            *cost = cost.min(nanoseconds / f64::from(arguments.calls));
        }
    }

    writeln!(out, "{}\n{:>8}  {:>10}", engine.name, "depth", "ns a call")?;
    for (depth, cost) in depths.iter().zip(&costs) {
        writeln!(out, "{depth:8}  {cost:10.1}")?;
    }
    let mut sorted = costs;
    sorted.sort_by(f64::total_cmp);
    let (median, slowest) = (sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
    writeln!(
        out,
        "\nmedian {median:.1} ns, slowest {slowest:.1} ns: {:.2} times\n",
        slowest / median
    )?;
    Ok(())
}

/// The deepest recursion that does not trap.
fn deepest(runs: &mut impl FnMut(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, u32::MAX / 2);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if runs(middle) { low = middle } else { high = middle }
    }
    low
}
