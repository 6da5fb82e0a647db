//! Tables: references in a row.
//!
//! Specification: Execution, Runtime Structure, *Table Instances*.

use std::ops::Range;

use ch07_values::Trap;
use ch09_module::TableType;

/// The most elements that a table gets, whatever its type allows.
pub(crate) const MAX_ELEMENTS: u64 = 10_000_000;

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct TableInstance {
    /// Its type; the lower limit follows its size.
    ty: TableType,
    elements: Vec<u64>,
}

impl TableInstance {
    /// A table of its type's smallest size, filled with `reference`; or nothing, if there is no room for it.
    pub(crate) fn new(ty: TableType, reference: u64) -> Option<TableInstance> {
        let mut table = TableInstance { ty, elements: Vec::new() };
        let size = std::mem::take(&mut table.ty.limits.min);
        table.grow(size, reference)?;
        Some(table)
    }

    /// Its type, with its present size as the lower limit.
    pub(crate) fn ty(&self) -> TableType {
        self.ty
    }

    /// How many elements there are.
    pub(crate) fn size(&self) -> u32 {
        self.elements.len() as u32
    }

    /// Adds elements and says how many there were before; or adds none, where a limit is reached or there is no room.
    pub(crate) fn grow(&mut self, count: u64, reference: u64) -> Option<u32> {
        let before = self.size();
        let after = u64::from(before).checked_add(count)?;
        if after > self.ty.limits.max.unwrap_or(MAX_ELEMENTS).min(MAX_ELEMENTS) {
            return None;
        }
        self.elements.try_reserve(count as usize).ok()?;
        self.elements.resize(after as usize, reference);
        self.ty.limits.min = after;
        Some(before)
    }

    /// The element of an index, if there is one.
    #[inline(always)]
    pub(crate) fn get(&self, index: u32) -> Option<u64> {
        self.elements.get(index as usize).copied()
    }

    /// The elements of a range.
    ///
    /// # Errors
    ///
    /// Traps if the range ends past the end.
    pub(crate) fn range(&self, index: u32, length: u32) -> Result<&[u64], Trap> {
        range(&self.elements, index, length)
    }

    /// The elements of a range, to be written.
    ///
    /// # Errors
    ///
    /// Traps if the range ends past the end.
    pub(crate) fn range_mut(&mut self, index: u32, length: u32) -> Result<&mut [u64], Trap> {
        self.elements.get_mut(positions(index, length)).ok_or(Trap::OutOfBoundsTableAccess)
    }

    /// Copies a range to another place in the same table.
    ///
    /// # Errors
    ///
    /// Traps if a range ends past the end; then nothing is written.
    pub(crate) fn copy_within(
        &mut self,
        destination: u32,
        source: u32,
        length: u32,
    ) -> Result<(), Trap> {
        self.range(destination, length)?;
        self.range(source, length)?;
        self.elements.copy_within(positions(source, length), destination as usize);
        Ok(())
    }
}

/// A range of references, of a table or of an element segment.
///
/// # Errors
///
/// Traps if the range ends past the end.
pub(crate) fn range(elements: &[u64], index: u32, length: u32) -> Result<&[u64], Trap> {
    elements.get(positions(index, length)).ok_or(Trap::OutOfBoundsTableAccess)
}

/// The positions of a range. Where a host's own addresses cannot hold its end, that is past the end of every list.
fn positions(index: u32, length: u32) -> Range<usize> {
    let start = index as usize;
    start..start.saturating_add(length as usize)
}
