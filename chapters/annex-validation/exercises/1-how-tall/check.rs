//! Flat code, both ways of an `if`, and nothing.

use ch09_module::Module;

use super::tallest;

fn of(text: &str) -> usize {
    tallest(&Module::from_text(text).unwrap()).unwrap()
}

#[test]
fn operands_of_flat_code() {
    assert_eq!(
        of("(module (func (result i32) i32.const 1 i32.const 2 i32.add))"),
        2
    );
    assert_eq!(
        of(
            "(module (func i32.const 1 drop i32.const 2 drop i32.const 3 drop))"
        ),
        1
    );
}

#[test]
fn the_way_that_needs_more_counts() {
    let text = "(module (func (param i32) (result i32)
        local.get 0
        if (result i32)
          i32.const 1
        else
          i32.const 1 i32.const 2 i32.const 3 i32.add i32.add
        end))";
    assert_eq!(of(text), 3);
}

#[test]
fn the_function_that_needs_more_counts() {
    assert_eq!(
        of("(module (func) (func f64.const 1 f64.const 2 drop drop) (func \
             nop))"),
        2
    );
    assert_eq!(of("(module)"), 0);
}
