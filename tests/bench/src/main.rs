//! Every engine against `wasmi` on the same work in the same process, as ratios.
//!
//! A ratio is the time that `wasmi` needs divided by the time that the engine needs: 1 is as fast, 0.5 takes
//! twice as long. The two run by turns, and of the rounds' ratios the median counts, so that what else the
//! computer is doing hits both and the odd round is forgotten. What counts is the time that the thread has had of a
//! processor.

use std::cell::RefCell;
use std::fmt::Display;
use std::hint::black_box;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use annex_embedding::{Engine, Imports, Value};
use ch13_rocket::{HostCall, Pilot, Rocket};
use clap::Parser;
use cpu_time::ThreadTime;
use engines::Wasmi;
use serde::Serialize;

/// Measures every engine against wasmi on the same work in the same process.
#[derive(Parser)]
struct Arguments {
    /// How many times each engine does each work.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Measures only the work whose name contains this.
    #[arg(long, default_value = "")]
    filter: String,
    /// Measures only this engine of ours, besides wasmi.
    #[arg(long, value_parser = ENGINES.map(|(name, _)| name))]
    engine: Option<String>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

type Make = fn() -> Box<dyn Engine>;
type BoxError = Box<dyn std::error::Error>;

/// Our engines. A new one is a new row.
const ENGINES: [(&str, Make); 4] = [
    ("tree", || Box::new(ch18_heap::Store::<()>::default())),
    ("flat", || Box::new(ch19_flat::Store::<()>::default())),
    ("slots", || Box::new(ch20_slots::Store::<()>::default())),
    ("fast", || Box::new(ch21_fuse::Store::<()>::default())),
];

/// What the engines have to do.
enum Work {
    /// Call the function `run` of a module with a number.
    Kernel(&'static str, i32),
    /// Fly the rocket for this many frames.
    Rocket(u32),
}

const WORKS: [(&str, Work); 14] = [
    ("fib(27)", Work::Kernel(include_str!("../kernels/fib.wat"), 27)),
    ("fib, iterative", Work::Kernel(include_str!("../kernels/fib-iterative.wat"), 2_000_000)),
    ("loop", Work::Kernel(include_str!("../kernels/loop.wat"), 2_000_000)),
    ("prime sieve", Work::Kernel(include_str!("../kernels/sieve.wat"), 1_000_000)),
    ("f64 matrix product", Work::Kernel(include_str!("../kernels/matrix.wat"), 120)),
    ("integer mixing", Work::Kernel(include_str!("../kernels/mix.wat"), 1_000_000)),
    ("sha-256", Work::Kernel(include_str!("../kernels/sha256.wat"), 2_000)),
    ("n-body", Work::Kernel(include_str!("../kernels/nbody.wat"), 10_000)),
    ("indirect calls", Work::Kernel(include_str!("../kernels/indirect.wat"), 500_000)),
    ("bulk memory", Work::Kernel(include_str!("../kernels/bulk.wat"), 150_000)),
    ("br_table interpreter", Work::Kernel(include_str!("../kernels/interpreter.wat"), 150_000)),
    ("strings", Work::Kernel(include_str!("../kernels/strings.wat"), 3_000)),
    ("everyday mix", Work::Kernel(include_str!("../kernels/everyday.wat"), 150)),
    ("rocket, 3000 frames", Work::Rocket(3_000)),
];

/// What came of a work, to be compared between engines.
#[derive(PartialEq, Debug)]
enum Outcome {
    Results(Vec<Value>),
    /// How many host calls there were, and what the last frame drew.
    Flight(usize, Vec<HostCall>),
}

const ROCKET: &[u8] = include_bytes!("../../../game/rocket.wasm");

impl Work {
    /// Does the work on an engine. What comes before it, reading and instantiating the module, is not counted.
    fn run(&self, mut engine: Box<dyn Engine>) -> Result<(Outcome, Duration), BoxError> {
        match *self {
            Work::Kernel(module, number) => {
                let instance = engine.instantiate(module.as_bytes(), &Imports::new())?;
                let export = engine.export(instance, "run").and_then(|export| export.func());
                let function = export.ok_or("the kernel exports no function `run`")?;
                let start = ThreadTime::now();
                let results = engine.invoke(function, &[black_box(number).into()])?;
                Ok((Outcome::Results(results), start.elapsed()))
            }
            Work::Rocket(frames) => fly(engine, frames),
        }
    }
}

/// Lets the same pilot fly on any engine.
fn fly(engine: Box<dyn Engine>, frames: u32) -> Result<(Outcome, Duration), BoxError> {
    let calls: Rc<RefCell<Vec<HostCall>>> = Rc::default();
    let mut rocket = Rocket::new(engine, ROCKET, Rc::clone(&calls))?;
    let mut pilot = Pilot::new();
    let mut count = 0;
    let start = ThreadTime::now();
    rocket.resize(800.0, 600.0)?;
    for _ in 0..frames {
        let seen = std::mem::take(&mut *calls.borrow_mut());
        count += seen.len();
        for (control, held) in pilot.look(&seen) {
            rocket.toggle(control, held)?;
        }
        rocket.update(1.0 / 60.0)?;
        rocket.draw()?;
    }
    let elapsed = start.elapsed();
    let last = std::mem::take(&mut *calls.borrow_mut());
    Ok((Outcome::Flight(count + last.len(), last), elapsed))
}

fn main() -> ExitCode {
    trace::report(run(&Arguments::parse(), &mut io::stdout().lock()))
}

/// What was measured.
#[derive(Serialize)]
struct Report {
    rounds: u32,
    works: Vec<Measured>,
    /// The geometric mean of each engine's ratios.
    means: Vec<(&'static str, f64)>,
}

/// What was measured of a work.
#[derive(Serialize)]
struct Measured {
    work: &'static str,
    /// The fastest of wasmi's rounds, in milliseconds.
    wasmi: f64,
    /// The ratios of each engine.
    engines: Vec<(&'static str, Ratios)>,
}

/// The ratios of all rounds.
#[derive(Serialize)]
struct Ratios {
    least: f64,
    median: f64,
    greatest: f64,
}

impl Ratios {
    /// Of at least one round.
    fn new(mut ratios: Vec<f64>) -> Ratios {
        ratios.sort_by(f64::total_cmp);
        Ratios {
            least: ratios[0],
            median: ratios[ratios.len() / 2],
            greatest: ratios[ratios.len() - 1],
        }
    }
}

fn run(arguments: &Arguments, out: &mut impl Write) -> Result<(), BoxError> {
    let is_chosen = |(name, _): &&(&str, Work)| name.contains(&arguments.filter);
    if !WORKS.iter().any(|work| is_chosen(&work)) {
        let names = WORKS.map(|(name, _)| name).join(", ");
        return Err(
            format!("no work has `{}` in its name; there are: {names}", arguments.filter).into()
        );
    }
    let engines = ENGINES.into_iter().filter(|(name, _)| match &arguments.engine {
        Some(engine) => name == engine,
        None => true,
    });
    let engines: Vec<(&str, Make)> = engines.collect();
    let table = !arguments.json;
    if table {
        row(out, "", "wasmi", engines.iter().map(|(name, _)| name))?;
    }
    let mut works = Vec::new();
    for (work, how) in WORKS.iter().filter(is_chosen) {
        let measured = measure(work, how, &engines, arguments.rounds)?;
        if table {
            let cells = measured.engines.iter().map(|(_, ratios)| {
                let Ratios { least, median, greatest } = ratios;
                format!("{median:.2} ({least:.2} to {greatest:.2})")
            });
            row(out, work, format!("{:.1} ms", measured.wasmi), cells)?;
        }
        works.push(measured);
    }
    let mean = |engine: usize| {
        let logarithms = works.iter().map(|work| work.engines[engine].1.median.ln());
        (logarithms.sum::<f64>() / works.len() as f64).exp()
    };
    let means = engines.iter().enumerate().map(|(engine, (name, _))| (*name, mean(engine)));
    let report = Report { rounds: arguments.rounds, means: means.collect(), works };
    if arguments.json {
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)?;
        return Ok(());
    }
    if report.works.len() > 1 {
        row(out, "geometric mean", "", report.means.iter().map(|(_, mean)| format!("{mean:.2}")))?;
    }
    writeln!(
        out,
        "\nwasmi: the fastest of {} rounds. The others: wasmi's time divided by theirs,",
        report.rounds
    )?;
    writeln!(out, "the median of the rounds (the least to the greatest).")?;
    Ok(())
}

/// Lets all engines do a work, by turns.
fn measure(
    name: &'static str,
    work: &Work,
    engines: &[(&'static str, Make)],
    rounds: u32,
) -> Result<Measured, BoxError> {
    let mut ratios = vec![Vec::new(); engines.len()];
    let mut fastest = Duration::MAX;
    for _ in 0..rounds {
        let (expected, wasmi) = work.run(Box::new(Wasmi::new()))?;
        fastest = fastest.min(wasmi);
        for ((engine, make), ratios) in engines.iter().zip(&mut ratios) {
            let (outcome, time) = work.run(make())?;
            if outcome != expected {
                return Err(format!("{name}: {engine} and wasmi do not agree").into());
            }
            ratios.push(wasmi.as_secs_f64() / time.as_secs_f64());
        }
    }
    let ratios = ratios.into_iter().map(Ratios::new);
    let engines = engines.iter().map(|(engine, _)| *engine).zip(ratios).collect();
    Ok(Measured { work: name, wasmi: fastest.as_secs_f64() * 1e3, engines })
}

fn row(
    out: &mut impl Write,
    name: &str,
    wasmi: impl Display,
    cells: impl IntoIterator<Item = impl Display>,
) -> io::Result<()> {
    write!(out, "{name:<20} {wasmi:>9}")?;
    for cell in cells {
        write!(out, "  {cell:>21}")?;
    }
    writeln!(out)
}
