//! Vectors from memory, and to it.
//!
//! Specification: Execution, Instructions, *Memory Instructions* and *Vector
//! Instructions*.

use ch07_values::Trap;
use ch08_numeric::operators;

use crate::operations::*;
use crate::{Lanes, OperandType, VectorOperand, VectorStack};

/// What a vector load or store needs of a memory. The address is the operand,
/// to which `offset` is added.
pub trait VectorMemory {
    /// Reads bytes.
    ///
    /// # Errors
    ///
    /// Traps if not all of them are in the memory.
    fn read<const N: usize>(
        &self,
        address: u64,
        offset: u64,
    ) -> Result<[u8; N], Trap>;

    /// Writes bytes.
    ///
    /// # Errors
    ///
    /// Traps if not all of them are in the memory, and then writes none.
    fn write<const N: usize>(
        &mut self,
        address: u64,
        offset: u64,
        bytes: [u8; N],
    ) -> Result<(), Trap>;
}

/// What a row reads from memory, or writes to it.
macro_rules! stored {
    (load ($x:ident: $stored:ty $(, $($rest:tt)*)?) -> $result:ty) => {
        $stored
    };
    (store ($($operands:tt)*) -> $stored:ty) => {
        $stored
    };
}

/// The types of a row's operands, without the address.
#[rustfmt::skip]
macro_rules! params {
    (load $x:ident: $stored:ty $(, $y:ident: $t:ty)?) => { &[$(<$t>::TYPE)?] };
    (store $x:ident: $t:ty) => { &[<$t>::TYPE] };
}

/// The types of a row's results.
#[rustfmt::skip]
macro_rules! results {
    (load $result:ty) => { &[<$result>::TYPE] };
    (store $stored:ty) => { &[] };
}

/// Executes a row that reaches a memory. The address is below all other
/// operands.
macro_rules! access {
    ($stack:ident, $memory:ident, $offset:ident, load
        ($x:ident: $stored:ty $(, $y:ident: $t:ty)?) -> $result:ty
        = $meaning:expr) => {{
        $(let $y: $t = $stack.pop();)?
        let bytes = $memory.read($stack.pop(), $offset)?;
        let $x = <$stored as Lanes<_>>::from_bytes(bytes);
        $stack.push::<$result>($meaning)
    }};
    ($stack:ident, $memory:ident, $offset:ident, store
        ($x:ident: $t:ty) -> $stored:ty = $meaning:expr) => {{
        let $x: $t = $stack.pop();
        let stored: $stored = $meaning;
        $memory.write($stack.pop(), $offset, stored.to_bytes())
    }};
}

macro_rules! vector_memory_family {
    ($($opcode:literal $name:literal $variant:ident $form:ident
        ($($operands:tt)+) -> $result:ty = $meaning:expr;)*) => {
        operators! {
            /// How a vector is loaded or stored.
            VectorMemoryOp of OperandType: $($opcode $name $variant
                params!($form $($operands)+) => results!($form $result),
                $meaning;)*
        }

        impl VectorMemoryOp {
            /// The number of bytes that are loaded or stored; also the
            /// alignment where the text format gives none.
            pub fn width(self) -> usize {
                const WIDTHS: &[usize] = &[$(
                    size_of::<stored!($form ($($operands)+) -> $result)>()
                ),*];
                WIDTHS[self as usize]
            }

            /// Executes the instruction on a memory.
            ///
            /// # Errors
            ///
            /// Traps if the memory ends too early.
            pub fn execute(
                self,
                offset: u64,
                memory: &mut impl VectorMemory,
                stack: &mut VectorStack<'_, '_>,
            ) -> Result<(), Trap> {
                match self {
                    $(VectorMemoryOp::$variant => {
                        access!(
                            stack, memory, offset,
                            $form ($($operands)+) -> $result = $meaning
                        )
                    })*
                }
            }
        }
    };
}
crate::vector_memory_table!(vector_memory_family);

macro_rules! vector_memory_lane_family {
    ($($opcode:literal $name:literal $variant:ident $form:ident
        ($($x:ident: $t:ty),+; $lane:ident) -> $result:ty
        = $meaning:expr;)*) => {
        operators! {
            /// How one lane of a vector is loaded or stored.
            VectorMemoryLaneOp of OperandType: $($opcode $name $variant
                params!($form $($x: $t),+) => results!($form $result),
                $meaning;)*
        }

        impl VectorMemoryLaneOp {
            /// The number of bytes that are loaded or stored; also the
            /// alignment where the text format gives none.
            pub fn width(self) -> usize {
                const WIDTHS: &[usize] = &[$(
                    size_of::<stored!($form ($($x: $t),+) -> $result)>()
                ),*];
                WIDTHS[self as usize]
            }

            /// Executes the instruction on a lane and a memory.
            ///
            /// # Errors
            ///
            /// Traps if the memory ends too early.
            pub fn execute(
                self,
                lane: u8,
                offset: u64,
                memory: &mut impl VectorMemory,
                stack: &mut VectorStack<'_, '_>,
            ) -> Result<(), Trap> {
                match self {
                    $(VectorMemoryLaneOp::$variant => {
                        let $lane = usize::from(lane);
                        access!(
                            stack, memory, offset,
                            $form ($($x: $t),+) -> $result = $meaning
                        )
                    })*
                }
            }
        }
    };
}
crate::vector_memory_lane_table!(vector_memory_lane_family);
