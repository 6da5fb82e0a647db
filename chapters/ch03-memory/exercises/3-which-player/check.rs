//! An address can be calculated: that is all that an array is.

use super::{PLAYER, VS, XS, move_player};
use ch03_memory::{Machine, Trap};

/// Where the four stand after `player` was moved once. Number n stands at 100 n
/// and goes 10 n + 10 a second.
fn after(player: f64) -> Result<[f64; 4], Trap> {
    let mut machine = Machine::new(());
    for number in [0.0, 1.0, 2.0, 3.0] {
        machine.memory.store(XS + 8.0 * number, 100.0 * number)?;
        machine.memory.store(VS + 8.0 * number, 10.0 * number + 10.0)?;
    }
    machine.memory.store(PLAYER, player)?;
    machine.execute(&move_player()).expect("the program has no reason to trap");
    assert_eq!(machine.stack.values(), [], "something is left on the stack");
    assert_eq!(
        machine.memory.load(PLAYER)?,
        player,
        "the player's number has changed"
    );
    let x = |number: f64| machine.memory.load(XS + 8.0 * number);
    Ok([x(0.0)?, x(1.0)?, x(2.0)?, x(3.0)?])
}

#[test]
fn the_first_is_moved() {
    assert_eq!(after(0.0).unwrap(), [1.0, 100.0, 200.0, 300.0]);
}

#[test]
fn only_the_chosen_player_is_moved() {
    assert_eq!(after(1.0).unwrap(), [0.0, 102.0, 200.0, 300.0]);
    assert_eq!(after(2.0).unwrap(), [0.0, 100.0, 203.0, 300.0]);
    assert_eq!(after(3.0).unwrap(), [0.0, 100.0, 200.0, 304.0]);
}
