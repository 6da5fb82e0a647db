//! Values: numbers, vectors and references, as the embedder sees them, and how
//! they lie in slots.

use std::fmt;

use annex_vector::V128;
use ch07_values::{Number, Operand};
use ch09_module::{HeapType, RefType, ValType};

use crate::{FuncAddr, Handle};

/// A value at the edge of the machine.
///
/// Specification: Execution, Runtime Structure, *Values*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(Number),
    /// A vector.
    V128(V128),
    /// A reference to a function, or null.
    FuncRef(Option<FuncAddr>),
    /// A reference to something of the embedder, or null.
    ExternRef(Option<Referent>),
    /// A reference to something that modules make, or null.
    AnyRef(Option<Referent>),
    /// A reference to an exception, or null.
    ExnRef(Option<Handle>),
}

/// What a reference refers to.
///
/// `any.convert_extern` and `extern.convert_any` change the type of a reference
/// and not what it refers to. So an `anyref` can refer to what belongs to the
/// embedder, and an `externref` to what a module has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Referent {
    /// A function.
    Func(FuncAddr),
    /// Something of the embedder, by whatever number the embedder knows it.
    Host(u32),
    /// An integer of 31 bits, in the low bits: it is its own address.
    I31(u32),
    /// A structure.
    Struct(Handle),
    /// An array.
    Array(Handle),
    /// An exception.
    Exn(Handle),
}

impl Value {
    /// The value's type, as far as the value alone can tell.
    pub fn ty(self) -> ValType {
        match self {
            Value::Number(number) => ValType::Num(number.ty()),
            Value::V128(_) => ValType::V128,
            Value::FuncRef(_) => ValType::Ref(RefType::FUNCREF),
            Value::ExternRef(_) => ValType::Ref(RefType::EXTERNREF),
            Value::AnyRef(_) => {
                ValType::Ref(RefType { nullable: true, heap: HeapType::Any })
            }
            Value::ExnRef(_) => {
                ValType::Ref(RefType { nullable: true, heap: HeapType::Exn })
            }
        }
    }

    /// The slot that holds this value on the operand stack; of a vector the
    /// lower half.
    pub fn to_slot(self) -> u64 {
        self.to_halves()[0]
    }

    /// The slot that holds this value, and what lies beside it: the upper half
    /// of a vector, otherwise zero.
    pub fn to_halves(self) -> [u64; 2] {
        match self {
            Value::Number(number) => [number.to_slot(), 0],
            Value::V128(vector) => vector.halves().into(),
            _ => [self.referent().map_or(NULL, Referent::to_slot), 0],
        }
    }

    /// What the value refers to; `None` if it is null or no reference.
    pub fn referent(self) -> Option<Referent> {
        match self {
            Value::Number(_) | Value::V128(_) => None,
            Value::FuncRef(address) => address.map(Referent::Func),
            Value::ExternRef(referent) | Value::AnyRef(referent) => referent,
            Value::ExnRef(exception) => exception.map(Referent::Exn),
        }
    }

    /// Reads a slot, and the half beside it, as a value of type `ty`. A type
    /// that a module defines is known only to a store: here it is one of those
    /// that modules make.
    pub fn from_halves(ty: ValType, [slot, upper]: [u64; 2]) -> Value {
        let heap = match ty {
            ValType::Num(ty) => {
                return Value::Number(Number::from_slot(ty, slot));
            }
            ValType::V128 => {
                return Value::V128(V128::from_halves(slot, upper));
            }
            ValType::Ref(RefType { heap, .. }) => heap,
        };
        let referent = Referent::from_slot(slot);
        match (heap, referent) {
            (HeapType::Extern | HeapType::NoExtern, _) => {
                Value::ExternRef(referent)
            }
            (_, Some(Referent::Func(address))) => Value::FuncRef(Some(address)),
            (_, Some(Referent::Exn(handle))) => Value::ExnRef(Some(handle)),
            (HeapType::Func | HeapType::NoFunc, _) => Value::FuncRef(None),
            (HeapType::Exn | HeapType::NoExn, _) => Value::ExnRef(None),
            _ => Value::AnyRef(referent),
        }
    }

    /// The `i32`, if it is one.
    pub fn i32(self) -> Option<i32> {
        self.number()
    }

    /// The `i64`, if it is one.
    pub fn i64(self) -> Option<i64> {
        self.number()
    }

