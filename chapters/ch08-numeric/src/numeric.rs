//! The enum, its names, its types and its execution: all from the table.

use std::fmt;

use ch07_values::{NumType, Operand, OperandStack, Outcome, Trap};

use crate::operations::*;

/// What the table says of one operator.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The instruction.
    pub instr: Numeric,
    /// Its opcode; `0xfcNN` is the prefix `0xfc` and the number that follows
    /// it.
    pub opcode: u16,
    /// Its name in the text format.
    pub name: &'static str,
    /// The types of its operands, the top of the stack last.
    pub params: &'static [NumType],
    /// The type of its result.
    pub result: NumType,
    /// Its meaning, in Rust.
    pub meaning: &'static str,
}

/// Calls the stack with an operation of one operand, or of two.
macro_rules! apply {
    ($stack:ident, ($x:ident: $tx:ty) -> $result:ty, $meaning:expr) => {
        $stack.unary(|$x: $tx| -> $result { $meaning })
    };
    ($stack:ident,
        ($x:ident: $tx:ty, $y:ident: $ty:ty) -> $result:ty, $meaning:expr) => {
        $stack.binary(|$x: $tx, $y: $ty| -> $result { $meaning })
    };
}

/// Makes the family of numeric instructions from the rows of the table.
macro_rules! family {
    ($($opcode:literal $name:literal $variant:ident
        ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*) => {
        /// A numeric instruction without immediates.
        ///
        /// Specification: Structure, Instructions, *Numeric Instructions*.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Numeric {
            $(
                #[doc = concat!("`", $name, "`: `", stringify!($meaning), "`")]
                $variant,
            )*
        }

        impl Numeric {
            /// The whole table, in the order of the opcodes.
            pub const TABLE: &'static [Row] = &[$(Row {
                instr: Numeric::$variant,
                opcode: $opcode,
                name: $name,
                params: &[$(<$t as Operand>::TYPE),+],
                result: <<$result as Outcome>::Operand as Operand>::TYPE,
                meaning: stringify!($meaning),
            }),*];

            /// Executes the instruction on the operand stack.
            ///
            /// # Errors
            ///
            /// The trap that the operation ends in.
            #[inline(always)]
            pub fn execute(self, stack: &mut OperandStack) -> Result<(), Trap> {
                match self {
                    $(Numeric::$variant => {
                        apply!(stack, ($($x: $t),+) -> $result, $meaning)
                    })*
                }
            }
        }
    };
}

crate::numeric_table!(family);

impl Numeric {
    /// What the table says of this instruction.
    pub fn row(self) -> &'static Row {
        &Numeric::TABLE[self as usize]
    }
}

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().name)
    }
}
