//! Numbers with their types: what goes in and comes out at the edge of the
//! machine.

use std::fmt;

use crate::Operand;

/// A number type.
///
/// Specification: Structure, Types, *Number Types* (`numtype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumType {
    /// 32 bits that each instruction reads as signed or unsigned.
    I32,
    /// 64 bits that each instruction reads as signed or unsigned.
    I64,
    /// IEEE 754 binary32.
    F32,
    /// IEEE 754 binary64.
    F64,
}

impl fmt::Display for NumType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumType::I32 => "i32",
            NumType::I64 => "i64",
            NumType::F32 => "f32",
            NumType::F64 => "f64",
        })
    }
}

/// A number that knows its type.
///
/// Two numbers are equal if their types and bits are equal: so a NaN equals
/// itself, and 0 is not -0.
///
/// Specification: Execution, Runtime Structure, *Values* (`num`).
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// An `i32`.
    I32(i32),
    /// An `i64`.
    I64(i64),
    /// An `f32`.
    F32(f32),
    /// An `f64`.
    F64(f64),
}

impl Number {
    /// The number's type.
    pub fn ty(self) -> NumType {
        match self {
            Number::I32(_) => NumType::I32,
            Number::I64(_) => NumType::I64,
            Number::F32(_) => NumType::F32,
            Number::F64(_) => NumType::F64,
        }
    }

    /// The slot that holds this number on the operand stack.
    pub fn to_slot(self) -> u64 {
        match self {
            Number::I32(x) => x.to_slot(),
            Number::I64(x) => x.to_slot(),
            Number::F32(x) => x.to_slot(),
            Number::F64(x) => x.to_slot(),
        }
    }

    /// Reads a slot as a number of type `ty`.
    pub fn from_slot(ty: NumType, slot: u64) -> Number {
        match ty {
            NumType::I32 => Number::I32(Operand::from_slot(slot)),
            NumType::I64 => Number::I64(Operand::from_slot(slot)),
            NumType::F32 => Number::F32(Operand::from_slot(slot)),
            NumType::F64 => Number::F64(Operand::from_slot(slot)),
        }
    }

    /// The zero of a type: what a local holds before its first `local.set`.
    pub fn zero(ty: NumType) -> Number {
        Number::from_slot(ty, 0)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.ty() == other.ty() && self.to_slot() == other.to_slot()
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    /// The number alone, as the text format writes it, in the shortest form
    /// that is read back as the same number: with an exponent if it is very
    /// large or small, and with its payload if it is a NaN that is not
    /// canonical.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Number::I32(x) => write!(f, "{x}"),
            Number::I64(x) => write!(f, "{x}"),
            Number::F32(x) if x.is_nan() => {
                let sign = if x.is_sign_negative() { "-" } else { "" };
                match x.to_bits() & 0x007f_ffff {
                    0x0040_0000 => write!(f, "{sign}nan"),
                    payload => write!(f, "{sign}nan:{payload:#x}"),
                }
            }
            Number::F64(x) if x.is_nan() => {
                let sign = if x.is_sign_negative() { "-" } else { "" };
                match x.to_bits() & 0x000f_ffff_ffff_ffff {
                    0x0008_0000_0000_0000 => write!(f, "{sign}nan"),
                    payload => write!(f, "{sign}nan:{payload:#x}"),
                }
            }
            Number::F32(x) if needs_exponent(x.into()) => write!(f, "{x:e}"),
            Number::F64(x) if needs_exponent(x) => write!(f, "{x:e}"),
            Number::F32(x) => write!(f, "{x}"),
            Number::F64(x) => write!(f, "{x}"),
        }
    }
}

/// Whether a float would be a long row of zeros without an exponent.
fn needs_exponent(x: f64) -> bool {
    x.is_finite() && x != 0.0 && !(1e-5..1e16).contains(&x.abs())
}

impl From<i32> for Number {
    fn from(x: i32) -> Number {
        Number::I32(x)
    }
}

impl From<i64> for Number {
    fn from(x: i64) -> Number {
        Number::I64(x)
    }
}

impl From<f32> for Number {
    fn from(x: f32) -> Number {
        Number::F32(x)
    }
}

impl From<f64> for Number {
    fn from(x: f64) -> Number {
        Number::F64(x)
    }
}
