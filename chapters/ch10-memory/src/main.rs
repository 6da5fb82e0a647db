//! Loads that widen, stores that narrow, the end of a memory, growing it, and
//! moving bytes within it.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use ch07_values::{Operand, OperandStack, Trap};
use ch09_module::{
    AddressType, Limits, LoadOp, MemIdx, Memory, MemoryType, StoreOp,
};
use ch10_memory::MemoryInstance;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let limits = Limits { min: 1, max: Some(3) };
    let ty = MemoryType { address: AddressType::I32, limits };
    let mut memory = MemoryInstance::new(ty).ok_or("no room for a page")?;
    writeln!(out, "A memory of type {ty}: {} bytes.\n", memory.bytes().len())?;

    writeln!(out, "i32.store -2 at 0 leaves the bytes {:02x?}", {
        store(&mut memory, StoreOp::I32Store, 0, -2_i32)?;
        &memory.bytes()[..4]
    })?;
    for op in [
        LoadOp::I32Load,
        LoadOp::I32Load8S,
        LoadOp::I32Load8U,
        LoadOp::I32Load16S,
        LoadOp::I64Load32U,
    ] {
        writeln!(
            out,
            "  {:<14} reads {:>10}",
            op.name(),
            load(&memory, op, 0)?
        )?;
    }
    store(&mut memory, StoreOp::I32Store8, 1, 0x1234_i32)?;
    writeln!(
        out,
        "i32.store8 0x1234 at 1 writes its low byte: {:02x?}\n",
        &memory.bytes()[..4]
    )?;

    for address in [65_532, 65_533, u32::MAX] {
        match load(&memory, LoadOp::I32Load, address) {
            Ok(value) => writeln!(out, "i32.load at {address}: {value}")?,
            Err(trap) => writeln!(out, "i32.load at {address}: trap: {trap}")?,
        }
    }

    writeln!(out)?;
    for pages in [1, 1, 1] {
        let before = grow(&mut memory, pages)?;
        writeln!(
            out,
            "memory.grow {pages} leaves {before:>2}; there are {} pages",
            memory.size()
        )?;
    }

    memory.init(10, b"From a stack", 0, 12)?;
    memory.copy(12, 10, 12)?;
    memory.fill(10, b'.', 2)?;
    let bytes =
        String::from_utf8_lossy(&memory.bytes()[8..26]).replace('\0', "_");
    writeln!(
        out,
        "\nmemory.init, then memory.copy two bytes on, over itself, then \
         memory.fill:\n  {bytes}"
    )?;
    let beyond = memory.fill(196_600, b'!', 9);
    writeln!(
        out,
        "memory.fill of nine bytes, eight before the end: {}",
        text(beyond)
    )?;
    writeln!(out, "and nothing was written: {:?}", &memory.bytes()[196_600..])?;
    Ok(())
}

fn load(
    memory: &MemoryInstance,
    op: LoadOp,
    address: u32,
) -> Result<i64, Trap> {
    let mut slots = [0; 1];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push(address)?;
    memory.load(op, 0, &mut stack)?;
    // A load of 32 bits leaves the high half of its slot zero.
    let slot: u64 = stack.pop();
    Ok(if op.name().starts_with("i32") {
        i64::from(slot as i32)
    } else {
        slot as i64
    })
}

fn store(
    memory: &mut MemoryInstance,
    op: StoreOp,
    address: u32,
    operand: impl Operand,
) -> Result<(), Trap> {
    let mut slots = [0; 2];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push(address)?;
    stack.push(operand)?;
    memory.store(op, 0, &mut stack)
}

fn grow(memory: &mut MemoryInstance, pages: u32) -> Result<i32, Trap> {
    let mut slots = [0; 1];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push(pages)?;
    memory.execute(Memory::Grow(MemIdx(0)), &mut [], &mut stack)?;
    Ok(stack.pop())
}

fn text(outcome: Result<(), Trap>) -> String {
    match outcome {
        Ok(()) => "done".to_owned(),
        Err(trap) => format!("trap: {trap}"),
    }
}
