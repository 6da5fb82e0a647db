//! Moves that happen all at once, made of copies that don't.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch20_slots::{Operand, SlotOp};

/// Copies with the effect of moves that happen all at once. A move is a slot,
/// and what belongs there. The spare slot is in none of them.
pub fn at_once(moves: &[(u16, Operand)], _spare: u16) -> Vec<SlotOp> {
    moves.iter().map(|(to, from)| SlotOp::Copy(*to, *from)).collect()
}

fn main() {
    let [first, second] = [Operand::Slot(1), Operand::Slot(0)];
    for copy in at_once(&[(0, first), (1, second)], 2) {
        println!("{copy}");
    }
}
