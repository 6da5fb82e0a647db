//! Structures and arrays, for the embedder.

use ch07_values::Trap;
use ch09_module::{FieldIdx, TypeIdx};
use ch12_instance::{Objects, StoreData};

use crate::roots::collect;
use crate::{HeapLayer, Layout};

impl Objects for HeapLayer {
    fn make(
        &mut self,
        here: &StoreData,
        ty: TypeIdx,
        length: u32,
        values: &[[u64; 2]],
        stack: &[u64],
    ) -> Result<u64, Trap> {
        let limit = usize::try_from(here.limits.heap_bytes);
        self.heap.set_limit(limit.unwrap_or(usize::MAX));
        let layout =
            self.heap.layout(ty.0, || Layout::of(here.types.composite(ty)?));
        let size = layout.ok_or(Trap::NotYet)?.size(length);
        if self.heap.is_due(size) {
            // Nobody else knows what the new object is going to refer to.
            let mut roots = stack.to_vec();
            roots.extend(values.iter().map(|[slot, _]| slot));
            collect(self, here, &roots);
        }
        let object = self.heap.allocate(ty.0, length)?;
        for (at, value) in (0..length).zip(values.iter().cycle()) {
            self.set(object, at, *value)?;
        }
        Ok(object)
    }

    fn len(&self, slot: u64) -> Result<u32, Trap> {
        match self.heap.array(slot) {
            Ok((storage, bytes)) => Ok((bytes.len() / storage.size()) as u32),
            Err(_) => self.heap.fields(slot),
        }
    }

    fn get(&self, slot: u64, at: u32) -> Result<[u64; 2], Trap> {
        let value = match self.heap.array(slot) {
            Ok((storage, bytes)) => {
                storage.read(&bytes[storage.range(bytes, at, 1)?])
            }
            Err(_) => {
                self.check_field(slot, at)?;
                let (storage, bytes) = self.heap.field(slot, FieldIdx(at))?;
                storage.read(bytes)
            }
        };
        Ok([value as u64, (value >> 64) as u64])
    }

    fn set(&mut self, slot: u64, at: u32, value: [u64; 2]) -> Result<(), Trap> {
        let [low, high] = value;
        let value = u128::from(high) << 64 | u128::from(low);
        match self.heap.array_mut(slot) {
            Ok((storage, bytes)) => {
                let place = storage.range(bytes, at, 1)?;
                storage.write(&mut bytes[place], value);
            }
            Err(_) => {
                self.check_field(slot, at)?;
                let (storage, bytes) =
                    self.heap.field_mut(slot, FieldIdx(at))?;
                storage.write(bytes, value);
            }
        }
        Ok(())
    }
}

impl HeapLayer {
    fn check_field(&self, slot: u64, at: u32) -> Result<(), Trap> {
        match at < self.heap.fields(slot)? {
            true => Ok(()),
            false => Err(Trap::NullStructureReference),
        }
    }
}
