//! Two variables, no third.

use super::{A, B, exchange};
use ch03_memory::Machine;
use trace::Step;

#[test]
fn each_has_what_the_other_had() {
    for (a, b) in [(1.0, 2.0), (-7.5, 0.0), (3.0, 3.0)] {
        let mut machine = Machine::new(());
        machine.memory.store(A, a).unwrap();
        machine.memory.store(B, b).unwrap();
        machine.execute(&exchange()).unwrap();
        let after =
            (machine.memory.load(A).unwrap(), machine.memory.load(B).unwrap());
        assert_eq!(after, (b, a), "a was {a} and b was {b}");
    }
}

#[test]
fn nothing_else_is_written() {
    let mut steps: Vec<Step> = Vec::new();
    Machine::new(&mut steps).execute(&exchange()).unwrap();
    let mut addresses: Vec<u64> = steps
        .iter()
        .flat_map(|step| &step.writes)
        .map(|write| write.address)
        .collect();
    addresses.sort_unstable();
    assert_eq!(addresses, [A as u64, B as u64]);
}

#[test]
fn nothing_is_left_on_the_stack() {
    let mut machine = Machine::new(());
    machine.execute(&exchange()).unwrap();
    assert_eq!(machine.stack.values(), []);
}
