//! The handlers: what each operation does. Where its operands are is a type, so
//! each handler is compiled for its own.

use ch07_values::{Operand, Trap};

use crate::node::{Context, Left, Node, Window};
use crate::operators::{self, Binary, Load, Store, Unary};

/// Where a handler finds an operand.
pub(crate) trait Source {
    fn get<T: Operand>(node: &Node, window: &Window) -> T;
}

/// In the slot that operand `K` names.
pub(crate) struct Slot<const K: usize>;

impl<const K: usize> Source for Slot<K> {
    #[inline(always)]
    fn get<T: Operand>(node: &Node, window: &Window) -> T {
        T::from_slot(window[usize::from(node.operands[K] as u16)])
    }
}

/// Operand `K` is a constant.
pub(crate) struct Const<const K: usize>;

impl<const K: usize> Source for Const<K> {
    #[inline(always)]
    fn get<T: Operand>(node: &Node, _: &Window) -> T {
        T::from_slot(node.operands[K])
    }
}

/// Writes a result, and goes on with the rest.
#[inline(always)]
fn put<'code>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    result: impl Operand,
) -> &'code [Node] {
    window[usize::from(node.to)] = result.to_slot();
    rest
}

/// An operation has trapped.
#[cold]
#[inline(never)]
fn trapped<'code>(
    rest: &'code [Node],
    context: &mut Context<'code>,
    trap: Trap,
) -> &'code [Node] {
    context.left = Left::Trap(trap, number(rest, context));
    &[]
}

/// The number of the node before the rest.
fn number(rest: &[Node], context: &Context<'_>) -> u32 {
    (context.nodes.len() - rest.len() - 1) as u32
}

/// A numeric instruction of one operand.
pub(crate) fn unary<'code, O: Unary, X: Source>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    match O::apply(X::get(node, window)) {
        Ok(x) => put(node, rest, window, x),
        Err(trap) => trapped(rest, context, trap),
    }
}

/// A numeric instruction of two operands.
pub(crate) fn binary<'code, O: Binary, X: Source, Y: Source>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    match O::apply(X::get(node, window), Y::get(node, window)) {
        Ok(x) => put(node, rest, window, x),
        Err(trap) => trapped(rest, context, trap),
    }
}

/// A load: the number is the offset.
pub(crate) fn load<'code, L: Load, A: Source>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    let address: u32 = A::get(node, window);
    let address = u64::from(address) + u64::from(node.number);
    match L::load(context.memory, address) {
        Ok(x) => put(node, rest, window, x),
        Err(trap) => trapped(rest, context, trap),
    }
}

/// A store: the number is the offset.
pub(crate) fn store<'code, S: Store, A: Source, V: Source>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    let address: u32 = A::get(node, window);
    let address = u64::from(address) + u64::from(node.number);
    match S::store(context.memory, address, V::get(node, window)) {
        Ok(()) => rest,
        Err(trap) => trapped(rest, context, trap),
    }
}

/// Copies a slot, whatever is in it.
pub(crate) fn copy<'code, X: Source>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    _: &mut Context<'code>,
) -> &'code [Node] {
    let x: u64 = X::get(node, window);
    put(node, rest, window, x)
}

/// Keeps one of two operands.
pub(crate) fn select<'code, X: Source, Y: Source, Z: Source>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    _: &mut Context<'code>,
) -> &'code [Node] {
    let x: u64 = X::get(node, window);
    let y: u64 = Y::get(node, window);
    let first: bool = Z::get(node, window);
    put(node, rest, window, if first { x } else { y })
}

/// Reads the global with a number.
pub(crate) fn global_get<'code>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    let global = context.globals[node.number as usize].slot;
    put(node, rest, window, global)
}

/// Writes the global with a number.
pub(crate) fn global_set<'code, X: Source>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    context.globals[node.number as usize].slot = X::get(node, window);
    rest
}

/// Goes on at the node with a number. Back to a loop, that takes fuel.
#[inline(always)]
fn jump<'code, const LOOP: bool>(
    node: &Node,
    rest: &'code [Node],
    context: &mut Context<'code>,
) -> &'code [Node] {
    let to = node.number;
    if LOOP && let Some(left) = context.fuel {
        match left.checked_sub(1) {
            Some(less) => *left = less,
            None => {
                context.left = Left::Unpaid(to, number(rest, context));
                return &[];
            }
        }
    }
    &context.nodes[to as usize..]
}

/// Branches.
pub(crate) fn br<'code, const LOOP: bool>(
    node: &Node,
    rest: &'code [Node],
    _: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    jump::<LOOP>(node, rest, context)
}

/// Branches if an operand is not 0, or if it is.
pub(crate) fn br_if<'code, X: Source, const ON: bool, const LOOP: bool>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    match X::get::<bool>(node, window) == ON {
        true => jump::<LOOP>(node, rest, context),
        false => rest,
    }
}

/// Goes on at one of the nodes that follow. The number is that of the last.
pub(crate) fn br_table<'code, X: Source>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    _: &mut Context<'code>,
) -> &'code [Node] {
    let index: u32 = X::get(node, window);
    &rest[index.min(node.number) as usize..]
}

/// Fills a range of memory.
pub(crate) fn memory_fill<'code>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    bulk(node, rest, window, context, operators::fill)
}

/// Copies a range of memory to another place in it.
pub(crate) fn memory_copy<'code>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    bulk(node, rest, window, context, operators::copy)
}

/// Works on a range of memory, which takes as much fuel as it has bytes. What
/// doesn't go, the machine does once more, and traps.
#[inline(always)]
fn bulk<'code>(
    node: &Node,
    rest: &'code [Node],
    window: &mut Window,
    context: &mut Context<'code>,
    work: fn(&mut [u8], [u64; 3]) -> Option<()>,
) -> &'code [Node] {
    let first = Slot::<0>::get(node, window);
    let second = Slot::<1>::get(node, window);
    let length: u64 = Slot::<2>::get(node, window);
    let fuel = context.fuel.unwrap_or(u64::MAX).checked_sub(length);
    let fuel = fuel
        .filter(|_| work(context.memory, [first, second, length]).is_some());
    match (fuel, &mut *context.fuel) {
        (None, _) => return leave(node, rest, window, context),
        (Some(fuel), Some(left)) => *left = fuel,
        (Some(_), None) => {}
    }
    rest
}

/// Ends the function. Its results are where they belong.
pub(crate) fn ret<'code>(
    _: &Node,
    _: &'code [Node],
    _: &mut Window,
    _: &mut Context<'code>,
) -> &'code [Node] {
    &[]
}

/// Leaves the operation at a position to the machine.
pub(crate) fn leave<'code>(
    node: &Node,
    _: &'code [Node],
    _: &mut Window,
    context: &mut Context<'code>,
) -> &'code [Node] {
    context.left = Left::Machine(node.number, node.to);
    &[]
}
