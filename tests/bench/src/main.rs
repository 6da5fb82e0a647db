//! Every engine against `wasmi` on the same work in the same process, as ratios.
//!
//! A ratio is the time that `wasmi` needs divided by the time that the engine needs: 1 is as fast, 0.5 takes
//! twice as long. The two run by turns, and of the rounds' ratios the median counts, so that what else the
//! computer is doing hits both and the odd round is forgotten. What counts is the time that the thread has had of a
//! processor.

use std::cell::RefCell;
use std::fmt::Display;
use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use annex_embedding::{Engine, FuncAddr, Imports, Pause, Progress, Value};
use bench::{Measured, MicroPython, Ratios, Report, chart, published};
use ch09_module::FEATURES;
use ch12_instance::StoreLimits;
use ch13_rocket::{HostCall, Pilot, Rocket};
use clap::Parser;
use clap::builder::PossibleValuesParser;
use cpu_time::ThreadTime;
use engines::{EngineRow, Wasmi, ours};

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
    #[arg(long, value_parser = PossibleValuesParser::new(ours().map(|engine| engine.name)))]
    engine: Option<String>,
    /// Measures what it costs to count fuel, and to run in slices: against the same engine without, not against wasmi.
    #[arg(long, conflicts_with_all = ["json", "svg", "from", "publish"])]
    fuel: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    /// Measures nothing, and takes what `--json` has printed before.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["rounds", "filter", "engine"])]
    from: Option<PathBuf>,
    /// Draws a chart, too.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Writes the README's table, the book's chart, and the figures of both.
    #[arg(long, conflicts_with_all = ["filter", "engine"])]
    publish: bool,
}

type BoxError = Box<dyn std::error::Error>;

/// Whether an engine counts fuel.
#[derive(Clone, Copy, PartialEq)]
enum Fuel {
    /// It doesn't.
    Free,
    /// It has more than it ever takes.
    Counted,
    /// It gets this much, and pauses for more of it.
    Slices(u64),
}

/// One of our engines.
fn make(engine: &EngineRow, fuel: Fuel) -> Box<dyn Engine> {
    let fuel = match fuel {
        Fuel::Free => None,
        Fuel::Counted => Some(u64::MAX),
        Fuel::Slices(fuel) => Some(fuel),
    };
    (engine.make)(FEATURES, StoreLimits { fuel, ..StoreLimits::default() })
}

