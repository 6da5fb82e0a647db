//! Calls that are right, and the three traps of those that are not.

use ch07_values::Trap;
use ch09_module::{FuncIdx, Module, TypeIdx};

use super::callee;

/// Types 0 and 2 are the same type. Functions 0 and 1 have it, function 2 has
/// another one.
const MODULE: &str = "
    (module
      (type (func (param f64) (result f64)))
      (type (func (param i32)))
      (type (func (param f64) (result f64)))
      (func (type 0) local.get 0)
      (func (type 2) local.get 0)
      (func (type 1)))";

fn outcome(element: usize, ty: u32) -> Result<FuncIdx, Trap> {
    let module = Module::from_text(MODULE).unwrap();
    let table = [Some(FuncIdx(0)), Some(FuncIdx(1)), Some(FuncIdx(2)), None];
    callee(&module, &table, element, TypeIdx(ty))
}

#[test]
fn types_are_compared_not_their_indices() {
    for (element, ty) in [(0, 0), (0, 2), (1, 0), (1, 2)] {
        assert_eq!(
            outcome(element, ty),
            Ok(FuncIdx(element as u32)),
            "element {element}, type {ty}"
        );
    }
}

#[test]
fn a_different_type_is_a_mismatch() {
    assert_eq!(outcome(2, 0), Err(Trap::IndirectCallTypeMismatch));
    assert_eq!(outcome(0, 1), Err(Trap::IndirectCallTypeMismatch));
}

#[test]
fn a_null_element_is_an_uninitialized_element() {
    assert_eq!(outcome(3, 0), Err(Trap::UninitializedElement));
}

#[test]
fn an_index_past_the_end_is_an_undefined_element() {
    assert_eq!(outcome(4, 0), Err(Trap::UndefinedElement));
    assert_eq!(outcome(usize::MAX, 0), Err(Trap::UndefinedElement));
}
