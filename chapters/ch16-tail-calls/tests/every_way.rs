//! Control and references, every way there is, once: also those that earlier
//! chapters have.

use annex_embedding::{Engine, Imports};
use ch16_tail_calls::Store;

/// Calls every export of a module: it returns 42, or ends in the trap that it
/// is named after.
fn check(text: &str) {
    let mut store: Store = Store::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let exports = store.exports(instance).to_vec();
    for (name, _) in exports {
        let outcome = store.call(instance, &name, &[]);
        match (outcome, name.strip_prefix("trap: ")) {
            (Ok(results), None) => assert_eq!(results, [42.into()], "{name}"),
            (Err(error), Some(trap)) => {
                let found = error.trap().unwrap().to_string();
                assert_eq!(found, trap);
            }
            (outcome, _) => panic!("{name}: {outcome:?}"),
        }
    }
}

#[test]
fn control_is_what_it_was() {
    check(include_str!("../../ch12-instance/tests/control.wat"));
}

#[test]
fn references_are_what_they_were() {
    check(include_str!("../../ch15-references/tests/references.wat"));
}

#[test]
fn every_tail_call_does_what_it_is_for() {
    check(include_str!("tail_calls.wat"));
}
