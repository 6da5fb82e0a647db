//! Bits inside: how a Rust number lies in a slot of 64 bits, and how it is read
//! back.

use crate::{NumType, Trap};

/// A Rust type that an operand can be read as.
///
/// A slot does not know its type; the instruction does. A 32-bit operand lies
/// in the low half of its slot, the high half is zero. `u32` and `u64` are the
/// unsigned reading of `i32` and `i64`, and `bool` is the 0 or 1 that a
/// comparison leaves as an `i32`.
pub trait Operand: Copy {
    /// The WebAssembly type that this is a reading of.
    const TYPE: NumType;
    /// Reads the operand from its slot.
    fn from_slot(slot: u64) -> Self;
    /// The slot that holds the operand.
    fn to_slot(self) -> u64;
}

/// One row a type: its WebAssembly type, how it is read, how it is written.
macro_rules! operands {
    ($($rust:ident is $ty:ident:
        read $bits:ident => $read:expr,
        write $value:ident => $write:expr;)*) => {$(
        impl Operand for $rust {
            const TYPE: NumType = NumType::$ty;

            #[inline(always)]
            fn from_slot($bits: u64) -> Self {
                $read
            }

            #[inline(always)]
            fn to_slot(self) -> u64 {
                let $value = self;
                $write
            }
        }
    )*};
}

operands! {
    i32 is I32: read bits => bits as i32, write x => u64::from(x as u32);
    u32 is I32: read bits => bits as u32, write x => u64::from(x);
    bool is I32: read bits => bits as u32 != 0, write x => u64::from(x);
    i64 is I64: read bits => bits as i64, write x => x as u64;
    u64 is I64: read bits => bits, write x => x;
    f32 is F32: read bits => f32::from_bits(bits as u32),
        write x => u64::from(f32::to_bits(x));
    f64 is F64: read bits => f64::from_bits(bits), write x => f64::to_bits(x);
}

/// What an operation leaves: an operand, or a trap instead of one.
pub trait Outcome {
    /// The type of the operand.
    type Operand: Operand;
    /// The operand, or the trap.
    fn into_result(self) -> Result<Self::Operand, Trap>;
}

impl<T: Operand> Outcome for T {
    type Operand = T;

    #[inline(always)]
    fn into_result(self) -> Result<T, Trap> {
        Ok(self)
    }
}

impl<T: Operand> Outcome for Result<T, Trap> {
    type Operand = T;

    #[inline(always)]
    fn into_result(self) -> Result<T, Trap> {
        self
    }
}
