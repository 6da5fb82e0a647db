//! A type for each row of the tables, so that a handler can be compiled for it.

use std::ops::Range;

use ch07_values::{Operand, Trap};
use ch08_numeric::{numeric_table, operations::*};
use ch09_module::{load_table, store_table};

/// A numeric instruction of one operand.
pub trait Unary {
    /// What its first operand is read as.
    type X: Operand;
    /// What its result is.
    type Result: Operand;
    /// Computes the result.
    ///
    /// # Errors
    ///
    /// The trap that the instruction ends in.
    fn apply(x: Self::X) -> Result<Self::Result, Trap>;
}

/// A numeric instruction of two operands.
pub trait Binary {
    /// What its first operand is read as.
    type X: Operand;
    /// What its second operand is read as.
    type Y: Operand;
    /// What its result is.
    type Result: Operand;
    /// Computes the result.
    ///
    /// # Errors
    ///
    /// The trap that the instruction ends in.
    fn apply(x: Self::X, y: Self::Y) -> Result<Self::Result, Trap>;
}

/// A load.
pub trait Load {
    /// What its result is.
    type Result: Operand;
    /// Reads what is at an address.
    ///
    /// # Errors
    ///
    /// Traps past the end of the memory.
    fn load(memory: &[u8], address: u64) -> Result<Self::Result, Trap>;
}

/// A store.
pub trait Store {
    /// What it writes.
    type Operand: Operand;
    /// Writes an operand to an address.
    ///
    /// # Errors
    ///
    /// Traps past the end of the memory; then nothing is written.
    fn store(
        memory: &mut [u8],
        address: u64,
        operand: Self::Operand,
    ) -> Result<(), Trap>;
}

macro_rules! numeric {
    ($($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:tt = $meaning:expr;)*) => {
        $(operator! { $variant $name $params -> $result = $meaning })*
    };
}

macro_rules! operator {
    // What leaves two results is the machine's.
    ($variant:ident $name:literal $params:tt
        -> ($($result:ty),+) = $meaning:expr) => {};
    ($variant:ident $name:literal ($x:ident: $X:ty)
        -> $result:ty = $meaning:expr) => {
        #[doc = concat!("`", $name, "`")]
        pub struct $variant;

        impl Unary for $variant {
            type X = $X;
            type Result = $result;

            #[inline(always)]
            fn apply($x: $X) -> Result<$result, Trap> {
                Ok($meaning)
            }
        }
    };
    ($variant:ident $name:literal ($x:ident: $X:ty, $y:ident: $Y:ty)
        -> $result:ty = $meaning:expr) => {
        #[doc = concat!("`", $name, "`")]
        pub struct $variant;

        impl Binary for $variant {
            type X = $X;
            type Y = $Y;
            type Result = $result;

            #[inline(always)]
            fn apply($x: $X, $y: $Y) -> Result<$result, Trap> {
                Ok($meaning)
            }
        }
    };
}
numeric_table!(numeric);

macro_rules! loads {
    ($($opcode:literal $name:literal $variant:ident
        ($bytes:ident: $chunk:ty) -> $result:ty = $meaning:expr;)*) => {$(
        #[doc = concat!("`", $name, "`")]
        pub struct $variant;

        impl Load for $variant {
            type Result = $result;

            #[inline(always)]
            fn load(memory: &[u8], address: u64) -> Result<$result, Trap> {
                let place = place::<{ size_of::<$chunk>() }>(address);
                let bytes = memory.get(place).and_then(|bytes| {
                    bytes.first_chunk()
                });
                let $bytes: $chunk =
                    *bytes.ok_or(Trap::OutOfBoundsMemoryAccess)?;
                Ok($meaning)
            }
        }
    )*};
}
load_table!(loads);

macro_rules! stores {
    ($($opcode:literal $name:literal $variant:ident
        ($operand:ident: $Operand:ty) -> $chunk:ty = $meaning:expr;)*) => {$(
        #[doc = concat!("`", $name, "`")]
        pub struct $variant;

        impl Store for $variant {
            type Operand = $Operand;

            #[inline(always)]
            fn store(
                memory: &mut [u8],
                address: u64,
                $operand: $Operand,
            ) -> Result<(), Trap> {
                let place = place::<{ size_of::<$chunk>() }>(address);
                let place = memory.get_mut(place).and_then(|bytes| {
                    bytes.first_chunk_mut()
                });
                let bytes: $chunk = $meaning;
                *place.ok_or(Trap::OutOfBoundsMemoryAccess)? = bytes;
                Ok(())
            }
        }
    )*};
}
store_table!(stores);

/// The `N` bytes at an address. It is the sum of two numbers of 32 bits, so
/// nothing overflows here. Where the host's own addresses are shorter, what
/// they can't reach is past the end of everything.
#[inline(always)]
fn place<const N: usize>(address: u64) -> Range<usize> {
    let reach = |address| usize::try_from(address).unwrap_or(usize::MAX);
    reach(address)..reach(address + N as u64)
}

/// Fills a range of memory with a byte: from an address on, so many bytes.
/// Returns `None`, and does nothing, if it isn't all within.
pub fn fill(memory: &mut [u8], [to, byte, length]: [u64; 3]) -> Option<()> {
    memory.get_mut(range(to, length)?)?.fill(byte as u8);
    Some(())
}

/// Copies a range within memory, likewise: to an address, from one, so many
/// bytes.
pub fn copy(memory: &mut [u8], [to, from, length]: [u64; 3]) -> Option<()> {
    let (to, from) = (range(to, length)?, range(from, length)?);
    memory.get(to.clone())?;
    memory.get(from.clone())?;
    memory.copy_within(from, to.start);
    Some(())
}

/// A range of addresses.
fn range(address: u64, length: u64) -> Option<Range<usize>> {
    let end = address.checked_add(length)?;
    Some(address.try_into().ok()?..end.try_into().ok()?)
}
