//! Throwing and catching: what both do to the operand stack and to the list of
//! exceptions.
//!
//! Specification: Execution, Instructions, *Control Instructions*.

use ch07_values::Trap;
use ch09_module::{Catch, TagIdx};
use ch11_control::{Core, Frame};
use ch12_instance::StoreView;
use trace::Observer;

use crate::{ExnAddr, HasExceptions, Unwind};

/// Makes an exception of the values on top of the stack, as many as the tag's
/// type has parameters.
///
/// # Errors
///
/// Traps if there is no memory left for it.
#[inline(never)]
pub fn throw<L: HasExceptions, O: Observer>(
    core: &mut Core<O>,
    here: &mut StoreView<'_, L>,
    frame: &Frame,
    tag: TagIdx,
) -> Result<ExnAddr, Trap> {
    let StoreView { data, layer, .. } = here;
    core.on_stack(|stack| {
        layer.before_throw(data, stack)?;
        let instance = &data.instances[frame.instance as usize];
        let tag = instance.tags[tag.index()];
        let ty = data.types.func(data.tags[tag.index()].ty);
        let count = ty.map_or(0, |ty| ty.params.len());
        let values = stack.height() - count..stack.height();
        let value = |position| {
            let half = data.upper.get(position).copied();
            [stack.slot(position), half.unwrap_or_default()]
        };
        let values = values.map(value).collect();
        (0..count).for_each(|_| _ = stack.pop::<u64>());
        layer.exceptions().make(tag, values)
    })
}

/// What an exception becomes: a branch to the label of the first clause that
/// matches it. If no clause matches, it stays what it is.
///
/// # Errors
///
/// Traps if the operand stack has no room for what the clause leaves.
#[inline(never)]
pub fn catch<L: HasExceptions, O: Observer>(
    core: &mut Core<O>,
    here: &mut StoreView<'_, L>,
    frame: &Frame,
    clauses: &[Catch],
    exn: ExnAddr,
) -> Result<Unwind, Trap> {
    let StoreView { data, layer, .. } = here;
    let tags = &data.instances[frame.instance as usize].tags;
    let exceptions = layer.exceptions();
    for clause in clauses {
        let (tag, label, by_reference) = match *clause {
            Catch::One(tag, label) => (Some(tag), label, false),
            Catch::OneRef(tag, label) => (Some(tag), label, true),
            Catch::All(label) => (None, label, false),
            Catch::AllRef(label) => (None, label, true),
        };
        if tag.is_some_and(|tag| tags[tag.index()] != exceptions.tag(exn)) {
            continue;
        }
        core.caught();
        core.on_stack(|stack| {
            if tag.is_some() {
                for [slot, half] in exceptions.values(exn) {
                    if let Some(upper) = data.upper.get_mut(stack.height()) {
                        *upper = *half;
                    }
                    stack.push(*slot)?;
                }
            }
            match by_reference {
                true => stack.push(exceptions.reference(exn))?,
                false => exceptions.forget(exn),
            }
            Ok(())
        })?;
        return Ok(Unwind::Branch(label));
    }
    Ok(Unwind::Throw(exn))
}
