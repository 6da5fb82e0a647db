//! A pilot that sees what a player sees: the calls that draw.

use std::f64::consts::{PI, TAU};

use crate::{Control, HostCall};

/// How many pictures the pilot's hands rest after each move.
const REST: u32 = 4;

/// A pilot that turns to the nearest enemy, shoots when it is ahead, and flies
/// about when there is none.
#[derive(Clone, Debug, Default)]
pub struct Pilot {
    held: Vec<Control>,
    pictures: u32,
    moved: u32,
}

impl Pilot {
    /// A pilot who holds nothing.
    pub fn new() -> Pilot {
        Pilot::default()
    }

    /// Looks at a picture and says what to hold now and what to release.
    pub fn look(&mut self, calls: &[HostCall]) -> Vec<(Control, bool)> {
        self.pictures += 1;
        if self.pictures - self.moved < REST {
            return Vec::new();
        }
        let wanted = self.wanted(calls);
        let moves: Vec<(Control, bool)> = Control::ALL
            .into_iter()
            .map(|control| (control, wanted.contains(&control)))
            .filter(|(control, hold)| self.held.contains(control) != *hold)
            .collect();
        if !moves.is_empty() {
            self.moved = self.pictures;
        }
        self.held = wanted;
        moves
    }

    /// What to hold, in view of this picture.
    fn wanted(&self, calls: &[HostCall]) -> Vec<Control> {
        let Some((distance, turn)) = nearest_enemy(calls) else {
            // Nobody is there: fly a curve now and then.
            let (boost, curve) =
                ((20..60).contains(&(self.pictures % 90)), self.pictures / 40);
            return [
                boost.then_some(Control::Boost),
                (curve % 3 == 1).then_some(Control::TurnRight),
            ]
            .into_iter()
            .flatten()
            .collect();
        };
        [
            (turn.abs() < 0.25 && distance < 420.0).then_some(Control::Shoot),
            (turn.abs() < 0.6 && distance > 260.0).then_some(Control::Boost),
            (turn < -0.08).then_some(Control::TurnLeft),
            (turn > 0.08).then_some(Control::TurnRight),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// How far away the nearest enemy is, and how far to turn to have it ahead.
fn nearest_enemy(calls: &[HostCall]) -> Option<(f64, f64)> {
    let player = calls.iter().find_map(|call| match *call {
        HostCall::DrawPlayer { x, y, angle } => Some((x, y, angle)),
        _ => None,
    })?;
    let way = |call: &HostCall| match *call {
        HostCall::DrawEnemy { x, y } => Some((x - player.0, y - player.1)),
        _ => None,
    };
    let (x, y) = calls.iter().filter_map(way).min_by(|one, other| {
        libm::hypot(one.0, one.1).total_cmp(&libm::hypot(other.0, other.1))
    })?;
    let turn = libm::atan2(y, x) - player.2;
    Some((libm::hypot(x, y), (turn + PI).rem_euclid(TAU) - PI))
}
