//! The enums, their names and their execution: all from the tables.

use std::array;

use ch07_values::Trap;

use crate::operations::*;
use crate::{Lanes, OperandType, VectorOperand, VectorOperands, VectorStack};

/// What a vector load or store needs of a memory. The address is the operand, to which `offset` is added.
pub trait VectorMemory {
    /// Reads bytes.
    ///
    /// # Errors
    ///
    /// Traps if not all of them are in the memory.
    fn read<const N: usize>(&self, address: u64, offset: u64) -> Result<[u8; N], Trap>;

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

/// Makes an enum of the first columns of a table: its variants, their opcodes and their names.
#[macro_export]
macro_rules! named_operators {
    ($(#[$meta:meta])* $family:ident: $($opcode:literal $name:literal $variant:ident;)*) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $family {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl $family {
            /// All operators with their opcodes and their names in the text format.
            pub const TABLE: &'static [($family, u16, &'static str)] = &[$(($family::$variant, $opcode, $name)),*];

            /// The name in the text format.
            pub fn name(self) -> &'static str {
                $family::TABLE[self as usize].2
            }
        }
    };
}

/// Says of each memory operator how many bytes it touches.
#[macro_export]
macro_rules! memory_widths {
    ($family:ident: $($variant:ident $width:expr;)*) => {
        impl $family {
            /// How many bytes of memory it touches; also the alignment that it has where text says none.
            pub fn width(self) -> usize {
                match self {
                    $($family::$variant => $width,)*
                }
            }
        }
    };
}

/// All lanes of a vector.
#[rustfmt::skip]
macro_rules! all {
    ($lane:ty) => { [$lane; 16 / size_of::<$lane>()] };
}

/// Executes a row: takes the operands, computes, leaves the result.
macro_rules! apply {
    ($stack:ident, whole ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr) => {{
        let ($($x,)+) = $stack.pop_all::<($($t,)+)>();
        $stack.push::<$result>($meaning)
    }};
    ($stack:ident, each ($x:ident: $tx:ty $(, $y:ident: $ty:ty)*) -> $result:ty = $meaning:expr) => {{
        let ($x, $($y,)*) = $stack.pop_all::<(all!($tx), $(all!($ty),)*)>();
        $stack.push::<[$result; 16 / size_of::<$tx>()]>(array::from_fn(|lane| {
            let ($x, $($y,)*) = ($x[lane], $($y[lane],)*);
            $meaning
        }))
    }};
    ($stack:ident, shift ($x:ident: $tx:ty, $y:ident: $ty:ty) -> $result:ty = $meaning:expr) => {{
        let ($x, $y) = $stack.pop_all::<(all!($tx), $ty)>();
        $stack.push($x.map(|$x| -> $result { $meaning }))
    }};
}

/// What the table says of an operator, apart from its name.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What the meaning is about: `each` lane, each lane and one number (`shift`), or the `whole` vector.
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
    ($($opcode:literal $name:literal $variant:ident $form:ident ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*) => {
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
            pub fn execute(self, stack: &mut VectorStack<'_, '_>) -> Result<(), Trap> {
                match self {
                    $(VectorOp::$variant => apply!(stack, $form ($($x: $t),+) -> $result = $meaning),)*
                }
            }
        }
    };
}
crate::vector_table!(vector_family);

macro_rules! vector_lane_family {
    ($($opcode:literal $name:literal $variant:ident ($($x:ident: $t:ty),+; $lane:ident) -> $result:ty = $meaning:expr;)*) => {
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
            pub fn execute(self, lane: u8, stack: &mut VectorStack<'_, '_>) -> Result<(), Trap> {
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

/// What a row reads from memory, or writes to it.
macro_rules! stored {
    (load ($x:ident: $stored:ty $(, $($rest:tt)*)?) -> $result:ty) => {
        $stored
    };
    (store ($($operands:tt)*) -> $stored:ty) => {
        $stored
    };
}

/// Executes a row that reaches a memory. Below all other operands lies the address.
macro_rules! access {
    ($stack:ident, $memory:ident, $offset:ident, load ($x:ident: $stored:ty $(, $y:ident: $t:ty)?) -> $result:ty = $meaning:expr) => {{
        let (address, $($y)?) = $stack.pop_all::<(u64, $($t)?)>();
        let $x = <$stored as Lanes<_>>::from_bytes($memory.read(address, $offset)?);
        $stack.push::<$result>($meaning)
    }};
    ($stack:ident, $memory:ident, $offset:ident, store ($x:ident: $t:ty) -> $stored:ty = $meaning:expr) => {{
        let (address, $x) = $stack.pop_all::<(u64, $t)>();
        let stored: $stored = $meaning;
        $memory.write(address, $offset, stored.to_bytes())
    }};
}

macro_rules! vector_memory_family {
    ($($opcode:literal $name:literal $variant:ident $form:ident ($($operands:tt)+) -> $result:ty = $meaning:expr;)*) => {
        named_operators! {
            /// How a vector is loaded or stored.
            VectorMemoryOp: $($opcode $name $variant;)*
        }
        memory_widths!(VectorMemoryOp: $($variant size_of::<stored!($form ($($operands)+) -> $result)>();)*);

        impl VectorMemoryOp {
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
                        access!(stack, memory, offset, $form ($($operands)+) -> $result = $meaning)
                    })*
                }
            }
        }
    };
}
crate::vector_memory_table!(vector_memory_family);

macro_rules! vector_memory_lane_family {
    ($($opcode:literal $name:literal $variant:ident $form:ident ($($x:ident: $t:ty),+; $lane:ident) -> $result:ty = $meaning:expr;)*) => {
        named_operators! {
            /// How one lane of a vector is loaded or stored.
            VectorMemoryLaneOp: $($opcode $name $variant;)*
        }
        memory_widths!(VectorMemoryLaneOp: $($variant size_of::<stored!($form ($($x: $t),+) -> $result)>();)*);

        impl VectorMemoryLaneOp {
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
                        access!(stack, memory, offset, $form ($($x: $t),+) -> $result = $meaning)
                    })*
                }
            }
        }
    };
}
crate::vector_memory_lane_table!(vector_memory_lane_family);

/// `i8x16.shuffle`: for each byte of the result, which byte of two vectors it is, those of the lower operand first.
///
/// # Errors
///
/// Traps if all slots are in use.
pub fn shuffle(lanes: &[u8; 16], stack: &mut VectorStack<'_, '_>) -> Result<(), Trap> {
    let (x, y) = stack.pop_all::<([u8; 16], [u8; 16])>();
    let both: [u8; 32] = join(x, y);
    stack.push(lanes.map(|lane| both[usize::from(lane)]))
}
