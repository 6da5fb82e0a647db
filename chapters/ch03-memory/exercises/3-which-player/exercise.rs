//! Moves one of four players: the first, whoever was meant.

use ch03_memory::Instr::{self, Add, Const, Load, Mul, Store};
use ch03_memory::{Error, Machine};

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// Which player is to be moved: the address of a number from 0 to 3.
pub const PLAYER: f64 = 0.0;
/// Where the players stand: the address of four numbers, eight bytes each.
pub const XS: f64 = 8.0;
/// How fast they are: the address of four numbers, eight bytes each.
pub const VS: f64 = 40.0;

/// `xs[player] = xs[player] + vs[player] * 0.1`
#[rustfmt::skip] // One operand per line.
pub fn move_player() -> Vec<Instr> {
    vec![
        Const(XS),
        Const(XS), Load,
        Const(VS), Load,
        Const(0.1),
        Mul,
        Add,
        Store,
    ]
}

fn main() -> Result<(), Error> {
    let mut machine = Machine::new(());
    for address in [VS, VS + 8.0, VS + 16.0, VS + 24.0] {
        machine.memory.store(address, 30.0)?;
    }
    machine.memory.store(PLAYER, 2.0)?;
    machine.execute(&move_player())?;
    for address in [XS, XS + 8.0, XS + 16.0, XS + 24.0] {
        println!("address {address}: x = {}", machine.memory.load(address)?);
    }
    Ok(())
}
