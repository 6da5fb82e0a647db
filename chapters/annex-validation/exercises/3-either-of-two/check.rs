//! What is known, what is not, and what does not fit.

use ch07_values::NumType::{self, F64, I32, I64};

use super::Types;

/// What is on the stack after `select`, or the error.
fn select(
    known: &[Option<NumType>],
    unreachable: bool,
) -> Result<Vec<Option<NumType>>, String> {
    let mut types = Types { known: known.to_vec(), unreachable };
    types.select().map(|()| types.known)
}

#[test]
fn two_of_one_type() {
    assert_eq!(
        select(&[Some(F64), Some(F64), Some(I32)], false),
        Ok(vec![Some(F64)])
    );
    let below = [Some(I64), Some(F64), Some(F64), Some(I32)];
    assert_eq!(select(&below, false), Ok(vec![Some(I64), Some(F64)]));
}

#[test]
fn two_of_two_types() {
    assert!(select(&[Some(F64), Some(I64), Some(I32)], false).is_err());
    assert!(select(&[Some(F64), Some(F64), Some(F64)], false).is_err());
}

#[test]
fn too_few_operands() {
    assert!(select(&[Some(F64), Some(I32)], false).is_err());
}

#[test]
fn operands_may_be_missing_in_unreachable_code() {
    assert_eq!(select(&[], true), Ok(vec![None]));
    assert_eq!(select(&[Some(I32)], true), Ok(vec![None]));
    assert_eq!(select(&[Some(F64), Some(I32)], true), Ok(vec![Some(F64)]));
    assert_eq!(
        select(&[Some(F64), None, Some(I32)], true),
        Ok(vec![Some(F64)])
    );
    assert_eq!(
        select(&[None, Some(F64), Some(I32)], true),
        Ok(vec![Some(F64)])
    );
    assert!(select(&[Some(I64), Some(F64), Some(I32)], true).is_err());
}
