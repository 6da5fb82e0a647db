//! What the embedder does to a store besides calling it.

use std::iter;

use annex_embedding::{Error, FuncAddr, MemAddr, TableAddr, TrapReport, Value};
use ch07_values::Trap;
use ch09_module::{
    CompositeType, FieldType, FuncType, StorageType, TypeIdx, ValType,
};
use trace::Observer;

use crate::invoke::Invocation;
use crate::limits::too_much;
use crate::{Layer, Objects, StoreData, StoreView};

impl StoreData {
    /// Adds pages to a memory.
    pub(crate) fn grow_memory(
        &mut self,
        memory: MemAddr,
        pages: u64,
    ) -> Result<u64, Error> {
        if self.memories.get(memory.index()).is_none() {
            return Err(none("memory", memory.0));
        }
        let StoreData { limiter, limits, memories, .. } = self;
        let limit = limiter.memory(limits, memories, memory.index(), pages);
        let found = &mut memories[memory.index()];
        found.set_limit(limit);
        let page_size = u128::from(found.ty().page_size);
        found.grow(pages).ok_or_else(|| {
            let pages = u128::from(pages) + u128::from(found.size());
            too_much("memory", pages * page_size, "bytes", limit, 0)
        })
    }
}

impl<L: Layer> StoreView<'_, L> {
    /// Gives an element of a table another value.
    pub(crate) fn set_element(
        &mut self,
        table: TableAddr,
        index: u64,
        value: Value,
    ) -> Result<(), Error> {
        self.check_element(table, value)?;
        let table = &mut self.data.tables[table.index()];
        let element = table.range_mut(index, 1).map_err(TrapReport::from)?;
        element.fill(value.to_slot());
        Ok(())
    }

    /// Adds elements to a table.
    pub(crate) fn grow_table(
        &mut self,
        table: TableAddr,
        elements: u64,
        value: Value,
    ) -> Result<u64, Error> {
        self.check_element(table, value)?;
        let StoreData { limiter, limits, tables, .. } = &mut *self.data;
        let limit = limiter.table(limits, tables, table.index(), elements);
        let table = &mut tables[table.index()];
        table.grow(elements, value.to_slot(), limit).ok_or_else(|| {
            let needs = u128::from(elements) + u128::from(table.size());
            too_much("table", needs, "elements", limit, 0)
        })
    }

    /// Checks that there is such a table, and that it can have this value.
    fn check_element(
        &self,
        table: TableAddr,
        value: Value,
    ) -> Result<(), Error> {
        let found = self.data.tables.get(table.index());
        let ty = found.ok_or_else(|| none("table", table.0))?.ty().element;
        match self.is_of(value, ValType::Ref(ty)) {
            true => Ok(()),
            false => {
                Err(Error::Call(format!("a table of {ty} can't hold {value}")))
            }
        }
    }

    /// How many fields or elements an object has.
    pub(crate) fn object_len(&mut self, object: Value) -> Result<u32, Error> {
        let objects = objects(self.layer)?;
        objects.len(object.to_slot()).map_err(told)
    }

    /// A field or an element of an object.
    pub(crate) fn object_get(
        &mut self,
        object: Value,
        at: u32,
    ) -> Result<Value, Error> {
        let (ty, _) = self.item(object, at)?;
        let halves = objects(self.layer)?.get(object.to_slot(), at);
        let halves = iter::once(halves.map_err(told)?);
        let types = [ty];
        let mut shown = self.data.show(self.layer, &types, halves);
        shown.next().ok_or_else(|| none("object", at))
    }

    /// Gives a field or an element of an object another value.
    pub(crate) fn object_set(
        &mut self,
        object: Value,
        at: u32,
        value: Value,
    ) -> Result<(), Error> {
        let (ty, mutable) = self.item(object, at)?;
        if !mutable {
            return Err(Error::Call(format!("item {at} can't be written")));
        }
        self.check_item(ty, value)?;
        let objects = objects(self.layer)?;
        objects.set(object.to_slot(), at, value.to_halves()).map_err(told)
    }

    /// The type of a field or an element, unpacked, and whether it can be
    /// written.
    fn item(&self, object: Value, at: u32) -> Result<(ValType, bool), Error> {
        let referent = object.referent();
        let heap = referent.and_then(|it| self.data.heap_type(self.layer, it));
        let ty = match heap {
            Some(ch09_module::HeapType::Concrete(ty)) => {
                self.data.types.composite(ty)
            }
            _ => None,
        };
        let field = match ty {
            Some(CompositeType::Struct(fields)) => fields.get(at as usize),
            Some(CompositeType::Array(element)) => Some(element),
            _ => return Err(Error::Call(format!("{object} is no object"))),
        };
        let FieldType { storage, mutable } = *field
            .ok_or_else(|| Error::Call(format!("there is no field {at}")))?;
        Ok((unpacked(storage), mutable))
    }

    fn check_item(&self, ty: ValType, value: Value) -> Result<(), Error> {
        match self.is_of(value, ty) {
            true => Ok(()),
            false => {
                Err(Error::Call(format!("an item of {ty} can't be {value}")))
            }
        }
    }
}

