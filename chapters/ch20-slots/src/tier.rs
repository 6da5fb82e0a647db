//! The tier: a loop over nodes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ch07_values::Trap;
use ch09_module::FuncType;
use ch12_instance::{StoreData, StoreView};
use ch19_flat::{Call, FlatCode, FlatLayer, Machine, Op, Stop, Then, Tier};
use trace::Observer;

use crate::encode::encode;
use crate::node::{Context, Left, Node, Nodes, Window};
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
        let locals = code.shape.params + code.shape.locals;
        Some(encode(slots, locals as u16))
    }

    #[inline(always)]
    fn enter<'store, O: Observer>(
        machine: &mut Machine<'store, O, Self>,
        mut call: Call<'store, Nodes>,
        mut entry: u32,
    ) -> Result<Call<'store, Nodes>, Stop> {
        loop {
            let Call { frame, code, .. } = call;
            let StoreView { data, layer, .. } = &mut machine.here;
            let StoreData { memories, globals, .. } = &mut **data;
            let memory =
                code.memory.and_then(|memory| memories.get_mut(memory.index()));
            let (slots, limits) = machine.core.slots();
            let window = slots.get_mut(frame.base..);
            let window = window.and_then(|slots| slots.first_chunk_mut());
            let (Some(tier), Some(window)) = (&code.tier, window) else {
                // The machine goes on alone where slots are few.
                return Ok(call);
            };
            let Some(node) = tier.entries[entry as usize] else {
                // The tier never comes there.
                return Ok(call);
            };
            let mut context = Context {
                memory: memory.map_or(&mut [], |memory| memory.bytes_mut()),
                globals,
                fuel: &mut limits.fuel,
                nodes: &tier.nodes,
                left: Left::Return,
            };
            let nodes = &tier.nodes[node as usize..];
            match &layer.tier.tally {
                None => run(nodes, window, &mut context, |_| {}),
                Some(tally) => {
                    let mut tally =
                        tally.lock().unwrap_or_else(PoisonError::into_inner);
                    let (function, mut first) = (frame.function, None);
                    run(nodes, window, &mut context, |left| {
                        let second = (tier.nodes.len() - left - 1) as u32;
                        let first = first.replace(second);
                        let pair = Pair { function, first, second };
                        *tally.entry(pair).or_default() += 1;
                    });
                }
            }
            call = match context.left {
                Left::Return => {
                    machine.core.cut(frame.base + code.shape.results);
                    machine.leave(call)?
                }
                Left::Machine(position, used) => {
                    machine.core.cut(frame.base + usize::from(used));
                    let position = position as usize;
                    make_call(machine, Call { position, ..call })?
                }
                Left::Trap(trap, node) => {
                    return Err(trapped(machine, call, trap, node));
                }
                Left::Unpaid(to, node) => {
                    return Err(unpaid(machine, call, to, node));
                }
            };
            // The call that goes on now may be the tier's too.
            let next = call.code.ops.get(call.position);
            let Some(Op::Enter(next)) = next else { return Ok(call) };
            (entry, call.position) = (*next, call.position + 1);
        }
    }
}

/// Lets the machine make a call, if that is what comes next. Everything else it
/// executes in its own loop.
#[inline(always)]
fn make_call<'store, O: Observer>(
    machine: &mut Machine<'store, O, Slots>,
    call: Call<'store, Nodes>,
) -> Result<Call<'store, Nodes>, Stop> {
    let after = Call { position: call.position + 1, ..call };
    let made = match call.code.ops[call.position] {
        Op::Call(function) if !machine.starves() => {
            machine.call(after, function.0)
        }
        Op::CallIndirect(table, ty) if !machine.starves() => {
            machine.call_indirect(after, table, ty)
        }
        _ => return Ok(call),
    };
    made.map_err(|stop| stopped(machine, after, stop))
}

/// Executes nodes: each returns the ones to go on with. `count` is told how
/// many follow each.
#[inline(always)]
fn run<'code>(
    mut nodes: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
    mut count: impl FnMut(usize),
) {
    loop {
        // The compiler writes it down four times: four calls, each with a
        // place of its own, are easier for the processor to guess than one.
        for _ in 0..4 {
            let [node, rest @ ..] = nodes else { return };
            count(rest.len());
            nodes = (node.handler)(node, rest, window, context);
        }
    }
}

/// A call has stopped.
#[cold]
fn stopped<'store, O: Observer>(
    machine: &mut Machine<'store, O, Slots>,
    call: Call<'store, Nodes>,
    stop: Stop,
) -> Stop {
    machine.settle(Some(call), stop).unwrap_or(Stop::Next)
}

/// A node of a call has trapped.
#[cold]
fn trapped<'store, O: Observer>(
    machine: &mut Machine<'store, O, Slots>,
    mut call: Call<'store, Nodes>,
    trap: Trap,
    node: u32,
) -> Stop {
    let Call { frame, code, .. } = call;
    machine.core.cut(frame.base + frame.locals);
    let tier = code.tier.as_ref().expect("it has been executed");
    call.position = tier.origins[node as usize] as usize + 1;
    stopped(machine, call, Stop::Trap(trap))
}

/// A call can't pay for a branch to the first node, at the second.
#[cold]
fn unpaid<'store, O: Observer>(
    machine: &mut Machine<'store, O, Slots>,
    mut call: Call<'store, Nodes>,
    to: u32,
    node: u32,
) -> Stop {
    if !machine.pauses {
        return trapped(machine, call, Trap::OutOfFuel, node);
    }
    let Call { frame, code, .. } = call;
    let tier = code.tier.as_ref().expect("it has been executed");
    let found = tier.loops.partition_point(|(node, _)| *node < to);
    let place = tier.places[tier.loops[found].1 as usize];
    let operands = frame.base + frame.locals;
    machine.core.cut(operands + usize::from(place.height));
    call.position = place.position as usize;
    machine.wait(call, Stop::Pause(Then::Pay))
}
