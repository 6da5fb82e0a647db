//! Good code leaves what it says, bad code is found where it is bad.

use ch07_values::NumType::{self, F32, F64, I32, I64};

use super::{Signature, validate};

const NONE: &[NumType] = &[];

#[test]
fn good_code_leaves_its_types() {
    assert_eq!(validate(&[]), Ok(vec![]));
    let compare: [Signature; 3] =
        [(NONE, &[F64]), (NONE, &[F64]), (&[F64, F64], &[I32])];
    assert_eq!(validate(&compare), Ok(vec![I32]));
    let swap: [Signature; 2] =
        [(NONE, &[F32, I64]), (&[F32, I64], &[I64, F32])];
    assert_eq!(validate(&swap), Ok(vec![I64, F32]));
}

#[test]
fn too_few_operands_are_found() {
    let code: [Signature; 2] = [(NONE, &[I32]), (&[I32, I32], &[I32])];
    assert_eq!(validate(&code), Err(1));
}

#[test]
fn a_wrong_type_is_found() {
    let code: [Signature; 3] =
        [(NONE, &[I32]), (NONE, &[F64]), (&[I32, I32], &[I32])];
    assert_eq!(validate(&code), Err(2), "i32.add finds an f64");
}

#[test]
fn the_order_counts() {
    let code: [Signature; 2] = [(NONE, &[F64, I32]), (&[I32, F64], NONE)];
    assert_eq!(
        validate(&code),
        Err(1),
        "the top of the stack is an i32, not an f64"
    );
}
