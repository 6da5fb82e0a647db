//! Stages push, gaps do not, and nothing traps but a place past the shelf.

use annex_embedding::Value;
use ch07_values::Trap;

use super::call;

fn push(place: i32, height: i32) -> Vec<Value> {
    call("push", &[place.into(), height.into()]).unwrap()
}

#[test]
fn a_stage_pushes() {
    assert_eq!((push(0, 5), push(2, 5)), (vec![65.into()], vec![115.into()]));
}

#[test]
fn a_gap_leaves_the_height_as_it_is() {
    assert_eq!((push(1, 5), push(1, -7)), (vec![5.into()], vec![(-7).into()]));
}

#[test]
fn all_three_are_called_in_turn() {
    assert_eq!(call("pushes", &[5.into()]).unwrap(), [175.into()]);
}

#[test]
fn there_is_no_fourth_place() {
    let outcome = call("push", &[3.into(), 5.into()]);
    assert_eq!(outcome.unwrap_err().trap(), Some(Trap::OutOfBoundsTableAccess));
}
