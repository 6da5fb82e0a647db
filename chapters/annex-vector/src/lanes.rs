//! A vector, and the lanes that it is read as.

use std::{array, fmt};

/// A vector: 128 bits, the lowest byte first.
///
/// Specification: Structure, Values, *Vectors*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct V128(pub u128);

impl V128 {
    /// The vector of these lanes, the first in the lowest bits.
    #[inline(always)]
    pub fn from_lanes(lanes: impl Lanes) -> V128 {
        V128(u128::from_le_bytes(lanes.to_bytes()))
    }

    /// Reads the vector as lanes.
    #[inline(always)]
    pub fn lanes<L: Lanes>(self) -> L {
        L::from_bytes(self.0.to_le_bytes())
    }

    /// The vector of a lower and an upper half.
    #[inline(always)]
    pub fn from_halves(lower: u64, upper: u64) -> V128 {
        V128(u128::from(upper) << 64 | u128::from(lower))
    }

    /// The lower and the upper half.
    #[inline(always)]
    pub fn halves(self) -> (u64, u64) {
        (self.0 as u64, (self.0 >> 64) as u64)
    }
}

impl fmt::Display for V128 {
    /// As the text format writes it after `v128.const`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("i32x4")?;
        let lanes: [u32; 4] = self.lanes();
        lanes.iter().try_for_each(|lane| write!(f, " {lane:#010x}"))
    }
}

/// What bytes can be read as: lanes side by side, the first in the lowest
/// bytes. 16 bytes are a vector.
pub trait Lanes<const BYTES: usize = 16>: Copy {
    /// Reads the bytes.
    fn from_bytes(bytes: [u8; BYTES]) -> Self;
    /// The bytes that are read as this.
    fn to_bytes(self) -> [u8; BYTES];
}

/// One row per lane type: how many of them are in how many bytes.
macro_rules! lanes {
    ($($lane:ident: $($count:literal in $bytes:literal),+;)*) => {$($(
        impl Lanes<$bytes> for [$lane; $count] {
            #[inline(always)]
            fn from_bytes(bytes: [u8; $bytes]) -> Self {
                let (lanes, _) = bytes.as_chunks();
                array::from_fn(|index| $lane::from_le_bytes(lanes[index]))
            }

            #[inline(always)]
            fn to_bytes(self) -> [u8; $bytes] {
                let mut bytes = [0; $bytes];
                let (lanes, _) = bytes.as_chunks_mut();
                for (bytes, lane) in lanes.iter_mut().zip(self) {
                    *bytes = lane.to_le_bytes();
                }
                bytes
            }
        }
    )+)*};
}

lanes! {
    i8:   16 in 16, 8 in 8;
    u8:   16 in 16, 8 in 8;
    i16:  8 in 16,  4 in 8;
    u16:  8 in 16,  4 in 8;
    i32:  4 in 16,  2 in 8;
    u32:  4 in 16,  2 in 8;
    i64:  2 in 16;
    u64:  2 in 16;
    f32:  4 in 16;
    f64:  2 in 16;
}

impl Lanes for V128 {
    #[inline(always)]
    fn from_bytes(bytes: [u8; 16]) -> V128 {
        V128(u128::from_le_bytes(bytes))
    }

    #[inline(always)]
    fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }
}

/// A single lane, as a memory holds it.
macro_rules! lane {
    ($($lane:ident in $bytes:literal;)*) => {$(
        impl Lanes<$bytes> for $lane {
            #[inline(always)]
            fn from_bytes(bytes: [u8; $bytes]) -> Self {
                $lane::from_le_bytes(bytes)
            }

            #[inline(always)]
            fn to_bytes(self) -> [u8; $bytes] {
                self.to_le_bytes()
            }
        }
    )*};
}

lane! {
    u8 in 1;
    u16 in 2;
    u32 in 4;
    u64 in 8;
    u128 in 16;
}

/// Lanes that mean yes or no: all bits are 1, or all are 0.
macro_rules! masks {
    ($($count:literal of $lane:ident;)*) => {$(
        impl Lanes for [bool; $count] {
            #[inline(always)]
            fn from_bytes(bytes: [u8; 16]) -> Self {
                let lanes: [$lane; $count] = Lanes::from_bytes(bytes);
                lanes.map(|lane| lane != 0)
            }

            #[inline(always)]
            fn to_bytes(self) -> [u8; 16] {
                self.map(|yes| if yes { $lane::MAX } else { 0 }).to_bytes()
            }
        }
    )*};
}

masks! {
    16 of u8;
    8 of u16;
    4 of u32;
    2 of u64;
}
