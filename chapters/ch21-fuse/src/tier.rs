//! The tier: when it takes a call over, and how it gives it back.

use std::cell::Cell;
use std::mem;

use annex_embedding::{FuncAddr, HostError, InstanceAddr};
use ch07_values::Trap;
use ch09_module::{FuncType, LateFunction};
use ch11_control::{Frame, MachineLimits};
use ch12_instance::{FunctionBody, FunctionInstance, StoreData, StoreView};
use ch19_flat::{
    Call, Caller, FlatCode, FlatLayer, Machine, Op, Stop, Then, Tier,
};
use ch20_slots::{Operand, SlotCode};
use trace::Observer;

use crate::choose::choose;
use crate::compiled::Names;
use crate::encode::{Nodes, nodes};
use crate::fuse::{self, Callee, Fused, fuse};
use crate::handlers::{end, start};
use crate::inst::{Inst, Work};
use crate::node::{
    Called, Captured, Context, DONE, FastCode, Handler, Node, WINDOW, Why,
};
use crate::rounds::rounds;
use crate::tidy::tidy;

/// A store whose functions are threaded code where they can be, and flat code
/// where not.
pub type Store<O = ()> = ch12_instance::Store<O, FlatLayer<Fast>>;

/// How many calls nest on the native stack, before they leave it: in a build
/// without optimisation each takes ten times as much.
const NATIVE_CALLS: u32 = if cfg!(sibling_calls) { 500 } else { 50 };

/// The least that a call costs. A function that nests blocks deeper costs as
/// many as there are: so who has the budget has the calls and the labels.
pub(crate) const LEAST_COST: u32 = 16;

/// The tier of threaded code.
#[derive(Debug, Default)]
pub struct Fast {
    /// A list for calls that leave the native stack, which is empty between
    /// them.
    captured: Vec<Captured>,
    /// The state of a generator of random numbers, for tests: where the tier
    /// could take a call over, it decides whether it does. So a call goes to
    /// and fro between the machine and the tier.
    pub by_chance: Option<u64>,
}

impl Fast {
    /// Whether the tier takes a call over.
    fn takes_over(&mut self) -> bool {
        let Some(state) = &mut self.by_chance else { return true };
        // Xorshift, by George Marsaglia.
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state >> 63 == 0
    }
}

impl Tier for Fast {
    const NAME: &'static str = "fast";

    type Code = FastCode;

    fn translate(
        here: &StoreData,
        instance: u32,
        ty: &FuncType,
        code: &FlatCode<FastCode>,
    ) -> Option<FastCode> {
        let callee = callees(&here.functions, instance);
        let (fused, slots) = fused(here, instance, ty, code, &callee)?;
        let Nodes { nodes, places } = nodes(&fused)?;
        let entries = fused.entries.iter();
        let calls = fused.calls.iter();
        let labels = fused.labels.iter().zip(&fused.label_entries);
        let mut labels: Vec<(u32, u32)> = labels
            .filter_map(|(inst, entry)| {
                Some((places[*inst as usize] - 1, (*entry)?))
            })
            .collect();
        labels.sort_unstable();
        Some(FastCode {
            nodes: nodes.into(),
            cost: LEAST_COST.max(u32::try_from(code.shape.depth).ok()?),
            entries: entries
                .map(|inst| inst.map(|inst| places[inst as usize] - 1))
                .collect(),
            calls: calls
                .map(|(inst, entry)| (places[*inst as usize], *entry))
                .collect(),
            labels: labels.into(),
            places: slots.entries.into(),
            pending: slots.pending.into(),
        })
    }

    fn read(
        here: &StoreData,
        instance: u32,
        function: &LateFunction,
    ) -> Option<FlatCode<FastCode>> {
        let callee = callees(&here.functions, instance);
        Names::new(here, instance, &callee).read(function)
    }

