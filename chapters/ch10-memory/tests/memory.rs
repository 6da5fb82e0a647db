//! Bounds, growth and bulk.

use ch07_values::{OperandStack, Trap};
use ch09_module::{
    AddressType, Bytes, DataIdx, Limits, LoadOp, MemIdx, Memory, MemoryType,
    StoreOp,
};
use ch10_memory::MemoryInstance;

/// Bytes in a page.
const PAGE: usize = MemoryType::PAGE_SIZE as usize;

const SIZE: Memory = Memory::Size(MemIdx(0));
const GROW: Memory = Memory::Grow(MemIdx(0));
const FILL: Memory = Memory::Fill(MemIdx(0));
const COPY: Memory = Memory::Copy(MemIdx(0), MemIdx(0));
const INIT: Memory = Memory::Init(MemIdx(0), DataIdx(0));

fn ty(address: AddressType, min: u64, max: Option<u64>) -> MemoryType {
    MemoryType::new(address, Limits { min, max })
}

fn memory(min: u64, max: Option<u64>) -> MemoryInstance {
    MemoryInstance::new(ty(AddressType::I32, min, max)).unwrap()
}

/// Executes an instruction on these operands, and returns what is left of them.
fn execute(
    memory: &mut MemoryInstance,
    instr: Memory,
    data: &mut [Bytes],
    operands: &[u32],
) -> Result<Vec<u64>, Trap> {
    let mut slots = [0; 4];
    let mut stack = OperandStack::new(&mut slots, 0);
    operands.iter().try_for_each(|operand| stack.push(*operand))?;
    memory.execute(instr, data, &mut stack)?;
    Ok(stack.slots().to_vec())
}

#[test]
fn the_last_bytes_can_be_reached_and_the_next_cannot() {
    let mut memory = memory(1, None);
    let end = PAGE as u64;
    assert_eq!(memory.read::<8>(end - 8, 0), Ok([0; 8]));
    assert_eq!(
        memory.read::<8>(end - 7, 0),
        Err(Trap::OutOfBoundsMemoryAccess)
    );
    assert_eq!(memory.read::<8>(0, end - 8), Ok([0; 8]));
    assert_eq!(
        memory.read::<1>(u64::MAX, u64::MAX),
        Err(Trap::OutOfBoundsMemoryAccess)
    );
    assert_eq!(
        memory.read::<4>(u64::MAX, 8),
        Err(Trap::OutOfBoundsMemoryAccess),
        "7 is not meant"
    );
    assert_eq!(
        memory.write(end - 3, 0, [1; 4]),
        Err(Trap::OutOfBoundsMemoryAccess)
    );
    assert_eq!(
        memory.bytes()[PAGE - 3..],
        [0; 3],
        "a store that traps writes nothing"
    );
}

#[test]
fn every_load_reads_back_what_a_store_wrote() {
    let cases = [
        (StoreOp::I32Store, LoadOp::I32Load, 0xffff_fffe, 0xffff_fffe),
        (StoreOp::I64Store, LoadOp::I64Load, u64::MAX - 1, u64::MAX - 1),
        (StoreOp::F32Store, LoadOp::F32Load, 0x7fa0_0000, 0x7fa0_0000),
        (
            StoreOp::F64Store,
            LoadOp::F64Load,
            0x7ff4_0000_0000_0000,
            0x7ff4_0000_0000_0000,
        ),
        (StoreOp::I32Store8, LoadOp::I32Load8S, 0x180, 0xffff_ff80),
        (StoreOp::I32Store8, LoadOp::I32Load8U, 0x180, 0x80),
        (StoreOp::I32Store16, LoadOp::I32Load16S, 0x1_8000, 0xffff_8000),
        (StoreOp::I32Store16, LoadOp::I32Load16U, 0x1_8000, 0x8000),
        (StoreOp::I64Store8, LoadOp::I64Load8S, 0x180, 0xffff_ffff_ffff_ff80),
        (StoreOp::I64Store8, LoadOp::I64Load8U, 0x180, 0x80),
        (
            StoreOp::I64Store16,
            LoadOp::I64Load16S,
            0x1_8000,
            0xffff_ffff_ffff_8000,
        ),
        (StoreOp::I64Store16, LoadOp::I64Load16U, 0x1_8000, 0x8000),
        (
            StoreOp::I64Store32,
            LoadOp::I64Load32S,
            0x1_8000_0000,
            0xffff_ffff_8000_0000,
        ),
        (StoreOp::I64Store32, LoadOp::I64Load32U, 0x1_8000_0000, 0x8000_0000),
    ];
    for (store, load, operand, expected) in cases {
        let mut memory = memory(1, None);
        let mut slots = [8, operand];
        let mut stack = OperandStack::new(&mut slots, 2);
        memory.store(store, 3, &mut stack).unwrap();
        stack.push(8_u32).unwrap();
        memory.load(load, 3, &mut stack).unwrap();
        assert_eq!(stack.slots(), [expected], "{store:?}, {load:?}");
        assert_eq!(memory.bytes()[..11], [0; 11]);
        assert_eq!(
            memory.bytes()[11 + store.width()..32],
            vec![0; 21 - store.width()],
            "{store:?}"
        );
    }
}

