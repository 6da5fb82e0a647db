//! Bits inside: how a Rust number is kept in a slot of 64 bits, and how it is
//! read back.

use crate::{NumType, OperandStack, Trap};

/// A Rust type that an operand can be read as.
///
/// A slot does not know its type; the instruction does. A 32-bit operand is in
/// the low half of its slot, and the high half is zero. `u32` and `u64` are the
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

/// One row per type: its WebAssembly type, how it is read, how it is written.
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

/// Operands that an instruction takes or leaves: one, or several, of which the
/// last is on top of the stack.
pub trait Operands: Sized {
    /// Their WebAssembly types, the top of the stack last.
    const TYPES: &'static [NumType];
    /// Takes them off the stack.
    fn pop_from(stack: &mut OperandStack) -> Self;
    /// Puts them on the stack.
    ///
    /// # Errors
    ///
    /// Traps if the stack has too few free slots.
    fn push_to(self, stack: &mut OperandStack) -> Result<(), Trap>;
}

impl<T: Operand> Operands for T {
    const TYPES: &'static [NumType] = &[T::TYPE];

    #[inline(always)]
    fn pop_from(stack: &mut OperandStack) -> T {
        T::from_slot(stack.pop_slot())
    }

    #[inline(always)]
    fn push_to(self, stack: &mut OperandStack) -> Result<(), Trap> {
        stack.push_slot(self.to_slot())
    }
}

/// One row per tuple: its operands, and the same ones in the order in which
/// they are popped.
macro_rules! tuples {
    ($(($($T:ident $x:ident),+) popped $($popped:ident)+;)*) => {$(
        impl<$($T: Operand),+> Operands for ($($T,)+) {
            const TYPES: &'static [NumType] = &[$($T::TYPE),+];

            #[inline(always)]
            fn pop_from(stack: &mut OperandStack) -> Self {
                $(let $popped = stack.pop();)+
                ($($x,)+)
            }

            #[inline(always)]
            fn push_to(self, stack: &mut OperandStack) -> Result<(), Trap> {
                let ($($x,)+) = self;
                $(stack.push($x)?;)+
                Ok(())
            }
        }
    )*};
}

tuples! {
    (X x) popped x;
    (X x, Y y) popped y x;
    (X x, Y y, Z z) popped z y x;
    (W w, X x, Y y, Z z) popped z y x w;
}
