//! Moves that happen all at once, made of copies that don't.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch20_slots::{Operand, SlotOp};

/// Copies with the effect of moves that happen all at once. A move is a slot,
/// and what belongs there. The spare slot is in none of them.
pub fn at_once(moves: &[(u16, Operand)], spare: u16) -> Vec<SlotOp> {
    let mut left = moves.to_vec();
    left.retain(|(to, from)| *from != Operand::Slot(*to));
    let mut copies = Vec::new();
    while !left.is_empty() {
        let is_read =
            |to: u16| left.iter().any(|(_, from)| *from == Operand::Slot(to));
        match left.iter().position(|(to, _)| !is_read(*to)) {
            Some(next) => {
                let (to, from) = left.remove(next);
                copies.push(SlotOp::Copy(to, from));
            }
            None => {
                // A circle: one of them reads the spare slot instead.
                let (_, from) = &mut left[0];
                copies.push(SlotOp::Copy(spare, *from));
                *from = Operand::Slot(spare);
            }
        }
    }
    copies
}

fn main() {
    let [first, second] = [Operand::Slot(1), Operand::Slot(0)];
    for copy in at_once(&[(0, first), (1, second)], 2) {
        println!("{copy}");
    }
}
