//! Every way of leaving a sequence, and the places where each is caught.

use std::thread;

use ch07_values::{Number, Trap};
use ch09_module::Module;
use ch11_control::{Solo, SoloError, Unwind};
use trace::Step;

fn solo(text: &str) -> Solo {
    Solo::new(Module::from_text(text).unwrap()).unwrap()
}

/// Calls the function `run` of a module whose function has this signature and this body.
fn run(signature: &str, body: &str, arguments: &[i32]) -> Result<Vec<Number>, SoloError> {
    let arguments: Vec<Number> = arguments.iter().map(|&argument| argument.into()).collect();
    solo(&format!("(module (memory 1) (func (export \"run\") {signature} {body}))")).call(
        "run",
        &arguments,
        (),
    )
}

fn trap(outcome: Result<Vec<Number>, SoloError>) -> Option<Trap> {
    match outcome {
        Err(SoloError::Trap(trap, _)) => Some(trap),
        _ => None,
    }
}

#[test]
fn the_way_of_leaving_a_sequence_fits_a_register() {
    assert_eq!(size_of::<Result<(), Unwind>>(), 8);
}

#[test]
fn a_branch_carries_its_operands_and_drops_the_others() {
    let body = "
        i32.const 1
        block (result i32 i32)
          i32.const 2
          i32.const 3
          block
            i32.const 4
            i32.const 5
            i32.const 6
            br 1
          end
          unreachable
        end";
    let expected = [1, 5, 6].map(Number::I32);
    assert_eq!(run("(result i32 i32 i32)", body, &[]).unwrap(), expected);
}

#[test]
fn a_branch_to_a_loop_carries_its_parameters() {
    let body = "
        i32.const 0
        local.get 0
        loop (param i32 i32) (result i32)
          local.tee 0
          i32.add
          local.get 0
          i32.const 1
          i32.sub
          local.tee 0
          local.get 0
          br_if 0
          drop
        end";
    assert_eq!(run("(param i32) (result i32)", body, &[10]).unwrap(), [Number::I32(55)]);
}

#[test]
fn a_branch_to_the_outermost_label_leaves_the_function() {
    let body = "i32.const 7 block i32.const 8 br 1 end drop i32.const 9";
    assert_eq!(run("(result i32)", body, &[]).unwrap(), [Number::I32(8)]);
}

#[test]
fn return_leaves_all_blocks_at_once() {
    let body = "i32.const 1 block loop i32.const 2 i32.const 3 return end end";
    assert_eq!(run("(result i32)", body, &[]).unwrap(), [Number::I32(3)]);
}

#[test]
fn an_if_without_else_passes_its_parameters_on() {
    let body = "i32.const 5 local.get 0 if (param i32) (result i32) i32.const 1 i32.add end";
    assert_eq!(run("(param i32) (result i32)", body, &[1]).unwrap(), [Number::I32(6)]);
    assert_eq!(run("(param i32) (result i32)", body, &[0]).unwrap(), [Number::I32(5)]);
}

#[test]
fn br_table_reads_its_operand_as_unsigned() {
    let body = "block block block local.get 0 br_table 0 1 2 end i32.const 10 return end i32.const 11 return end i32.const 12";
    for (operand, expected) in [(0, 10), (1, 11), (2, 12), (-1, 12), (i32::MIN, 12)] {
        let results = run("(param i32) (result i32)", body, &[operand]).unwrap();
        assert_eq!(results, [Number::I32(expected)]);
    }
}

#[test]
fn select_keeps_the_first_unless_its_operand_is_zero() {
    let body = "i32.const 1 i32.const 2 local.get 0 select";
    assert_eq!(run("(param i32) (result i32)", body, &[-1]).unwrap(), [Number::I32(1)]);
    assert_eq!(run("(param i32) (result i32)", body, &[0]).unwrap(), [Number::I32(2)]);
}

