//! Two modules with equal flights are the same game, even if their bytes differ.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use ch12_instance::Store;
use ch13_rocket::{HostCall, Pilot, Rocket};

/// The number of frames: enough for several waves and deaths.
const FRAMES: u32 = 3_000;

/// Flies both modules with the same pilot, and names the first frame in which their calls of the
/// host differ.
pub fn same_flight(committed: &[u8], rebuilt: &[u8]) -> Result<()> {
    let mut committed = Flight::new(committed).context("the committed module doesn't fly")?;
    let mut rebuilt = Flight::new(rebuilt).context("the rebuilt module doesn't fly")?;
    for frame in 0..FRAMES {
        let (one, other) = (committed.frame()?, rebuilt.frame()?);
        if let Some((one, other)) = first_difference(&one, &other) {
            bail!("frame {frame}: the committed module calls {one}, the rebuilt one {other}");
        }
    }
    Ok(())
}

struct Flight {
    rocket: Rocket,
    pilot: Pilot,
    calls: Rc<RefCell<Vec<HostCall>>>,
    seen: Vec<HostCall>,
}

impl Flight {
    fn new(module: &[u8]) -> Result<Flight> {
        let calls: Rc<RefCell<Vec<HostCall>>> = Rc::default();
        let mut rocket = Rocket::new(Box::new(Store::<()>::default()), module, Rc::clone(&calls))?;
        rocket.resize(800.0, 600.0)?;
        Ok(Flight { rocket, pilot: Pilot::new(), calls, seen: Vec::new() })
    }

    /// Flies one frame, and returns the calls of the host.
    fn frame(&mut self) -> Result<Vec<HostCall>> {
        for (control, held) in self.pilot.look(&self.seen) {
            self.rocket.toggle(control, held)?;
        }
        self.rocket.update(1.0 / 60.0)?;
        self.rocket.draw()?;
        self.seen = mem::take(&mut *self.calls.borrow_mut());
        Ok(self.seen.clone())
    }
}

fn first_difference(one: &[HostCall], other: &[HostCall]) -> Option<(String, String)> {
    let shared = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let text = |calls: &[HostCall]| {
        calls.get(shared).map_or_else(|| "nothing more".to_owned(), |call| format!("`{call}`"))
    };
    (one.len().max(other.len()) > shared).then(|| (text(one), text(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_different_call_is_named() {
        let (clear, score) = (HostCall::ClearScreen, HostCall::DrawScore { score: 1.0 });
        assert_eq!(first_difference(&[clear, score], &[clear, score]), None);
        let (one, other) = first_difference(&[clear, score], &[clear]).unwrap();
        assert_eq!((&*one, &*other), ("`draw_score 1`", "nothing more"));
    }
}
