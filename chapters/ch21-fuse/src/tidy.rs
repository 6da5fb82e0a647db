//! What only shows when all operations are there.

use ch08_numeric::Numeric;

use crate::encode::encode;
use crate::fuse::{Fused, negated};
use crate::inst::{Inst, Place, Work};

/// Turns branches around branches, and makes one of two where it can.
pub(crate) fn tidy(code: Fused) -> Fused {
    let Fused { insts, mut labels, mut entries, mut calls, .. } = code;
    let mut is_target = vec![false; insts.len() + 1];
    for place in labels.iter().chain(entries.iter().flatten()) {
        is_target[*place as usize] = true;
    }
    let mut tidied: Vec<Inst> = Vec::with_capacity(insts.len());
    let mut places = Vec::with_capacity(insts.len() + 1);
    let mut fence = 0;
    for (number, inst) in insts.iter().enumerate() {
        if is_target[number] {
            fence = tidied.len();
        }
        let leads_on =
            labels.get(inst.label as usize) == Some(&(number as u32 + 1));
        if inst.work == Work::Br && !inst.paid && leads_on {
            places.push(tidied.len() as u32);
            continue;
        }
        let last = tidied.last().filter(|_| tidied.len() > fence);
        let leads_past = |last: &&Inst| {
            last.branches()
                && labels[last.label as usize] as usize == number + 1
        };
        let both = match last {
            Some(last) if inst.work == Work::Br => match leads_past(&last) {
                true => turn(last, inst),
                false => and_jump(last, inst),
            },
            Some(last) => increase_twice(last, inst),
            None => None,
        };
        match both.filter(|both| encode(both).is_some()) {
            Some(both) => {
                tidied.pop();
                places.push(tidied.len() as u32);
                tidied.push(both);
            }
            None => {
                places.push(tidied.len() as u32);
                tidied.push(*inst);
            }
        }
    }
    places.push(tidied.len() as u32);
    for place in labels.iter_mut().chain(entries.iter_mut().flatten()) {
        *place = places[*place as usize];
    }
    for (call, _) in &mut calls {
        *call = places[*call as usize];
    }
    Fused { insts: tidied, labels, entries, calls, ..code }
}

/// A branch past another one becomes the other one, under the opposite
/// condition.
fn turn(last: &Inst, inst: &Inst) -> Option<Inst> {
    let work = negated(last.work)?;
    let Inst { label, branch, paid, .. } = *inst;
    Some(Inst { work, label, branch, paid, ..*last })
}

/// A copy or an increase before a branch.
fn and_jump(last: &Inst, inst: &Inst) -> Option<Inst> {
    let Inst { label, branch, paid, .. } = *inst;
    let work = match last.work {
        Work::Copy => Work::CopyJump,
        _ if counts(last) => Work::IncreaseJump,
        _ => return None,
    };
    Some(Inst { work, label, branch, paid, ..*last })
}

/// Two counters that are increased one after the other.
fn increase_twice(last: &Inst, inst: &Inst) -> Option<Inst> {
    let work = Work::IncreaseTwice;
    let (a, b, c) = (last.b, inst.to, inst.b);
    (counts(last) && counts(inst)).then_some(Inst { work, a, b, c, ..*last })
}

/// Whether an operation increases a counter.
fn counts(inst: &Inst) -> bool {
    inst.work == Work::Binary(Numeric::I32Add)
        && inst.to == inst.a
        && matches!(inst.to, Place::Slot(_))
        && inst.b != Place::Acc
}
