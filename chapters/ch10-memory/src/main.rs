//! The end of a memory, loads that widen, stores that narrow, moving bytes
//! within it, and growing it.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use ch07_values::{NumType, Operand, OperandStack, Trap};
use ch09_module::{
    AddressType, Limits, LoadOp, MemIdx, Memory, MemoryType, StoreOp,
};
use ch10_memory::MemoryInstance;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    let limits = Limits { min: 1, max: Some(3) };
    let ty = MemoryType::new(AddressType::I32, limits);
    let mut memory = MemoryInstance::new(ty).ok_or("no memory for a page")?;
    writeln!(out, "A memory of type {ty}: {} bytes.", memory.bytes().len())?;
    show_reads(out, &memory)?;
    show_write(out, &mut memory)?;
    show_accesses(out, &mut memory)?;
    show_fill(out, &mut memory)?;
    show_copies(out, &mut memory)?;
    show_growth(out, &mut memory)?;
    Ok(())
}

fn show_reads(out: &mut impl Write, memory: &MemoryInstance) -> Outcome {
    writeln!(out)?;
    for (address, offset) in [(65_532, 0), (65_533, 0), (4_294_967_295, 8)] {
        let outcome = match memory.read::<4>(address, offset) {
            Ok(bytes) => format!("{bytes:?}"),
            Err(trap) => format!("trap: {trap}"),
        };
        writeln!(out, "four bytes at {address} + {offset}: {outcome}")?;
    }
    Ok(())
}

fn show_write(out: &mut impl Write, memory: &mut MemoryInstance) -> Outcome {
    let outcome = match memory.write(65_533, 0, [1; 4]) {
        Ok(()) => "done".to_owned(),
        Err(trap) => format!("trap: {trap}"),
    };
    writeln!(out, "\nfour ones to 65533: {outcome}")?;
    writeln!(out, "and the last three are {:?}", &memory.bytes()[65_533..])?;
    Ok(())
}

fn show_accesses(out: &mut impl Write, memory: &mut MemoryInstance) -> Outcome {
    store(memory, StoreOp::I32Store, 0, -2_i32)?;
    let bytes = &memory.bytes()[..4];
    writeln!(out, "\ni32.store -2 at 0 leaves the bytes {bytes:02x?}")?;
    for op in [
        LoadOp::I32Load,
        LoadOp::I32Load8S,
        LoadOp::I32Load8U,
        LoadOp::I32Load16S,
        LoadOp::I64Load32U,
    ] {
        let (name, value) = (op.row().name, load(memory, op, 0)?);
        writeln!(out, "  {name:<14} reads {value:>10}")?;
    }
    store(memory, StoreOp::I32Store8, 1, 0x1234_i32)?;
    let bytes = &memory.bytes()[..4];
    writeln!(out, "i32.store8 0x1234 at 1 writes its low byte: {bytes:02x?}")?;
    Ok(())
}

fn show_fill(out: &mut impl Write, memory: &mut MemoryInstance) -> Outcome {
    memory.fill(10, b'.', 14)?;
    writeln!(out, "\nmemory.fill, one byte 14 times: {}", excerpt(memory))?;
    let outcome = match memory.fill(65_528, b'!', 9) {
        Ok(()) => "done".to_owned(),
        Err(trap) => format!("trap: {trap}"),
    };
    writeln!(out, "nine bytes, eight before the end: {outcome}")?;
    writeln!(out, "and nothing was written: {:?}", &memory.bytes()[65_528..])?;
    Ok(())
}

fn show_copies(out: &mut impl Write, memory: &mut MemoryInstance) -> Outcome {
    memory.init(10, b"From a stack", 0, 12)?;
    writeln!(out, "\nmemory.init, from a segment: {}", excerpt(memory))?;
    memory.copy(12, 10, 12)?;
    writeln!(out, "memory.copy, over itself:    {}", excerpt(memory))?;
    Ok(())
}

fn show_growth(out: &mut impl Write, memory: &mut MemoryInstance) -> Outcome {
    writeln!(out)?;
    for pages in [1, 1, 1] {
        let before = grow(memory, pages)?;
        let now = memory.size();
        writeln!(
            out,
            "memory.grow {pages} leaves {before:>2}: {now} pages now"
        )?;
    }
    Ok(())
}

/// The bytes from 8 to 26 as characters, zeros as `_`.
fn excerpt(memory: &MemoryInstance) -> String {
    String::from_utf8_lossy(&memory.bytes()[8..26]).replace('\0', "_")
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
    Ok(if op.row().results == [NumType::I32] {
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
