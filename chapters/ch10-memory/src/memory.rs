//! A memory: bytes that are counted in pages, checked and grown.
//!
//! Specification: Execution, Runtime Structure, *Memory Instances*.

use std::ops::Range;

use bytemuck::allocation::try_zeroed_vec;
use ch07_values::Trap;
use ch09_module::MemoryType;

/// A memory.
#[derive(Clone, Debug)]
pub struct MemoryInstance {
    /// Its type; the lower limit follows its size.
    ty: MemoryType,
    /// The most bytes that it may have, even if its type allows more.
    limit: u64,
    bytes: Vec<u8>,
}

impl MemoryInstance {
    /// A memory of its type's smallest size, all zero.
    ///
    /// Returns `None` if the type isn't valid, or if the system can't give so
    /// many bytes.
    pub fn new(ty: MemoryType) -> Option<MemoryInstance> {
        MemoryInstance::with_limit(ty, u64::MAX)
    }

    /// A memory that never gets more than `limit` bytes, even if its type
    /// allows more.
    pub fn with_limit(ty: MemoryType, limit: u64) -> Option<MemoryInstance> {
        if !ty.is_valid() {
            return None;
        }
        let mut memory = MemoryInstance { ty, limit, bytes: Vec::new() };
        let pages = std::mem::take(&mut memory.ty.limits.min);
        memory.grow(pages)?;
        Some(memory)
    }

    /// Sets how many bytes it may have, even if its type allows more. It keeps
    /// what it has already.
    pub fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Its type, with its present size as the lower limit.
    pub fn ty(&self) -> MemoryType {
        self.ty
    }

    /// Its size in pages.
    pub fn size(&self) -> u64 {
        self.ty.limits.min
    }

    /// Adds pages, all zero, and returns how many there were before.
    ///
    /// Returns `None` and adds nothing if that would exceed a limit, or if the
    /// system can't give so many bytes.
    pub fn grow(&mut self, pages: u64) -> Option<u64> {
        let before = self.size();
        let after = before.checked_add(pages)?;
        let size = after.checked_mul(self.ty.page_size)?;
        let max = self.ty.limits.max.unwrap_or(self.ty.max_pages());
        if after > max || size > self.limit {
            return None;
        }
        enlarge(&mut self.bytes, usize::try_from(size).ok()?)?;
        self.ty.limits.min = after;
        Some(before)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, mutable, for the embedder.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Reads `N` bytes at `address` + `offset`.
    ///
    /// # Errors
    ///
    /// Traps if one of them is past the end.
    #[inline(always)]
    pub fn read<const N: usize>(
        &self,
        address: u64,
        offset: u64,
    ) -> Result<[u8; N], Trap> {
        let bytes = self
            .bytes
            .get(effective(address, offset)..)
            .and_then(|rest| rest.first_chunk());
        bytes.copied().ok_or(Trap::OutOfBoundsMemoryAccess)
    }

    /// Writes `N` bytes at `address` + `offset`.
    ///
    /// # Errors
    ///
    /// Traps if one of them would be past the end; then none is written.
    #[inline(always)]
    pub fn write<const N: usize>(
        &mut self,
        address: u64,
        offset: u64,
        bytes: [u8; N],
    ) -> Result<(), Trap> {
        let place = self
            .bytes
            .get_mut(effective(address, offset)..)
            .and_then(|rest| rest.first_chunk_mut());
        *place.ok_or(Trap::OutOfBoundsMemoryAccess)? = bytes;
        Ok(())
    }

    /// Writes one byte `length` times.
    ///
    /// # Errors
    ///
    /// Traps if the range ends past the end; then nothing is written.
    pub fn fill(
        &mut self,
        address: u64,
        byte: u8,
        length: u64,
    ) -> Result<(), Trap> {
        self.range_mut(address, length)?.fill(byte);
        Ok(())
    }

    /// Copies a range of this memory to another place in it. The ranges may
    /// overlap.
    ///
    /// # Errors
    ///
    /// Traps if a range ends past the end; then nothing is written.
    pub fn copy(
        &mut self,
        destination: u64,
        source: u64,
        length: u64,
    ) -> Result<(), Trap> {
        self.range_mut(destination, length)?;
        self.range_mut(source, length)?;
        self.bytes
            .copy_within(range(source, length), effective(destination, 0));
        Ok(())
    }

    /// Copies a range of other bytes to this memory: of a data segment, or of
    /// another memory.
    ///
    /// # Errors
    ///
    /// Traps if a range ends past its end; then nothing is written.
    pub fn init(
        &mut self,
        destination: u64,
        data: &[u8],
        source: u64,
        length: u64,
    ) -> Result<(), Trap> {
        let bytes = data
            .get(range(source, length))
            .ok_or(Trap::OutOfBoundsMemoryAccess)?;
        self.range_mut(destination, length)?.copy_from_slice(bytes);
        Ok(())
    }

    fn range_mut(
        &mut self,
        address: u64,
        length: u64,
    ) -> Result<&mut [u8], Trap> {
        self.bytes
            .get_mut(range(address, length))
            .ok_or(Trap::OutOfBoundsMemoryAccess)
    }
}

/// Where an access begins. A sum that does not fit in the host's own addresses
/// is past the end of everything.
#[inline(always)]
fn effective(address: u64, offset: u64) -> usize {
    usize::try_from(address.saturating_add(offset)).unwrap_or(usize::MAX)
}

fn range(address: u64, length: u64) -> Range<usize> {
    effective(address, 0)..effective(address, length)
}

/// Appends zeros until there are `size` bytes. Returns `None` and appends
/// nothing if the system can't give so many.
fn enlarge(bytes: &mut Vec<u8>, size: usize) -> Option<()> {
    let (length, added) = (bytes.len(), size - bytes.len());
    // Fresh zeros take no memory until somebody touches them. So we copy the
    // old bytes to them, unless there are more old bytes than zeros.
    if added > length
        && let Ok(mut fresh) = try_zeroed_vec(size)
    {
        fresh[..length].copy_from_slice(bytes);
        *bytes = fresh;
        return Some(());
    }
    // First we ask for more than we need, so that the bytes don't move each
    // time that a page is added.
    let given = bytes.try_reserve(added);
    given.or_else(|_| bytes.try_reserve_exact(added)).ok()?;
    bytes.resize(size, 0);
    Some(())
}
