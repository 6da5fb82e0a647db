//! How far a pilot has to turn.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::f64::consts::{PI, TAU};

/// How far to turn from the angle `from` to the angle `to`, the short way: from
/// minus half a turn up to half a turn.
pub fn turn(from: f64, to: f64) -> f64 {
    (to - from + PI).rem_euclid(TAU) - PI
}

fn main() {
    let turn = turn(170_f64.to_radians(), -170_f64.to_radians()).to_degrees();
    println!(
        "from 170 to -170 degrees: turn by {turn:.0}, and it should be 20"
    );
}
