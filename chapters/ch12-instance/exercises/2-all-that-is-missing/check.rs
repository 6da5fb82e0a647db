//! All of them, in order, once each; and nothing that is there.

use annex_embedding::{Engine, Imports};
use ch09_module::Module;
use ch12_instance::Store;

use super::missing;

const PLAYER: &[u8] = include_bytes!("../../programs/player.wat");
const SCORES: &[u8] = include_bytes!("../../programs/scores.wat");

fn names(module: &[u8], imports: &Imports) -> Vec<String> {
    missing(&Module::from_bytes(module).unwrap(), imports)
}

#[test]
fn all_are_named_in_the_order_of_the_module() {
    let wanted = [
        "`scores` `memory`",
        "`scores` `count`",
        "`scores` `rules`",
        "`scores` `add`",
        "`host` `cheer`",
    ];
    assert_eq!(names(PLAYER, &Imports::new()), wanted);
}

#[test]
fn defined_imports_are_not_missing() {
    let mut store: Store = Store::default();
    let scores = store.instantiate(SCORES, &Imports::new()).unwrap();
    let mut imports = Imports::new();
    imports.instance(&store, "scores", scores);
    assert_eq!(names(PLAYER, &imports), ["`host` `cheer`"]);
    imports.func(&mut store, "host", "cheer", |points: i32| f64::from(points));
    assert!(names(PLAYER, &imports).is_empty());
    assert!(store.instantiate(PLAYER, &imports).is_ok(), "then it links");
}

#[test]
fn nothing_is_named_twice() {
    let module = br#"(module
        (import "a" "f" (func))
        (import "b" "f" (func))
        (import "a" "f" (func (param i32)))
        (import "a" "g" (memory 1)))"#;
    assert_eq!(
        names(module, &Imports::new()),
        ["`a` `f`", "`b` `f`", "`a` `g`"]
    );
}
