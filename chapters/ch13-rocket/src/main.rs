//! Flies the game in the terminal: an animation, or a few pictures where the
//! output is not a terminal.

use std::cell::RefCell;
use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use ch12_instance::Store;
use ch13_rocket::{HostCall, Pilot, Rocket, Terminal};

/// The game: Rust, compiled to WebAssembly.
const GAME: &[u8] = include_bytes!("../../../game/rocket.wasm");

/// How long the flight is, in pictures, of which the game makes 60 a second.
const PICTURES: u32 = 560;
/// One frame of this many is shown: the flight takes ten seconds, and the
/// animation less than two.
const STRIDE: u32 = 10;
/// The pictures that are shown where nothing can move.
const STILLS: [u32; 4] = [60, 360, 470, 500];

fn main() -> ExitCode {
    let animate = io::stdout().is_terminal();
    trace::report(demo(&mut io::stdout().lock(), animate))
}

fn demo(out: &mut dyn Write, animate: bool) -> Result<(), Box<dyn Error>> {
    let calls = Rc::new(RefCell::new(Vec::<HostCall>::new()));
    let engine = Box::new(Store::<()>::default());
    let mut rocket = Rocket::new(engine, GAME, Rc::clone(&calls))?;
    rocket.resize(Terminal::SIZE.0, Terminal::SIZE.1)?;

    let mut screen = Screen::new(out, animate)?;
    let mut pilot = Pilot::new();
    for picture in 1..=PICTURES {
        rocket.update(1.0 / 60.0)?;
        rocket.draw()?;
        let calls: Vec<HostCall> = calls.borrow_mut().drain(..).collect();
        screen.show(picture, &calls)?;
        for (control, hold) in pilot.look(&calls) {
            rocket.toggle(control, hold)?;
        }
    }
    Ok(())
}

/// Where the pictures go. On a terminal each takes the place of the one before,
/// and the cursor is hidden meanwhile.
struct Screen<'a> {
    out: &'a mut dyn Write,
    animate: bool,
}

impl<'a> Screen<'a> {
    fn new(out: &'a mut dyn Write, animate: bool) -> io::Result<Screen<'a>> {
        if animate {
            write!(out, "\x1b[?25l{}", "\n".repeat(Terminal::ROWS))?;
        }
        Ok(Screen { out, animate })
    }

    fn show(&mut self, picture: u32, calls: &[HostCall]) -> io::Result<()> {
        let mut terminal = Terminal::new();
        calls.iter().for_each(|call| call.repeat(&mut terminal));
        if self.animate && picture.is_multiple_of(STRIDE) {
            let text = terminal.to_string().replace('\n', "\x1b[K\n");
            write!(self.out, "\x1b[{}A{text}", Terminal::ROWS)?;
            self.out.flush()?;
            thread::sleep(Duration::from_millis(30));
        } else if !self.animate && STILLS.contains(&picture) {
            let seconds = f64::from(picture) / 60.0;
            writeln!(self.out, "--- after {seconds:.1} seconds\n{terminal}")?;
        }
        Ok(())
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        if self.animate {
            // Whoever cannot be written to has no cursor to miss.
            let _ = write!(self.out, "\x1b[?25h");
            let _ = self.out.flush();
        }
    }
}
