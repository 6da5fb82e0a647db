//! A loop, labels in one another, and the label of the function itself.

use ch09_module::Module;

use super::carried;

/// What the branches of the first function carry.
fn branches(function: &str) -> Vec<usize> {
    let module = Module::from_text(&format!("(module {function})")).unwrap();
    carried(&module, &module.functions[0].read())
}

#[test]
fn a_branch_to_a_loop_carries_its_parameters() {
    let euclid = include_str!("../../programs/euclid.wat");
    let module = Module::from_text(euclid).unwrap();
    assert_eq!(carried(&module, &module.functions[0].read()), [2]);
    // Two labels of the same loop, whose results do not matter.
    assert_eq!(
        branches(
            "(func i32.const 1
              loop (param i32) (result i32 i32)
                loop (param i32) (result i32 i32)
                  br 0
                end
              end
              drop drop)"
        ),
        [1]
    );
}

#[test]
fn labels_are_counted_from_the_innermost() {
    assert_eq!(
        branches(
            "(func
              block (result i32 i32)
                i32.const 1
                i32.const 2
                block
                  i32.const 0
                  br_if 0
                end
                i32.const 3
                if
                  i32.const 4
                  i32.const 5
                  br 1
                end
              end
              drop drop)"
        ),
        [0, 2]
    );
}

#[test]
fn the_body_of_a_function_is_under_a_label_too() {
    assert_eq!(
        branches(
            "(func (result i32 i32 i32)
              i32.const 1 i32.const 2 i32.const 3
              br 0)"
        ),
        [3]
    );
    assert_eq!(
        branches(
            "(func (result i32)
              block
                block
                  i32.const 1
                  br 2
                end
                br 0
              end
              i32.const 2)"
        ),
        [1, 0]
    );
}
