//! A guest in an endless loop takes nothing from the others.

use crate::four::{FUEL, Four, Rocket};
use crate::module;

#[test]
fn the_rocket_flies_in_spite_of_an_endless_loop() {
    let Some(module) = module() else { return };
    let mut four = Four::new(&module).expect("they start");
    for frame in 1..=60 {
        four.round().expect("nothing traps");
        assert_eq!(four.frames, frame);
        // The loop has had its slice, all of it, and no more.
        assert_eq!(four.slices, frame);
    }
    assert!(four.drawn > 60, "{}", four.drawn);
    assert_eq!(four.blinks, 5, "a second of the board's time");
    assert!(four.lines() > 0, "the other Python sleeps, and prints");
    assert!(four.looped() > 60 * FUEL / 100, "{}", four.looped());
}

/// The recorded flight shoots its first wave down by frame 540, so the rocket
/// has something to do.
#[test]
fn the_rocket_is_steered() {
    let mut rocket = Rocket::new().expect("it starts");
    for _ in 0..=540 {
        rocket.frame().expect("nothing traps");
    }
    assert!(rocket.drawn().score >= 10.0, "{:?}", rocket.drawn());
}
