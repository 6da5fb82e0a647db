//! Control and references, every way there is, once, as in the earlier
//! chapters.

use ch19_flat::FlatLayer;

#[expect(dead_code, reason = "nothing is missing here any more")]
#[path = "../../ch12-instance/tests/shared/every_way.rs"]
mod shared;

use shared::{check, check_fuel_of_loops, check_host_calls, check_observer};

#[test]
fn control_is_what_it_was() {
    check::<FlatLayer>(include_str!("../../ch12-instance/tests/control.wat"));
}

#[test]
fn references_are_what_they_were() {
    check::<FlatLayer>(include_str!(
        "../../ch15-references/tests/references.wat"
    ));
}

#[test]
fn tail_calls_are_what_they_were() {
    check::<FlatLayer>(include_str!(
        "../../ch16-tail-calls/tests/tail_calls.wat"
    ));
}

#[test]
fn a_host_function_is_told_who_calls_it_and_takes_one_unit_of_fuel() {
    check_host_calls::<FlatLayer>(
        r#"(func (export "call") (result i32)
        (call $host))
      (func (export "call_indirect") (result i32)
        (call_indirect (type $t) (i32.const 0)))
      (func (export "call_ref") (result i32)
        (call_ref $t (ref.func $host)))
      (func (export "return_call") (result i32)
        (return_call $host))
      (func (export "return_call_indirect") (result i32)
        (return_call_indirect (type $t) (i32.const 0)))
      (func (export "return_call_ref") (result i32)
        (return_call_ref $t (ref.func $host)))"#,
    );
}

#[test]
fn a_branch_to_a_loop_takes_one_unit_of_fuel() {
    check_fuel_of_loops::<FlatLayer>();
}

#[test]
fn an_observer_sees_which_labels_and_calls_there_are() {
    check_observer::<FlatLayer>();
}
