//! Bytes, one at a time.

use super::{Memory, Trap};

#[test]
fn a_byte_that_was_stored_can_be_loaded() -> Result<(), Trap> {
    let mut memory = Memory::new(16);
    for (address, byte) in [0.0, 1.0, 2.0, 15.0].into_iter().zip(*b"wasm") {
        memory.store_byte(address, byte)?;
    }
    let loaded =
        [0.0, 1.0, 2.0, 15.0].map(|address| memory.load_byte(address).unwrap());
    assert_eq!(loaded, *b"wasm");
    assert_eq!(memory.load_byte(3.0)?, 0);
    Ok(())
}

#[test]
fn the_low_byte_of_a_number_comes_first() -> Result<(), Trap> {
    let mut memory = Memory::new(16);
    memory.store(4.0, 2.3)?;
    let bytes = [4.0, 5.0, 10.0, 11.0]
        .map(|address| memory.load_byte(address).unwrap());
    assert_eq!(bytes, [0x66, 0x66, 0x02, 0x40]);
    Ok(())
}

#[test]
fn a_byte_can_be_stored_inside_a_number() -> Result<(), Trap> {
    let mut memory = Memory::new(8);
    memory.store(0.0, 2.0)?;
    memory.store_byte(7.0, 0xc0)?;
    assert_eq!(memory.load(0.0)?, -2.0);
    Ok(())
}

#[test]
fn accesses_past_the_last_byte_trap() {
    let mut memory = Memory::new(16);
    for address in [16.0, 1e300, -1.0, 0.5, f64::NAN, f64::INFINITY] {
        let trap = memory.load_byte(address).expect_err("a load has to trap");
        assert!(matches!(trap, Trap::BadAddress(_, 16)), "{trap}");
        let trap =
            memory.store_byte(address, 1).expect_err("a store has to trap");
        assert!(matches!(trap, Trap::BadAddress(_, 16)), "{trap}");
    }
}
