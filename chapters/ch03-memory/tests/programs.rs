//! Programs, and what they leave in memory or trap with.

use ch03_memory::Instr::{self, Add, Const, Load, Mul, Store};
use ch03_memory::{Error, Machine, Memory, Trap, V, X, program};
use trace::Step;

/// The stack after `code`.
fn run(code: &[Instr]) -> Result<Vec<f64>, Error> {
    let mut machine = Machine::new(());
    machine.execute(code)?;
    Ok(machine.stack.values().to_vec())
}

#[test]
fn two_rounds_move_the_player_twice() -> Result<(), Error> {
    let mut machine = Machine::new(());
    machine.memory.store(X, 2.0)?;
    machine.memory.store(V, 30.0)?;
    machine.execute(&program())?;
    machine.execute(&program())?;
    assert_eq!(machine.memory.load(X)?, 8.0);
    assert_eq!(machine.memory.load(V)?, 30.0);
    Ok(())
}

#[test]
fn the_low_byte_comes_first() -> Result<(), Error> {
    let mut steps: Vec<Step> = Vec::new();
    Machine::new(&mut steps).execute(&[Const(8.0), Const(2.3), Store])?;
    // 2.3 is 0x4002666666666666.
    assert_eq!(steps[2].writes[0].address, 8);
    assert_eq!(
        steps[2].writes[0].bytes,
        [0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x02, 0x40]
    );
    Ok(())
}

#[test]
fn variables_may_overlap_and_then_share_bytes() -> Result<(), Trap> {
    let mut memory = Memory::new(12);
    memory.store(0.0, 2.3)?;
    memory.store(4.0, 0.0)?;
    assert_eq!(memory.load(0.0)?.to_bits(), 0x6666_6666);
    Ok(())
}

#[test]
fn the_last_number_ends_where_memory_ends() -> Result<(), Error> {
    assert_eq!(
        run(&[Const(65528.0), Const(7.0), Store, Const(65528.0), Load])?,
        [7.0]
    );
    Ok(())
}

#[test]
fn a_missing_operand_is_a_trap_with_a_place() {
    let trap = |code: &[Instr]| run(code).unwrap_err();
    insta::assert_snapshot!(trap(&[Const(1.0), Const(2.0), Mul, Add]), @"at 3, add: operand stack is empty");
    insta::assert_snapshot!(trap(&[Load]), @"at 0, load: operand stack is empty");
    insta::assert_snapshot!(trap(&[Const(1.0), Store]), @"at 1, store: operand stack is empty");
}

#[test]
fn a_hostile_address_is_a_trap() {
    let load = |address| run(&[Const(address), Load]).unwrap_err();
    insta::assert_snapshot!(load(65529.0), @"at 1, load: no number at address 65529 in a memory of 65536 bytes");
    insta::assert_snapshot!(load(70000.0), @"at 1, load: no number at address 70000 in a memory of 65536 bytes");
    insta::assert_snapshot!(load(1e300), @"at 1, load: no number at address 1e300 in a memory of 65536 bytes");
    insta::assert_snapshot!(load(-1.0), @"at 1, load: no number at address -1 in a memory of 65536 bytes");
    insta::assert_snapshot!(load(0.5), @"at 1, load: no number at address 0.5 in a memory of 65536 bytes");
    insta::assert_snapshot!(load(f64::NAN), @"at 1, load: no number at address NaN in a memory of 65536 bytes");
    insta::assert_snapshot!(load(f64::INFINITY), @"at 1, load: no number at address inf in a memory of 65536 bytes");

    let store =
        |address| run(&[Const(address), Const(1.0), Store]).unwrap_err();
    insta::assert_snapshot!(store(65529.0), @"at 2, store: no number at address 65529 in a memory of 65536 bytes");
    insta::assert_snapshot!(store(-1.0), @"at 2, store: no number at address -1 in a memory of 65536 bytes");
}

#[test]
fn a_store_that_traps_writes_nothing() {
    let mut memory = Memory::new(12);
    memory.store(5.0, -1.0).unwrap_err();
    assert_eq!(memory.load(0.0).unwrap(), 0.0);
    assert_eq!(memory.load(4.0).unwrap(), 0.0);
}
