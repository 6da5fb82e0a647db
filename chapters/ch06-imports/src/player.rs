//! The player, as a terminal shows it.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use crate::Import;

/// The player stays within 80 columns, wherever a program says it is.
const LAST_COLUMN: f64 = 75.0;

/// `display_player(x)` shows the player in column x, on a line of its own. With
/// a frame time it is an animation: every call draws over the same line, and
/// takes that long.
pub fn display_player<'p>(
    mut out: impl Write + 'p,
    frame_time: Option<Duration>,
) -> Import<'p> {
    let mut next_frame = Instant::now();
    let function = move |arguments: &[f64]| {
        // NaN becomes column 0.
        let column = arguments[0].clamp(0.0, LAST_COLUMN) as usize;
        let Some(frame_time) = frame_time else {
            writeln!(out, "{:column$}<0:>", "")?;
            return Ok(None);
        };
        // To the start of the line, draw, erase what is left of the last frame,
        // and out of the player's way. The cursor is never hidden, so that
        // nothing has to be restored when somebody presses Ctrl-C.
        write!(out, "\r{:column$}<0:>\x1b[K\r", "")?;
        out.flush()?;
        // Not simply a sleep: where sleeping takes longer than asked for, the
        // next one is shorter.
        next_frame += frame_time;
        thread::sleep(next_frame.saturating_duration_since(Instant::now()));
        Ok(None)
    };
    Import { name: "display_player", params: 1, function: Box::new(function) }
}
