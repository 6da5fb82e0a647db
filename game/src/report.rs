//! What a flight has cost.

use std::fmt;
use std::time::Duration;

/// The figures of a flight.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// The name of the engine.
    pub engine: &'static str,
    /// How many frames were flown.
    pub frames: u64,
    /// How many instructions were executed, if the engine counts them.
    pub instructions: Option<u64>,
    /// How long the engine took; drawing and waiting are not in it.
    pub time: Duration,
}

impl Report {
    /// Instructions of a frame, on average.
    pub fn instructions_per_frame(&self) -> Option<u64> {
        Some(self.instructions? / self.frames.max(1))
    }

    /// Milliseconds of a frame, on average.
    pub fn milliseconds_per_frame(&self) -> f64 {
        self.time.as_secs_f64() * 1000.0 / self.frames.max(1) as f64
    }

    /// What has been added since an earlier report of the same flight.
    pub fn since(&self, earlier: &Report) -> Report {
        Report {
            engine: self.engine,
            frames: self.frames.saturating_sub(earlier.frames),
            instructions: self
                .instructions
                .zip(earlier.instructions)
                .map(|(now, then)| now.saturating_sub(then)),
            time: self.time.saturating_sub(earlier.time),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.milliseconds_per_frame();
        write!(f, "{}: {} frames, ", self.engine, self.frames)?;
        if let Some(instructions) = self.instructions_per_frame() {
            write!(f, "{instructions} instructions a frame, ")?;
        }
        write!(f, "{milliseconds:.3} ms a frame")
    }
}
