//! The handlers: what each operation does. Where its operands are is a type, so
//! each handler is compiled for its own.

use ch07_values::{Operand, Trap};

use crate::node::{Context, Flow, Node, Window};
use crate::operators::{Binary, Load, Store, Unary};

/// Where a handler finds an operand.
pub(crate) trait Source {
    fn get<T: Operand>(
        node: &Node,
        window: &Window,
        context: &Context<'_>,
    ) -> T;
}

/// In the slot that operand `K` names.
pub(crate) struct Slot<const K: usize>;

impl<const K: usize> Source for Slot<K> {
    #[inline(always)]
    fn get<T: Operand>(node: &Node, window: &Window, _: &Context<'_>) -> T {
        T::from_slot(window[usize::from(node.operands[K])])
    }
}

/// Among the constants of the function, at the place that operand `K` names.
pub(crate) struct Const<const K: usize>;

impl<const K: usize> Source for Const<K> {
    #[inline(always)]
    fn get<T: Operand>(node: &Node, _: &Window, context: &Context<'_>) -> T {
        let constant = context.constants.get(usize::from(node.operands[K]));
        T::from_slot(constant.copied().unwrap_or_default())
    }
}

type Outcome = Result<Flow, Trap>;

/// Writes the slot that operand 0 names, and goes on.
#[inline(always)]
fn put(node: &Node, window: &mut Window, result: impl Operand) -> Outcome {
    window[usize::from(node.operands[0])] = result.to_slot();
    Ok(Flow::Next)
}

/// A numeric instruction of one operand.
pub(crate) fn unary<O: Unary, X: Source>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let x = O::apply(X::get(node, window, context))?;
    put(node, window, x)
}

/// A numeric instruction of two operands.
pub(crate) fn binary<O: Binary, X: Source, Y: Source>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let x = X::get(node, window, context);
    let x = O::apply(x, Y::get(node, window, context))?;
    put(node, window, x)
}

/// A load: operand 1 is the address, 2 and 3 the offset.
pub(crate) fn load<L: Load, A: Source>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let address: u32 = A::get(node, window, context);
    let address = u64::from(address) + u64::from(node.pair(2));
    let x = L::load(context.memory, address)?;
    put(node, window, x)
}

/// A store: operand 0 is the address, 1 the value, 2 and 3 the offset.
pub(crate) fn store<S: Store, A: Source, V: Source>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let address: u32 = A::get(node, window, context);
    let address = u64::from(address) + u64::from(node.pair(2));
    let value = V::get(node, window, context);
    S::store(context.memory, address, value)?;
    Ok(Flow::Next)
}

/// Copies a slot, whatever is in it.
pub(crate) fn copy<X: Source>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let x: u64 = X::get(node, window, context);
    put(node, window, x)
}

/// Keeps one of two operands.
pub(crate) fn select<X: Source, Y: Source, Z: Source>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let x: u64 = X::get(node, window, context);
    let y: u64 = Y::get(node, window, context);
    let first: bool = Z::get(node, window, context);
    put(node, window, if first { x } else { y })
}

/// Reads a global.
pub(crate) fn global_get(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let global = context.globals.get(node.pair(2) as usize);
    put(node, window, global.map_or(0, |global| global.slot))
}

/// Writes a global.
pub(crate) fn global_set<X: Source>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let x: u64 = X::get(node, window, context);
    if let Some(global) = context.globals.get_mut(node.pair(2) as usize) {
        global.slot = x;
    }
    Ok(Flow::Next)
}

/// The place that operands 2 and 3 name, forwards or back to a loop.
#[inline(always)]
fn jump<const LOOP: bool>(node: &Node) -> Outcome {
    let to = node.pair(2);
    Ok(if LOOP { Flow::Loop(to) } else { Flow::Jump(to) })
}

/// Branches.
pub(crate) fn br<const LOOP: bool>(
    node: &Node,
    _: &mut Window,
    _: &mut Context<'_>,
) -> Outcome {
    jump::<LOOP>(node)
}

/// Branches if an operand is not 0, or if it is.
pub(crate) fn br_if<X: Source, const ON: bool, const LOOP: bool>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    match X::get::<bool>(node, window, context) == ON {
        true => jump::<LOOP>(node),
        false => Ok(Flow::Next),
    }
}

/// Goes on at one of the nodes that follow: operand 0 is which one, 2 and 3
/// are the last. So the place is counted from here.
pub(crate) fn br_table<X: Source>(
    node: &Node,
    window: &mut Window,
    context: &mut Context<'_>,
) -> Outcome {
    let [.., first, count] = node.operands;
    let index: u32 = X::get(node, window, context);
    Ok(Flow::Jump(u32::from(first) + index.min(count.into())))
}

/// Ends the function. Its results are where they belong.
pub(crate) fn ret(_: &Node, _: &mut Window, _: &mut Context<'_>) -> Outcome {
    Ok(Flow::Return)
}

/// Leaves an operation to the machine: operands 0 and 1 are its position, 2 is
/// how many slots are in use.
pub(crate) fn leave(
    node: &Node,
    _: &mut Window,
    _: &mut Context<'_>,
) -> Outcome {
    Ok(Flow::Leave(node.pair(0), node.operands[2]))
}
