//! Moves a player: `x = x + v * 0.1`, where x and v are in memory.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use ch03_memory::{Machine, V, X, program};
use trace::Printer;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(out, "x = x + v * 0.1, where x = 2 and v = 3;")?;
    writeln!(out, "x is at address {X}, and v at address {V}\n")?;
    let mut machine = Machine::new(Printer::new(&mut *out));
    machine.memory.store(X, 2.0)?;
    machine.memory.store(V, 3.0)?;
    machine.execute(&program())?;

    let x = machine.memory.load(X)?;
    writeln!(out, "\nThe result: x = {x}")?;
    Ok(())
}
