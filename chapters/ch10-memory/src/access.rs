//! The meaning of the memory instructions.
//!
//! An address of 32 bits lies in its slot as a number of 64, with zeros above
//! it: so one code serves memories of both address types.
//!
//! Specification: Execution, Instructions, *Memory Instructions*.

use annex_vector::VectorMemory;
use ch07_values::{OperandStack, Trap};
use ch09_module::{Bytes, LoadOp, Memory, StoreOp};

use crate::MemoryInstance;

impl MemoryInstance {
    /// Executes an instruction on this memory; `data` are the data segments of
    /// the module instance.
    ///
    /// # Errors
    ///
    /// The trap that the instruction ends in.
    #[inline(always)]
    pub fn execute(
        &mut self,
        instr: Memory,
        data: &mut [Bytes],
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Memory::Size(_) => stack.push(self.size())?,
            Memory::Grow(_) => {
                let failed = self.ty().address.minus_one();
                let pages = stack.pop();
                stack.push(self.grow(pages).unwrap_or(failed))?;
            }
            Memory::Fill(_) => {
                let (address, byte, length): (u64, u32, u64) = stack.pop();
                self.fill(address, byte as u8, length)?;
            }
            Memory::Copy(..) => {
                let (destination, source, length) = stack.pop();
                self.copy(destination, source, length)?;
            }
            Memory::Init(_, segment) => {
                let (destination, source, length) = stack.pop();
                self.init(destination, &data[segment.index()], source, length)?;
            }
            Memory::DataDrop(segment) => data[segment.index()] = Bytes::new(),
        }
        Ok(())
    }
}

/// The vector instructions on memories come from an annex.
impl VectorMemory for MemoryInstance {
    fn read<const N: usize>(
        &self,
        address: u64,
        offset: u64,
    ) -> Result<[u8; N], Trap> {
        MemoryInstance::read(self, address, offset)
    }

    fn write<const N: usize>(
        &mut self,
        address: u64,
        offset: u64,
        bytes: [u8; N],
    ) -> Result<(), Trap> {
        MemoryInstance::write(self, address, offset, bytes)
    }
}

/// Gives the rows of the loads their meaning: an address becomes what is there.
macro_rules! loads {
    ($($opcode:literal $name:literal $variant:ident
        ($bytes:ident: $chunk:ty) -> $result:ty = $meaning:expr;)*) => {
        impl MemoryInstance {
            /// Executes a load.
            ///
            /// # Errors
            ///
            /// Traps past the end of the memory.
            #[inline(always)]
            pub fn load(
                &self,
                op: LoadOp,
                offset: u64,
                stack: &mut OperandStack,
            ) -> Result<(), Trap> {
                match op {
                    $(LoadOp::$variant => {
                        let $bytes: $chunk = self.read(stack.pop(), offset)?;
                        stack.push::<$result>($meaning)
                    })*
                }
            }
        }
    };
}
ch09_module::load_table!(loads);

/// Gives the rows of the stores their meaning: an operand becomes bytes at an
/// address.
macro_rules! stores {
    ($($opcode:literal $name:literal $variant:ident
        ($operand:ident: $t:ty) -> $chunk:ty = $meaning:expr;)*) => {
        impl MemoryInstance {
            /// Executes a store.
            ///
            /// # Errors
            ///
            /// Traps past the end of the memory; then nothing is written.
            #[inline(always)]
            pub fn store(
                &mut self,
                op: StoreOp,
                offset: u64,
                stack: &mut OperandStack,
            ) -> Result<(), Trap> {
                match op {
                    $(StoreOp::$variant => {
                        let $operand: $t = stack.pop();
                        let bytes: $chunk = $meaning;
                        self.write(stack.pop(), offset, bytes)
                    })*
                }
            }
        }
    };
}
ch09_module::store_table!(stores);
