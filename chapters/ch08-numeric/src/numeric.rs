//! The numeric instructions: the enum and its execution, from the table.

use ch07_values::{NumType, OperandStack, Operands, Trap};

use crate::operations::*;
use crate::operators;

/// Makes the family of numeric instructions from the rows of the table.
macro_rules! family {
    ($($opcode:literal $name:literal $variant:ident
        ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*) => {
        operators! {
            /// A numeric instruction without immediates.
            ///
            /// Specification: Structure, Instructions, *Numeric Instructions*.
            Numeric of NumType: $($opcode $name $variant
                <($($t,)+) as Operands>::TYPES => <$result as Operands>::TYPES,
                $meaning;)*
        }

        impl Numeric {
            /// Executes the instruction on the operand stack.
            ///
            /// # Errors
            ///
            /// The trap that the operation ends in.
            #[inline(always)]
            pub fn execute(self, stack: &mut OperandStack) -> Result<(), Trap> {
                match self {
                    $(Numeric::$variant => {
                        let ($($x,)+): ($($t,)+) = stack.pop();
                        let result: $result = $meaning;
                        stack.push(result)
                    })*
                }
            }
        }
    };
}

crate::numeric_table!(family);
