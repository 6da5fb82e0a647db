//! Whoever has the address can read, and nobody else.

use annex_embedding::{Engine, Imports};
use ch12_instance::Store;

use super::{VAULT, bank, readers};

#[test]
fn a_memory_may_have_another_index_elsewhere() {
    let mut store = Store::default();
    let [vault, _, auditor, friend] = bank(&mut store).unwrap();
    let expected = [(vault, 0), (auditor, 1), (friend, 0)];
    assert_eq!(readers(&store, vault), expected);
}

#[test]
fn the_stranger_has_only_the_auditor_as_a_reader() {
    let mut store = Store::default();
    let [_, stranger, auditor, _] = bank(&mut store).unwrap();
    assert_eq!(readers(&store, stranger), [(stranger, 0), (auditor, 0)]);
}

#[test]
fn two_instances_of_one_module_have_a_memory_each() {
    let mut store: Store = Store::default();
    let [one, other] = [(); 2].map(|()| {
        store.instantiate(VAULT.as_bytes(), &Imports::new()).unwrap()
    });
    assert_eq!(readers(&store, one), [(one, 0)]);
    assert_eq!(readers(&store, other), [(other, 0)]);
}

#[test]
fn who_imports_it_twice_has_it_at_two_indices() {
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    let vault = store.instantiate(VAULT.as_bytes(), &imports).unwrap();
    imports.instance(&store, "vault", vault);
    let twice = br#"(module
        (import "vault" "memory" (memory 1))
        (import "vault" "memory" (memory 1)))"#;
    let twice = store.instantiate(twice, &imports).unwrap();
    assert_eq!(readers(&store, vault), [(vault, 0), (twice, 0), (twice, 1)]);
}
