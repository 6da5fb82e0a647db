//! The two modules link, and a pencil knew the numbers.

use annex_embedding::Engine;
use ch15_references::Store;

use super::{NUMBERS, link};

#[test]
fn the_types_are_the_same() {
    let mut store = Store::default();
    let launch = link(&mut store).unwrap();
    assert_eq!(store.call(launch, "go", &[]).unwrap(), [1.into()]);
}

#[test]
fn the_store_has_four_types() {
    let mut store = Store::default();
    link(&mut store).unwrap();
    assert_eq!(store.data().types.all().len(), 4);
}

#[test]
fn the_numbers_are_right() {
    let mut store = Store::default();
    let launch = link(&mut store).unwrap();
    let types = &store.data().instances[launch.index()].types;
    let numbers: Vec<u32> = types.iter().map(|number| number.0).collect();
    assert_eq!(numbers, NUMBERS);
}
