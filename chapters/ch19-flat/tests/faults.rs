//! Where a trap comes from: flat code has forgotten it, and says the same as
//! the tree.

use annex_embedding::{Engine, Imports};
use ch12_instance::StoreLimits;
use ch19_flat::Store;
use trace::Counter;

/// What the error of each exported function says, with so much fuel.
fn errors(mut store: impl Engine, text: &str, fuel: u64) -> Vec<String> {
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let exports = store.exports(instance).to_vec();
    let functions = exports.iter().filter_map(|(_, item)| item.func());
    functions
        .map(|function| {
            store.set_fuel(fuel);
            store.invoke(function, &[]).unwrap_err().to_string()
        })
        .collect()
}

/// What they say in the flat engine, watched and not, and in the tree engine.
fn agree(text: &str, fuel: u64) -> Vec<String> {
    let limits = StoreLimits { fuel: Some(0), ..StoreLimits::default() };
    let tree = ch18_heap::Store::<()>::new((), limits);
    let expected = errors(tree, text, fuel);
    let flat = Store::<()>::new((), limits);
    assert_eq!(errors(flat, text, fuel), expected, "{fuel}");
    let watched = Store::new(Counter::default(), limits);
    assert_eq!(errors(watched, text, fuel), expected, "{fuel}, watched");
    expected
}

/// The first operation of the loop is that of the function, too.
#[test]
fn a_clause_that_cannot_pay_for_its_branch_to_the_first_operation() {
    let text = r#"(module (tag $t)
        (func (export "f") (loop (try_table (catch_all 0) (throw $t)))))"#;
    for fuel in 1..4 {
        let errors = agree(text, fuel);
        assert!(errors[0].ends_with("at loop"), "{}", errors[0]);
    }
}

/// Several loops begin at the same operation.
#[test]
fn a_branch_that_cannot_be_paid_for_comes_from_its_loop() {
    let text = r#"(module (tag $t)
        (func (export "br")
            (drop (loop (result i32) (loop (result f32) (br 1)) drop i32.const 1)))
        (func (export "br_if")
            (drop (loop (result i32) (loop (br_if 1 (i32.const 1))) br 0)))
        (func (export "br_table")
            (drop (loop (result i32)
                (loop (br_table 0 1 0 (i32.const 1))) unreachable)))
        (func (export "catch")
            (drop (loop (result i32)
                (loop (try_table (catch $t 0) (catch $t 1) (throw $t)))
                unreachable)))
        (func (export "outer catch")
            (drop (loop (result i32)
                (loop
                    (try_table (catch_all 1) (try_table (throw $t))))
                unreachable))))"#;
    for fuel in 1..4 {
        let errors = agree(text, fuel);
        assert!(errors[0].ends_with("at loop (result i32)"), "{}", errors[0]);
        assert!(errors[4].ends_with("at loop (result i32)"), "{}", errors[4]);
    }
}

/// What leaves no operation behind is not taken for what does.
#[test]
fn instructions_that_leave_nothing_are_passed_over() {
    let text = r#"(module
        (func $f (export "nops") nop block nop unreachable nop end)
        (func (export "else") i32.const 0
            if nop else block nop end i32.const 1 i32.const 0 i32.div_s drop end)
        (func (export "after") (block (br 0)) (if (i32.const 1) (then nop))
            (drop (i32.trunc_f32_s (f32.const nan))))
        (func (export "call") nop (call $f) nop unreachable)
        (func (export "no memory") block
            (drop (i32.load (i32.const -1))) end)
        (memory 0))"#;
    let errors = agree(text, 100);
    assert!(errors[1].ends_with("at i32.div_s"), "{}", errors[1]);
}