#[test]
fn a_memory_grows_to_its_limit_and_keeps_its_bytes() {
    let mut memory = memory(1, Some(3));
    memory.bytes_mut()[7] = 7;
    let mut run = |instr, operands: &[u32]| {
        execute(&mut memory, instr, &mut [], operands).unwrap()
    };
    assert_eq!(run(GROW, &[2]), [1]);
    assert_eq!(run(GROW, &[1]), [0xffff_ffff]);
    assert_eq!(run(GROW, &[0]), [3]);
    assert_eq!(run(SIZE, &[]), [3]);
    assert_eq!((memory.bytes()[7], memory.bytes().len()), (7, 3 * PAGE));
}

#[test]
fn a_failed_growth_is_minus_one_of_the_address_type() {
    let mut memory =
        MemoryInstance::new(ty(AddressType::I64, 0, Some(0))).unwrap();
    assert_eq!(execute(&mut memory, GROW, &mut [], &[1]), Ok(vec![u64::MAX]));
}

#[test]
fn the_embedder_can_limit_the_bytes() {
    let limit = 2 * PAGE as u64 + 1;
    let within = |min| {
        MemoryInstance::with_limit(ty(AddressType::I64, min, None), limit)
    };
    assert!(within(3).is_none());
    let mut memory = within(1).unwrap();
    assert_eq!((memory.grow(2), memory.grow(1)), (None, Some(1)));
    memory.set_limit(u64::MAX);
    assert_eq!(memory.grow(1), Some(2));
    // A limit below the present size takes nothing away.
    memory.set_limit(1);
    assert_eq!((memory.grow(1), memory.size()), (None, 3));
}

#[test]
fn a_page_may_be_one_byte() {
    let small = |address, min, max| MemoryType {
        page_size: 1,
        ..ty(address, min, max)
    };
    let mut memory =
        MemoryInstance::with_limit(small(AddressType::I32, 5, Some(9)), 8)
            .unwrap();
    assert_eq!((memory.size(), memory.bytes().len()), (5, 5));
    assert_eq!(memory.read::<4>(1, 0), Ok([0; 4]));
    assert_eq!(memory.read::<4>(2, 0), Err(Trap::OutOfBoundsMemoryAccess));
    assert_eq!((memory.grow(4), memory.grow(3)), (None, Some(5)));
    memory.set_limit(u64::MAX);
    assert_eq!((memory.grow(2), memory.grow(1)), (None, Some(8)));
    assert_eq!(memory.bytes(), [0; 9]);
    // One page of 65,536 bytes is as large as that many of one byte.
    let large = MemoryInstance::new(small(AddressType::I64, 65_536, None));
    assert_eq!(large.unwrap().bytes(), self::memory(1, None).bytes());
}

#[test]
fn a_memory_that_is_too_large_is_refused_and_not_an_abort() {
    let wide = |min| MemoryInstance::new(ty(AddressType::I64, min, None));
    // More than a number can count, more than Rust allows, and more than any
    // processor has addresses for: only the last one gets to the system.
    for pages in [u64::MAX, 1 << 48, 1 << 47, 1 << 46] {
        assert!(wide(pages).is_none(), "{pages} pages");
        assert_eq!(wide(1).unwrap().grow(pages), None, "{pages} pages");
    }
    let mut memory = memory(1, None);
    assert_eq!(memory.grow(65_536), None, "32 bits reach 65,536 pages");
    assert_eq!(memory.grow(u64::MAX), None);
    assert_eq!(memory.size(), 1);
}

