//! The heap: a list of entries, each empty or an object.
//!
//! Specification: Execution, Runtime Structure, *Aggregate Instances*.

mod contents;

pub use contents::Pace;

use annex_embedding::{Handle, Referent};
use bytemuck::allocation::try_zeroed_slice_box;
use ch07_values::Trap;
use ch09_module::FieldIdx;

use crate::{Field, Layout, Storage};

/// Where structures and arrays live.
#[derive(Debug)]
pub struct Heap {
    entries: Vec<Entry>,
    /// The entries that are empty and may be used again.
    free: Vec<u32>,
    /// The layout of each type's objects, by the type's number; filled as types
    /// are met.
    layouts: Vec<Option<Layout>>,
    /// Bytes that may be in use.
    limit: usize,
    /// Bytes that may be allocated before the next collection.
    budget: usize,
    /// Bytes that were allocated since the last one.
    allocated: usize,
    /// Whether a collection is due before every object.
    stress: bool,
    statistics: Statistics,
}

/// A place for an object.
#[derive(Debug)]
struct Entry {
    /// How often it was emptied.
    generation: u32,
    /// The number of the object's type.
    ty: u32,
    /// The object's bytes; `None` if there is no object.
    body: Option<Box<[u8]>>,
}

/// What has happened in a heap so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// How many objects there are.
    pub objects: usize,
    /// How many bytes they take, with what it takes to keep them.
    pub bytes: usize,
    /// How many objects were made.
    pub made: u64,
    /// How many times garbage was collected.
    pub collections: u64,
}

impl Statistics {
    /// How many objects were collected.
    pub fn collected(self) -> u64 {
        self.made - self.objects as u64
    }
}

/// What an object takes besides its own bytes: its entry and its mark, and what
/// the allocator adds.
const OVERHEAD: usize = size_of::<Entry>() + 16;

/// How many bytes are allocated at least between two collections.
const SMALLEST_BUDGET: usize = 1 << 20;

/// Bytes that a heap may have in use by default.
const LIMIT: usize = 1 << 30;

impl Default for Heap {
    fn default() -> Heap {
        Heap {
            entries: Vec::new(),
            free: Vec::new(),
            layouts: Vec::new(),
            limit: LIMIT,
            budget: SMALLEST_BUDGET,
            allocated: 0,
            stress: false,
            statistics: Statistics::default(),
        }
    }
}

impl Heap {
    /// Sets how many bytes may be in use, objects and their upkeep together.
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Sets whether garbage is collected before every object. That is slow, and
    /// finds a root that was forgotten at once.
    pub fn set_stress(&mut self, stress: bool) {
        self.stress = stress;
    }

    /// What has happened so far.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// The layout of a type's objects, made by `describe` if it is not known
    /// yet.
    pub fn layout(
        &mut self,
        ty: u32,
        describe: impl FnOnce() -> Option<Layout>,
    ) -> Option<&Layout> {
        let position = ty as usize;
        if position >= self.layouts.len() {
            self.layouts.resize(position + 1, None);
        }
        let layout = &mut self.layouts[position];
        if layout.is_none() {
            *layout = describe();
        }
        layout.as_ref()
    }

    /// Whether a collection is due before an object of `size` bytes is made.
    ///
    /// It is due once as much has been allocated as the last collection had to
    /// look at, so looking never costs more than allocating. It is also due at
    /// the limit, unless hardly anything has been allocated since the last one:
    /// then the heap is as good as full.
    #[inline]
    pub fn is_due(&self, size: usize) -> bool {
        let allocated = self.allocated.saturating_add(size);
        let needed = size.saturating_add(OVERHEAD);
        let in_use = self.statistics.bytes.saturating_add(needed);
        self.stress
            || allocated > self.budget
            || in_use > self.limit && allocated > self.limit / 16
    }

