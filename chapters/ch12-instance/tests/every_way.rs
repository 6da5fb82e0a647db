//! Control, every way there is, once.

use ch12_instance::CoreLayer;

#[path = "shared/every_way.rs"]
mod shared;

use shared::{
    check, check_fuel_of_loops, check_host_calls, check_not_yet, check_observer,
};

#[test]
fn every_instruction_of_control_does_what_it_is_for() {
    check::<CoreLayer>(include_str!("control.wat"));
}

#[test]
fn a_host_function_is_told_who_calls_it_and_takes_one_unit_of_fuel() {
    check_host_calls::<CoreLayer>(
        r#"(func (export "call") (result i32)
        (call $host))
      (func (export "call_indirect") (result i32)
        (call_indirect (type $t) (i32.const 0)))"#,
    );
}

#[test]
fn a_branch_to_a_loop_takes_one_unit_of_fuel() {
    check_fuel_of_loops::<CoreLayer>();
}

#[test]
fn an_observer_sees_which_labels_and_calls_there_are() {
    check_observer::<CoreLayer>();
}

#[test]
fn what_comes_in_a_later_chapter_is_a_trap_and_nothing_else() {
    check_not_yet::<CoreLayer>(
        "(tag $e)",
        &[
            "ref.null func br_on_null 0 drop",
            "ref.func $f call_ref $t",
            "return_call $f",
            "throw $e",
            "ref.null exn throw_ref",
            "try_table end",
        ],
    );
}
