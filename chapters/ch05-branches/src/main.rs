//! Chooses the larger of two numbers, and lets a player run to 70 and back to
//! 0.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use ch05_branches::{LARGER, MAIN, Machine, V, X, program};
use trace::{Observer, Printer, Step};

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let functions = program();
    for arguments in [[7.0, 2.0], [2.0, 7.0]] {
        writeln!(out, "The larger of {arguments:?}\n")?;
        let mut machine = Machine::new(&functions, Printer::new(&mut *out));
        let results = machine.invoke(LARGER, &arguments)?;
        writeln!(out, "\nThe result: {results:?}\n")?;
    }

    writeln!(
        out,
        "while x > 0 {{ x = update_position(x, v, 0.1); if x >= 70 {{ v = v * \
         -1 }} }}\n"
    )?;
    let mut steps: Vec<Step> = Vec::new();
    let mut machine = Machine::new(&functions, &mut steps);
    machine.memory.store(X, 2.0)?;
    machine.memory.store(V, 10.0)?;
    machine.invoke(MAIN, &[])?;

    let mut printer = Printer::new(&mut *out);
    for step in &steps {
        printer.step(|| step.clone());
        if step.instruction == "br 0" {
            break;
        }
    }
    write!(
        out,
        "\nAnd so on, {} steps.\nEvery tenth x on the way:",
        steps.len()
    )?;

    let writes = steps.iter().flat_map(|step| &step.writes);
    let writes_to_x = writes.filter(|write| write.address == X as u64);
    // x begins at 2: the eighth write is the 10.
    for write in writes_to_x.skip(7).step_by(10) {
        write!(out, " {}", f64::from_le_bytes(write.bytes[..].try_into()?))?;
    }
    writeln!(out)?;
    Ok(())
}
