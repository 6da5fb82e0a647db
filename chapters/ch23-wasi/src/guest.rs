//! The memory of a guest, which believes that its pointers are right.

use std::ops::Range;

use crate::Errno;

/// Which of the two versions of the functions is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `wasi_unstable`, of 2018.
    Unstable,
    /// `wasi_snapshot_preview1`.
    Preview1,
}

/// The bytes of the memory that a module exports as `memory`; none, if there is
/// no such memory. Every address is checked, and an address out of bounds is
/// [`Errno::Fault`].
pub(crate) struct Guest<'a> {
    bytes: &'a mut [u8],
    pub version: Version,
}

/// The most parts that one call may read or write: `IOV_MAX` of Linux.
const MOST_PARTS: u32 = 1024;

impl<'a> Guest<'a> {
    pub fn new(bytes: &'a mut [u8], version: Version) -> Guest<'a> {
        Guest { bytes, version }
    }
}

impl Guest<'_> {
    /// The bytes from a pointer on.
    pub fn slice(&self, start: u32, length: u32) -> Result<&[u8], Errno> {
        self.bytes.get(range(start, length)?).ok_or(Errno::Fault)
    }

    /// The same, for changes.
    pub fn slice_mut(
        &mut self,
        start: u32,
        length: u32,
    ) -> Result<&mut [u8], Errno> {
        self.bytes.get_mut(range(start, length)?).ok_or(Errno::Fault)
    }

    /// Copies bytes to where a pointer points.
    pub fn write(&mut self, start: u32, bytes: &[u8]) -> Result<(), Errno> {
        let length = size(bytes.len())?;
        self.slice_mut(start, length)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes a number, the lowest byte first.
    pub fn put_u32(&mut self, start: u32, number: u32) -> Result<(), Errno> {
        self.write(start, &number.to_le_bytes())
    }

    /// The same, for a number of 64 bits.
    pub fn put_u64(&mut self, start: u32, number: u64) -> Result<(), Errno> {
        self.write(start, &number.to_le_bytes())
    }

    /// Makes sure that something can be written here, before anything happens
    /// that can't be taken back.
    pub fn writable(&self, start: u32, length: u32) -> Result<(), Errno> {
        self.slice(start, length).map(|_| ())
    }

    /// The parts of a read or write: where each begins, and how long it is.
    /// Empty ones are left out.
    pub fn parts(
        &self,
        start: u32,
        count: u32,
    ) -> Result<Vec<(u32, u32)>, Errno> {
        if count > MOST_PARTS {
            return Err(Errno::Inval);
        }
        let list = self.slice(start, count * 8)?;
        let mut parts = Vec::new();
        let mut total = 0_u32;
        for entry in list.chunks_exact(8) {
            let (at, length) = (word(entry, 0), word(entry, 4));
            self.writable(at, length)?;
            total = total.checked_add(length).ok_or(Errno::Inval)?;
            if length > 0 {
                parts.push((at, length));
            }
        }
        Ok(parts)
    }
}

/// Where the bytes are that begin at a pointer.
fn range(start: u32, length: u32) -> Result<Range<usize>, Errno> {
    let index = |number: u32| usize::try_from(number).map_err(|_| Errno::Fault);
    let (start, length) = (index(start)?, index(length)?);
    Ok(start..start.checked_add(length).ok_or(Errno::Fault)?)
}

/// A length as a guest has it.
pub(crate) fn size(length: usize) -> Result<u32, Errno> {
    u32::try_from(length).map_err(|_| Errno::Overflow)
}

/// Four bytes of a structure, which has them.
pub(crate) fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// Eight bytes of a structure, which has them.
pub(crate) fn long(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// Two bytes of a structure, which has them.
pub(crate) fn half(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().expect("two bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_out_of_bounds_is_a_fault() {
        let mut bytes = [0; 16];
        let mut guest = Guest::new(&mut bytes, Version::Preview1);
        assert_eq!(guest.slice(16, 0), Ok(&[][..]));
        for (start, length) in [(16, 1), (0, 17), (u32::MAX, 1), (1, u32::MAX)]
        {
            assert_eq!(guest.slice(start, length), Err(Errno::Fault));
            assert_eq!(guest.slice_mut(start, length), Err(Errno::Fault));
        }
        assert_eq!(guest.put_u64(9, 1), Err(Errno::Fault));
    }

    #[test]
    fn parts_are_checked_before_the_first_of_them_is_used() {
        let mut bytes = [0; 32];
        bytes[4] = 5; // five bytes at address 0
        bytes[8] = 31; // two bytes at address 31
        bytes[12] = 2;
        let guest = Guest::new(&mut bytes, Version::Preview1);
        assert_eq!(guest.parts(0, 1), Ok(vec![(0, 5)]));
        assert_eq!(guest.parts(0, 2), Err(Errno::Fault));
        assert_eq!(guest.parts(0, 1025), Err(Errno::Inval));
    }

    #[test]
    fn parts_are_no_longer_together_than_a_number_can_tell() {
        let part = [0, 4 << 20].map(u32::to_le_bytes).concat();
        let mut bytes = part.repeat(1024);
        bytes.resize(4 << 20, 0);
        let guest = Guest::new(&mut bytes, Version::Preview1);
        assert_eq!(guest.parts(0, 1023).map(|it| it.len()), Ok(1023));
        assert_eq!(guest.parts(0, 1024), Err(Errno::Inval));
    }
}
