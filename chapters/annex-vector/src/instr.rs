//! Computing with lanes: the enums, what the tables say of each operator, and
//! its execution.

use std::array;

use ch07_values::Trap;

use crate::operations::*;
use crate::{
    OperandType, VectorOperand, VectorOperands, VectorStack, named_operators,
};

/// All lanes of a vector.
#[rustfmt::skip]
macro_rules! all {
    ($lane:ty) => { [$lane; 16 / size_of::<$lane>()] };
}

/// Executes a row: takes the operands, computes, leaves the result.
macro_rules! apply {
    ($stack:ident, each
        ($x:ident: $tx:ty $(, $y:ident: $ty:ty)*) -> $result:ty
        = $meaning:expr) => {{
        let ($x, $($y,)*) = $stack.pop_all::<(all!($tx), $(all!($ty),)*)>();
        $stack.push::<[$result; 16 / size_of::<$tx>()]>(array::from_fn(|lane| {
            let ($x, $($y,)*) = ($x[lane], $($y[lane],)*);
            $meaning
        }))
    }};
    ($stack:ident, shift
        ($x:ident: $tx:ty, $y:ident: $ty:ty) -> $result:ty
        = $meaning:expr) => {{
        let ($x, $y) = $stack.pop_all::<(all!($tx), $ty)>();
        $stack.push($x.map(|$x| -> $result { $meaning }))
    }};
    ($stack:ident, whole
        ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr) => {{
        let ($($x,)+) = $stack.pop_all::<($($t,)+)>();
        $stack.push::<$result>($meaning)
    }};
}

/// What the table says of an operator, apart from its name.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What the meaning is about: `each` lane, each lane and one number
    /// (`shift`), or the `whole` vector.
    pub form: &'static str,
    /// The types of the operands, the top of the stack last.
    pub params: &'static [OperandType],
    /// The type of the result.
    pub result: OperandType,
    /// The meaning, in Rust.
    pub meaning: &'static str,
}

/// The types of a row's operands.
#[rustfmt::skip]
macro_rules! params {
    (each $($t:ty),+) => { <($(all!($t),)+) as VectorOperands>::TYPES };
    (shift $tx:ty, $ty:ty) => { <(all!($tx), $ty) as VectorOperands>::TYPES };
    (whole $($t:ty),+) => { <($($t,)+) as VectorOperands>::TYPES };
}

/// The type of a row's result.
#[rustfmt::skip]
macro_rules! result {
    (whole $result:ty) => { <$result as VectorOperand>::TYPE };
    ($form:ident $result:ty) => { OperandType::Vector };
}

macro_rules! vector_family {
    ($($opcode:literal $name:literal $variant:ident $form:ident
        ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*) => {
        named_operators! {
            /// How vectors are computed with.
            ///
            /// Specification: Structure, Instructions, *Vector Instructions*.
            VectorOp: $($opcode $name $variant;)*
        }

        impl VectorOp {
            const ROWS: &'static [Row] = &[$(Row {
                form: stringify!($form),
                params: params!($form $($t),+),
                result: result!($form $result),
                meaning: stringify!($meaning),
            }),*];

            /// What the table says of this instruction.
            pub fn row(self) -> &'static Row {
                &VectorOp::ROWS[self as usize]
            }

            /// Executes the instruction.
            ///
            /// # Errors
            ///
            /// Traps if all slots are in use.
            pub fn execute(
                self,
                stack: &mut VectorStack<'_, '_>,
            ) -> Result<(), Trap> {
                match self {
                    $(VectorOp::$variant => apply!(
                        stack, $form ($($x: $t),+) -> $result = $meaning
                    ),)*
                }
            }
        }
    };
}
crate::vector_table!(vector_family);

macro_rules! vector_lane_family {
    ($($opcode:literal $name:literal $variant:ident
        ($($x:ident: $t:ty),+; $lane:ident) -> $result:ty
        = $meaning:expr;)*) => {
        named_operators! {
            /// How a lane of a vector is read or replaced.
            VectorLaneOp: $($opcode $name $variant;)*
        }

        impl VectorLaneOp {
            const ROWS: &'static [Row] = &[$(Row {
                form: "whole",
                params: params!(whole $($t),+),
                result: result!(whole $result),
                meaning: stringify!($meaning),
            }),*];

            /// What the table says of this instruction.
            pub fn row(self) -> &'static Row {
                &VectorLaneOp::ROWS[self as usize]
            }

            /// Executes the instruction on a lane.
            ///
            /// # Errors
            ///
            /// Traps if all slots are in use.
            pub fn execute(
                self,
                lane: u8,
                stack: &mut VectorStack<'_, '_>,
            ) -> Result<(), Trap> {
                match self {
                    $(VectorLaneOp::$variant => {
                        let $lane = usize::from(lane);
                        apply!(stack, whole ($($x: $t),+) -> $result = $meaning)
                    })*
                }
            }
        }
    };
}
crate::vector_lane_table!(vector_lane_family);

/// `i8x16.shuffle`: for each byte of the result, which byte of two vectors it
/// is, those of the lower operand first.
///
/// # Errors
///
/// Traps if all slots are in use.
pub fn shuffle(
    lanes: &[u8; 16],
    stack: &mut VectorStack<'_, '_>,
) -> Result<(), Trap> {
    let (x, y) = stack.pop_all::<([u8; 16], [u8; 16])>();
    let both: [u8; 32] = join(x, y);
    stack.push(lanes.map(|lane| both[usize::from(lane)]))
}
