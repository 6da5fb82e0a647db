//! Spoilt modules: always the same ones.
//!
//! `cargo test --release -p hostile` tries all of them, a build without optimisation a quarter.
//! `cargo run --release -p hostile -- --seconds 600 --seed 100000` tries others, for as long as you like.

use std::sync::OnceLock;

use crosscheck::Rng;
use hostile::{Failure, Form, Tally, corpus, mutant, run};

/// How many mutants each of the tests tries.
const MUTANTS: u64 = if cfg!(debug_assertions) { 2_500 } else { 10_000 };

/// At how many places each module is cut.
const CUTS: usize = 40;

fn modules() -> &'static [Vec<u8>] {
    static MODULES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    MODULES.get_or_init(corpus)
}

/// Tries the inputs, and shows those that do what none may do.
fn hold(inputs: impl Iterator<Item = Vec<u8>> + Send + 'static) -> Tally {
    let mut failures = String::new();
    let tally = run(inputs, |Failure { what, input }| {
        failures += &format!("{what}\n    {}\n", input.escape_ascii());
    });
    println!("{tally}");
    assert!(failures.is_empty(), "{failures}");
    tally
}

#[test]
fn unchanged_modules_are_modules() {
    let tally = hold(modules().iter().cloned());
    assert!(tally.inputs > 1_000, "the suite is not there");
    assert_eq!(tally.modules, tally.inputs);
}

#[test]
fn cut_modules_are_errors() {
    let cut = |module: &'static Vec<u8>| {
        let step = module.len() / CUTS + 1;
        (0..module.len()).step_by(step).map(|length| module[..length].to_vec())
    };
    let tally = hold(modules().iter().flat_map(cut));
    assert!(tally.inputs > 20_000);
    assert!(tally.modules < tally.inputs / 10, "only what is cut between two sections is a module");
}

fn mutants_from(first: u64) {
    let mutants = (first..first + MUTANTS).map(|seed| mutant(&mut Rng::new(seed), modules()).1);
    let tally = hold(mutants);
    assert_eq!(tally.inputs as u64, MUTANTS);
    assert!(tally.modules as u64 > MUTANTS / 20, "all mutants are errors at once");
}

#[test]
fn mutants_from_0_on_are_errors_or_modules() {
    mutants_from(0);
}

#[test]
fn mutants_from_10000_on_are_errors_or_modules() {
    mutants_from(10_000);
}

#[test]
fn there_are_mutants_of_both_forms() {
    let forms = (0..100).map(|seed| mutant(&mut Rng::new(seed), modules()).0);
    let texts = forms.filter(|form| *form == Form::Text).count();
    assert!((5..50).contains(&texts), "{texts} of 100");
}
