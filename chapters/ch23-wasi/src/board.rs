//! A host of another kind: a microcontroller, with pins and a clock.
//!
//! Its guests import from `wiring` or `env`: `print(pointer, length)`,
//! `millis() -> i32`, `delay(ms)`, `pinMode(pin, mode)`, `digitalWrite(pin,
//! level)` and `stopWdt()`. They export `setup`, which is called once, and
//! `loop`, which is called again and again.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ch22_embed::{
    Caller, Engine, Error, Extern, Func, Linker, Module, Paused, ResumableCall,
    Store,
};

use crate::Sleep;

/// What a program sees of its microcontroller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    pins: BTreeMap<u32, Pin>,
    output: Vec<u8>,
    now: Duration,
}

/// A pin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pin {
    /// Whether the program has made it an output.
    pub is_output: bool,
    /// Whether it is high.
    pub is_high: bool,
}

impl Board {
    /// The pins that the program has named, by their numbers.
    pub fn pins(&self) -> &BTreeMap<u32, Pin> {
        &self.pins
    }

    /// What was printed since the last time that somebody asked.
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// How long the program has been running, as it sees it.
    pub fn now(&self) -> Duration {
        self.now
    }
}

/// The pins in a row: `2○ 13●`.
impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (number, pin)) in self.pins.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            let light = if pin.is_high { '●' } else { '○' };
            write!(f, "{gap}{number}{light}")?;
        }
        Ok(())
    }
}

/// The most bytes of output that a board keeps.
const MOST_OUTPUT: usize = 1 << 16;

/// Defines the functions of a board, in the modules `wiring` and `env`.
///
/// # Errors
///
/// One of the names is defined already.
pub fn add_board<T: 'static>(
    linker: &mut Linker<T>,
    get: impl Fn(&mut T) -> &mut Board + Copy + Send + Sync + 'static,
) -> Result<(), Error> {
    for module in ["wiring", "env"] {
        linker.func_wrap(
            module,
            "print",
            move |mut caller: Caller<'_, T>, start: u32, length: u32| {
                print(&mut caller, get, start, length)
            },
        )?;
        linker.func_wrap(module, "millis", move |mut it: Caller<'_, T>| {
            // As on the real thing, it begins again after 49 days.
            get(it.data_mut()).now.as_millis() as u32
        })?;
        linker.func_wrap(module, "delay", |it: Caller<'_, T>, ms: u32| {
            let time = Duration::from_millis(ms.into());
            Err::<(), _>(it.suspend(Sleep::new(time)))
        })?;
        linker.func_wrap(
            module,
            "pinMode",
            move |mut it: Caller<'_, T>, pin: u32, mode: u32| {
                let pins = &mut get(it.data_mut()).pins;
                pins.entry(pin).or_default().is_output = mode == 1;
            },
        )?;
        linker.func_wrap(
            module,
            "digitalWrite",
            move |mut it: Caller<'_, T>, pin: u32, level: u32| {
                let pins = &mut get(it.data_mut()).pins;
                pins.entry(pin).or_default().is_high = level != 0;
            },
        )?;
        // Nobody watches whether the program is alive.
        linker.func_wrap(module, "stopWdt", || {})?;
    }
    Ok(())
}

fn print<T: 'static>(
    caller: &mut Caller<'_, T>,
    get: impl Fn(&mut T) -> &mut Board,
    start: u32,
    length: u32,
) -> Result<(), Error> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        return Err(Error::msg("the program exports no memory"));
    };
    let (bytes, data) = memory.data_and_store_mut(caller);
    let (start, length) = (start as usize, length as usize);
    let bytes = bytes.get(start..).and_then(|rest| rest.get(..length));
    let bytes = bytes.ok_or_else(|| Error::msg("`print` is out of bounds"))?;
    let output = &mut get(data).output;
    let room = MOST_OUTPUT.saturating_sub(output.len());
    output.extend(&bytes[..length.min(room)]);
    Ok(())
}

