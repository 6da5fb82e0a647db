//! Values: numbers, vectors and references, as the embedder sees them, and how
//! they lie in slots.

use std::{fmt, iter};

use annex_vector::V128;
use ch07_values::{Number, Operand, OperandStack};
use ch09_module::{HeapType, RefType, ValType};

use crate::{FuncAddr, Handle, Layer, StoreData, StoreView};

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
            Value::V128(V128(bits)) => [bits as u64, (bits >> 64) as u64],
            _ => [self.referent().map_or(NULL, Referent::to_slot), 0],
        }
    }

    /// What the value refers to; `None` if it is null or no reference.
    fn referent(self) -> Option<Referent> {
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
            ValType::V128 => return Value::V128(vector([slot, upper])),
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

impl<L: Layer> StoreView<'_, L> {
    /// Whether this is a value of type `ty`, which is closed, and what it
    /// refers to is there.
    ///
    /// Specification: Execution, Values, *Value Typing*.
    pub(crate) fn is_of(&self, value: Value, ty: ValType) -> bool {
        let null = match value {
            Value::Number(number) => return ValType::Num(number.ty()) == ty,
            Value::V128(_) => return ty == ValType::V128,
            Value::FuncRef(_) => HeapType::NoFunc,
            Value::ExternRef(_) => HeapType::NoExtern,
            Value::ExnRef(_) => HeapType::NoExn,
            Value::AnyRef(_) => HeapType::None,
        };
        let heap = match (value, value.referent()) {
            (_, None) => Some(null),
            (Value::ExternRef(_), Some(referent)) => {
                self.heap_type(referent).map(|_| HeapType::Extern)
            }
            (_, Some(referent)) => self.heap_type(referent),
        };
        let nullable = value.referent().is_none();
        let given = |heap| ValType::Ref(RefType { nullable, heap });
        heap.is_some_and(|heap| self.data.types.matches(given(heap), ty))
    }

    fn heap_type(&self, referent: Referent) -> Option<HeapType> {
        self.data.heap_type(self.layer, referent)
    }
}

impl StoreData {
    /// The type of what a reference refers to, closed and as narrow as it can
    /// be; `None` if that is not in this store.
    pub fn heap_type<L: Layer>(
        &self,
        layer: &L,
        referent: Referent,
    ) -> Option<HeapType> {
        match referent {
            Referent::Func(address) => {
                let function = self.functions.get(address.index())?;
                Some(HeapType::Concrete(function.ty))
            }
            Referent::Host(_) => Some(HeapType::Any),
            Referent::I31(_) => Some(HeapType::I31),
            Referent::Struct(_) | Referent::Array(_) | Referent::Exn(_) => {
                layer.heap_type(referent)
            }
        }
    }

    /// Reads a slot, and the half beside it, as a value of a closed type.
    pub(crate) fn value(&self, ty: ValType, halves: [u64; 2]) -> Value {
        // Null of a type that a module defines is a null function, or a null
        // of what modules make.
        let ty = match ty {
            ValType::Ref(RefType { nullable, heap }) => {
                let heap = self.types.top(heap);
                ValType::Ref(RefType { nullable, heap })
            }
            ty => ty,
        };
        Value::from_halves(ty, halves)
    }

    /// Reads the slots of a stack from a position on as values of these types.
    pub(crate) fn read(
        &self,
        types: &[ValType],
        stack: &OperandStack,
        from: usize,
    ) -> Vec<Value> {
        let upper = self.upper.get(from..).unwrap_or_default();
        self.read_halves(types, &stack.slots()[from..], upper)
    }

    /// Reads slots as values of these types. There may be no halves beside
    /// them.
    pub(crate) fn read_halves(
        &self,
        types: &[ValType],
        slots: &[u64],
        upper: &[u64],
    ) -> Vec<Value> {
        let upper = upper.iter().copied().chain(iter::repeat(0));
        let halves = slots.iter().zip(upper).map(|(slot, half)| [*slot, half]);
        types
            .iter()
            .zip(halves)
            .map(|(ty, halves)| self.value(*ty, halves))
            .collect()
    }

    /// The embedder gets to see the references among slots of these types.
    pub(crate) fn expose<L: Layer>(
        &self,
        layer: &mut L,
        types: &[ValType],
        slots: &[u64],
    ) {
        for (ty, slot) in types.iter().zip(slots) {
            if let ValType::Ref(_) = ty {
                layer.expose(*slot);
            }
        }
    }
}

/// Values or types in words: `(i32 1, i64 2)`.
pub(crate) fn list(items: &[impl fmt::Display]) -> String {
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
