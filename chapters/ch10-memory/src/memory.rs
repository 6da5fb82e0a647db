//! A memory: bytes that are counted in pages, checked and grown.
//!
//! Specification: Execution, Runtime Structure, *Memory Instances*.

use std::ops::Range;

use ch07_values::Trap;
use ch09_module::{AddressType, MemoryType};

/// Bytes in a page.
pub const PAGE_SIZE: usize = 65_536;

/// The most pages that addresses of 32 bits can reach; and the most that a
/// memory gets where nobody says otherwise.
pub const MAX_PAGES: u64 = 65_536;

/// A memory.
#[derive(Clone, Debug)]
pub struct MemoryInstance {
    /// Its type; the lower limit follows its size.
    ty: MemoryType,
    /// The most pages that it gets, whatever its type allows.
    room: u64,
    bytes: Vec<u8>,
}

impl MemoryInstance {
    /// A memory of its type's smallest size, all zero; or nothing, if there is
    /// no room for it.
    pub fn new(ty: MemoryType) -> Option<MemoryInstance> {
        MemoryInstance::within(ty, MAX_PAGES)
    }

    /// A memory that never gets more than `room` pages, whatever its type
    /// allows.
    pub fn within(ty: MemoryType, room: u64) -> Option<MemoryInstance> {
        let mut memory = MemoryInstance { ty, room: 0, bytes: Vec::new() };
        memory.set_room(room);
        if ty.limits.min > memory.room {
            return None;
        }
        memory.bytes = zeros(byte_size(ty.limits.min)?)?;
        Some(memory)
    }

    /// From now on it gets no more than `room` pages, whatever its type allows.
    pub fn set_room(&mut self, room: u64) {
        self.room = match self.ty.address {
            AddressType::I32 => room.min(MAX_PAGES),
            AddressType::I64 => room,
        };
    }

    /// Its type, with its present size as the lower limit.
    pub fn ty(&self) -> MemoryType {
        self.ty
    }

    /// Its size in pages.
    pub fn size(&self) -> u64 {
        self.ty.limits.min
    }

    /// Adds pages, all zero, and says how many there were before; or adds
    /// nothing, where a limit is reached or there is no room.
    pub fn grow(&mut self, pages: u64) -> Option<u64> {
        let before = self.size();
        let after = before.checked_add(pages)?;
        if after > self.ty.limits.max.unwrap_or(self.room).min(self.room) {
            return None;
        }
        let size = byte_size(after)?;
        let length = self.bytes.len();
        if size / 2 > length {
            // Fresh zeros take no room until they are touched: one instruction
            // can ask for four gigabytes.
            let old = std::mem::replace(&mut self.bytes, zeros(size)?);
            self.bytes[..length].copy_from_slice(&old);
        } else {
            self.bytes.try_reserve(size - length).ok()?;
            self.bytes.resize(size, 0);
        }
        self.ty.limits.min = after;
        Some(before)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, to be written by the embedder.
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

/// So many zeros; or nothing, if there is no room for them.
fn zeros(size: usize) -> Option<Vec<u8>> {
    // Asking first turns an abort into an answer; what is asked for is not
    // touched yet.
    Vec::<u8>::new().try_reserve_exact(size).ok()?;
    Some(vec![0; size])
}

fn byte_size(pages: u64) -> Option<usize> {
    usize::try_from(pages).ok()?.checked_mul(PAGE_SIZE)
}