/// A program on a board of its own. It runs until it sleeps; so many of them
/// share a thread.
///
/// ```
/// use ch22_embed::{Engine, Module};
/// use ch23_wasi::Sketch;
///
/// # fn main() -> Result<(), ch22_embed::Error> {
/// let text = r#"(module
///     (import "wiring" "delay" (func $delay (param i32)))
///     (import "wiring" "digitalWrite" (func $write (param i32 i32)))
///     (global $on (mut i32) (i32.const 0))
///     (func (export "setup"))
///     (func (export "loop")
///         (global.set $on (i32.eqz (global.get $on)))
///         (call $write (i32.const 13) (global.get $on))
///         (call $delay (i32.const 500))))"#;
/// let engine = Engine::default();
/// let mut blink = Sketch::new(&engine, &Module::new(&engine, text)?)?;
/// // `setup` ends; then `loop` sleeps, and ends.
/// for sleep in [0, 500, 0, 500, 0, 500] {
///     assert_eq!(blink.advance()?.as_millis(), sleep);
/// }
/// assert_eq!(blink.board().to_string(), "13●");
/// assert_eq!(blink.board().now().as_millis(), 1000);
/// # Ok(())
/// # }
/// ```
pub struct Sketch {
    store: Store<Board>,
    repeat: Func,
    next: Next,
}

/// What a program does next.
enum Next {
    /// It calls this function.
    Call(Func),
    /// It wakes, after this time.
    Wake(Paused, Duration),
    /// It goes on, if there is fuel.
    GoOn(Paused),
}

impl Sketch {
    /// Loads a program. None of its code has run, apart from a start function.
    ///
    /// # Errors
    ///
    /// It imports something else, or exports no `setup` or no `loop`.
    pub fn new(engine: &Engine, module: &Module) -> Result<Sketch, Error> {
        let mut linker = Linker::new(engine);
        add_board(&mut linker, |board| board)?;
        let mut store = Store::new(engine, Board::default());
        let instance = linker.instantiate(&mut store, module)?;
        let [setup, repeat] = ["setup", "loop"].map(|name| {
            let typed = instance.get_typed_func::<(), ()>(&mut store, name);
            typed.map(|typed| *typed.func())
        });
        Ok(Sketch { store, repeat: repeat?, next: Next::Call(setup?) })
    }

    /// Its board.
    pub fn board(&self) -> &Board {
        self.store.data()
    }

    /// Its board, for changes.
    pub fn board_mut(&mut self) -> &mut Board {
        self.store.data_mut()
    }

    /// Gives the program fuel, if the engine counts it.
    ///
    /// # Errors
    ///
    /// The engine doesn't count it.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        self.store.set_fuel(fuel)
    }

    /// Lets the program run until it sleeps, until `loop` has returned, or
    /// until it has no fuel left; and says for how long it sleeps. When it runs
    /// again, this time has passed on its board.
    ///
    /// # Errors
    ///
    /// A trap, after which `loop` is called again.
    pub fn advance(&mut self) -> Result<Duration, Error> {
        let next = Next::Call(self.repeat);
        let call = match std::mem::replace(&mut self.next, next) {
            Next::Call(function) => {
                function.call_resumable(&mut self.store, &[])?
            }
            Next::Wake(paused, time) => {
                let board = self.store.data_mut();
                board.now = board.now.saturating_add(time);
                paused.answer(&mut self.store, &[])?
            }
            Next::GoOn(paused) => paused.resume(&mut self.store)?,
        };
        let ResumableCall::Paused(paused) = call else {
            return Ok(Duration::ZERO);
        };
        let time = Sleep::of(&paused).map(|sleep| sleep.time());
        self.next = match time {
            Some(time) => Next::Wake(paused, time),
            None => Next::GoOn(paused),
        };
        Ok(time.unwrap_or_default())
    }
}
