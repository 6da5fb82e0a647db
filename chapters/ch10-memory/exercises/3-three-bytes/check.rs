//! Three bytes, no more and no fewer.

use ch07_values::Trap;

use super::{load24_s, load24_u, page, store24};

#[test]
fn a_load_reads_three() {
    let mut memory = page().unwrap();
    memory.bytes_mut()[..5].copy_from_slice(&[0x11, 0xfe, 0xff, 0xff, 0x22]);
    assert_eq!(load24_u(&memory, 1), Ok(0xff_fffe));
    assert_eq!(load24_s(&memory, 1), Ok(-2));
    assert_eq!(load24_u(&memory, 2), Ok(0x22_ffff));
    assert_eq!(load24_s(&memory, 2), Ok(0x22_ffff));
}

#[test]
fn a_store_writes_three() {
    let mut memory = page().unwrap();
    memory.bytes_mut()[..5].fill(0x55);
    store24(&mut memory, 1, 0x1234_5678).unwrap();
    assert_eq!(memory.bytes()[..5], [0x55, 0x78, 0x56, 0x34, 0x55]);
}

#[test]
fn the_last_three_can_be_reached() {
    let mut memory = page().unwrap();
    assert_eq!(store24(&mut memory, 65_533, 0x80_0000), Ok(()));
    assert_eq!(load24_u(&memory, 65_533), Ok(0x80_0000));
    assert_eq!(load24_s(&memory, 65_533), Ok(-0x80_0000));
    assert_eq!(load24_u(&memory, 65_534), Err(Trap::OutOfBoundsMemoryAccess));
    assert_eq!(
        store24(&mut memory, 65_534, 0),
        Err(Trap::OutOfBoundsMemoryAccess)
    );
}