    /// Makes an object of a type whose layout is known, with all its bytes
    /// zero, and returns the slot of a reference to it. An array has `length`
    /// elements.
    ///
    /// # Errors
    ///
    /// Traps with `out of heap` if it would exceed the limit, or if the system
    /// can't give the memory.
    pub fn allocate(&mut self, ty: u32, length: u32) -> Result<u64, Trap> {
        let layout = self.layouts[ty as usize].as_ref().ok_or(Trap::NotYet)?;
        let refer = match layout {
            Layout::Struct { .. } => Referent::Struct,
            Layout::Array(_) => Referent::Array,
        };
        let size = layout.size(length);
        let bytes = size.saturating_add(OVERHEAD);
        if bytes > self.limit.saturating_sub(self.statistics.bytes) {
            // Force a collection before the next allocation.
            self.allocated = self.limit;
            return Err(Trap::OutOfHeap);
        }
        let body = try_zeroed_slice_box(size).map_err(|()| Trap::OutOfHeap)?;
        let index = match self.free.pop() {
            Some(index) => index,
            None => self.add_entry().ok_or(Trap::OutOfHeap)?,
        };
        let entry = &mut self.entries[index as usize];
        entry.ty = ty;
        entry.body = Some(body);
        self.allocated += bytes;
        self.statistics.bytes += bytes;
        self.statistics.objects += 1;
        self.statistics.made += 1;
        Ok(refer(Handle::new(index, entry.generation)).to_slot())
    }

    /// Appends an empty entry and returns its position; `None` if the system
    /// can't give the memory. With the entry comes a place in the list of free
    /// ones, so that a collection doesn't need memory to free it.
    fn add_entry(&mut self) -> Option<u32> {
        let index = u32::try_from(self.entries.len()).ok()?;
        self.entries.try_reserve(1).ok()?;
        self.free.try_reserve(self.entries.len() + 1 - self.free.len()).ok()?;
        self.entries.push(Entry { generation: 0, ty: 0, body: None });
        Some(index)
    }

    /// The position of the entry of a handle; `None` if the entry is empty or
    /// has another object by now.
    #[inline(always)]
    pub(crate) fn find(&self, handle: Handle) -> Option<usize> {
        let position = handle.index() as usize;
        let entry = self.entries.get(position)?;
        let is_meant =
            entry.generation == handle.generation() && entry.body.is_some();
        is_meant.then_some(position)
    }

    /// The position of the object that the reference in a slot refers to.
    #[inline(always)]
    fn position(&self, slot: u64) -> Option<usize> {
        match Referent::from_slot(slot)? {
            Referent::Struct(handle) | Referent::Array(handle) => {
                self.find(handle)
            }
            _ => None,
        }
    }

    /// The number of the type of the object that the reference in a slot refers
    /// to, if there is such an object.
    pub fn ty(&self, slot: u64) -> Option<u32> {
        Some(self.entries[self.position(slot)?].ty)
    }

    /// The object at a position: its layout and its bytes.
    #[inline(always)]
    pub(crate) fn object(&self, position: usize) -> Option<(&Layout, &[u8])> {
        let entry = &self.entries[position];
        Some((
            self.layouts[entry.ty as usize].as_ref()?,
            entry.body.as_deref()?,
        ))
    }

    /// Mutable version of [`Heap::object`].
    #[inline(always)]
    fn object_mut(&mut self, position: usize) -> Option<(&Layout, &mut [u8])> {
        let entry = &mut self.entries[position];
        Some((
            self.layouts[entry.ty as usize].as_ref()?,
            entry.body.as_deref_mut()?,
        ))
    }

    /// How many fields the structure has that a slot refers to.
    ///
    /// # Errors
    ///
    /// Traps if the slot does not refer to a structure.
    pub fn fields(&self, slot: u64) -> Result<u32, Trap> {
        match self.position(slot).and_then(|position| self.object(position)) {
            Some((Layout::Struct { fields, .. }, _)) => Ok(fields.len() as u32),
            _ => Err(Trap::NullStructureReference),
        }
    }

    /// A field of the structure that a slot refers to: how it is kept, and the
    /// bytes that begin with it.
    ///
    /// # Errors
    ///
    /// Traps if the slot does not refer to a structure.
    #[inline(always)]
    pub fn field(
        &self,
        slot: u64,
        field: FieldIdx,
    ) -> Result<(Storage, &[u8]), Trap> {
        match self.position(slot).and_then(|position| self.object(position)) {
            Some((Layout::Struct { fields, .. }, bytes)) => {
                let Field { offset, storage } = fields[field.index()];
                Ok((storage, &bytes[offset as usize..]))
            }
            _ => Err(Trap::NullStructureReference),
        }
    }