impl<L: Layer, O: Observer> Invocation<'_, L, O> {
    /// Calls a function on slots that are trusted.
    pub(crate) fn call_on_slots(
        &mut self,
        function: FuncAddr,
        slots: &mut [u64],
    ) -> Result<(), Error> {
        let data = &*self.view.data;
        let found = data.functions.get(function.index());
        let ty = found.ok_or_else(|| none("function", function.0))?.ty;
        let ty = data
            .types
            .func(ty)
            .map_or((0, 0), |FuncType { params, results }| {
                (params.len(), results.len())
            });
        let (params, results) = ty;
        if slots.len() < params.max(results) {
            return Err(Error::Call("there are too few slots".into()));
        }
        let height = self.core.height();
        let pushed = self.core.on_stack(|stack| {
            slots[..params].iter().try_for_each(|slot| stack.push(*slot))
        });
        let outcome = pushed
            .map_err(|trap| trap.into())
            .and_then(|()| L::run(self.core, self.view.reborrow(), function));
        let outcome = match outcome {
            Ok(()) => {
                let stack = self.core.stack();
                let from = &stack.slots()[height..height + results];
                slots[..results].copy_from_slice(from);
                Ok(())
            }
            Err(uncaught) => Err(self.error(uncaught, function)),
        };
        self.core.cut(height);
        outcome
    }

    /// Makes a structure or an array.
    pub(crate) fn make_object(
        &mut self,
        ty: TypeIdx,
        values: &[Value],
    ) -> Result<Value, Error> {
        let all = values.len();
        let view = &mut self.view;
        let wrong = |found| {
            Err(Error::Call(format!("there are {all} values for {found}")))
        };
        let types: Vec<ValType> = match view.data.types.composite(ty) {
            Some(CompositeType::Struct(fields)) if fields.len() == all => {
                fields.iter().map(|field| unpacked(field.storage)).collect()
            }
            Some(CompositeType::Struct(fields)) => {
                return wrong(format!("a structure of {}", fields.len()));
            }
            Some(CompositeType::Array(element)) => {
                vec![unpacked(element.storage); all]
            }
            _ => return wrong("a type that has no objects".to_owned()),
        };
        for (value, ty) in values.iter().zip(&types) {
            view.check_item(*ty, *value)?;
        }
        let length = u32::try_from(all).map_err(|_| told(Trap::OutOfHeap))?;
        self.make(ty, length, values)
    }

    /// Makes an array whose elements all have this value.
    pub(crate) fn make_array(
        &mut self,
        ty: TypeIdx,
        element: Value,
        length: u32,
    ) -> Result<Value, Error> {
        let found = self.view.data.types.composite(ty);
        let Some(CompositeType::Array(FieldType { storage, .. })) = found
        else {
            return Err(Error::Call("it isn't the type of an array".into()));
        };
        self.view.check_item(unpacked(*storage), element)?;
        self.make(ty, length, &[element])
    }

    /// Makes an object of so many of these values, which fit, over and over.
    fn make(
        &mut self,
        ty: TypeIdx,
        length: u32,
        values: &[Value],
    ) -> Result<Value, Error> {
        let view = &mut self.view;
        let halves: Vec<[u64; 2]> =
            values.iter().map(|value| value.to_halves()).collect();
        let stack = self.core.stack();
        let slot = objects(view.layer)?
            .make(view.data, ty, length, &halves, stack.slots())
            .map_err(told)?;
        view.layer.expose(slot);
        let any = ch09_module::HeapType::Any;
        let ty = ch09_module::RefType { nullable: false, heap: any };
        Ok(Value::from_halves(ValType::Ref(ty), [slot, 0]))
    }
}

fn objects<L: Layer>(layer: &mut L) -> Result<&mut dyn Objects, Error> {
    let none = || Error::NotYet(format!("`{}` has no heap", L::NAME));
    layer.objects().ok_or_else(none)
}

/// What the type of a field is outside.
fn unpacked(storage: StorageType) -> ValType {
    match storage {
        StorageType::I8 | StorageType::I16 => {
            ValType::Num(ch07_values::NumType::I32)
        }
        StorageType::Val(ty) => ty,
    }
}

fn none(what: &str, number: u32) -> Error {
    Error::Call(format!("there is no {what} {number}"))
}

fn told(trap: Trap) -> Error {
    TrapReport::from(trap).into()
}
