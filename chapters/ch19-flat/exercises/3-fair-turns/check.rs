//! Who needs less ends earlier, and nobody waits for ever.

use annex_embedding::{Engine, FuncAddr, Imports, Value};
use ch12_instance::StoreLimits;
use ch19_flat::Store;

use super::{COUNTERS, run_all};

/// The order in which the counters end, with so much fuel in each turn.
fn order(slice: u64) -> Vec<(usize, Option<Value>)> {
    let limits = StoreLimits { fuel: Some(0), ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let instance =
        store.instantiate(COUNTERS.as_bytes(), &Imports::new()).unwrap();
    let functions: Vec<FuncAddr> = store
        .exports(instance)
        .iter()
        .filter_map(|(_, item)| item.func())
        .collect();
    run_all(&mut store, &functions, slice).unwrap()
}

#[test]
fn who_needs_less_ends_earlier() {
    let expected = [
        (3, Some(0.into())),
        (1, Some(100.into())),
        (2, Some(200.into())),
        (0, Some(300.into())),
    ];
    assert_eq!(order(10), expected);
    assert_eq!(order(1), expected);
}

#[test]
fn with_plenty_of_fuel_the_first_ends_first() {
    let positions: Vec<usize> =
        order(1000).iter().map(|(position, _)| *position).collect();
    assert_eq!(positions, [0, 1, 2, 3]);
}
