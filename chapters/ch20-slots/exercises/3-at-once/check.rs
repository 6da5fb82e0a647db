//! Every way to move four slots, or to put a constant there.

use ch20_slots::{Operand, SlotOp};

use super::at_once;

/// The slots that are moved; the one after them is the spare one.
const COUNT: u16 = 4;

/// What is in each slot at first.
const BEFORE: [u64; 4] = [100, 101, 102, 103];

/// All lists with a move for each slot. The greatest digit is a constant.
fn all() -> impl Iterator<Item = Vec<(u16, Operand)>> {
    (0..5_u32.pow(COUNT.into())).map(|number| {
        let digits =
            (0..COUNT).map(move |to| (to, number / 5_u32.pow(to.into()) % 5));
        let operand = |from: u32| match from {
            4 => Operand::Const(7),
            slot => Operand::Slot(slot as u16),
        };
        digits.map(|(to, from)| (to, operand(from))).collect()
    })
}

/// The slots after copies, one after the other.
fn after(copies: &[SlotOp]) -> [u64; 4] {
    let [a, b, c, d] = BEFORE;
    let mut slots = [a, b, c, d, 0];
    for copy in copies {
        let SlotOp::Copy(to, from) = *copy else { panic!("{copy} is no copy") };
        slots[usize::from(to)] = match from {
            Operand::Slot(slot) => slots[usize::from(slot)],
            Operand::Const(constant) => constant,
        };
    }
    let [moved @ .., _] = slots;
    moved
}

/// The moves and the copies as text, for a message.
fn text(moves: &[(u16, Operand)], copies: &[SlotOp]) -> String {
    let lines = |ops: &[SlotOp]| {
        let ops: Vec<String> = ops.iter().map(ToString::to_string).collect();
        ops.join(", ")
    };
    let moves: Vec<SlotOp> =
        moves.iter().map(|(to, from)| SlotOp::Copy(*to, *from)).collect();
    format!("at once: {}; your copies: {}", lines(&moves), lines(copies))
}

#[test]
fn the_slots_are_right() {
    for moves in all() {
        let copies = at_once(&moves, COUNT);
        let expected = moves.iter().map(|(_, from)| match from {
            Operand::Slot(slot) => BEFORE[usize::from(*slot)],
            Operand::Const(constant) => *constant,
        });
        let expected: Vec<u64> = expected.collect();
        assert_eq!(after(&copies)[..], expected, "{}", text(&moves, &copies));
    }
}

/// How many circles there are: slots whose values go round.
fn circles(moves: &[(u16, Operand)]) -> usize {
    let next = |slot: u16| match moves[usize::from(slot)].1 {
        Operand::Slot(from) => Some(from),
        Operand::Const(_) => None,
    };
    // A circle is counted at its lowest slot.
    let is_lowest = |slot: &u16| {
        let mut here = next(*slot);
        let mut length = 1;
        while let Some(other) =
            here.filter(|other| other > slot && length < COUNT)
        {
            here = next(other);
            length += 1;
        }
        length > 1 && here == Some(*slot)
    };
    (0..COUNT).filter(is_lowest).count()
}

#[test]
fn there_is_no_copy_too_many() {
    for moves in all() {
        let copies = at_once(&moves, COUNT);
        let stays = |(to, from): &&(u16, Operand)| *from == Operand::Slot(*to);
        let moved = moves.len() - moves.iter().filter(stays).count();
        let most = moved + circles(&moves);
        assert!(
            copies.len() <= most,
            "{} are enough; {}",
            most,
            text(&moves, &copies)
        );
    }
}

#[test]
fn nothing_is_moved() {
    assert_eq!(at_once(&[], 0), []);
}
