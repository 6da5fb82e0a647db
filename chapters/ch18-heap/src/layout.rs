//! Where the fields of an object are among its bytes.
//!
//! As in a memory: one after the other, the lowest byte first, and no wider
//! than they have to be.

use std::ops::Range;

use ch07_values::{NumType, Trap};
use ch09_module::{CompositeType, FieldType, StorageType, ValType};

/// How a field is kept.
///
/// Specification: Structure, Types, *Composite Types* (`storagetype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// The low 8 bits of an `i32`.
    I8,
    /// The low 16 bits of an `i32`.
    I16,
    /// An `i32` or an `f32`.
    Bits32,
    /// An `i64` or an `f64`.
    Bits64,
    /// A vector: its slot, and then its upper half.
    V128,
    /// A reference, which the collector follows.
    Reference,
}

impl Storage {
    /// How a field of a type is kept.
    pub fn of(storage: StorageType) -> Storage {
        match storage {
            StorageType::I8 => Storage::I8,
            StorageType::I16 => Storage::I16,
            StorageType::Val(ValType::Num(NumType::I32 | NumType::F32)) => {
                Storage::Bits32
            }
            StorageType::Val(ValType::Num(NumType::I64 | NumType::F64)) => {
                Storage::Bits64
            }
            StorageType::Val(ValType::V128) => Storage::V128,
            StorageType::Val(ValType::Ref(_)) => Storage::Reference,
        }
    }

    /// How many bytes it takes.
    #[inline(always)]
    pub fn size(self) -> usize {
        match self {
            Storage::I8 => 1,
            Storage::I16 => 2,
            Storage::Bits32 => 4,
            Storage::Bits64 | Storage::Reference => 8,
            Storage::V128 => 16,
        }
    }

    /// Reads a value from the first of these bytes: the slot, and above it the
    /// upper half of a vector. A value that is narrower than its slot is
    /// extended with zeros.
    #[inline(always)]
    pub fn read(self, bytes: &[u8]) -> u128 {
        match self {
            Storage::I8 => bytes[0].into(),
            Storage::I16 => u16::from_le_bytes(first(bytes)).into(),
            Storage::Bits32 => u32::from_le_bytes(first(bytes)).into(),
            Storage::Bits64 | Storage::Reference => {
                u64::from_le_bytes(first(bytes)).into()
            }
            Storage::V128 => u128::from_le_bytes(first(bytes)),
        }
    }

    /// Writes a value to the first of these bytes, and cuts off what does not
    /// fit.
    #[inline(always)]
    pub fn write(self, bytes: &mut [u8], value: u128) {
        match self {
            Storage::I8 => bytes[0] = value as u8,
            Storage::I16 => {
                bytes[..2].copy_from_slice(&(value as u16).to_le_bytes())
            }
            Storage::Bits32 => {
                bytes[..4].copy_from_slice(&(value as u32).to_le_bytes())
            }
            Storage::Bits64 | Storage::Reference => {
                bytes[..8].copy_from_slice(&(value as u64).to_le_bytes())
            }
            Storage::V128 => bytes[..16].copy_from_slice(&value.to_le_bytes()),
        }
    }

    /// The range of `count` elements among the bytes of an array.
    ///
    /// # Errors
    ///
    /// Traps if they end past the end.
    #[inline(always)]
    pub fn range(
        self,
        bytes: &[u8],
        index: u32,
        count: u32,
    ) -> Result<Range<usize>, Trap> {
        let start = (index as usize).saturating_mul(self.size());
        let end =
            start.saturating_add((count as usize).saturating_mul(self.size()));
        if end > bytes.len() {
            return Err(Trap::OutOfBoundsArrayAccess);
        }
        Ok(start..end)
    }

    /// The `i32` that a narrow field stands for when its highest bit is a sign.
    #[inline(always)]
    pub fn signed(self, value: u128) -> i32 {
        match self {
            Storage::I8 => (value as i8).into(),
            Storage::I16 => (value as i16).into(),
            _ => value as i32,
        }
    }
}

/// The first bytes of these.
#[inline(always)]
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}

/// A field of a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where its bytes begin.
    pub offset: u32,
    /// How it is kept.
    pub storage: Storage,
}

/// The layout of a type's objects.
///
/// A subtype has the fields of its supertype first, each kept as there. So code
/// that knows only the supertype finds them too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A structure.
    Struct {
        /// How many bytes it takes.
        size: usize,
        /// Its fields.
        fields: Box<[Field]>,
        /// The offsets of the fields that are references.
        references: Box<[u32]>,
    },
    /// An array, whose elements are all kept alike.
    Array(Storage),
}

impl Layout {
    /// The layout of a type; `None` for the type of a function.
    pub fn of(ty: &CompositeType) -> Option<Layout> {
        match ty {
            CompositeType::Func(_) => None,
            CompositeType::Struct(fields) => Some(Layout::structure(fields)),
            CompositeType::Array(element) => {
                Some(Layout::Array(Storage::of(element.storage)))
            }
        }
    }

    /// How many bytes an object has; an array has `length` elements.
    pub fn size(&self, length: u32) -> usize {
        match self {
            Layout::Struct { size, .. } => *size,
            Layout::Array(storage) => {
                (length as usize).saturating_mul(storage.size())
            }
        }
    }

    fn structure(types: &[FieldType]) -> Layout {
        let mut size = 0;
        let mut fields = Vec::with_capacity(types.len());
        let mut references = Vec::new();
        for ty in types {
            let field =
                Field { offset: size as u32, storage: Storage::of(ty.storage) };
            if field.storage == Storage::Reference {
                references.push(field.offset);
            }
            size += field.storage.size();
            fields.push(field);
        }
        Layout::Struct {
            size,
            fields: fields.into(),
            references: references.into(),
        }
    }
}
