//! A player runs to column 70 and back to column 0.

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use ch06_imports::{MAIN, Machine, V, X, display_player, program};

const USAGE: &str = "usage: ch06-imports [--fast]
  --fast  show each frame on a line of its own, without waiting";

fn main() -> ExitCode {
    let mut fast = false;
    for argument in std::env::args_os().skip(1) {
        if argument != "--fast" {
            eprintln!("error: unknown option {argument:?}\n{USAGE}");
            return ExitCode::from(2);
        }
        fast = true;
    }
    let animated = io::stdout().is_terminal() && !fast;
    let frame_time = animated.then_some(Duration::from_millis(12));
    trace::report(demo(&mut io::stdout().lock(), frame_time))
}

fn demo(
    out: &mut impl Write,
    frame_time: Option<Duration>,
) -> Result<(), Box<dyn Error>> {
    let functions = program();
    let imports = vec![display_player(&mut *out, frame_time)];
    let mut machine = Machine::new(imports, &functions, ());
    machine.memory.store(X, 2.0)?;
    machine.memory.store(V, 10.0)?;
    let outcome = machine.invoke(MAIN, &[]);
    let x = machine.memory.load(X)?;

    // The machine has borrowed the output for its import.
    drop(machine);
    if frame_time.is_some() {
        // An animation leaves the cursor on the player's line.
        writeln!(out)?;
    }
    outcome?;
    writeln!(out, "The player is back, at x = {x}.")?;
    Ok(())
}
