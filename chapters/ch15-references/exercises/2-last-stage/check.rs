//! Last stages land, and nothing else does.

use annex_embedding::Value;
use ch07_values::Trap;

use super::call;

fn land(place: i32, height: i32) -> Vec<Value> {
    call("land", &[place.into(), height.into()]).unwrap()
}

#[test]
fn a_reference_of_the_right_type_is_called() {
    assert_eq!((land(1, 40), land(3, 40)), (vec![20.into()], vec![39.into()]));
}

#[test]
fn another_stage_leaves_the_height_as_it_is() {
    assert_eq!(
        (land(0, 40), land(0, -7)),
        (vec![40.into()], vec![(-7).into()])
    );
}

#[test]
fn an_empty_place_leaves_the_height_as_it_is() {
    assert_eq!(land(2, 40), [40.into()]);
}

#[test]
fn the_last_stages_are_counted() {
    assert_eq!(call("lasts", &[]).unwrap(), [2.into()]);
}

#[test]
fn there_is_no_fifth_place() {
    let outcome = call("land", &[4.into(), 40.into()]);
    assert_eq!(outcome.unwrap_err().trap(), Some(Trap::OutOfBoundsTableAccess));
}
