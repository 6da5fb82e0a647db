//! Flying without a window.

use crate::{Event, Flight, FlightError, Report, STEP, Script};

/// How many frames are flown where nothing else is said.
const FRAMES: u64 = 600;

/// Flies to the end of the script, or for this many frames.
pub(crate) fn fly(
    mut flight: Flight,
    script: &Script,
    frames: Option<u64>,
) -> (Report, Result<(), FlightError>) {
    let end = script.end().into_iter().chain(frames).min();
    let outcome = fly_to(&mut flight, script, end.unwrap_or(FRAMES));
    // The last line of the record, also after a trap: whoever replays it meets the trap again.
    let outcome = outcome.and(flight.apply(Event::End));
    (flight.report(), outcome)
}

fn fly_to(flight: &mut Flight, script: &Script, end: u64) -> Result<(), FlightError> {
    while flight.frame() < end {
        for event in script.at(flight.frame()) {
            flight.apply(event)?;
        }
        flight.advance(STEP)?;
    }
    Ok(())
}
