//! Calculates `2 + 3 * 0.1` on a stack, by hand.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use ch01_stack::Stack;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut stack = Stack::default();

    writeln!(out, "2 + 3 * 0.1, by hand\n")?;
    for value in [2.0, 3.0, 0.1] {
        stack.push(value);
        writeln!(out, "push {value:<8} {:?}", stack.values())?;
    }

    let (y, x) = (stack.pop()?, stack.pop()?);
    writeln!(out, "pop, pop      {:?}", stack.values())?;
    stack.push(x * y);
    writeln!(out, "push {x} * {y}  {:?}", stack.values())?;

    let (y, x) = (stack.pop()?, stack.pop()?);
    writeln!(out, "pop, pop      {:?}", stack.values())?;
    stack.push(x + y);
    writeln!(out, "push the sum  {:?}", stack.values())?;

    writeln!(out, "\nThe result: {}", stack.pop()?)?;
    if let Err(trap) = stack.pop() {
        writeln!(out, "And once more: {trap}")?;
    }
    Ok(())
}