/// What the engines have to do.
enum Work {
    /// Call the function `run` of a module with a number.
    Kernel(&'static [u8], i32),
    /// Fly the rocket for this many frames.
    Rocket(u32),
    /// Let MicroPython execute a program. It is at hand once `cargo workbook guests` has fetched it.
    Python(&'static str),
}

/// Its file among the guests.
const MICROPYTHON: &str = "micropython.wasm";

const WORKS: [(&str, Work); 16] = [
    ("fib(27)", Work::Kernel(include_bytes!("../kernels/fib.wat"), 27)),
    ("fib, iterative", Work::Kernel(include_bytes!("../kernels/fib-iterative.wat"), 2_000_000)),
    ("loop", Work::Kernel(include_bytes!("../kernels/loop.wat"), 2_000_000)),
    ("prime sieve", Work::Kernel(include_bytes!("../kernels/sieve.wat"), 1_000_000)),
    ("f64 matrix product", Work::Kernel(include_bytes!("../kernels/matrix.wat"), 120)),
    ("integer mixing", Work::Kernel(include_bytes!("../kernels/mix.wat"), 1_000_000)),
    ("sha-256", Work::Kernel(include_bytes!("../kernels/sha256.wat"), 2_000)),
    ("n-body", Work::Kernel(include_bytes!("../kernels/nbody.wat"), 10_000)),
    ("indirect calls", Work::Kernel(include_bytes!("../kernels/indirect.wat"), 500_000)),
    ("bulk memory", Work::Kernel(include_bytes!("../kernels/bulk.wat"), 150_000)),
    ("br_table interpreter", Work::Kernel(include_bytes!("../kernels/interpreter.wat"), 150_000)),
    ("strings", Work::Kernel(include_bytes!("../kernels/strings.wat"), 3_000)),
    ("everyday mix", Work::Kernel(include_bytes!("../kernels/everyday.wat"), 1_500)),
    ("mark, in C", Work::Kernel(include_bytes!("../../guests/modules/mark.wasm"), 400)),
    ("rocket, 3000 frames", Work::Rocket(3_000)),
    ("MicroPython", Work::Python(include_str!("../programs/stones.py"))),
];

/// What came of a work, to be compared between engines.
#[derive(PartialEq, Debug)]
enum Outcome {
    Results(Vec<Value>),
    /// How many host calls there were, and what the last frame drew.
    Flight(usize, Vec<HostCall>),
    Printed(String),
}

const ROCKET: &[u8] = include_bytes!("../../../game/rocket.wasm");

impl Work {
    /// Does the work on an engine. What comes before it, reading and instantiating the module, is not counted.
    fn run(
        &self,
        mut engine: Box<dyn Engine>,
        fuel: Fuel,
    ) -> Result<(Outcome, Duration), BoxError> {
        match *self {
            Work::Kernel(module, number) => {
                let instance = engine.instantiate(module, &Imports::new())?;
                let export = engine.export(instance, "run").and_then(|export| export.func());
                let function = export.ok_or("the kernel exports no function `run`")?;
                let start = ThreadTime::now();
                let arguments = [black_box(number).into()];
                let results = match fuel {
                    Fuel::Slices(fuel) => in_slices(&mut *engine, function, &arguments, fuel)?,
                    _ => engine.invoke(function, &arguments)?,
                };
                Ok((Outcome::Results(results), start.elapsed()))
            }
            Work::Rocket(frames) => fly(engine, frames),
            Work::Python(program) => {
                let mut python = MicroPython::new(engine, &fs::read(guests::file(MICROPYTHON))?)?;
                let start = ThreadTime::now();
                Ok((Outcome::Printed(python.execute(program)?), start.elapsed()))
            }
        }
    }
}

/// Calls a function that gets fuel in portions, and pauses in between.
fn in_slices(
    engine: &mut dyn Engine,
    function: FuncAddr,
    arguments: &[Value],
    fuel: u64,
) -> Result<Vec<Value>, BoxError> {
    let mut progress = engine.start(function, arguments)?;
    loop {
        match progress {
            Progress::Finished(results) => return Ok(results),
            Progress::Paused(call) => match call.pause {
                Pause::OutOfFuel => {
                    // What is left adds up: a bulk instruction may ask for more than a slice has.
                    engine.set_fuel(engine.fuel().unwrap_or(0) + fuel);
                    progress = engine.resume(call)?;
                }
                Pause::Suspended(error) => return Err(error),
            },
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

fn run(arguments: &Arguments, out: &mut impl Write) -> Result<(), BoxError> {
    if arguments.fuel {
        return cost_of_fuel(arguments, out);
    }
    let report = match &arguments.from {
        Some(file) => {
            let shown = file.display();
            let text = fs::read_to_string(file);
            let text = text.map_err(|error| format!("cannot read `{shown}`: {error}"))?;
            serde_json::from_str(&text).map_err(|error| format!("{shown}: {error}"))?
        }
        None => compare(arguments, out)?,
    };
    if arguments.json {
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)?;
    }
    if let Some(file) = &arguments.svg {
        write(file, &chart(&report))?;
    }
    if arguments.publish {
        for (file, text) in published(&report)? {
            write(&file, &text)?;
        }
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<(), BoxError> {
    let written = fs::write(file, text);
    Ok(written.map_err(|error| format!("cannot write `{}`: {error}", file.display()))?)
}

/// The works that are asked for.
fn works(filter: &str) -> Result<impl Iterator<Item = &'static (&'static str, Work)>, BoxError> {
    let is_chosen = move |(name, _): &&(&str, Work)| name.contains(filter);
    if !WORKS.iter().any(|work| is_chosen(&work)) {
        let names = WORKS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        return Err(format!("no work has `{filter}` in its name; there are: {names}").into());
    }
    let is_at_hand = |(_, work): &&(&str, Work)| match work {
        Work::Python(_) => guests::file(MICROPYTHON).is_file(),
        Work::Kernel(..) | Work::Rocket(_) => true,
    };
    if !WORKS.iter().filter(is_chosen).any(|work| is_at_hand(&work)) {
        return Err("MicroPython is not at hand; `cargo workbook guests` fetches it".into());
    }
    Ok(WORKS.iter().filter(is_chosen).filter(is_at_hand))
}

/// Measures the engines against wasmi, and shows a table meanwhile if JSON is not asked for.
fn compare(arguments: &Arguments, out: &mut impl Write) -> Result<Report, BoxError> {
    let Arguments { rounds, filter, engine, json, .. } = arguments;
    let works = works(filter)?;
    let is_chosen = |row: &&EngineRow| engine.as_ref().is_none_or(|engine| engine == row.name);
    let engines: Vec<&EngineRow> = ours().filter(is_chosen).collect();
    if !json {
        row(out, "", "wasmi", engines.iter().map(|engine| engine.name))?;
    }
    let mut measured = Vec::new();
    for (name, work) in works {
        let work = measure(name, work, &engines, *rounds)?;
        if !json {
            let cells = work.engines.iter().map(|(_, ratios)| cell(ratios));
            row(out, name, format!("{:.1} ms", work.wasmi), cells)?;
        }
        measured.push(work);
    }
    let report = Report::new(*rounds, measured);
    if !json {
        if report.works.len() > 1 {
            let means = report.means.iter().map(|(_, mean)| format!("{mean:.2}"));
            row(out, "geometric mean", "", means)?;
        }
        writeln!(
            out,
            "\nwasmi: the fastest of {rounds} rounds. The others: wasmi's time divided by theirs,"
        )?;
        writeln!(out, "the median of the rounds (the least to the greatest).")?;
    }
    Ok(report)
}

/// Lets all engines do a work, by turns.
fn measure(
    name: &str,
    work: &Work,
    engines: &[&EngineRow],
    rounds: u32,
) -> Result<Measured, BoxError> {
    let mut ratios = vec![Vec::new(); engines.len()];
    let mut fastest = Duration::MAX;
    for _ in 0..rounds {
        let (expected, wasmi) = work.run(Box::new(Wasmi::new()), Fuel::Free)?;
        fastest = fastest.min(wasmi);
        for (engine, ratios) in engines.iter().zip(&mut ratios) {
            let (outcome, time) = work.run(make(engine, Fuel::Free), Fuel::Free)?;
            if outcome != expected {
                return Err(format!("{name}: {} and wasmi do not agree", engine.name).into());
            }
            ratios.push(wasmi.as_secs_f64() / time.as_secs_f64());
        }
    }
    let ratios = ratios.into_iter().map(Ratios::new);
    let engines = engines.iter().map(|engine| engine.name.to_owned()).zip(ratios).collect();
    Ok(Measured { work: name.to_owned(), wasmi: fastest.as_secs_f64() * 1e3, engines })
}

/// How much fuel a slice has: some milliseconds of `fast`.
const SLICE: u64 = 100_000;

/// Measures what fuel costs an engine: by turns without, with, and in slices.
fn cost_of_fuel(arguments: &Arguments, out: &mut impl Write) -> Result<(), BoxError> {
    let Arguments { rounds, filter, engine, .. } = arguments;
    let name = engine.as_deref().unwrap_or("fast");
    let engine = ours().find(|engine| engine.name == name).ok_or("no such engine")?;
    row(out, "", name, ["fuel", "slices"])?;
    for (name, work) in works(filter)? {
        let modes = match work {
            // None of its calls lasts long enough for a slice.
            Work::Rocket(_) => &[Fuel::Counted][..],
            // Its host calls back itself, where nothing can be paused.
            Work::Python(_) => &[Fuel::Counted],
            // The tree can't pause.
            Work::Kernel(..) if engine.name == "tree" => &[Fuel::Counted],
            Work::Kernel(..) => &[Fuel::Counted, Fuel::Slices(SLICE)],
        };
        let mut ratios = vec![Vec::new(); modes.len()];
        let mut fastest = Duration::MAX;
        for _ in 0..*rounds {
            let (expected, free) = work.run(make(engine, Fuel::Free), Fuel::Free)?;
            fastest = fastest.min(free);
            for (fuel, ratios) in modes.iter().zip(&mut ratios) {
                let (outcome, time) = work.run(make(engine, *fuel), *fuel)?;
                if outcome != expected {
                    return Err(format!("{name}: fuel makes a difference").into());
                }
                ratios.push(time.as_secs_f64() / free.as_secs_f64());
            }
        }
        let cells = ratios.into_iter().map(|ratios| cell(&Ratios::new(ratios)));
        row(out, name, format!("{:.1} ms", fastest.as_secs_f64() * 1e3), cells)?;
    }
    writeln!(
        out,
        "\n{name}: the fastest of {rounds} rounds, and nothing is counted. The others: their time"
    )?;
    writeln!(
        out,
        "divided by that, the median of the rounds (the least to the greatest). A slice has\n{SLICE} units."
    )?;
    Ok(())
}

fn cell(Ratios { least, median, greatest }: &Ratios) -> String {
    format!("{median:.2} ({least:.2} to {greatest:.2})")
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
