//! Two functions, and who calls whom.

use ch04_functions::Machine;
use trace::Step;

use super::{DISTANCE_SQUARED, SQUARE, program};

#[test]
fn square_squares() {
    let functions = program();
    assert_eq!(
        Machine::new(&functions, ()).invoke(SQUARE, &[-3.0]).unwrap(),
        [9.0]
    );
}

#[test]
fn three_four_five() {
    let functions = program();
    let mut machine = Machine::new(&functions, ());
    assert_eq!(
        machine.invoke(DISTANCE_SQUARED, &[1.0, 2.0, 4.0, 6.0]).unwrap(),
        [25.0]
    );
    assert_eq!(
        machine.invoke(DISTANCE_SQUARED, &[4.0, 6.0, 1.0, 0.0]).unwrap(),
        [45.0]
    );
}

#[test]
fn distance_squared_calls_square_twice() {
    let functions = program();
    let mut steps: Vec<Step> = Vec::new();
    Machine::new(&functions, &mut steps)
        .invoke(DISTANCE_SQUARED, &[1.0, 2.0, 4.0, 6.0])
        .unwrap();
    let calls =
        steps.iter().filter(|step| step.instruction == "call 0").count();
    assert_eq!(calls, 2, "distance_squared should call square twice");
}
