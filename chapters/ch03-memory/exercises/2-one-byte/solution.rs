//! A memory that reads and writes numbers and single bytes.

use ch03_memory::Trap;

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// A row of bytes. The address of a byte is its position, from 0.
#[derive(Debug)]
pub struct Memory(Vec<u8>);

impl Memory {
    /// A memory of `size` bytes, all 0.
    pub fn new(size: usize) -> Self {
        Memory(vec![0; size])
    }

    /// Reads the byte at `address`.
    ///
    /// # Errors
    /// [`Trap::BadAddress`].
    pub fn load_byte(&self, address: f64) -> Result<u8, Trap> {
        let byte = index(address).and_then(|start| self.0.get(start));
        byte.copied().ok_or(Trap::BadAddress(address, self.0.len()))
    }

    /// Writes the byte at `address`.
    ///
    /// # Errors
    /// [`Trap::BadAddress`].
    pub fn store_byte(&mut self, address: f64, byte: u8) -> Result<(), Trap> {
        let size = self.0.len();
        let place = index(address).and_then(|start| self.0.get_mut(start));
        *place.ok_or(Trap::BadAddress(address, size))? = byte;
        Ok(())
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

/// A whole number from 0 on is an index.
fn index(address: f64) -> Option<usize> {
    (address >= 0.0 && address.fract() == 0.0).then_some(address as usize)
}

fn main() -> Result<(), Trap> {
    let mut memory = Memory::new(16);
    memory.store(0.0, 2.3)?;
    memory.store_byte(8.0, b'x')?;
    for address in 0..9 {
        let byte = memory.load_byte(f64::from(address))?;
        println!("{address}: {byte:02x}");
    }
    println!("and all eight together: {}", memory.load(0.0)?);
    Ok(())
}