    #[inline(always)]
    fn enter<'store, O: Observer>(
        machine: &mut Machine<'store, O, Self>,
        mut call: Call<'store, FastCode>,
        mut entry: u32,
    ) -> Result<Call<'store, FastCode>, Stop> {
        loop {
            let Some(mut from) = entered(machine, call, entry) else {
                return whole(machine, call);
            };
            while let Some(left) = execute(machine, &mut call, from)? {
                let (why, error) = match left {
                    Left::Ask(node, around) => match ask(machine, call, node) {
                        Ok(int) => {
                            from = Onward { node, int, around };
                            continue;
                        }
                        Err(left) => left,
                    },
                    Left::For(why, error) => (why, error),
                };
                return give_back(machine, call, why, error);
            }
            machine.core.cut(call.frame.base + call.code.shape.results);
            call = machine.leave(call)?;
            // Its caller may be one that has left the native stack.
            match call.code.ops.get(call.position) {
                Some(Op::Enter(next)) => entry = *next,
                _ => return Ok(call),
            }
            call.position += 1;
        }
    }
}

/// Where a call goes on that the tier takes over, if it does.
#[inline(always)]
fn entered<'store, O: Observer>(
    machine: &mut Machine<'store, O, Fast>,
    call: Call<'store, FastCode>,
    entry: u32,
) -> Option<Onward> {
    let fast = call.code.tier.as_ref()?;
    if !machine.here.layer.tier.takes_over() {
        return None;
    }
    // The machine goes on alone where slots are few, and where the tier never
    // comes.
    let (base, height) = (call.frame.base, machine.core.height());
    let (slots, _) = machine.core.slots();
    let node = fast.entries[entry as usize]?;
    if slots.len() - base < WINDOW {
        return None;
    }
    // After a call, the accumulator holds its result.
    let top = (height - base).checked_sub(1);
    let int = top.map_or(0, |top| slots[base + top]);
    Some(Onward { node, int, around: (end, 0) })
}

/// Where a call goes on.
struct Onward {
    /// After this node.
    node: u32,
    /// What the accumulator holds.
    int: u64,
    /// Where the innermost loop begins, and how many nodes there are from there
    /// on.
    around: (Handler, usize),
}

/// Why a call doesn't go on.
enum Left {
    /// The function of the host at this node has to know its caller; and where
    /// the innermost loop begins.
    Ask(u32, (Handler, usize)),
    /// The machine goes on.
    For(Why, Option<HostError>),
}

/// Executes a call, until it has returned or is left. If it has left others on
/// the native stack, those that wait become the machine's, and the call is the
/// innermost.
#[inline(always)]
fn execute<'store, O: Observer>(
    machine: &mut Machine<'store, O, Fast>,
    call: &mut Call<'store, FastCode>,
    from: Onward,
) -> Result<Option<Left>, Stop> {
    let Call { frame, code, .. } = *call;
    let Onward { node, int, around: (handler, rest) } = from;
    let fast = tier(*call);
    let StoreView { data, layer, code: all } = &mut machine.here;
    let StoreData {
        memories,
        globals,
        tables,
        functions,
        hosts,
        types,
        instances,
        ..
    } = &mut **data;
    let memory =
        code.memory.and_then(|memory| memories.get_mut(memory.index()));
    let (slots, limits) = machine.core.slots();
    let slots = Cell::from_mut(slots).as_slice_of_cells();
    let mut context = Context {
        memory: memory.map_or(&mut [], |memory| memory.bytes_mut()),
        globals,
        tables,
        functions,
        hosts,
        code: all,
        types,
        instances,
        instance: frame.instance,
        lent: code.memory,
        aside: &mut [],
        slots,
        base: frame.base,
        current: &fast.nodes,
        around: (handler, last(&fast.nodes, rest).iter()),
        budget: budget(limits),
        fuel: limits.fuel.unwrap_or(u64::MAX),
        counts_fuel: limits.fuel.is_some(),
        captured: &mut layer.tier.captured,
        left: (Why::Nothing, 0),
        asks: 0,
        error: None,
        next: (end, [].iter(), 0, 0.0, 0.0),
    };
    let mut nodes = fast.nodes.iter();
    let node = nodes.nth(node as usize).expect("it is one of the nodes");
    let window = slots[frame.base..].first_chunk().expect("it is long enough");
    let signal = start(node.handler, nodes, window, &mut context, int);
    if let Some(left) = &mut limits.fuel {
        *left = context.fuel;
    }
    if signal == DONE {
        return Ok(None);
    }
    let (handler, nodes) = context.around;
    let base = context.left.1;
    let left = match context.asks {
        0 => Left::For(context.left.0, context.error),
        node => Left::Ask(node, (handler, nodes.len())),
    };
    let captured = !layer.tier.captured.is_empty();
    *call = whole(machine, *call)?;
    if captured {
        *call = innermost(machine, *call)?;
    }
    call.frame.base = base;
    Ok(Some(left))
}

