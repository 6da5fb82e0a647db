//! Computing with lanes: the enums and their execution, from the tables.

use std::array;

use ch07_values::Trap;
use ch08_numeric::operators;

use crate::operations::*;
use crate::{OperandType, VectorOperand, VectorStack};

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
        let [$x $(, $y)*] = $stack.pop_all();
        let ($x, $($y,)*): (all!($tx), $(all!($ty),)*)
            = ($x.lanes(), $($y.lanes(),)*);
        $stack.push::<[$result; 16 / size_of::<$tx>()]>(array::from_fn(|lane| {
            let ($x, $($y,)*) = ($x[lane], $($y[lane],)*);
            $meaning
        }))
    }};
    ($stack:ident, shift
        ($x:ident: $tx:ty, $y:ident: $ty:ty) -> $result:ty
        = $meaning:expr) => {{
        let ($y, $x): ($ty, all!($tx)) = ($stack.pop(), $stack.pop());
        $stack.push($x.map(|$x| -> $result { $meaning }))
    }};
    ($stack:ident, whole
        ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr) => {{
        let [$($x),+] = $stack.pop_all();
        $(let $x = <$t>::from_vector($x);)+
        $stack.push::<$result>($meaning)
    }};
}

/// The types of a row's operands.
#[rustfmt::skip]
macro_rules! params {
    (each $($t:ty),+) => { &[$(<all!($t)>::TYPE),+] };
    (shift $tx:ty, $ty:ty) => { &[<all!($tx)>::TYPE, <$ty>::TYPE] };
    (whole $($t:ty),+) => { &[$(<$t>::TYPE),+] };
}

/// The type of a row's result.
#[rustfmt::skip]
macro_rules! results {
    (whole $result:ty) => { &[<$result>::TYPE] };
    ($form:ident $result:ty) => { &[OperandType::Vector] };
}

macro_rules! vector_family {
    ($($opcode:literal $name:literal $variant:ident $form:ident
        ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*) => {
        operators! {
            /// How vectors are computed with.
            ///
            /// Specification: Structure, Instructions, *Vector Instructions*.
            VectorOp of OperandType: $($opcode $name $variant
                params!($form $($t),+) => results!($form $result), $meaning;)*
        }

        impl VectorOp {
            /// What the meaning is about: `each` lane, each lane and one number
            /// (`shift`), or the `whole` vector.
            pub fn form(self) -> &'static str {
                const FORMS: &[&str] = &[$(stringify!($form)),*];
                FORMS[self as usize]
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
        operators! {
            /// How a lane of a vector is read or replaced.
            VectorLaneOp of OperandType: $($opcode $name $variant
                params!(whole $($t),+) => results!(whole $result), $meaning;)*
        }

        impl VectorLaneOp {
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

/// `i8x16.shuffle`: picks each byte of the result from the bytes of two
/// vectors, those of the lower operand first.
///
/// # Errors
///
/// Traps if all slots are in use.
pub fn shuffle(
    lanes: &[u8; 16],
    stack: &mut VectorStack<'_, '_>,
) -> Result<(), Trap> {
    let [x, y] = stack.pop_all();
    let both: [u8; 32] = join(x.lanes(), y.lanes());
    stack.push(lanes.map(|lane| both[usize::from(lane)]))
}
