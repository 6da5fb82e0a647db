//! What one round of a loop leaves for the next: a result in an accumulator,
//! and the way back to where the loop begins.

use std::mem;

use crate::encode::encode;
use crate::fuse::{Fused, result, second, slot};
use crate::inst::{Inst, Place, Work};
use crate::value::Class;

/// Which slots hold what is in each accumulator, too: at most two.
type Held = [[Option<u16>; 2]; 3];

const NOTHING: Held = [[None; 2]; 3];
const CLASSES: [Class; 3] = [Class::Int, Class::Double, Class::Single];

/// A loop: from its label to the last branch that leads back there.
struct Round {
    label: u32,
    first: u32,
    last: u32,
    /// What every branch back leaves in the accumulators.
    held: Held,
    /// The slot of each accumulator that the loop reads there.
    read: [Option<u16>; 3],
    /// Whether the context has its beginning.
    around: bool,
}

/// Prepares loops: before it, the accumulators are loaded with what is also in
/// them after each round, and the context learns where the loop begins.
pub(crate) fn rounds(mut code: Fused) -> Fused {
    let mut rounds = find(&code);
    go_around(&code, &mut rounds);
    let is_target = targets(&code);
    for round in &mut rounds {
        for class in CLASSES {
            let mut held = round.held[class as usize].into_iter().flatten();
            round.read[class as usize] = held.find(|slot| {
                reads(&mut code, &is_target, round.first, class, *slot)
            });
        }
    }
    rounds.retain(|round| round.around || round.read != [None; 3]);
    lead_back(&mut code, &mut rounds);
    insert(&mut code, &rounds);
    pay(&mut code);
    code
}

/// The loops of a function by where they begin: of those that begin at the same
/// place, the innermost.
fn find(code: &Fused) -> Vec<Round> {
    let is_target = targets(code);
    let mut found: Vec<Option<Round>> = Vec::new();
    found.resize_with(code.labels.len(), || None);
    let mut held = NOTHING;
    for (number, inst) in code.insts.iter().enumerate() {
        if is_target[number] {
            held = NOTHING;
        }
        follow(inst, &mut held);
        if leads_back(code, number) {
            let (label, last) = (inst.label, number as u32);
            let first = code.labels[label as usize];
            let (read, around) = ([None; 3], false);
            let new = Round { label, first, last, held, read, around };
            let round = found[label as usize].get_or_insert(new);
            round.last = last;
            for (before, here) in round.held.iter_mut().zip(held) {
                for slot in before {
                    *slot = slot.filter(|slot| here.contains(&Some(*slot)));
                }
            }
        }
        if inst.ends() {
            held = NOTHING;
        }
    }
    let mut found: Vec<Round> = found.into_iter().flatten().collect();
    found.sort_by_key(|round| (round.first, round.last));
    found.dedup_by_key(|round| round.first);
    found
}

/// Whether an operation branches back.
fn leads_back(code: &Fused, number: usize) -> bool {
    let inst = &code.insts[number];
    inst.branches()
        && inst.work != Work::TableEntry
        && code.labels[inst.label as usize] <= number as u32
}

/// Whether something leads to an operation, but for the one before it.
fn targets(code: &Fused) -> Vec<bool> {
    let mut is_target = vec![false; code.insts.len() + 1];
    for place in code.labels.iter().chain(code.entries.iter().flatten()) {
        is_target[*place as usize] = true;
    }
    is_target
}

/// What the accumulators hold after an operation.
fn follow(inst: &Inst, held: &mut Held) {
    let Inst { to, a, b, c, .. } = *inst;
    match inst.work {
        Work::Copy | Work::CopyJump | Work::CopyBr(_) => copied(to, a, held),
        Work::CopyTwice => {
            copied(to, a, held);
            copied(b, c, held);
        }
        _ => {
            written(to, held);
            written(second(inst), held);
        }
    }
    if inst.calls() {
        *held = NOTHING;
    }
    if let Some(class) = result(inst) {
        let to = match inst.work {
            Work::IncreaseTwice => slot(inst.b),
            _ => slot(inst.to),
        };
        held[class as usize] = [to, None];
    }
}

/// After a copy, one more slot may hold what is in the accumulator.
fn copied(to: Place, from: Place, held: &mut Held) {
    let is_held = match from {
        Place::Slot(from) => held[Class::Int as usize].contains(&Some(from)),
        from => from == Place::Acc,
    };
    written(to, held);
    if is_held {
        let [first, other] = &mut held[Class::Int as usize];
        match first {
            None => *first = slot(to),
            Some(_) => *other = slot(to),
        }
    }
}

/// What is written is no longer what an accumulator holds.
fn written(to: Place, held: &mut Held) {
    for held in held.as_flattened_mut() {
        *held = held.filter(|held| Place::Slot(*held) != to);
    }
}

/// Chooses the loops whose beginning the context has. It has one at a time: so
/// there is no other such loop inside, and no call. And there is one way in: a
/// loop whose only branch back is in the middle of another one is not whole.
fn go_around(code: &Fused, rounds: &mut [Round]) {
    let mut calls = vec![0_u32];
    for inst in &code.insts {
        let before = calls[calls.len() - 1];
        calls.push(before + u32::from(inst.calls()));
    }
    let mut next = u32::MAX;
    for round in rounds.iter_mut().rev() {
        let (from, to) = (round.first as usize, round.last as usize);
        if next > round.last && calls[from] == calls[to + 1] {
            next = round.first;
            round.around = true;
        }
    }
    let mut chosen: Vec<&mut Round> =
        rounds.iter_mut().filter(|round| round.around).collect();
    let branches = (0..).zip(&code.insts).filter(|(_, inst)| inst.branches());
    for (number, inst) in branches {
        let to = code.labels[inst.label as usize];
        let before = chosen.partition_point(|round| round.first < to);
        if let Some(round) = chosen[..before].last_mut()
            && to <= round.last
            && !(round.first..=round.last).contains(&number)
        {
            round.around = false;
        }
    }
}