/// Calls the function of the host at a node. Returns what the accumulator holds
/// afterwards, or why the machine goes on.
#[inline(always)]
fn ask<'store, O: Observer>(
    machine: &mut Machine<'store, O, Fast>,
    call: Call<'store, FastCode>,
    node: u32,
) -> Result<u64, (Why, Option<HostError>)> {
    let at = &tier(call).nodes[node as usize];
    let Frame { base, instance, .. } = call.frame;
    let [first, to] =
        [0, 1].map(|operand| base + usize::from(at.operands[operand]));
    let host = at.pair(2);
    let ty = machine.here.data.hosts[host as usize].ty();
    machine.core.cut(first + ty.params.len());
    let caller = Some(InstanceAddr(instance));
    // The handler has looked whether there is fuel.
    let paid = machine.core.spend(1);
    let called =
        paid.and_then(|()| machine.invocation().call_host(host, caller, None));
    match called {
        Ok(()) => {
            let (slots, _) = machine.core.slots();
            slots[to] = slots[first];
            Ok(slots[to])
        }
        Err(Trap::Host) => {
            Err((Why::Host(node), machine.here.data.host_error.take()))
        }
        Err(trap) => Err((Why::Trap(trap, node), None)),
    }
}

/// The last nodes; none, if there aren't so many. Then what was noted is a loop
/// of a caller, and no branch of this function will go there.
fn last(nodes: &[Node], count: usize) -> &[Node] {
    nodes.len().checked_sub(count).map_or(&[], |first| &nodes[first..])
}

/// What calls on the native stack may cost.
fn budget(limits: &MachineLimits) -> u32 {
    let calls = u32::try_from(limits.calls).unwrap_or(u32::MAX);
    let labels = u32::try_from(limits.labels).unwrap_or(u32::MAX);
    (calls.min(NATIVE_CALLS) * LEAST_COST).min(labels)
}

/// The innermost of the calls that have left the native stack. Those that it is
/// inside of become the machine's.
#[inline(always)]
fn innermost<'store, O: Observer>(
    machine: &mut Machine<'store, O, Fast>,
    mut call: Call<'store, FastCode>,
) -> Result<Call<'store, FastCode>, Stop> {
    let mut captured = mem::take(&mut machine.here.layer.tier.captured);
    for Captured { callee, node, base } in captured.drain(..).rev() {
        call.frame.base = base;
        let entry = entry(&tier(call).calls, node);
        let position = settle(machine, call, entry) as usize;
        machine.callers.push(Caller { frame: call.frame, position });
        call = called(machine, call, callee)?;
    }
    machine.here.layer.tier.captured = captured;
    Ok(call)
}

