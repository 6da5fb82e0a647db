//! Whether each value of a store is of the type that is known at its place.
//!
//! The engines trust their slots: validation has seen where each comes from.
//! Nobody has validated a slot that comes from a file.

use annex_embedding::{NULL, Referent, TagAddr};
use ch07_values::NumType;
use ch09_module::{
    CompositeType, FieldType, HeapType, RefType, StorageType, TypeIdx, ValType,
};
use ch12_instance::StoreData;
use ch18_heap::{HeapLayer, Storage};

use super::FreezeError;

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It refers to something that the host knows by this number.
    Host(u32),
    /// Anything else, in words.
    Other(&'static str),
}

impl Fault {
    /// What is wrong, and where.
    pub(super) fn at(self, place: String) -> FreezeError {
        match self {
            Fault::Host(number) => FreezeError::HostReference { place, number },
            Fault::Other(why) => FreezeError::Value { place, why },
        }
    }
}

/// What a store has, as far as values can refer to it.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) data: &'a StoreData,
    pub(super) heap: &'a HeapLayer,
    /// Whether the upper half of what is no vector means nothing. So it is in a
    /// store; what is written down has zeros there.
    pub(super) loose: bool,
}

/// A slot, with the half beside it if it's a vector.
pub(super) fn join(ty: ValType, [slot, upper]: [u64; 2]) -> u128 {
    let upper = if ty == ValType::V128 { upper } else { 0 };
    u128::from(upper) << 64 | u128::from(slot)
}

/// The types of the values that the exceptions of a tag carry.
pub(super) fn types_of(data: &StoreData, tag: TagAddr) -> &[ValType] {
    let ty = data.tags.get(tag.index());
    let ty = ty.and_then(|tag| data.types.func(tag.ty));
    ty.map_or(&[][..], |ty| &ty.params)
}

impl Here<'_> {
    /// Checks that a slot, with the half beside it, is a value of a closed
    /// type.
    pub(super) fn check(
        self,
        ty: ValType,
        [slot, upper]: [u64; 2],
    ) -> Result<(), Fault> {
        match ty {
            ValType::V128 => Ok(()),
            _ if upper != 0 && !self.loose => {
                Err(Fault::Other("only a vector has an upper half"))
            }
            ValType::Num(NumType::I32 | NumType::F32) if slot >> 32 != 0 => {
                Err(Fault::Other("the number has more than 32 bits"))
            }
            ValType::Num(_) => Ok(()),
            ValType::Ref(ty) => self.check_reference(ty, slot),
        }
    }

    fn check_reference(self, ty: RefType, slot: u64) -> Result<(), Fault> {
        if slot == NULL {
            return match ty.nullable {
                true => Ok(()),
                false => Err(Fault::Other("the reference must not be null")),
            };
        }
        let given = self.check_any(slot)?;
        let fits = match ty.heap {
            // What a reference refers to may have been converted, whatever it
            // is.
            HeapType::Extern | HeapType::Any => true,
            wanted => self.data.types.heap_matches(given, wanted),
        };
        match fits {
            true => Ok(()),
            false => Err(Fault::Other("the reference is of another type")),
        }
    }

    /// Checks that a slot is a reference to something that exists, and returns
    /// the type of that.
    pub(super) fn check_any(self, slot: u64) -> Result<HeapType, Fault> {
        let nothing = Fault::Other("the reference refers to nothing");
        let referent = Referent::from_slot(slot);
        let referent = referent.filter(|it| it.to_slot() == slot);
        let referent = referent.ok_or(nothing)?;
        if let Referent::Host(number) = referent {
            return Err(Fault::Host(number));
        }
        let ty = self.data.heap_type(self.heap, referent).ok_or(nothing)?;
        // The slot says whether it is a structure or an array, and so does the
        // type.
        let composite = match ty {
            HeapType::Concrete(ty) => self.data.types.composite(ty),
            _ => None,
        };
        let is_so = match (referent, composite) {
            (Referent::Struct(_), Some(CompositeType::Struct(_)))
            | (Referent::Array(_), Some(CompositeType::Array(_))) => true,
            (Referent::Struct(_) | Referent::Array(_), _) => false,
            _ => true,
        };
        if is_so { Ok(ty) } else { Err(nothing) }
    }

    /// Checks all values of the store, apart from those of paused calls. The
    /// types of the element segments are known only where a module is.
    pub(super) fn check_all(
        self,
        segments: Option<&[Vec<RefType>]>,
    ) -> Result<(), FreezeError> {
        let Here { data, heap, .. } = self;
        for (number, global) in data.globals.iter().enumerate() {
            self.check(global.ty.content, [global.slot, global.upper])
                .map_err(|fault| fault.at(format!("global {number}")))?;
        }
        for (number, table) in data.tables.iter().enumerate() {
            let ty = table.ty().element;
            for (index, slot) in table.elements().iter().enumerate() {
                self.check_reference(ty, *slot).map_err(|fault| {
                    fault.at(format!("element {index} of table {number}"))
                })?;
            }
        }
        for (instance, lists) in data.element_segments.iter().enumerate() {
            for (segment, slots) in lists.iter().enumerate() {
                // Without its type, a reference may be any that exists.
                let any = RefType { nullable: true, heap: HeapType::Any };
                let ty = match segments {
                    Some(types) => types[instance][segment],
                    None => any,
                };
                for slot in slots {
                    self.check_reference(ty, *slot).map_err(|fault| {
                        fault.at(format!(
                            "element segment {segment} of instance {instance}"
                        ))
                    })?;
                }
            }
        }
        for (place, (_, object)) in heap.heap.contents().enumerate() {
            if let Some((ty, bytes)) = object {
                self.check_object(place, TypeIdx(ty), bytes)?;
            }
        }
        let exceptions = heap.all_exceptions().places();
        for (place, (_, exception)) in exceptions.enumerate() {
            let Some((tag, values)) = exception else { continue };
            let types = types_of(data, tag);
            if types.len() != values.len() {
                let why = "it has another number of values than its tag says";
                let place = format!("exception {place}");
                return Err(FreezeError::Value { place, why });
            }
            for (number, (ty, value)) in types.iter().zip(values).enumerate() {
                self.check(*ty, *value).map_err(|fault| {
                    fault.at(format!("value {number} of exception {place}"))
                })?;
            }
        }
        Ok(())
    }

    /// Checks the references of an object.
    fn check_object(
        self,
        place: usize,
        ty: TypeIdx,
        bytes: &[u8],
    ) -> Result<(), FreezeError> {
        let check = |field: &FieldType, bytes: &[u8], number: usize| {
            let StorageType::Val(ValType::Ref(ty)) = field.storage else {
                return Ok(());
            };
            let slot = Storage::Reference.read(bytes) as u64;
            self.check_reference(ty, slot).map_err(|fault| {
                fault.at(format!("field {number} of object {place}"))
            })
        };
        match self.data.types.composite(ty) {
            Some(CompositeType::Struct(fields)) => {
                let mut rest = bytes;
                for (number, field) in fields.iter().enumerate() {
                    check(field, rest, number)?;
                    rest = &rest[Storage::of(field.storage).size()..];
                }
            }
            Some(CompositeType::Array(field)) => {
                let size = Storage::of(field.storage).size();
                if let StorageType::Val(ValType::Ref(_)) = field.storage {
                    for (number, bytes) in bytes.chunks_exact(size).enumerate()
                    {
                        check(field, bytes, number)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}
