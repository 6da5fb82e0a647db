//! The roll is shared, and what each machine has sold is its own.

use annex_embedding::InstanceAddr;
use ch12_instance::Store;

use super::{ask, open};

fn i32(store: &mut Store, machine: InstanceAddr, name: &str) -> i32 {
    ask(store, machine, name).unwrap().unwrap()
}

#[test]
fn no_number_is_sold_twice() {
    let mut store = Store::default();
    let [left, right] = open(&mut store).unwrap();
    let numbers = [left, right, right, left]
        .map(|machine| i32(&mut store, machine, "ticket"));
    assert_eq!(numbers, [1, 2, 3, 4]);
}

#[test]
fn each_machine_knows_what_it_has_sold() {
    let mut store = Store::default();
    let [left, right] = open(&mut store).unwrap();
    for machine in [left, right, right] {
        i32(&mut store, machine, "ticket");
    }
    assert_eq!(
        [left, right].map(|machine| i32(&mut store, machine, "sold")),
        [1, 2]
    );
}

#[test]
fn another_store_has_another_roll() {
    let (mut monday, mut tuesday) = (Store::default(), Store::default());
    let [machine, _] = open(&mut monday).unwrap();
    i32(&mut monday, machine, "ticket");
    let [_, machine] = open(&mut tuesday).unwrap();
    assert_eq!(i32(&mut tuesday, machine, "ticket"), 1);
}