    /// The `f32`, if it is one.
    pub fn f32(self) -> Option<f32> {
        self.number()
    }

    /// The `f64`, if it is one.
    pub fn f64(self) -> Option<f64> {
        self.number()
    }

    fn number<T: Operand>(self) -> Option<T> {
        let is_one = self.ty() == ValType::Num(T::TYPE);
        is_one.then(|| T::from_slot(self.to_slot()))
    }
}

/// Values or types in words: `(i32 1, i64 2)`.
pub fn list(items: &[impl fmt::Display]) -> String {
    let items: Vec<String> =
        items.iter().map(|item| item.to_string()).collect();
    format!("({})", items.join(", "))
}

/// The slot of a null: that of a local before it is written.
pub const NULL: u64 = 0;

/// Where the tag of a reference begins, which says what it refers to. A
/// function has none: its slot is one more than its address.
const TAG: u32 = 56;
const HOST: u64 = 1;
const I31: u64 = 2;
const STRUCT: u64 = 3;
const ARRAY: u64 = 4;
const EXCEPTION: u64 = 5;

/// The slot of a reference to a function.
pub fn function(address: FuncAddr) -> u64 {
    u64::from(address.0) + 1
}

/// The function that the reference in a slot refers to, which is known to be a
/// `funcref`; `None` if it is null.
#[inline(always)]
pub fn function_of(slot: u64) -> Option<FuncAddr> {
    slot.checked_sub(1).map(|address| FuncAddr(address as u32))
}

impl Referent {
    /// The slot of a reference to this.
    pub fn to_slot(self) -> u64 {
        let (tag, number) = match self {
            Referent::Func(address) => return function(address),
            Referent::Host(number) => (HOST, number.into()),
            Referent::I31(bits) => (I31, (bits & 0x7fff_ffff).into()),
            Referent::Struct(handle) => (STRUCT, handle.0),
            Referent::Array(handle) => (ARRAY, handle.0),
            Referent::Exn(handle) => (EXCEPTION, handle.0),
        };
        tag << TAG | number
    }

    /// What the reference in a slot refers to; `None` if it is null. (Or if it
    /// is no reference at all: a collector asks that of every operand.)
    pub fn from_slot(slot: u64) -> Option<Referent> {
        Some(match slot >> TAG {
            0 => Referent::Func(function_of(slot)?),
            HOST => Referent::Host(slot as u32),
            I31 => Referent::I31(slot as u32),
            STRUCT => Referent::Struct(Handle::of_slot(slot)),
            ARRAY => Referent::Array(Handle::of_slot(slot)),
            EXCEPTION => Referent::Exn(Handle::of_slot(slot)),
            _ => return None,
        })
    }
}

impl Handle {
    /// The handle in the slot of a reference to a structure, an array or an
    /// exception.
    pub fn of_slot(slot: u64) -> Handle {
        Handle(slot & ((1 << TAG) - 1))
    }
}

impl<T: Into<Number>> From<T> for Value {
    fn from(number: T) -> Value {
        Value::Number(number.into())
    }
}

impl fmt::Display for Value {
    /// The value with its type, as the text format writes a constant: `i32 7`,
    /// `funcref null`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.ty())?;
        match self {
            Value::Number(number) => number.fmt(f),
            Value::V128(vector) => vector.fmt(f),
            Value::FuncRef(Some(address)) => address.0.fmt(f),
            Value::ExternRef(Some(referent))
            | Value::AnyRef(Some(referent)) => referent.fmt(f),
            Value::ExnRef(Some(handle)) => handle.index().fmt(f),
            Value::FuncRef(None)
            | Value::ExternRef(None)
            | Value::AnyRef(None)
            | Value::ExnRef(None) => f.write_str("null"),
        }
    }
}

impl fmt::Display for Referent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Referent::Func(address) => write!(f, "func {}", address.0),
            Referent::Host(number) => write!(f, "{number}"),
            Referent::I31(bits) => {
                write!(f, "i31 {}", ((bits << 1) as i32) >> 1)
            }
            Referent::Struct(handle) => write!(f, "struct {}", handle.index()),
            Referent::Array(handle) => write!(f, "array {}", handle.index()),
            Referent::Exn(handle) => write!(f, "exn {}", handle.index()),
        }
    }
}
