//! Values: numbers and references, as the embedder sees them.

use std::fmt;

use ch07_values::Number;
use ch09_module::{HeapType, RefType, ValType};

use crate::FuncAddr;

/// A value at the edge of the machine.
///
/// Specification: Execution, Runtime Structure, *Values*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(Number),
    /// A reference to a function, or null.
    FuncRef(Option<FuncAddr>),
    /// A reference to something of the embedder, by whatever number the embedder knows it, or null.
    ExternRef(Option<u32>),
}

impl Value {
    /// The value's type.
    pub fn ty(self) -> ValType {
        match self {
            Value::Number(number) => ValType::Num(number.ty()),
            Value::FuncRef(_) => ValType::Ref(RefType::FUNCREF),
            Value::ExternRef(_) => ValType::Ref(RefType::EXTERNREF),
        }
    }

    /// Whether this is a value of type `ty`. Of a reference that is not null the types are several.
    ///
    /// Specification: Execution, Values, *Value Typing*.
    pub fn is_of(self, ty: ValType) -> bool {
        let (heap, is_null) = match (self, ty) {
            (Value::Number(number), ty) => return ValType::Num(number.ty()) == ty,
            (Value::FuncRef(address), _) => (HeapType::Func, address.is_none()),
            (Value::ExternRef(number), _) => (HeapType::Extern, number.is_none()),
        };
        ty == ValType::Ref(RefType { nullable: true, heap })
            || ty == ValType::Ref(RefType { nullable: false, heap }) && !is_null
    }

    /// The slot that holds this value on the operand stack.
    pub fn to_slot(self) -> u64 {
        match self {
            Value::Number(number) => number.to_slot(),
            Value::FuncRef(address) => reference(address.map(|address| address.0)),
            Value::ExternRef(number) => reference(number),
        }
    }

    /// Reads a slot as a value of type `ty`, or not, where this machine has no values of the type yet.
    pub fn from_slot(ty: ValType, slot: u64) -> Option<Value> {
        match ty {
            ValType::Num(ty) => Some(Value::Number(Number::from_slot(ty, slot))),
            ValType::Ref(RefType { heap: HeapType::Func, .. }) => {
                Some(Value::FuncRef(referent(slot).map(FuncAddr)))
            }
            ValType::Ref(RefType { heap: HeapType::Extern, .. }) => {
                Some(Value::ExternRef(referent(slot)))
            }
            ValType::V128 | ValType::Ref(_) => None,
        }
    }

    /// The `i32`, if it is one.
    pub fn i32(self) -> Option<i32> {
        match self {
            Value::Number(Number::I32(x)) => Some(x),
            _ => None,
        }
    }

    /// The `i64`, if it is one.
    pub fn i64(self) -> Option<i64> {
        match self {
            Value::Number(Number::I64(x)) => Some(x),
            _ => None,
        }
    }

    /// The `f32`, if it is one.
    pub fn f32(self) -> Option<f32> {
        match self {
            Value::Number(Number::F32(x)) => Some(x),
            _ => None,
        }
    }

    /// The `f64`, if it is one.
    pub fn f64(self) -> Option<f64> {
        match self {
            Value::Number(Number::F64(x)) => Some(x),
            _ => None,
        }
    }
}

/// Whether these are values of these types, one by one.
pub(crate) fn are_of(values: &[Value], types: &[ValType]) -> bool {
    values.len() == types.len() && values.iter().zip(types).all(|(value, &ty)| value.is_of(ty))
}

/// The slot of a null: that of a local before it is written.
pub(crate) const NULL: u64 = 0;

/// The slot of a reference: one more than the number of what it refers to.
pub(crate) fn reference(referent: Option<u32>) -> u64 {
    referent.map_or(NULL, |number| u64::from(number) + 1)
}

/// What the reference in a slot refers to; nothing, if it is null.
pub(crate) fn referent(slot: u64) -> Option<u32> {
    slot.checked_sub(1).map(|number| number as u32)
}

impl<T: Into<Number>> From<T> for Value {
    fn from(number: T) -> Value {
        Value::Number(number.into())
    }
}

impl fmt::Display for Value {
    /// The value with its type, as the text format writes a constant: `i32 7`, `funcref null`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.ty())?;
        match self {
            Value::Number(number) => number.fmt(f),
            Value::FuncRef(None) | Value::ExternRef(None) => f.write_str("null"),
            Value::FuncRef(Some(FuncAddr(number))) | Value::ExternRef(Some(number)) => {
                number.fmt(f)
            }
        }
    }
}
