//! Values: numbers, vectors and references, as the embedder sees them, and how they lie in slots.

use std::fmt;

use annex_vector::V128;
use ch07_values::Number;
use ch09_module::{CompositeType, HeapType, RefType, TypeIdx, ValType};

use crate::{FuncAddr, FunctionInstance, Handle, Layer, Typing};

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

/// What a reference refers to that is neither a function nor an exception.
///
/// `any.convert_extern` and `extern.convert_any` change the type of a reference and not what it refers to. So what
/// belongs to the embedder can stand behind an `anyref`, and what a module has made behind an `externref`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Referent {
    /// Something of the embedder, by whatever number the embedder knows it.
    Host(u32),
    /// An integer of 31 bits, in the low bits: it is its own address.
    I31(u32),
    /// A structure.
    Struct(Handle),
    /// An array.
    Array(Handle),
}

impl Value {
    /// The value's type, as far as the value alone can tell.
    pub fn ty(self) -> ValType {
        match self {
            Value::Number(number) => ValType::Num(number.ty()),
            Value::V128(_) => ValType::V128,
            Value::FuncRef(_) => ValType::Ref(RefType::FUNCREF),
            Value::ExternRef(_) => ValType::Ref(RefType::EXTERNREF),
            Value::AnyRef(_) => ValType::Ref(RefType { nullable: true, heap: HeapType::Any }),
            Value::ExnRef(_) => ValType::Ref(RefType { nullable: true, heap: HeapType::Exn }),
        }
    }

    /// The slot that holds this value on the operand stack; of a vector the lower half.
    pub fn to_slot(self) -> u64 {
        self.to_halves()[0]
    }

    /// The slot that holds this value, and what lies beside it: the upper half of a vector, otherwise zero.
    pub fn to_halves(self) -> [u64; 2] {
        let slot = match self {
            Value::Number(number) => number.to_slot(),
            Value::V128(V128(bits)) => return [bits as u64, (bits >> 64) as u64],
            Value::FuncRef(address) => address.map_or(NULL, function),
            Value::ExternRef(referent) | Value::AnyRef(referent) => {
                referent.map_or(NULL, Referent::to_slot)
            }
            Value::ExnRef(exception) => {
                exception.map_or(NULL, |handle| tagged(EXCEPTION, handle.0))
            }
        };
        [slot, 0]
    }

