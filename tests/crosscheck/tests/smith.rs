//! Random modules on our machine and on `wasmi`: always the same ones.
//!
//! `cargo test --release -p crosscheck --test smith` compares all of them, and
//! `cargo run --release -p crosscheck -- --seconds 3600 --seed 10000` compares others, for as long as you like.

use crosscheck::{COMMON, Tally, check, pair};

/// How many modules each of the tests compares. Without optimisation most of the time is spent on
/// making them, so that there it is a quarter.
const MODULES: u64 = if cfg!(debug_assertions) { 150 } else { 600 };

fn engines_agree_from(first: u64) {
    let mut tally = Tally::default();
    let differences: Vec<String> = (first..first + MODULES)
        .filter_map(|seed| check(seed, COMMON, pair, &mut tally).err())
        .map(|difference| format!("{difference}\n{}", difference.text()))
        .collect();
    println!("{tally}");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(tally.modules as u64, MODULES);
    assert!(tally.outcomes["no trap"] as u64 > 3 * MODULES, "the modules do nothing");
    assert!(tally.outcomes.len() >= 6, "the modules hardly ever trap");
}

#[test]
fn two_engines_agree_on_modules_from_0_on() {
    engines_agree_from(0);
}

#[test]
fn two_engines_agree_on_modules_from_600_on() {
    engines_agree_from(600);
}

#[test]
fn two_engines_agree_on_modules_from_1200_on() {
    engines_agree_from(1_200);
}

#[test]
fn two_engines_agree_on_modules_from_1800_on() {
    engines_agree_from(1_800);
}