    /// Mutable version of [`Heap::field`].
    ///
    /// # Errors
    ///
    /// Traps if the slot does not refer to a structure.
    #[inline(always)]
    pub fn field_mut(
        &mut self,
        slot: u64,
        field: FieldIdx,
    ) -> Result<(Storage, &mut [u8]), Trap> {
        match self.position(slot).and_then(|position| self.object_mut(position))
        {
            Some((Layout::Struct { fields, .. }, bytes)) => {
                let Field { offset, storage } = fields[field.index()];
                Ok((storage, &mut bytes[offset as usize..]))
            }
            _ => Err(Trap::NullStructureReference),
        }
    }

    /// The array that a slot refers to: how an element is kept, and the bytes
    /// of all.
    ///
    /// # Errors
    ///
    /// Traps if the slot does not refer to an array.
    #[inline(always)]
    pub fn array(&self, slot: u64) -> Result<(Storage, &[u8]), Trap> {
        match self.position(slot).and_then(|position| self.object(position)) {
            Some((Layout::Array(storage), bytes)) => Ok((*storage, bytes)),
            _ => Err(Trap::NullArrayReference),
        }
    }

    /// Mutable version of [`Heap::array`].
    ///
    /// # Errors
    ///
    /// Traps if the slot does not refer to an array.
    #[inline(always)]
    pub fn array_mut(
        &mut self,
        slot: u64,
    ) -> Result<(Storage, &mut [u8]), Trap> {
        match self.position(slot).and_then(|position| self.object_mut(position))
        {
            Some((Layout::Array(storage), bytes)) => Ok((*storage, bytes)),
            _ => Err(Trap::NullArrayReference),
        }
    }

    /// Copies elements of one array to another, or within one: `(array, index)`
    /// of each, and how many.
    ///
    /// # Errors
    ///
    /// Traps if one of the two is not an array, or if a range ends past its
    /// end; then nothing is written.
    pub fn copy(
        &mut self,
        to: (u64, u32),
        from: (u64, u32),
        count: u32,
    ) -> Result<(), Trap> {
        let (storage, bytes) = self.array(to.0)?;
        let destination = storage.range(bytes, to.1, count)?;
        let (storage, bytes) = self.array(from.0)?;
        let source = storage.range(bytes, from.1, count)?;
        let positions =
            [to.0, from.0].map(|slot| Handle::of_slot(slot).index() as usize);
        match self.entries.get_disjoint_mut(positions) {
            Ok(
                [Entry { body: Some(to), .. }, Entry { body: Some(from), .. }],
            ) => {
                to[destination].copy_from_slice(&from[source]);
            }
            // Source and destination are the same array.
            _ => self.array_mut(to.0)?.1.copy_within(source, destination.start),
        }
        Ok(())
    }

    /// Empties each entry whose object is not marked, and returns how many
    /// there were. Marking had to look at `slots` slots.
    pub fn sweep(&mut self, marked: &[bool], slots: usize) -> usize {
        let before = self.statistics.objects;
        for (position, entry) in self.entries.iter_mut().enumerate() {
            if marked.get(position) == Some(&true) {
                continue;
            }
            let Some(body) = entry.body.take() else { continue };
            self.statistics.bytes -= body.len() + OVERHEAD;
            self.statistics.objects -= 1;
            // A reference to this object must never find the next one.
            entry.generation += 1;
            if entry.generation < Handle::GENERATIONS {
                self.free.push(position as u32);
            }
        }
        self.statistics.collections += 1;
        self.allocated = 0;
        let list = self.entries.len() * size_of::<Entry>();
        let looked_at =
            self.statistics.bytes.max(list).max(slots * size_of::<u64>());
        self.budget = looked_at.max(SMALLEST_BUDGET);
        before - self.statistics.objects
    }

    /// How many entries there are, empty ones too.
    pub(crate) fn entries(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use ch09_module::CompositeType;

    use super::*;

    #[test]
    fn an_entry_that_was_used_too_often_is_left_alone() {
        let mut heap = Heap::default();
        heap.layout(0, || Layout::of(&CompositeType::Struct(Box::default())));
        assert_eq!(heap.allocate(0, 0), Ok(0x0300_0000_0000_0000));
        heap.entries[0].generation = Handle::GENERATIONS - 2;
        heap.sweep(&[], 0);
        assert_eq!(
            heap.allocate(0, 0),
            Ok(0x03ff_ffff_0000_0000),
            "its last life"
        );
        heap.sweep(&[], 0);
        assert_eq!(
            heap.allocate(0, 0),
            Ok(0x0300_0000_0000_0001),
            "the next entry's first one"
        );
        assert_eq!(heap.position(0x0300_0000_0000_0000), None);
    }
}