/// Gives a call back to the machine.
#[cold]
#[inline(never)]
fn give_back<'store, O: Observer>(
    machine: &mut Machine<'store, O, Fast>,
    mut call: Call<'store, FastCode>,
    why: Why,
    error: Option<HostError>,
) -> Result<Call<'store, FastCode>, Stop> {
    let base = call.frame.base;
    let operands = base + call.frame.locals;
    match why {
        Why::Leave(position, used) => {
            call.position = position as usize;
            machine.core.cut(base + usize::from(used));
            Ok(call)
        }
        Why::Call(node) => {
            // The entry comes right after the call.
            let entry = entry(&tier(call).calls, node);
            call.position = settle(machine, call, entry) as usize - 1;
            let place = tier(call).places[entry];
            let used = before_call(machine, call, place.height.into());
            machine.core.cut(operands + used);
            Ok(call)
        }
        Why::Host(node) => {
            let entry = entry(&tier(call).calls, node);
            call.position = settle(machine, call, entry) as usize - 1;
            let place = tier(call).places[entry];
            let used = before_call(machine, call, place.height.into());
            machine.core.cut(operands + used);
            let Op::Call(function) = call.code.ops[call.position] else {
                unreachable!("only such a call is made on slots");
            };
            call.position += 1;
            match machine.from_host(call, function.0, error) {
                Stop::Trap(trap) => {
                    Err(machine.wait(call, Stop::Instead(trap)))
                }
                stop => Err(stop),
            }
        }
        Why::Trap(trap, node) => {
            let (position, _) = origin(machine, call, node);
            call.position = position as usize + 1;
            machine.core.cut(operands);
            Err(machine.wait(call, Stop::Instead(trap)))
        }
        Why::Unpaid(_, to) if machine.pauses => {
            let tier = tier(call);
            let place = tier.places[entry(&tier.labels, to)];
            call.position = place.position as usize;
            machine.core.cut(operands + usize::from(place.height));
            Err(machine.wait(call, Stop::Pause(Then::Pay)))
        }
        Why::Unpaid(node, _) => {
            let (_, position) = origin(machine, call, node);
            call.position = position as usize + 1;
            machine.core.cut(operands);
            Err(machine.wait(call, Stop::Instead(Trap::OutOfFuel)))
        }
        Why::Nothing => unreachable!("the translation has a bug"),
    }
}

/// How many operands there are before the call that is next, if there are so
/// many after it.
fn before_call<'store, O: Observer>(
    machine: &Machine<'store, O, Fast>,
    call: Call<'store, FastCode>,
    after: usize,
) -> usize {
    let data = &machine.here.data;
    let (ty, element) = match call.code.ops[call.position] {
        Op::Call(function) => (data.functions[function.index()].ty, 0),
        Op::CallIndirect(_, ty) => {
            let instance = &data.instances[call.frame.instance as usize];
            (instance.types[ty.index()], 1)
        }
        op => unreachable!("{op} is no call that the tier makes"),
    };
    let ty = data.types.func(ty).expect("it is the type of a function");
    after - ty.results.len() + ty.params.len() + element
}

/// The threaded code of a call that has been executed.
fn tier<'store>(call: Call<'store, FastCode>) -> &'store FastCode {
    call.code.tier.as_ref().expect("it has been executed")
}

/// The entry of a node; of two, the one that comes later.
fn entry(entries: &[(u32, u32)], node: u32) -> usize {
    let after = entries.partition_point(|(of, _)| *of <= node);
    entries[after - 1].1 as usize
}

/// Puts the operands that the machine wants in their slots there, and returns
/// the position in flat code.
fn settle<'store, O: Observer>(
    machine: &mut Machine<'store, O, Fast>,
    call: Call<'store, FastCode>,
    entry: usize,
) -> u32 {
    let tier = tier(call);
    let number = entry as u32;
    let from = tier.pending.partition_point(|item| item.entry < number);
    let (slots, _) = machine.core.slots();
    let window = &mut slots[call.frame.base..];
    let pending = tier.pending[from..].iter();
    for item in pending.take_while(|item| item.entry == number) {
        window[usize::from(item.slot)] = match item.operand {
            Operand::Slot(slot) => window[usize::from(slot)],
            Operand::Const(bits) => bits,
        };
    }
    tier.places[entry].position
}

/// A call that was made on the native stack, as the machine has it. It takes of
/// the limits what it would have taken there.
fn called<'store, O: Observer>(
    machine: &mut Machine<'store, O, Fast>,
    caller: Call<'store, FastCode>,
    callee: Called,
) -> Result<Call<'store, FastCode>, Stop> {
    let body = |function: u32| {
        let function = machine.here.data.functions[function as usize];
        match function.body {
            FunctionBody::Code(instance, number) => (instance.0, number),
            FunctionBody::Host(_) => unreachable!("it is one of a module"),
        }
    };
    let function = match (callee, caller.frame.function) {
        // The functions of an instance follow each other in both lists.
        (Called::Own(number), caller) => caller + number - body(caller).1,
        (Called::Other(function), _) => function,
    };
    let (instance, number) = body(function);
    let code = machine.here.code[number as usize].made();
    let code = code.expect("it has been executed");
    let (_, limits) = machine.core.slots();
    limits.calls -= 1;
    limits.labels -= code.shape.depth;
    let locals = code.shape.params + code.shape.locals;
    let frame = Frame { instance, function, base: 0, locals };
    whole(machine, Call { frame, code, position: 0 })
}

