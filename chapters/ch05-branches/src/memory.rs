//! Memory.

use crate::Trap;

/// A row of bytes. The address of a byte is its position, from 0.
#[derive(Debug)]
pub struct Memory(Vec<u8>);

impl Memory {
    /// A memory of `size` bytes, all 0.
    pub fn new(size: usize) -> Self {
        Memory(vec![0; size])
    }

    /// Reads the number in the eight bytes from `address` on, the low byte
    /// first.
    ///
    /// # Errors
    /// [`Trap::BadAddress`].
    pub fn load(&self, address: f64) -> Result<f64, Trap> {
        let bytes =
            index(address).and_then(|start| self.0.get(start..)?.first_chunk());
        Ok(f64::from_le_bytes(
            *bytes.ok_or(Trap::BadAddress(address, self.0.len()))?,
        ))
    }

    /// Writes `value` into the eight bytes from `address` on, the low byte
    /// first.
    ///
    /// # Errors
    /// [`Trap::BadAddress`]; then nothing is written.
    pub fn store(&mut self, address: f64, value: f64) -> Result<(), Trap> {
        let size = self.0.len();
        let bytes = index(address)
            .and_then(|start| self.0.get_mut(start..)?.first_chunk_mut());
        *bytes.ok_or(Trap::BadAddress(address, size))? = value.to_le_bytes();
        Ok(())
    }
}

/// Numbers are all that our machine has, and so an address is a number: a whole
/// one, from 0 on.
fn index(address: f64) -> Option<usize> {
    // `NaN >= 0.0` is false, and the fraction of infinity is NaN. A number that
    // is too large for a `usize` becomes the greatest one.
    (address >= 0.0 && address.fract() == 0.0).then_some(address as usize)
}
