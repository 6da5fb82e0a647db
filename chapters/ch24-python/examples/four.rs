//! Two Pythons, a board and a rocket on one thread, by slices of fuel. One of
//! the Pythons is in an endless loop. The rocket flies a recorded flight.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ch22_embed::{
    Caller, Config, Engine, ExternType, Instance, Linker, Module, Store, Val,
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
        (self.frames, self.drawn) =
            (self.frames + 1, self.rocket.drawn().things);
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

/// The game, which flies a recorded flight. Its drawings are only counted.
pub struct Rocket {
    store: Store<Drawn>,
    instance: Instance,
    /// What the player did: before which frame, what, and 1 or 0.
    keys: Vec<(u64, String, i32)>,
    frames: u64,
}

/// What the game has drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Drawn {
    /// How many things.
    pub things: u64,
    /// The score that it has drawn last.
    pub score: f64,
}

impl Rocket {
    /// A rocket before its first frame.
    pub fn new() -> Outcome<Rocket> {
        let engine = Engine::new(&Config::new());
        let game = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../game");
        let module = Module::from_file(&engine, game.join("rocket.wasm"))?;
        let mut linker = Linker::<Drawn>::new(&engine);
        linker.func_wrap("env", "sin", f64::sin)?;
        linker.func_wrap("env", "cos", f64::cos)?;
        linker.func_wrap("env", "Math_atan", f64::atan)?;
        for import in module.imports() {
            let ExternType::Func(ty) = import.ty() else { continue };
            if !ty.results().is_empty() {
                continue;
            }
            let is_score = import.name() == "draw_score";
            let draw = move |mut it: Caller<'_, Drawn>, values: &[Val]| {
                it.data_mut().things += 1;
                if let (true, [Val::F64(bits)]) = (is_score, values) {
                    it.data_mut().score = f64::from_bits(*bits);
                }
            };
            linker.func_new("env", import.name(), ty.clone(), {
                move |it, values, _| {
                    draw(it, values);
                    Ok(())
                }
            })?;
        }
        let mut store = Store::new(&engine, Drawn::default());
        let instance = linker.instantiate(&mut store, &module)?;
        let keys = fs::read_to_string(game.join("tests/flights/waves.keys"))?;
        let keys = keys.lines().filter_map(key).collect();
        let mut rocket = Rocket { store, instance, keys, frames: 0 };
        let size = [800.0_f64, 600.0].map(|it| Val::F64(it.to_bits()));
        rocket.call("resize", &size)?;
        Ok(rocket)
    }

    fn call(&mut self, name: &str, arguments: &[Val]) -> Outcome {
        let function = self.instance.get_func(&self.store, name);
        let function = function.ok_or("the game lacks a function")?;
        Ok(function.call(&mut self.store, arguments, &mut [])?)
    }

    /// A frame: what the player does, what comes of it, what is drawn.
    pub fn frame(&mut self) -> Outcome {
        let mut now = self.keys.clone();
        now.retain(|(frame, ..)| *frame == self.frames);
        for (_, function, held) in now {
            self.call(&function, &[Val::I32(held)])?;
        }
        self.call("update", &[Val::F64((1.0_f64 / 60.0).to_bits())])?;
        self.call("draw", &[])?;
        self.frames += 1;
        Ok(())
    }

    /// What it has drawn.
    pub fn drawn(&self) -> Drawn {
        *self.store.data()
    }
}

/// A line of the recording: `20 boost down`.
fn key(line: &str) -> Option<(u64, String, i32)> {
    let mut words = line.split_whitespace();
    let frame = words.next()?.parse().ok()?;
    let function = match words.next()? {
        "left" => "toggle_turn_left",
        "right" => "toggle_turn_right",
        "boost" => "toggle_boost",
        "shoot" => "toggle_shoot",
        _ => return None,
    };
    Some((frame, function.to_owned(), (words.next()? == "down").into()))
}

/// How many frames the recording has.
const FRAMES: usize = 3000;

fn main() -> Outcome {
    let module =
        Module::from_file(&Python::engine(), ch24_python::micropython()?)?;
    io::stdout().write_all(report(&module, FRAMES)?.as_bytes())?;
    Ok(())
}

/// So many frames of a rocket alone and of one among four: a table of what they
/// take, and what the four have done.
pub fn report(micropython: &Module, frames: usize) -> Outcome<String> {
    let mut four = Four::new(micropython)?;
    let mut alone = Rocket::new()?;
    let (mut flights, mut rounds, mut lonely) = (vec![], vec![], vec![]);
    for _ in 0..frames {
        let begin = Instant::now();
        alone.frame()?;
        lonely.push(begin.elapsed());
        let begin = Instant::now();
        four.round()?;
        rounds.push(begin.elapsed());
        flights.push(four.flight);
    }
    // Not the slowest ones: they tell what else the computer had to do.
    let mut out = format!("microseconds, the median of {frames}\n");
    for (what, mut times) in [
        ("the rocket's frame, alone", lonely),
        ("the rocket's frame, among four", flights),
        ("a round of all four", rounds),
    ] {
        times.sort();
        let median = times[frames / 2].as_micros();
        out += &format!("{what:<30} {median:>6}\n");
    }
    let (score, lines) = (four.rocket.drawn().score, four.lines());
    out += &format!(
        "{} frames of the rocket, score {score}\n\
         {} slices of the endless loop\n\
         {} blinks of the board, {lines} lines of the Python that sleeps\n",
        four.frames, four.slices, four.blinks
    );
    Ok(out)
}
