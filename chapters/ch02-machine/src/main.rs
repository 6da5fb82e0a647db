//! Calculates `2 + 3 * 0.1` with a machine, and shows each step.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use ch02_machine::{Machine, program};
use trace::Printer;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(out, "2 + 3 * 0.1, by a machine\n")?;
    let mut machine = Machine::new(Printer::new(&mut *out));
    machine.execute(&program())?;

    let result = machine.stack.pop()?;
    writeln!(out, "\nThe result: {result}")?;
    Ok(())
}