/// Gives each loop a label that only its branches back lead to.
fn lead_back(code: &mut Fused, rounds: &mut [Round]) {
    let mut round_of = vec![None; code.labels.len()];
    for (number, round) in rounds.iter().enumerate() {
        round_of[round.label as usize] = Some(number);
    }
    let old = code.labels.len() as u32;
    for number in 0..code.insts.len() {
        let label = code.insts[number].label as usize;
        if leads_back(code, number)
            && let Some(round) = round_of[label]
        {
            let inst = &mut code.insts[number];
            inst.label = old + round as u32;
            inst.around = rounds[round].around;
        }
    }
    for round in rounds {
        let label = code.labels.len() as u32;
        code.labels.push(round.first);
        code.label_entries.push(code.label_entries[round.label as usize]);
        round.label = label;
    }
}

/// Lets the operations from a place on read a slot in its accumulator, as long
/// as it is there. Returns whether one does.
fn reads(
    code: &mut Fused,
    is_target: &[bool],
    first: u32,
    class: Class,
    held_slot: u16,
) -> bool {
    let mut used = false;
    let mut held = NOTHING;
    held[class as usize] = [Some(held_slot), None];
    let first = first as usize;
    for (number, inst) in code.insts.iter_mut().enumerate().skip(first) {
        if is_target[number] && number != first {
            break;
        }
        for operand in 0..3 {
            let mut with = *inst;
            let place = with.place(operand);
            // A copy may have written it before it's read.
            let copies = matches!(inst.work, Work::CopyTwice | Work::CopyBr(_));
            let is_written = copies && operand == 2 && inst.to == *place;
            if *place == Place::Slot(held_slot)
                && inst.operands()[operand] == Some(class)
                && !is_written
            {
                *place = Place::Acc;
                if encode(&with).is_some() {
                    *inst = with;
                    used = true;
                }
            }
        }
        follow(inst, &mut held);
        if !held[class as usize].contains(&Some(held_slot)) {
            break;
        }
    }
    used
}

/// Inserts what comes before the loops, and where an entry leads into one.
fn insert(code: &mut Fused, rounds: &[Round]) {
    let insts = mem::take(&mut code.insts);
    // Where each operation is now, and where what comes before it begins.
    let mut places = Vec::with_capacity(insts.len() + 1);
    let mut before = Vec::with_capacity(insts.len() + 1);
    let mut next = rounds.iter().peekable();
    for (number, inst) in insts.iter().enumerate() {
        before.push(code.insts.len() as u32);
        if let Some(round) =
            next.next_if(|round| round.first as usize == number)
        {
            let new = |work| Inst::new(work, inst.origin);
            for class in CLASSES {
                let slot = round.read[class as usize].map(Place::Slot);
                code.insts
                    .extend(slot.map(|a| Inst { a, ..new(Work::Hold(class)) }));
            }
            code.insts.extend(around(round));
        }
        places.push(code.insts.len() as u32);
        code.insts.push(*inst);
    }
    before.push(code.insts.len() as u32);
    places.push(code.insts.len() as u32);
    let whole: Vec<&Round> =
        rounds.iter().filter(|round| round.around).collect();
    for number in 0..code.entries.len() {
        let Some(entry) = code.entries[number] else { continue };
        let copy =
            code.copies.binary_search_by_key(&number, |(of, _)| *of as usize);
        let copy = copy.ok().map(|copy| code.copies[copy].1);
        // The loop that it leads into the middle of.
        let after = whole.partition_point(|round| round.first < entry);
        let inside = whole[..after].last().filter(|round| entry <= round.last);
        let around = inside.and_then(|round| around(round));
        if copy.is_none() && around.is_none() {
            code.entries[number] = Some(before[entry as usize]);
            continue;
        }
        code.entries[number] = Some(code.insts.len() as u32);
        let label = code.labels.len() as u32;
        code.labels.push(entry);
        code.label_entries.push(None);
        let br = Inst { label, ..Inst::new(Work::Br, 0) };
        code.insts.extend(copy.into_iter().chain(around).chain([br]));
    }
    for place in &mut code.labels {
        *place = before[*place as usize];
    }
    for round in rounds {
        code.labels[round.label as usize] = places[round.first as usize];
    }
    for (call, _) in &mut code.calls {
        *call = places[*call as usize];
    }
}

/// What tells the context where a loop begins.
fn around(round: &Round) -> Option<Inst> {
    let around = Inst { label: round.label, ..Inst::new(Work::Around, 0) };
    round.around.then_some(around)
}

/// Where the context doesn't have the place that a branch leads back to, an
/// operation of its own takes the fuel.
fn pay(code: &mut Fused) {
    for number in 0..code.insts.len() {
        let inst = code.insts[number];
        let alone = matches!(inst.work, Work::Br | Work::TableEntry);
        if inst.paid && !inst.around && inst.branches() && !alone {
            let label = code.labels.len() as u32;
            code.labels.push(code.insts.len() as u32);
            code.label_entries.push(None);
            let Inst { label: back, origin, branch, .. } = inst;
            let paid = Inst {
                label: back,
                branch,
                paid: true,
                ..Inst::new(Work::Br, origin)
            };
            code.insts.push(paid);
            code.insts[number] = Inst { label, paid: false, ..inst };
        }
    }
}
