//! A guest in an endless loop takes nothing from the others.

use crate::four::{FUEL, Four, Rocket, report};
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

/// The page shows what the example has printed once. Each time it prints other
/// numbers: `cargo run --release -p ch24-python --example four`.
#[test]
fn the_example_prints_such_a_table() {
    let Some(module) = module() else { return };
    let words = |text: &str| -> Vec<String> {
        let is_number = |word: &str| word.parse::<f64>().is_ok();
        let words = text.split_whitespace();
        let words = words.map(|it| if is_number(it) { "0" } else { it });
        words.map(str::to_owned).collect()
    };
    let recorded = include_str!("../snapshots/four__it_printed_this.snap");
    let (_, shown) = recorded.rsplit_once("---\n").expect("it has a head");
    let printed = report(&module, 3).expect("nothing traps");
    assert_eq!(words(&printed), words(shown));
}