#[test]
fn a_type_that_is_not_valid_has_no_memory() {
    let made = |ty| MemoryInstance::new(ty).is_some();
    assert!(!made(ty(AddressType::I32, 3, Some(2))));
    assert!(!made(ty(AddressType::I32, 0, Some(65_537))));
    assert!(!made(ty(AddressType::I32, 65_537, None)));
    let odd = MemoryType { page_size: 3, ..ty(AddressType::I32, 1, None) };
    assert!(!made(odd));
}

/// How many kilobytes of this process are in the computer's own memory.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.unwrap().parse().unwrap()
}

// Other systems don't say it in a file.
#[cfg(target_os = "linux")]
#[test]
fn pages_take_no_room_until_they_are_touched() {
    const MANY: u64 = 65_535;
    let before = resident();
    let at_once = memory(MANY, None);
    let mut later = memory(1, None);
    later.bytes_mut()[7] = 7;
    assert!(
        later.grow(MANY - 1).is_some(),
        "the test needs 8 GiB of addresses"
    );
    assert_eq!((later.bytes()[7], later.bytes()[1 << 31]), (7, 0));
    for memory in [&at_once, &later] {
        assert_eq!(memory.bytes().len(), MANY as usize * PAGE);
    }
    let touched = resident().saturating_sub(before);
    assert!(touched < 1 << 20, "{touched} kB");
}

#[test]
fn ranges_that_overlap_are_copied_as_if_by_way_of_another_place() {
    let mut memory = memory(1, None);
    memory.init(0, b"abcdef", 0, 6).unwrap();
    memory.copy(2, 0, 4).unwrap();
    assert_eq!(&memory.bytes()[..6], b"ababcd");
    memory.copy(0, 1, 5).unwrap();
    assert_eq!(&memory.bytes()[..6], b"babcdd");
}

#[test]
fn a_range_past_the_end_traps_even_if_it_is_empty_and_writes_nothing() {
    let mut memory = memory(1, None);
    let end = PAGE as u64;
    assert_eq!(memory.fill(end, 1, 0), Ok(()));
    assert_eq!(memory.fill(end + 1, 1, 0), Err(Trap::OutOfBoundsMemoryAccess));
    assert_eq!(memory.fill(end - 1, 1, 2), Err(Trap::OutOfBoundsMemoryAccess));
    assert_eq!(memory.copy(0, end - 1, 2), Err(Trap::OutOfBoundsMemoryAccess));
    assert_eq!(memory.copy(end - 1, 0, 2), Err(Trap::OutOfBoundsMemoryAccess));
    assert_eq!(
        memory.copy(u64::MAX, u64::MAX, u64::MAX),
        Err(Trap::OutOfBoundsMemoryAccess)
    );
    assert_eq!(
        memory.init(0, b"abc", 1, 3),
        Err(Trap::OutOfBoundsMemoryAccess)
    );
    assert!(memory.bytes().iter().all(|byte| *byte == 0));
}

/// The operands of an instruction have an order, which its method cannot show.
#[test]
fn bulk_instructions_know_which_operand_is_which() {
    let mut memory = memory(1, None);
    let mut data = [Bytes::from_static(b"abcdef")];
    let mut run = |instr, operands: [u32; 3]| {
        let rest = execute(&mut memory, instr, &mut data, &operands);
        assert_eq!(rest, Ok(vec![]), "{instr:?}");
        String::from_utf8(memory.bytes()[..8].to_vec()).unwrap()
    };
    // Where to, from where, how many.
    assert_eq!(run(INIT, [4, 1, 3]), "\0\0\0\0bcd\0");
    assert_eq!(run(COPY, [1, 4, 2]), "\0bc\0bcd\0");
    // Where to, what, how many; of what, the low byte.
    assert_eq!(run(FILL, [3, 0x12e, 2]), "\0bc..cd\0");
}

#[test]
fn a_dropped_segment_is_empty() {
    let mut memory = memory(1, None);
    let mut data = [Bytes::from_static(b"abc")];
    let mut run = |instr, operands: &[u32]| {
        execute(&mut memory, instr, &mut data, operands)
    };
    assert_eq!(run(INIT, &[0, 1, 2]), Ok(vec![]));
    assert_eq!(run(Memory::DataDrop(DataIdx(0)), &[]), Ok(vec![]));
    assert_eq!(run(INIT, &[0, 0, 1]), Err(Trap::OutOfBoundsMemoryAccess));
    assert_eq!(run(INIT, &[0, 0, 0]), Ok(vec![]));
    assert_eq!(&memory.bytes()[..2], b"bc");
}
