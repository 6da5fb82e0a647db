//! Control and references, every way there is, once: also those that earlier
//! chapters have.

use ch16_tail_calls::TailCallLayer;

#[path = "../../ch12-instance/tests/shared/every_way.rs"]
mod shared;

use shared::{
    check, check_fuel_of_loops, check_host_calls, check_not_yet, check_observer,
};

#[test]
fn control_is_what_it_was() {
    check::<TailCallLayer>(include_str!(
        "../../ch12-instance/tests/control.wat"
    ));
}

#[test]
fn references_are_what_they_were() {
    check::<TailCallLayer>(include_str!(
        "../../ch15-references/tests/references.wat"
    ));
}

#[test]
fn every_tail_call_does_what_it_is_for() {
    check::<TailCallLayer>(include_str!("tail_calls.wat"));
}

#[test]
fn a_host_function_is_told_who_calls_it_and_takes_one_unit_of_fuel() {
    check_host_calls::<TailCallLayer>(
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
    check_fuel_of_loops::<TailCallLayer>();
}

#[test]
fn an_observer_sees_which_labels_and_calls_there_are() {
    check_observer::<TailCallLayer>();
}

#[test]
fn what_comes_in_a_later_chapter_is_a_trap_and_nothing_else() {
    check_not_yet::<TailCallLayer>(
        "(tag $e)",
        &["throw $e", "ref.null exn throw_ref", "try_table end"],
    );
}
