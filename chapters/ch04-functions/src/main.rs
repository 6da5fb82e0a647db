//! Moves a player: `x = update_position(x, v, 0.1)`. And shows what becomes of
//! a function that calls itself for ever.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use ch04_functions::{MAIN, Machine, RUNAWAY, V, X, program};
use trace::Printer;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(out, "x = update_position(x, v, 0.1), where x = 2 and v = 3\n")?;
    let functions = program();
    let mut machine = Machine::new(&functions, Printer::new(&mut *out));
    machine.memory.store(X, 2.0)?;
    machine.memory.store(V, 3.0)?;
    machine.invoke(MAIN, &[])?;

    let x = machine.memory.load(X)?;
    writeln!(out, "\nThe result: x = {x}")?;

    if let Err(error) = Machine::new(&functions, ()).invoke(RUNAWAY, &[]) {
        writeln!(out, "And a function that calls itself for ever:\n{error}")?;
    }
    Ok(())
}