    /// Reads a slot as a value of type `ty`. What a null of a type is that a module defines, only a store knows: here it is an `anyref`.
    pub fn from_halves(ty: ValType, [slot, upper]: [u64; 2]) -> Value {
        let heap = match ty {
            ValType::Num(ty) => return Value::Number(Number::from_slot(ty, slot)),
            ValType::V128 => return Value::V128(vector([slot, upper])),
            ValType::Ref(RefType { heap, .. }) => heap,
        };
        match heap {
            HeapType::Func | HeapType::NoFunc => Value::FuncRef(function_of(slot)),
            HeapType::Extern | HeapType::NoExtern => Value::ExternRef(Referent::from_slot(slot)),
            HeapType::Exn | HeapType::NoExn => {
                Value::ExnRef((slot != NULL).then(|| Handle::of_slot(slot)))
            }
            HeapType::Concrete(_) if slot != NULL && slot >> TAG == 0 => {
                Value::FuncRef(function_of(slot))
            }
            _ => Value::AnyRef(Referent::from_slot(slot)),
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

/// What a value is judged by that refers to something in a store.
pub(crate) struct Holder<'store, L: Layer> {
    pub(crate) functions: &'store [FunctionInstance],
    pub(crate) types: &'store L::Types,
    pub(crate) layer: &'store L,
}

impl<L: Layer> Holder<'_, L> {
    /// Whether this is a value of type `ty`, which is closed, and what it refers to is there.
    ///
    /// Specification: Execution, Values, *Value Typing*.
    pub(crate) fn is_of(&self, value: Value, ty: ValType) -> bool {
        let (nullable, heap) = match value {
            Value::Number(number) => return ValType::Num(number.ty()) == ty,
            Value::V128(_) => return ty == ValType::V128,
            Value::FuncRef(None) => (true, Some(HeapType::NoFunc)),
            Value::ExternRef(None) => (true, Some(HeapType::NoExtern)),
            Value::ExnRef(None) => (true, Some(HeapType::NoExn)),
            Value::AnyRef(None) => match self.top(ty) {
                Some(HeapType::Func) => (true, Some(HeapType::NoFunc)),
                _ => (true, Some(HeapType::None)),
            },
            Value::FuncRef(Some(address)) => (false, self.func_heap_type(address)),
            Value::ExternRef(Some(referent)) => {
                (false, self.heap_type(referent).map(|_| HeapType::Extern))
            }
            Value::AnyRef(Some(referent)) => (false, self.heap_type(referent)),
            Value::ExnRef(Some(handle)) => (false, self.layer.heap_type(exception(handle))),
        };
        let Some(heap) = heap else { return false };
        let given = ValType::Ref(RefType { nullable, heap });
        given == ty || self.types.matches(given, ty) == Some(true)
    }

    fn func_heap_type(&self, address: FuncAddr) -> Option<HeapType> {
        let identity = self.functions.get(address.index())?.ty.identity;
        Some(identity.map_or(HeapType::Func, |number| HeapType::Concrete(TypeIdx(number))))
    }

    fn heap_type(&self, referent: Referent) -> Option<HeapType> {
        match referent {
            Referent::Host(_) => Some(HeapType::Any),
            Referent::I31(_) => Some(HeapType::I31),
            Referent::Struct(_) | Referent::Array(_) => self.layer.heap_type(referent.to_slot()),
        }
    }

    /// The type of all functions or of all that modules make, whichever a concrete type belongs to.
    fn top(&self, ty: ValType) -> Option<HeapType> {
        let ValType::Ref(RefType { heap: HeapType::Concrete(number), .. }) = ty else {
            return None;
        };
        Some(match self.types.composite(number.0)? {
            CompositeType::Func(_) => HeapType::Func,
            CompositeType::Struct(_) | CompositeType::Array(_) => HeapType::Any,
        })
    }

    /// Reads slots as values of these types, closed.
    pub(crate) fn read(&self, types: &[ValType], slots: &[u64], upper: &[u64]) -> Vec<Value> {
        let mut values = read(types, slots, upper, 0);
        for (value, ty) in values.iter_mut().zip(types) {
            if *value == Value::AnyRef(None) && self.top(*ty) == Some(HeapType::Func) {
                *value = Value::FuncRef(None);
            }
        }
        values
    }
}

/// Reads the slots from a position on as values of these types. There may be nothing beside the slots.
pub(crate) fn read(types: &[ValType], slots: &[u64], upper: &[u64], from: usize) -> Vec<Value> {
    let positions = from..;
    let halves =
        |position: usize| [slots[position], upper.get(position).copied().unwrap_or_default()];
    types.iter().zip(positions).map(|(ty, at)| Value::from_halves(*ty, halves(at))).collect()
}

/// Tells the layer of the references among slots of these types that the embedder gets to see them.
pub(crate) fn hand_out<L: Layer>(layer: &mut L, types: &[ValType], slots: &[u64]) {
    for (ty, slot) in types.iter().zip(slots) {
        if matches!(ty, ValType::Ref(_)) {
            layer.handed_out(*slot);
        }
    }
}

/// The slot of a null: that of a local before it is written.
pub const NULL: u64 = 0;

/// Where the tag of a reference begins, that says what it refers to. A function has none: its slot is one more than its address.
const TAG: u32 = 56;
const HOST: u64 = 1;
const I31: u64 = 2;
const STRUCT: u64 = 3;
const ARRAY: u64 = 4;
const EXCEPTION: u64 = 5;

fn tagged(tag: u64, number: u64) -> u64 {
    tag << TAG | number
}

/// The slot of a reference to a function.
pub fn function(address: FuncAddr) -> u64 {
    u64::from(address.0) + 1
}

/// The function that the reference in a slot refers to; nothing, if it is null.
#[inline(always)]
pub fn function_of(slot: u64) -> Option<FuncAddr> {
    slot.checked_sub(1).map(|address| FuncAddr(address as u32))
}

/// The slot of a reference to an exception.
pub fn exception(handle: Handle) -> u64 {
    tagged(EXCEPTION, handle.0)
}

impl Referent {
    /// The slot of a reference to this.
    pub fn to_slot(self) -> u64 {
        match self {
            Referent::Host(number) => tagged(HOST, number.into()),
            Referent::I31(bits) => tagged(I31, (bits & 0x7fff_ffff).into()),
            Referent::Struct(handle) => tagged(STRUCT, handle.0),
            Referent::Array(handle) => tagged(ARRAY, handle.0),
        }
    }

    /// What the reference in a slot refers to; nothing, if it is null or refers to something else.
    pub fn from_slot(slot: u64) -> Option<Referent> {
        match slot >> TAG {
            HOST => Some(Referent::Host(slot as u32)),
            I31 => Some(Referent::I31(slot as u32)),
            STRUCT => Some(Referent::Struct(Handle::of_slot(slot))),
            ARRAY => Some(Referent::Array(Handle::of_slot(slot))),
            _ => None,
        }
    }
}

impl Handle {
    /// The handle in the slot of a reference to a structure, an array or an exception.
    pub fn of_slot(slot: u64) -> Handle {
        Handle(slot & ((1 << TAG) - 1))
    }
}

/// The vector of a lower and an upper half.
pub(crate) fn vector([lower, upper]: [u64; 2]) -> V128 {
    V128(u128::from(upper) << 64 | u128::from(lower))
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
            Value::V128(vector) => vector.fmt(f),
            Value::FuncRef(Some(address)) => address.0.fmt(f),
            Value::ExternRef(Some(referent)) | Value::AnyRef(Some(referent)) => referent.fmt(f),
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
            Referent::Host(number) => write!(f, "{number}"),
            Referent::I31(bits) => write!(f, "i31 {}", ((bits << 1) as i32) >> 1),
            Referent::Struct(handle) => write!(f, "struct {}", handle.index()),
            Referent::Array(handle) => write!(f, "array {}", handle.index()),
        }
    }
}
