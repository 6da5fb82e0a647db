//! Random modules on all engines that are compared: always the same ones.
//!
//! `cargo test --release -p crosscheck --test smith` compares all of them, and
//! `cargo run --release -p crosscheck -- --seconds 3600 --seed 10000` compares others, for as long as you like.

use crosscheck::{Feature, Partner, Tally, check};

/// How many modules each of the tests compares. Without optimisation most of the time is spent on
/// making them, so that there it is a quarter.
const MODULES: u64 = if cfg!(debug_assertions) { 100 } else { 400 };

fn engines_agree_from(first: u64) {
    let mut tally = Tally::default();
    let differences: Vec<String> = (first..first + MODULES)
        .filter_map(|seed| check(seed, Feature::ALL, Partner::ALL, &mut tally).err())
        .map(|difference| format!("{difference}\n{}", difference.text()))
        .collect();
    println!("{tally}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    // Half of the modules and a few more are for every engine.
    assert!(tally.modules as u64 > 2 * MODULES + MODULES / 2);
    assert!(tally.outcomes["no trap"] as u64 > 3 * MODULES, "the modules do nothing");
    assert!(tally.outcomes.len() >= 6, "the modules hardly ever trap");
}

#[test]
fn all_engines_agree_on_modules_from_0_on() {
    engines_agree_from(0);
}

#[test]
fn all_engines_agree_on_modules_from_600_on() {
    engines_agree_from(600);
}

#[test]
fn all_engines_agree_on_modules_from_1200_on() {
    engines_agree_from(1_200);
}

#[test]
fn all_engines_agree_on_modules_from_1800_on() {
    engines_agree_from(1_800);
}
