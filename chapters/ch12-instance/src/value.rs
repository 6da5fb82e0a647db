//! What values are in a store: which type they have, and where they are on the
//! operand stack.

use annex_embedding::{Referent, Value};
use ch07_values::OperandStack;
use ch09_module::{HeapType, RefType, ValType};

use crate::{Layer, StoreData, StoreView};

impl<L: Layer> StoreView<'_, L> {
    /// Whether this is a value of type `ty`.
    pub(crate) fn is_of(&self, value: Value, ty: ValType) -> bool {
        self.data.is_of(self.layer, value, ty)
    }
}

impl StoreData {
    /// Whether this is a value of type `ty`, which is closed, and what it
    /// refers to is there.
    ///
    /// Specification: Execution, Values, *Value Typing*.
    pub(crate) fn is_of<L: Layer>(
        &self,
        layer: &L,
        value: Value,
        ty: ValType,
    ) -> bool {
        let null = match value {
            Value::Number(number) => return ValType::Num(number.ty()) == ty,
            Value::V128(_) => return ty == ValType::V128,
            Value::FuncRef(_) => HeapType::NoFunc,
            Value::ExternRef(_) => HeapType::NoExtern,
            Value::ExnRef(_) => HeapType::NoExn,
            Value::AnyRef(_) => HeapType::None,
        };
        let referent = value.referent();
        let heap = match referent {
            Some(referent) => self.heap_type(layer, referent),
            None => Some(null),
        };
        let heap = match value {
            // It is external whatever it refers to, if only that is there.
            Value::ExternRef(Some(_)) => heap.and(Some(HeapType::Extern)),
            _ => heap,
        };
        let nullable = referent.is_none();
        let given = |heap| ValType::Ref(RefType { nullable, heap });
        heap.is_some_and(|heap| self.types.matches(given(heap), ty))
    }

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
    pub(crate) fn value(&self, mut ty: ValType, halves: [u64; 2]) -> Value {
        // Null of a type that a module defines is a null function, or a null
        // of what modules make.
        if let ValType::Ref(RefType { heap, .. }) = &mut ty {
            *heap = self.types.top(*heap);
        }
        Value::from_halves(ty, halves)
    }

    /// The slots of a stack from a position on, each with the half beside it.
    pub(crate) fn halves(
        &self,
        stack: &OperandStack,
        from: usize,
    ) -> impl Iterator<Item = [u64; 2]> {
        let slots = stack.slots()[from..].iter().enumerate();
        slots.map(move |(number, slot)| {
            let half = self.upper.get(from + number);
            [*slot, half.copied().unwrap_or_default()]
        })
    }

    /// Shows the embedder values of these types. What the references among them
    /// refer to must be kept alive from now on.
    pub(crate) fn show<L: Layer>(
        &self,
        layer: &mut L,
        types: &[ValType],
        halves: impl Iterator<Item = [u64; 2]>,
    ) -> impl Iterator<Item = Value> {
        types.iter().zip(halves).map(|(ty, halves)| {
            if let ValType::Ref(_) = ty {
                layer.expose(halves[0]);
            }
            self.value(*ty, halves)
        })
    }
}
