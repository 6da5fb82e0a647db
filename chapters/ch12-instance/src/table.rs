//! Tables: references in a row.
//!
//! Specification: Execution, Runtime Structure, *Table Instances*.

use std::ops::Range;

use ch07_values::Trap;
use ch09_module::TableType;

/// A table.
#[derive(Clone, Debug)]
pub struct TableInstance {
    /// Its type; the lower limit follows its size.
    ty: TableType,
    elements: Vec<u64>,
}

impl TableInstance {
    /// A table of its type's smallest size, filled with `reference`.
    ///
    /// Returns `None` if it would have more than `limit` elements, or more than
    /// the system can give.
    pub fn new(
        ty: TableType,
        reference: u64,
        limit: u64,
    ) -> Option<TableInstance> {
        let mut table = TableInstance { ty, elements: Vec::new() };
        let size = std::mem::take(&mut table.ty.limits.min);
        table.grow(size, reference, limit)?;
        Some(table)
    }

    /// Its type, with its present size as the lower limit.
    pub fn ty(&self) -> TableType {
        self.ty
    }

    /// How many elements there are.
    pub fn size(&self) -> u64 {
        self.elements.len() as u64
    }

    /// The references, from the first element on.
    pub fn elements(&self) -> &[u64] {
        &self.elements
    }

    /// Adds elements and returns how many there were before.
    ///
    /// Returns `None` and adds none if there would be more than `limit`
    /// elements, more than the type allows, or more than the system can give.
    pub fn grow(
        &mut self,
        count: u64,
        reference: u64,
        limit: u64,
    ) -> Option<u64> {
        let before = self.size();
        let after = before.checked_add(count)?;
        let max = self.ty.limits.max.unwrap_or(self.ty.address.minus_one());
        if after > max.min(limit) {
            return None;
        }
        let added = usize::try_from(count).ok()?;
        // First we ask for more than we need, so that the elements don't move
        // each time that one is added.
        let given = self.elements.try_reserve(added);
        given.or_else(|_| self.elements.try_reserve_exact(added)).ok()?;
        self.elements.resize(usize::try_from(after).ok()?, reference);
        self.ty.limits.min = after;
        Some(before)
    }

    /// The element of an index, if there is one.
    #[inline(always)]
    pub fn get(&self, index: u64) -> Option<u64> {
        self.elements.get(usize::try_from(index).ok()?).copied()
    }

    /// The elements of a range.
    ///
    /// # Errors
    ///
    /// Traps if the range ends past the end.
    pub fn range(&self, index: u64, length: u64) -> Result<&[u64], Trap> {
        range(&self.elements, index, length)
    }

    /// The elements of a range, mutable.
    ///
    /// # Errors
    ///
    /// Traps if the range ends past the end.
    pub fn range_mut(
        &mut self,
        index: u64,
        length: u64,
    ) -> Result<&mut [u64], Trap> {
        self.elements
            .get_mut(positions(index, length))
            .ok_or(Trap::OutOfBoundsTableAccess)
    }

    /// Copies a range to another place in the same table.
    ///
    /// # Errors
    ///
    /// Traps if a range ends past the end; then nothing is written.
    pub fn copy_within(
        &mut self,
        destination: u64,
        source: u64,
        length: u64,
    ) -> Result<(), Trap> {
        self.range(destination, length)?;
        self.range(source, length)?;
        self.elements.copy_within(
            positions(source, length),
            positions(destination, length).start,
        );
        Ok(())
    }
}

/// A range of references, of a table or of an element segment.
///
/// # Errors
///
/// Traps if the range ends past the end.
pub fn range(
    elements: &[u64],
    index: u64,
    length: u64,
) -> Result<&[u64], Trap> {
    elements.get(positions(index, length)).ok_or(Trap::OutOfBoundsTableAccess)
}

/// The positions of a range. Where a host's own addresses cannot hold its end,
/// that is past the end of every list.
fn positions(index: u64, length: u64) -> Range<usize> {
    let position = |index: u64| usize::try_from(index).unwrap_or(usize::MAX);
    position(index)..position(index.saturating_add(length))
}
