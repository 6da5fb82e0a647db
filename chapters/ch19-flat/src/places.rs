//! Places in a function, in terms of its module.
//!
//! A position in flat code depends on what the code has besides: marks for an
//! observer, entries for a tier. The number of an instruction doesn't.

use std::borrow::Cow;
use std::ops::Range;

use annex_embedding::{FuncAddr, TrapFrame};
use ch09_module::{Control, FuncType, Function, Instr};
use ch11_control::{Callee, Environment};
use ch12_instance::{FunctionBody, StoreData, StoreView};

use crate::flatten::{Extra, Flattener, Seen};
use crate::{FlatLayer, Op, Tier};

/// How a call is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// It executes the operation at its position next.
    Operation,
    /// It waits for a call, the operation before its position.
    Call,
    /// Its position is the label of a loop.
    Loop,
}

/// A place in a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// How many instructions of the function come before this one in the text.
    pub(crate) instruction: u32,
    /// The position in flat code.
    pub(crate) position: usize,
    /// How many operands there are.
    pub(crate) height: usize,
    /// How many results it waits for.
    pub(crate) results: usize,
}

/// All places of a function. The code has forgotten them, so the function is
/// translated once more.
pub(crate) struct Places(Vec<Instruction>);

/// An instruction that can be reached, and what has become of it.
struct Instruction {
    number: u32,
    /// How many operands there are before it.
    height: usize,
    /// Its operations.
    ops: Range<usize>,
    /// Whether the first of them is a `br_table`.
    is_table: bool,
    /// If it is a loop, the position of its label.
    label: Option<u32>,
    /// If it is a call, how many operands it takes, and how many results it
    /// leaves.
    call: Option<(usize, usize)>,
}

impl Places {
    /// The places of a function; `None` if it isn't one of a module.
    pub(crate) fn new<T: Tier>(
        here: &StoreView<'_, FlatLayer<T>>,
        function: FuncAddr,
    ) -> Option<Places> {
        let (instance, ty, tree) = source(here, function)?;
        let Callee::Code { code, .. } = here.callee(function.0) else {
            return None;
        };
        let data = &*here.data;
        let extra = match &code.tier {
            _ if data.watched => Extra::Marks,
            Some(_) => Extra::Entries,
            None => Extra::Nothing,
        };
        let mut places = Vec::new();
        Flattener::new(data, instance, ty, &tree, extra).step_by_step(
            |flattener, seen| {
                let Seen { instr, number, height, mut ops, label } = seen;
                let call = call(data, instance, instr);
                let all = flattener.ops();
                let instr = ops.find(|position| all[*position].is_instr());
                ops.start = instr.unwrap_or(ops.end);
                let is_table =
                    matches!(all.get(ops.start), Some(Op::BrTable(_)));
                let seen =
                    Instruction { number, height, ops, is_table, label, call };
                places.push(seen);
                None::<()>
            },
        );
        Some(Places(places))
    }

    /// The place at a position, and the operand that is missing: a `br_table`
    /// that can't pay for the branch that it has chosen has taken its index
    /// already, and will choose once more.
    pub(crate) fn at_position(
        &self,
        at: At,
        position: usize,
    ) -> Option<(Place, Option<u64>)> {
        let Places(all) = self;
        // The last one that begins there or before.
        let last = |position: usize| {
            let after =
                all.partition_point(|known| known.ops.start <= position);
            Some(&all[after.checked_sub(1)?])
        };
        let instruction = match at {
            At::Operation => last(position)?,
            At::Call => last(position.checked_sub(1)?)?,
            At::Loop => {
                all.iter().find(|known| known.label == Some(position as u32))?
            }
        };
        let place = instruction.place(at)?;
        let passed = position.checked_sub(instruction.ops.start + 1);
        let is_branch = instruction.is_table && at == At::Operation;
        let index = passed.filter(|_| is_branch);
        Some((place, index.map(|index| index as u64)))
    }

    /// The place of an instruction.
    pub(crate) fn of(&self, at: At, number: u32) -> Option<Place> {
        let Places(all) = self;
        let found = all.binary_search_by_key(&number, |known| known.number);
        all[found.ok()?].place(at)
    }
}

/// What the code of a function is made of: its instance, its type and its tree.
/// `None` if it isn't one of a module.
pub(crate) fn source<'here, T: Tier>(
    here: &'here StoreView<'_, FlatLayer<T>>,
    function: FuncAddr,
) -> Option<(u32, &'here FuncType, Cow<'here, Function>)> {
    let found = here.data.functions.get(function.index())?;
    let FunctionBody::Code(instance, number) = found.body else { return None };
    let ty = here.data.types.func(found.ty)?;
    Some((instance.0, ty, here.code[number as usize].function()))
}

/// The number of the instruction that a frame was at which a trap has ended:
/// one that has trapped, or that waited for a call.
pub(crate) fn instruction<T: Tier>(
    here: &StoreView<'_, FlatLayer<T>>,
    frame: TrapFrame,
) -> Option<u32> {
    let Places(all) = Places::new(here, frame.function)?;
    let before = frame.position.checked_sub(1)?;
    let after = all.partition_point(|known| known.ops.start <= before);
    Some(all[after.checked_sub(1)?].number)
}

impl Instruction {
    /// Its place, if a call can be there.
    fn place(&self, at: At) -> Option<Place> {
        let Instruction { number, height, ops, label, call, .. } = self;
        let (position, height, results) = match at {
            At::Operation if ops.is_empty() => return None,
            At::Operation => (ops.start, *height, 0),
            At::Loop => ((*label)? as usize, *height, 0),
            At::Call => {
                let (popped, results) = (*call)?;
                (ops.start + 1, height.checked_sub(popped)?, results)
            }
        };
        Some(Place { instruction: *number, position, height, results })
    }
}

/// How many operands a call takes, and how many results it leaves; `None` if
/// an instruction isn't one.
fn call(
    here: &StoreData,
    instance: u32,
    instr: &Instr,
) -> Option<(usize, usize)> {
    let instance = &here.instances[instance as usize];
    let Instr::Control(control) = instr else { return None };
    let (ty, element) = match control {
        Control::Call(function) | Control::ReturnCall(function) => {
            let function = instance.functions[function.index()];
            (here.functions[function.index()].ty, 0)
        }
        Control::CallIndirect(_, ty)
        | Control::CallRef(ty)
        | Control::ReturnCallIndirect(_, ty)
        | Control::ReturnCallRef(ty) => (instance.types[ty.index()], 1),
        _ => return None,
    };
    let FuncType { params, results } = here.types.func(ty)?;
    Some((params.len() + element, results.len()))
}
