//! Three bytes: loads and stores that WebAssembly has not got.

use std::error::Error;

use ch07_values::Trap;
use ch09_module::{AddressType, Limits, MemoryType};
use ch10_memory::MemoryInstance;

/// `i32.load24_u`
fn load24_u(memory: &MemoryInstance, address: u64) -> Result<u32, Trap> {
    let [low] = memory.read(address, 0)?;
    Ok(u8::from_le_bytes([low]).into())
}

/// `i32.load24_s`
fn load24_s(memory: &MemoryInstance, address: u64) -> Result<i32, Trap> {
    let [low] = memory.read(address, 0)?;
    Ok(i8::from_le_bytes([low]).into())
}

/// `i32.store24`
fn store24(
    memory: &mut MemoryInstance,
    address: u64,
    operand: u32,
) -> Result<(), Trap> {
    memory.write(address, 0, operand.to_le_bytes())
}

/// A memory of one page.
fn page() -> Option<MemoryInstance> {
    let limits = Limits { min: 1, max: Some(1) };
    MemoryInstance::new(MemoryType::new(AddressType::I32, limits))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut memory = page().ok_or("no memory for a page")?;
    store24(&mut memory, 0, 0xff_fffe)?;
    println!(
        "unsigned: {}, signed: {}",
        load24_u(&memory, 0)?,
        load24_s(&memory, 0)?
    );
    println!("the bytes: {:02x?}", &memory.bytes()[..4]);
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
