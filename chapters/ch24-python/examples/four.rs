//! Two Pythons, a board and a rocket on one thread, by slices of fuel. One of
//! the Pythons is in an endless loop.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ch22_embed::{
    Config, Engine, ExternType, Func, Instance, Linker, Module, Store, Val,
};
use ch23_wasi::Sketch;
use ch24_python::{Python, Settings, Step};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// What a guest may execute in a round.
pub const FUEL: u64 = 20_000;

/// How long a frame is.
const FRAME: Duration = Duration::from_micros(16_667);

const BLINK: &str = include_str!("../../ch23-wasi/programs/blink.wat");

/// Counts up, without end.
const LOOP: &str = "n = 0\nwhile True: n += 1";

/// Prints a line, and sleeps.
const CALM: &str =
    "import time\nwhile True:\n    print('tick')\n    time.sleep(0.001)";

/// The four guests, and what they have done.
pub struct Four {
    rocket: Rocket,
    board: Sketch,
    /// When the board wakes, and what time it is.
    wakes: Duration,
    now: Duration,
    endless: Python,
    calm: Python,
    lines: Lines,
    /// How long the rocket's last frame has taken.
    pub flight: Duration,
    /// Frames of the rocket.
    pub frames: u64,
    /// Slices that the endless loop has used up.
    pub slices: u64,
    /// What the rocket has drawn.
    pub drawn: u64,
    /// How often the board's light has changed.
    pub blinks: u64,
}

/// Counts lines.
#[derive(Clone, Default)]
struct Lines(Arc<AtomicU64>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        self.0.fetch_add(lines as u64, Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Four {
    /// All four, at their beginning.
    pub fn new(micropython: &Module) -> Outcome<Four> {
        let engine = Python::engine();
        let lines = Lines::default();
        let settings = Settings::new().output(lines.clone());
        let mut calm = Python::new(&engine, micropython, settings)?;
        calm.start(CALM)?;
        let mut endless = Python::new(&engine, micropython, Settings::new())?;
        endless.start(LOOP)?;
        let board = Sketch::new(&engine, &Module::new(&engine, BLINK)?)?;
        let (wakes, now) = (Duration::ZERO, Duration::ZERO);
        let rocket = Rocket::new()?;
        let (frames, slices, drawn, blinks) = (0, 0, 0, 0);
        Ok(Four {
            rocket,
            board,
            wakes,
            now,
            endless,
            calm,
            lines,
            flight: Duration::ZERO,
            frames,
            slices,
            drawn,
            blinks,
        })
    }

    /// A frame of the rocket, then a slice for each of the others.
    pub fn round(&mut self) -> Outcome {
        let begin = Instant::now();
        self.rocket.frame()?;
        self.flight = begin.elapsed();
        (self.frames, self.drawn) = (self.frames + 1, *self.rocket.0.data());
        self.now += FRAME;
        let before = self.board.board().to_string();
        while self.wakes <= self.now {
            self.board.set_fuel(FUEL)?;
            self.wakes += self.board.advance()?;
        }
        let changed = before != self.board.board().to_string();
        self.blinks += u64::from(changed);
        if let Step::OutOfFuel = self.endless.advance(FUEL)? {
            self.slices += 1;
        }
        self.calm.advance(FUEL)?;
        Ok(())
    }

    /// How many lines the Python has printed that sleeps.
    pub fn lines(&self) -> u64 {
        self.lines.0.load(Ordering::Relaxed)
    }

    /// How far the endless loop has counted. It ends here.
    pub fn looped(&mut self) -> u64 {
        let count = self.endless.eval("n");
        count.ok().and_then(|count| count.parse().ok()).unwrap_or_default()
    }
}

/// The game, whose drawings are only counted.
struct Rocket(Store<u64>, Instance);

impl Rocket {
    fn new() -> Outcome<Rocket> {
        let engine = Engine::new(&Config::new());
        let game = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../game");
        let module = Module::from_file(&engine, game.join("rocket.wasm"))?;
        let mut linker = Linker::<u64>::new(&engine);
        linker.func_wrap("env", "sin", f64::sin)?;
        linker.func_wrap("env", "cos", f64::cos)?;
        linker.func_wrap("env", "Math_atan", f64::atan)?;
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty() else { continue };
            if ty.results().is_empty() {
                let name = import.name();
                linker.func_new(
                    "env",
                    name,
                    ty.clone(),
                    |mut caller, _, _| {
                        *caller.data_mut() += 1;
                        Ok(())
                    },
                )?;
            }
        }
        let mut store = Store::new(&engine, 0);
        let instance = linker.instantiate(&mut store, &module)?;
        let resize = instance.get_func(&store, "resize");
        let size = [800.0_f64, 600.0].map(|it| Val::F64(it.to_bits()));
        let resize = resize.ok_or("the game lacks `resize`")?;
        resize.call(&mut store, &size, &mut [])?;
        Ok(Rocket(store, instance))
    }

    fn frame(&mut self) -> Outcome {
        let Rocket(store, instance) = self;
        let function = |store: &Store<u64>, name| -> Outcome<Func> {
            let function = instance.get_func(store, name);
            Ok(function.ok_or("the game lacks a function")?)
        };
        let time = Val::F64(FRAME.as_secs_f64().to_bits());
        function(store, "update")?.call(&mut *store, &[time], &mut [])?;
        function(store, "draw")?.call(&mut *store, &[], &mut [])?;
        Ok(())
    }
}

fn main() -> Outcome {
    let module =
        Module::from_file(&Python::engine(), ch24_python::micropython()?)?;
    let mut four = Four::new(&module)?;
    let mut alone = Rocket::new()?;
    let (mut flights, mut rounds, mut lonely) = (vec![], vec![], vec![]);
    for _ in 0..600 {
        let begin = Instant::now();
        alone.frame()?;
        lonely.push(begin.elapsed());
        let begin = Instant::now();
        four.round()?;
        rounds.push(begin.elapsed());
        flights.push(four.flight);
    }
    let mut out = io::stdout().lock();
    let figures = [
        ("the rocket's frame, alone", lonely),
        ("the rocket's frame among four", flights),
        ("a round of all four", rounds),
    ];
    for (what, mut times) in figures {
        times.sort();
        let (half, last) = (times.len() / 2, times.len() - 1);
        writeln!(
            out,
            "{what:<30} {:>7.1} µs, at most {:>7.1} µs",
            times[half].as_secs_f64() * 1e6,
            times[last].as_secs_f64() * 1e6
        )?;
    }
    let (frames, slices) = (four.frames, four.slices);
    let (blinks, lines) = (four.blinks, four.lines());
    writeln!(
        out,
        "{frames} frames, {slices} slices of the endless loop, {blinks} \
         blinks, {lines} lines"
    )?;
    Ok(())
}
