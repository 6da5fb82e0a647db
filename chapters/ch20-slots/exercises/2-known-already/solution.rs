//! Operations whose result is known before the program runs.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch08_numeric::Numeric;
use ch20_slots::{Operand, SlotOp};

/// Replaces an operation by a copy, if its result is known.
pub fn fold(op: SlotOp) -> SlotOp {
    let SlotOp::Binary(operator, to, Operand::Const(x), Operand::Const(y)) = op
    else {
        return op;
    };
    let (x, y) = (x as u32, y as u32);
    let result = match operator {
        Numeric::I32Add => Some(x.wrapping_add(y)),
        Numeric::I32Mul => Some(x.wrapping_mul(y)),
        Numeric::I32DivU => x.checked_div(y),
        _ => None,
    };
    match result {
        Some(result) => SlotOp::Copy(to, Operand::Const(result.into())),
        None => op,
    }
}

fn main() {
    let [x, y] = [Operand::Const(2), Operand::Const(3)];
    println!("{}", fold(SlotOp::Binary(Numeric::I32Add, 1, x, y)));
}
