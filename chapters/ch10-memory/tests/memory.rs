//! Bounds, growth and bulk.

use ch07_values::{OperandStack, Trap};
use ch09_module::{
    AddressType, DataIdx, Limits, LoadOp, MemIdx, Memory, MemoryType, StoreOp,
};
use ch10_memory::{MAX_PAGES, MemoryInstance, PAGE_SIZE};

fn memory(min: u64, max: Option<u64>) -> MemoryInstance {
    let limits = Limits { min, max };
    MemoryInstance::new(MemoryType { address: AddressType::I32, limits })
        .unwrap()
}

/// Executes an instruction on these operands, and returns what is left of them.
fn execute(
    memory: &mut MemoryInstance,
    instr: Memory,
    data: &mut [Box<[u8]>],
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
    let end = PAGE_SIZE as u64;
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
        memory.bytes()[PAGE_SIZE - 3..],
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
    assert_eq!(
        execute(&mut memory, Memory::Grow(MemIdx(0)), &mut [], &[2]),
        Ok(vec![1])
    );
    assert_eq!(
        execute(&mut memory, Memory::Grow(MemIdx(0)), &mut [], &[1]),
        Ok(vec![0xffff_ffff])
    );
    assert_eq!(
        execute(&mut memory, Memory::Grow(MemIdx(0)), &mut [], &[0]),
        Ok(vec![3])
    );
    assert_eq!(
        execute(&mut memory, Memory::Size(MemIdx(0)), &mut [], &[]),
        Ok(vec![3])
    );
    assert_eq!((memory.bytes()[7], memory.bytes().len()), (7, 3 * PAGE_SIZE));
}

#[test]
fn what_is_too_large_is_refused_and_not_an_abort() {
    let limits = Limits { min: u64::MAX, max: None };
    assert!(
        MemoryInstance::new(MemoryType { address: AddressType::I64, limits })
            .is_none()
    );
    let limits = Limits { min: MAX_PAGES + 1, max: None };
    assert!(
        MemoryInstance::new(MemoryType { address: AddressType::I32, limits })
            .is_none()
    );
    let mut memory = memory(1, None);
    assert_eq!(memory.grow(MAX_PAGES), None);
    assert_eq!(memory.grow(u64::MAX), None);
    assert_eq!(memory.size(), 1);
}

/// How many bytes of this process are in the machine's own memory, where the
/// system says so.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

#[test]
fn pages_take_no_room_until_they_are_touched() {
    let mut memory = memory(1, None);
    memory.bytes_mut()[7] = 7;
    let before = resident();
    // Where the system has no addresses for four gigabytes, this is -1 to the
    // module.
    if memory.grow(MAX_PAGES - 1).is_none() {
        return;
    }
    assert_eq!(memory.grow(1), None);
    assert_eq!(
        (memory.bytes()[7], memory.bytes().len()),
        (7, 65_536 * PAGE_SIZE)
    );
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(
            after.saturating_sub(before) < 1 << 30,
            "{before} bytes became {after}"
        );
    }
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
    let end = PAGE_SIZE as u64;
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

#[test]
fn a_dropped_segment_is_empty() {
    let mut memory = memory(1, None);
    let mut data = [Box::from(*b"abc")];
    let init = Memory::Init(MemIdx(0), DataIdx(0));
    assert_eq!(execute(&mut memory, init, &mut data, &[0, 1, 2]), Ok(vec![]));
    assert_eq!(&memory.bytes()[..2], b"bc");
    assert_eq!(
        execute(&mut memory, Memory::DataDrop(DataIdx(0)), &mut data, &[]),
        Ok(vec![])
    );
    assert_eq!(
        execute(&mut memory, init, &mut data, &[0, 0, 1]),
        Err(Trap::OutOfBoundsMemoryAccess)
    );
    assert_eq!(execute(&mut memory, init, &mut data, &[0, 0, 0]), Ok(vec![]));
}
