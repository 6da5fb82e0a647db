//! Three machines in one another: ours executes MicroPython, which executes a
//! stack machine in Python, which executes a small WebAssembly program.

use ch22_embed::{Engine, Error, Module};

use crate::{Failed, Python, Settings, Step, Value};

/// The stack machine.
const MACHINE: &str = include_str!("../programs/machine.py");

/// Its program.
const SQUARES: &str = include_str!("../programs/squares.wat");

/// More than an instruction takes.
const FUEL: u64 = 1_000_000_000;

/// The three machines, before the next instruction of the innermost one.
pub struct Scene {
    python: Python,
    next: Option<String>,
}

/// An instruction of the innermost machine that has been executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executed {
    /// The instruction.
    pub instruction: String,
    /// What the machine in Python has done with its stack.
    pub actions: String,
    /// Its stack afterwards.
    pub stack: String,
    /// The calls and rounds of loops that it took in our machine.
    pub units: u64,
}

impl Scene {
    /// Adds up the squares of the numbers up to `count`. `module` is
    /// MicroPython, and `engine` counts fuel.
    ///
    /// # Errors
    ///
    /// Python can't be started.
    pub fn new(
        engine: &Engine,
        module: &Module,
        count: u32,
    ) -> Result<Scene, Failed> {
        let mut python = Python::new(engine, module, Settings::new())?;
        python.exec(MACHINE)?;
        let program = wat::parse_str(SQUARES).map_err(Error::new)?;
        let program: String =
            program.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        python.exec(&format!("begin(b'{program}', {count})"))?;
        let next = Some(python.eval("first")?);
        let next = next.map(|it| it.trim_matches('\'').to_owned());
        Ok(Scene { python, next })
    }

    /// Executes an instruction, if there is another one.
    ///
    /// # Errors
    ///
    /// An exception of Python's, or whatever else ends its call.
    pub fn step(&mut self) -> Result<Option<Executed>, Failed> {
        let Some(instruction) = self.next.take() else { return Ok(None) };
        self.python.start_call("step", &[])?;
        let Step::Ended(outcome) = self.python.advance(FUEL)? else {
            return Err(Error::msg("an instruction takes too long").into());
        };
        let units = FUEL - self.python.store.get_fuel()?;
        let Value::Str(text) = outcome? else {
            return Err(Error::msg("`step` returns no text").into());
        };
        let mut lines = text.lines().map(str::to_owned);
        let mut line = || lines.next().unwrap_or_default();
        let next = line();
        self.next = Some(next).filter(|next| !next.is_empty());
        let (actions, stack) = (line(), line());
        Ok(Some(Executed { instruction, actions, stack, units }))
    }
}
