//! Memory.

use crate::Trap;

/// A row of bytes. The address of a byte is its position, from 0.
#[derive(Debug)]
pub struct Memory {
    bytes: Vec<u8>,
}

impl Memory {
    /// A memory of `size` bytes, all 0.
    pub fn new(size: usize) -> Self {
        Memory { bytes: vec![0; size] }
    }

    /// Reads the number in the eight bytes from `address` on, the low byte first.
    ///
    /// # Errors
    /// [`Trap::NotAnAddress`] or [`Trap::PastEnd`].
    pub fn load(&self, address: f64) -> Result<f64, Trap> {
        let start = index(address)?;
        let bytes = self.bytes.get(start..).and_then(<[u8]>::first_chunk);
        bytes.map(|bytes| f64::from_le_bytes(*bytes)).ok_or(self.past_end(address))
    }

    /// Writes `value` into the eight bytes from `address` on, the low byte first.
    ///
    /// # Errors
    /// [`Trap::NotAnAddress`] or [`Trap::PastEnd`]; then nothing is written.
    pub fn store(&mut self, address: f64, value: f64) -> Result<(), Trap> {
        let start = index(address)?;
        let past_end = self.past_end(address);
        let bytes = self.bytes.get_mut(start..).and_then(<[u8]>::first_chunk_mut);
        *bytes.ok_or(past_end)? = value.to_le_bytes();
        Ok(())
    }

    fn past_end(&self, address: f64) -> Trap {
        Trap::PastEnd { address, size: self.bytes.len() }
    }
}

/// Numbers are all that our machine has, and so an address is a number: a whole one, from 0 on.
fn index(address: f64) -> Result<usize, Trap> {
    // NaN is not at least 0, and infinity has no fraction that is 0. The greatest of the rest become the greatest index.
    if address >= 0.0 && address.fract() == 0.0 {
        Ok(address as usize)
    } else {
        Err(Trap::NotAnAddress(address))
    }
}
