//! The tier: a loop over nodes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ch07_values::Trap;
use ch09_module::FuncType;
use ch12_instance::{StoreData, StoreView};
use ch19_flat::{Call, Caller, FlatCode, FlatLayer, Machine, Stop, Then, Tier};
use trace::Observer;

use crate::encode::encode;
use crate::node::{Context, Flow, Nodes, Window};
use crate::translate;

/// A store whose functions are operations on slots where they can be, and flat
/// code where not.
pub type Store<O = ()> = ch12_instance::Store<O, FlatLayer<Slots>>;

/// The tier of operations on slots.
#[derive(Debug, Default)]
pub struct Slots {
    /// What has been executed, if somebody counts it. It's shared, because
    /// the store may be inside of something else, a game for example.
    pub tally: Option<Arc<Mutex<Tally>>>,
}

/// How often an operation has followed another one.
pub type Tally = HashMap<Pair, u64>;

/// Two operations of a function, one executed after the other. Their numbers
/// are places in what [`operations`](crate::operations) returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// The address of the function.
    pub function: u32,
    /// The first operation; `None` where the tier takes the call over.
    pub first: Option<u32>,
    /// The second operation.
    pub second: u32,
}

impl Tier for Slots {
    const NAME: &'static str = "slots";

    type Code = Nodes;

    fn translate(
        here: &StoreData,
        instance: u32,
        ty: &FuncType,
        code: &FlatCode<Nodes>,
    ) -> Option<Nodes> {
        let slots = translate(here, instance, ty, code)?;
        encode(slots, (code.shape.params + code.shape.locals) as u16)
    }

    fn enter<'store, O: Observer>(
        machine: &mut Machine<'store, O, Self>,
        call: Call<'store, Nodes>,
        entry: u32,
    ) -> Result<Call<'store, Nodes>, Stop> {
        let Call { frame, code, .. } = call;
        let tier = code.tier.as_ref();
        let start = tier.and_then(|tier| {
            let node = tier.entries.get(entry as usize).copied().flatten();
            Some((tier, node?))
        });
        let StoreView { data, layer, .. } = &mut machine.here;
        let StoreData { memories, globals, .. } = &mut **data;
        let memory =
            code.memory.and_then(|memory| memories.get_mut(memory.index()));
        let (slots, limits) = machine.core.slots();
        let window = slots.get_mut(frame.base..);
        let window = window.and_then(|slots| slots.first_chunk_mut());
        let (Some((tier, node)), Some(window)) = (start, window) else {
            // The machine goes on alone where slots are few, and where the tier
            // never comes.
            return Ok(call);
        };
        let mut context = Context {
            memory: memory.map_or(&mut [], |memory| memory.bytes_mut()),
            globals,
            constants: &tier.constants,
        };
        let (context, fuel) = (&mut context, &mut limits.fuel);
        let left = match &mut layer.tier.tally {
            None => run(tier, node, window, context, fuel, |_| {}),
            Some(tally) => {
                let mut tally =
                    tally.lock().unwrap_or_else(PoisonError::into_inner);
                let (function, mut first) = (frame.function, None);
                run(tier, node, window, context, fuel, |left| {
                    let second = (tier.nodes.len() - left - 1) as u32;
                    let first = first.replace(second);
                    let pair = Pair { function, first, second };
                    *tally.entry(pair).or_default() += 1;
                })
            }
        };
        let left = match left {
            Left::Machine(position, used) => {
                machine.core.cut(frame.base + usize::from(used));
                return Ok(Call { position: position as usize, ..call });
            }
            Left::Return => {
                machine.core.cut(frame.base + code.shape.results);
                return machine.leave(call);
            }
            left => left,
        };
        let operands = frame.base + frame.locals;
        let (position, stop) = match left {
            Left::Trap(trap, node) => {
                machine.core.cut(operands);
                let position = tier.origins[node as usize] as usize + 1;
                (position, Stop::Instead(trap))
            }
            Left::Unpaid(to, _) if machine.pauses => {
                let loops = &tier.loops;
                let found = loops.partition_point(|(node, _)| *node < to);
                let place = tier.places[loops[found].1 as usize];
                machine.core.cut(operands + usize::from(place.height));
                (place.position as usize, Stop::Pause(Then::Pay))
            }
            Left::Unpaid(_, node) => {
                machine.core.cut(operands);
                let position = tier.origins[node as usize] as usize + 1;
                (position, Stop::Instead(Trap::OutOfFuel))
            }
            Left::Machine(..) | Left::Return => unreachable!("dealt with"),
        };
        machine.callers.push(Caller { frame, position });
        Err(stop)
    }
}

/// Why the tier doesn't go on.
enum Left {
    /// The machine executes the flat operation at this position, with so many
    /// slots in use.
    Machine(u32, u16),
    /// The function has ended.
    Return,
    /// A node has trapped.
    Trap(Trap, u32),
    /// The branch to the first node, at the second, can't be paid.
    Unpaid(u32, u32),
}

/// Executes nodes, from one on. `count` is told how many are left after each.
#[inline(always)]
fn run(
    tier: &Nodes,
    mut node: u32,
    window: &mut Window,
    context: &mut Context<'_>,
    fuel: &mut Option<u64>,
    mut count: impl FnMut(usize),
) -> Left {
    let mut nodes = tier.nodes[node as usize..].iter();
    loop {
        let Some(current) = nodes.next() else { return Left::Return };
        count(nodes.len());
        match (current.handler)(current, window, context) {
            Ok(Flow::Next) => continue,
            Ok(Flow::Jump(to)) => node = to,
            Ok(Flow::Loop(to)) => {
                if let Some(left) = fuel {
                    match left.checked_sub(1) {
                        Some(rest) => *left = rest,
                        None => {
                            let number = tier.nodes.len() - nodes.len() - 1;
                            return Left::Unpaid(to, number as u32);
                        }
                    }
                }
                node = to;
            }
            Ok(Flow::Return) => return Left::Return,
            Ok(Flow::Leave(position, used)) => {
                return Left::Machine(position, used);
            }
            Err(trap) => {
                let number = tier.nodes.len() - nodes.len() - 1;
                return Left::Trap(trap, number as u32);
            }
        }
        nodes = tier.nodes[node as usize..].iter();
    }
}
