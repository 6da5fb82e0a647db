//! What a vector instruction takes and leaves: vectors, read as lanes, and
//! numbers.

use ch07_values::{NumType, Operand};

use crate::{Lanes, V128};

/// The type of an operand of a vector instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperandType {
    /// A number.
    Number(NumType),
    /// A vector.
    Vector,
}

/// A Rust type that an operand can be read as: lanes for a vector, a number for
/// a number.
///
/// Both are read from 128 bits. A number is in the lower half, as in its slot.
pub trait VectorOperand: Copy {
    /// The WebAssembly type that this is a reading of.
    const TYPE: OperandType;
    /// Reads the operand from its bits.
    fn from_vector(vector: V128) -> Self;
    /// The bits that hold the operand.
    fn to_vector(self) -> V128;
}

impl<L: Lanes> VectorOperand for L {
    const TYPE: OperandType = OperandType::Vector;

    #[inline(always)]
    fn from_vector(vector: V128) -> L {
        vector.lanes()
    }

    #[inline(always)]
    fn to_vector(self) -> V128 {
        V128::from_lanes(self)
    }
}

/// A number is read as the scalar instructions read it.
macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl VectorOperand for $number {
            const TYPE: OperandType =
                OperandType::Number(<$number as Operand>::TYPE);

            #[inline(always)]
            fn from_vector(vector: V128) -> Self {
                Operand::from_slot(vector.halves().0)
            }

            #[inline(always)]
            fn to_vector(self) -> V128 {
                V128::from_halves(self.to_slot(), 0)
            }
        }
    )*};
}
numbers!(bool, i32, u32, i64, u64, f32, f64);