#[test]
fn locals_begin_as_zero_in_every_call() {
    let module = "
        (module
          (func $dirty (result i32) (local i32 i32) i32.const 7 local.tee 0 local.set 1 local.get 1)
          (func $clean (result i32) (local i32 i32) local.get 0 local.get 1 i32.add)
          (func (export \"run\") (result i32) call $dirty call $clean i32.add))";
    assert_eq!(solo(module).call("run", &[], ()).unwrap(), [Number::I32(7)]);
}

#[test]
fn a_trap_says_where_it_came_from() {
    let module = "
        (module
          (func $divide (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
          (func (export \"run\") (result i32) block i32.const 1 i32.const 0 call $divide return end unreachable))";
    let error = solo(module).call("run", &[], ()).unwrap_err();
    assert_eq!(error.to_string(), "trap: integer divide by zero, in $divide, at i32.div_s");
}

#[test]
fn what_has_no_meaning_yet_says_so() {
    let module = "(module (func $f) (func (export \"run\") return_call $f))";
    assert_eq!(trap(solo(module).call("run", &[], ())), Some(Trap::NotYet));
    let vector = run("", "v128.const i64x2 0 0 drop", &[]);
    assert_eq!(trap(vector), Some(Trap::NotYet));
}

/// A thread of one megabyte, which is what a program begins with on some systems.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn runaway_recursion_is_a_trap() {
    on_small_stack(|| {
        let outcome = run("(result i32)", "call 0 i32.const 1 i32.add", &[]);
        assert_eq!(trap(outcome), Some(Trap::CallStackExhausted));
    });
}

#[test]
fn runaway_mutual_recursion_through_a_table_is_a_trap() {
    on_small_stack(|| {
        let module = "
            (module
              (table 2 funcref)
              (elem (i32.const 0) $even $odd)
              (func $even (export \"run\") block loop i32.const 1 call_indirect end end)
              (func $odd i32.const 1 if i32.const 0 call_indirect end))";
        assert_eq!(trap(solo(module).call("run", &[], ())), Some(Trap::CallStackExhausted));
    });
}

#[test]
fn many_locals_in_a_runaway_recursion_are_the_same_trap() {
    on_small_stack(|| {
        let locals = "(local i64)".repeat(10_000);
        assert_eq!(trap(run("", &format!("{locals} call 0"), &[])), Some(Trap::CallStackExhausted));
    });
}

#[test]
fn ten_thousand_nested_blocks_run() {
    on_small_stack(|| {
        for block in ["block", "loop", "i32.const 1 if"] {
            let body =
                format!("{} br 9999 {}", format!("{block} ").repeat(10_000), "end ".repeat(10_000));
            // A branch to the outermost loop begins it again, so here it leaves the function.
            let body = body.replace("br 9999", "br 10000");
            assert_eq!(run("", &body, &[]).unwrap(), [], "{block}");
        }
    });
}

#[test]
fn a_hundred_thousand_nested_blocks_are_a_trap() {
    on_small_stack(|| {
        let body = format!("{} {}", "block ".repeat(100_000), "end ".repeat(100_000));
        assert_eq!(trap(run("", &body, &[])), Some(Trap::CallStackExhausted));
    });
}

#[test]
fn depth_that_comes_and_goes_is_not_used_up() {
    on_small_stack(|| {
        let module = "
            (module
              (func $deep (param i32)
                local.get 0 if local.get 0 i32.const 1 i32.sub call $deep end)
              (func (export \"run\") (param i32)
                loop
                  i32.const 5000 call $deep
                  local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
                end))";
        assert_eq!(solo(module).call("run", &[20.into()], ()).unwrap(), []);
    });
}

#[test]
fn whoever_watches_sees_steps_writes_and_labels() {
    let module = "
        (module
          (memory 1)
          (func $run (export \"run\") (param $n i32)
            loop $again
              local.get $n
              local.get $n
              i32.store offset=16
              local.get $n
              i32.const 1
              i32.sub
              local.tee $n
              br_if $again
            end))";
    let mut steps: Vec<Step> = Vec::new();
    solo(module).call("run", &[2.into()], &mut steps).unwrap();
    let lines: Vec<String> =
        steps.iter().map(|step| format!("{step} {}", step.labels.join(" "))).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
