//! Never more than half a turn, and always to the target.

use super::turn;

fn degrees(from: f64, to: f64) -> f64 {
    turn(from.to_radians(), to.to_radians()).to_degrees()
}

#[track_caller]
fn assert_turn(from: f64, to: f64, wanted: f64) {
    let found = degrees(from, to);
    assert!(
        (found - wanted).abs() < 1e-6,
        "from {from} to {to}: {found}, and not {wanted}"
    );
}

#[test]
fn small_turns_are_unchanged() {
    assert_turn(0.0, 0.0, 0.0);
    assert_turn(10.0, 35.0, 25.0);
    assert_turn(35.0, 10.0, -25.0);
    assert_turn(-60.0, 60.0, 120.0);
}

#[test]
fn a_turn_across_180_degrees_takes_the_short_way() {
    assert_turn(170.0, -170.0, 20.0);
    assert_turn(-170.0, 170.0, -20.0);
    assert_turn(-90.0, 135.0, -135.0);
}

#[test]
fn whole_turns_do_not_count() {
    assert_turn(0.0, 720.0 + 30.0, 30.0);
    assert_turn(-1080.0, -45.0, -45.0);
}

#[test]
fn straight_behind_is_one_of_two_and_always_the_same() {
    assert_turn(-90.0, 90.0, -180.0);
    assert_turn(90.0, -90.0, -180.0);
}
