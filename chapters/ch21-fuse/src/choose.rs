//! Two short ways that meet again become one: both results are computed, and
//! one is kept. A processor that can't foresee a branch loses more by that than
//! by a few operations.

use ch08_numeric::Numeric;
use ch20_slots::{Operand, SlotCode, SlotOp, Target};

/// How many operations both ways may take.
const MOST: usize = 3;

/// Turns branches around short computations into choices.
pub(crate) fn choose(code: SlotCode) -> SlotCode {
    let SlotCode { ops, origins, slots, .. } = &code;
    let mut references = vec![0_u32; code.labels as usize];
    for op in ops {
        if let SlotOp::Br(target)
        | SlotOp::BrIf(target, _)
        | SlotOp::BrUnless(target, _) = op
        {
            references[target.label as usize] += 1;
        }
    }
    let once = |label: u32| references[label as usize] == 1;
    let mut chosen = Vec::with_capacity(ops.len());
    let mut from = Vec::with_capacity(ops.len());
    let mut number = 0;
    while let Some(op) = ops.get(number) {
        match choice(&ops[number..], *slots, &once) {
            Some(Choice { ops, length }) => {
                from.extend(ops.iter().map(|_| origins[number]));
                chosen.extend(ops);
                number += length;
            }
            None => {
                from.push(origins[number]);
                chosen.push(*op);
                number += 1;
            }
        }
    }
    SlotCode { ops: chosen, origins: from, slots: slots + 2, ..code }
}

/// What some operations become, and how many they are.
struct Choice {
    ops: Vec<SlotOp>,
    length: usize,
}

/// A branch, one way, a branch past the other way, and the other way, if each
/// only computes a value for the same slot.
fn choice(
    ops: &[SlotOp],
    spare: u16,
    once: &impl Fn(u32) -> bool,
) -> Option<Choice> {
    let (other, condition, on) = match ops[0] {
        SlotOp::BrIf(target, condition) => (target, condition, true),
        SlotOp::BrUnless(target, condition) => (target, condition, false),
        _ => return None,
    };
    let mut rest = &ops[1..];
    let first = way(&mut rest, spare)?;
    let [SlotOp::Br(join), SlotOp::Label(label), after @ ..] = rest else {
        return None;
    };
    let is_past = |target: &Target, label: u32| {
        target.label == label && !target.is_loop && once(label)
    };
    is_past(&other, *label).then_some(())?;
    rest = match after {
        [SlotOp::Entry(_), after @ ..] => after,
        after => after,
    };
    let second = way(&mut rest, spare + 1)?;
    let [SlotOp::Label(label), ..] = rest else { return None };
    (is_past(join, *label) && first.to == second.to).then_some(())?;
    (first.ops.len() + second.ops.len() <= MOST).then_some(())?;
    let [taken, passed] = match on {
        true => [second.value, first.value],
        false => [first.value, second.value],
    };
    let mut all = first.ops;
    all.extend(second.ops);
    all.push(SlotOp::Select(first.to, [taken, passed, condition]));
    // Nothing leads to the label any more.
    Some(Choice { ops: all, length: ops.len() - rest.len() + 1 })
}

/// What one way computes: in a spare slot, if it takes an operation.
struct Way {
    ops: Vec<SlotOp>,
    to: u16,
    value: Operand,
}

/// Reads the operations of a way. `None` if they do more than compute a value,
/// or are too many.
fn way(rest: &mut &[SlotOp], spare: u16) -> Option<Way> {
    let mut way: Option<Way> = None;
    while let Some((op, after)) = rest.split_first() {
        // The value as it was before is not what the way has computed.
        let seen = |operand: Operand| match (&way, operand) {
            (Some(way), Operand::Slot(slot)) if slot == way.to => way.value,
            _ => operand,
        };
        let computed = Operand::Slot(spare);
        let (op, to, value) = match *op {
            SlotOp::Unary(operator, to, x) if never_traps(operator) => {
                (Some(SlotOp::Unary(operator, spare, seen(x))), to, computed)
            }
            SlotOp::Binary(operator, to, x, y) if never_traps(operator) => {
                let (x, y) = (seen(x), seen(y));
                (Some(SlotOp::Binary(operator, spare, x, y)), to, computed)
            }
            SlotOp::Copy(to, x) => (None, to, seen(x)),
            _ => break,
        };
        let mut ops = match way {
            None => Vec::new(),
            Some(way) if way.to == to => way.ops,
            Some(_) => return None,
        };
        ops.extend(op);
        (ops.len() <= MOST).then_some(())?;
        way = Some(Way { ops, to, value });
        *rest = after;
    }
    way
}

/// Whether an operator has a result for all operands.
fn never_traps(operator: Numeric) -> bool {
    use Numeric::*;
    !matches!(
        operator,
        I32DivS
            | I32DivU
            | I32RemS
            | I32RemU
            | I64DivS
            | I64DivU
            | I64RemS
            | I64RemU
            | I32TruncF32S
            | I32TruncF32U
            | I32TruncF64S
            | I32TruncF64U
            | I64TruncF32S
            | I64TruncF32U
            | I64TruncF64S
            | I64TruncF64U
    )
}