/// A call whose code the machine can execute. What was written down has only
/// what the tier needs, and it may be wrong: so the function is translated, and
/// has to be what was written down.
#[inline(always)]
fn whole<'store, O: Observer>(
    machine: &mut Machine<'store, O, Fast>,
    call: Call<'store, FastCode>,
) -> Result<Call<'store, FastCode>, Stop> {
    let StoreView { data, layer, code: all } = &mut machine.here;
    let Frame { function, instance, base, locals } = call.frame;
    let FunctionInstance { ty, body } = data.functions[function as usize];
    let FunctionBody::Code(_, number) = body else {
        unreachable!("it is one of a module")
    };
    let fits = |function: &LateFunction, code: &FlatCode<FastCode>| {
        let callee = callees(&data.functions, instance);
        let ty = data.types.func(ty)?;
        let (fused, _) = fused(data, instance, ty, code, &callee)?;
        let names = Names::new(data, instance, &callee);
        names.fits(function, &code.shape, &fused).then_some(())
    };
    let fits = |function: &_, code: &_| fits(function, code).is_some();
    let code = all[number as usize].whole(data, instance, ty, fits);
    if let Some(code) = code {
        return Ok(Call { code, ..call });
    }
    let name = data.instances[instance as usize].name(FuncAddr(function));
    let wrong =
        format!("the compiled code of {name} isn't what the function says");
    data.host_error = Some(wrong.into());
    // Where those that it is inside of would go on, nobody knows.
    layer.tier.captured.clear();
    machine.core.cut(base + locals);
    // The only operation that there is.
    let call = Call { position: 1, ..call };
    Err(machine.wait(call, Stop::Instead(Trap::Host)))
}

/// The operations of a function, and what they are made of.
pub(crate) fn fused(
    here: &StoreData,
    instance: u32,
    ty: &FuncType,
    code: &FlatCode<FastCode>,
    callee: &dyn Fn(FuncAddr) -> Callee,
) -> Option<(Fused, SlotCode)> {
    let mut slots = choose(ch20_slots::translate(here, instance, ty, code)?);
    let shape = &code.shape;
    let frame = fuse::Frame {
        locals: (shape.params + shape.locals) as u16,
        params: shape.params as u16,
        results: shape.results,
        counts_fuel: here.limits.fuel.is_some(),
        callee,
    };
    let fused = fuse(&slots, frame);
    // From here on they are only memory, 60 bytes for each.
    slots.ops = Vec::new();
    Some((rounds(tidy(fused)), slots))
}

/// How the functions of a store are called from an instance.
pub(crate) fn callees(
    functions: &[FunctionInstance],
    instance: u32,
) -> impl Fn(FuncAddr) -> Callee {
    move |function| match functions[function.index()].body {
        FunctionBody::Code(of, number) if of.0 == instance => {
            Callee::Code(number)
        }
        FunctionBody::Code(..) => Callee::Other(function.0),
        FunctionBody::Host(host) => Callee::Host(host),
    }
}

/// The positions of the flat operation and of the branch that a node comes
/// from. The code has forgotten that, so it is made once more.
fn origin<'store, O: Observer>(
    machine: &Machine<'store, O, Fast>,
    call: Call<'store, FastCode>,
    node: u32,
) -> (u32, u32) {
    let StoreView { data, .. } = &machine.here;
    let function = data.functions[call.frame.function as usize];
    let none = FuncType::default();
    let ty = data.types.func(function.ty).unwrap_or(&none);
    let instance = call.frame.instance;
    let callee = callees(&data.functions, instance);
    let fused = fused(data, instance, ty, call.code, &callee);
    let (fused, _) = fused.expect("it has been translated before");
    let places = nodes(&fused).expect("it has been translated before").places;
    let inst = places.partition_point(|place| *place <= node) - 1;
    let first = places[inst];
    let Inst { work, origin, branch, .. } = fused.insts[inst];
    match work {
        Work::LoadBoth(..) if node > first => (branch, branch),
        _ => (origin, branch),
    }
}
