//! Modules on which two engines once differed, made small. A new one is a new file.
//!
//! So far it was never our machine that was wrong: these are three of the mistakes of `wasmi` 2.0.0.

use std::fs;
use std::path::Path;

use crosscheck::{Partner, Tally, check_module};

#[test]
fn differences_that_were_found_are_gone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found");
    let mut tally = Tally::default();
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let module = fs::read(&file).unwrap();
        for (seed, &partner) in
            (0..10).flat_map(|seed| Partner::ALL.iter().map(move |partner| (seed, partner)))
        {
            let outcome = check_module(seed, &module, partner, &mut tally);
            assert_eq!(outcome, Ok(()), "{}, {partner:?}, seed {seed}", file.display());
        }
    }
    assert!(tally.modules >= 90);
    assert!(tally.outcomes["no trap"] > 300, "{tally}");
}
