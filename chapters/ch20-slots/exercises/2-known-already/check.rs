//! What is known, what wraps, and what must stay.

use ch08_numeric::Numeric;
use ch20_slots::{Operand, SlotOp};

use super::fold;

/// What becomes of an operation on two constants.
fn folded(operator: Numeric, x: u32, y: u32) -> String {
    let [x, y] = [x, y].map(|x| Operand::Const(x.into()));
    fold(SlotOp::Binary(operator, 1, x, y)).to_string()
}

#[test]
fn what_is_known_is_a_copy() {
    assert_eq!(folded(Numeric::I32Add, 2, 3), "s1 = 5");
    assert_eq!(folded(Numeric::I32Mul, 2, 3), "s1 = 6");
    assert_eq!(folded(Numeric::I32DivU, 7, 3), "s1 = 2");
}

#[test]
fn an_i32_wraps() {
    assert_eq!(folded(Numeric::I32Add, u32::MAX, 3), "s1 = 2");
    assert_eq!(folded(Numeric::I32Mul, 1 << 31, 3), "s1 = 2147483648");
}

#[test]
fn what_traps_stays() {
    assert_eq!(folded(Numeric::I32DivU, 7, 0), "s1 = i32.div_u 7 0");
}

#[test]
fn all_else_stays() {
    assert_eq!(folded(Numeric::I32Sub, 7, 3), "s1 = i32.sub 7 3");
    let [slot, constant] = [Operand::Slot(0), Operand::Const(3)];
    for [x, y] in [[slot, constant], [constant, slot], [slot, slot]] {
        let op = SlotOp::Binary(Numeric::I32Add, 1, x, y);
        assert_eq!(fold(op), op);
    }
}
