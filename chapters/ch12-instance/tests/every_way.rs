//! Control, every way there is, once.

use annex_embedding::{Engine, Imports};
use ch12_instance::Store;

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
fn every_instruction_of_control_does_what_it_is_for() {
    check(include_str!("control.wat"));
}
