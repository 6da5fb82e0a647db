//! How a call leaves the native stack. All of this is rare: so it is never
//! inlined, and stays out of the handlers' way.

use std::hint::black_box;

use ch07_values::Trap;

use crate::node::{
    Called, Captured, Context, LEFT, Nodes, Signal, Why, Window,
};

/// The index of the first of the nodes that are left.
fn index(context: &Context<'_>, nodes: &Nodes<'_>) -> u32 {
    (context.current.len() - nodes.len()) as u32
}

/// The machine goes on.
///
/// If the compiler knew what is returned here, a handler would return it
/// itself: then the call would not be its last act, and so no jump.
fn leave(context: &mut Context<'_>, why: Why) -> Signal {
    context.left = (why, context.base);
    black_box(LEFT)
}

/// An operation has trapped.
#[cold]
#[inline(never)]
pub(crate) fn trapped<'code>(
    nodes: Nodes<'code>,
    _: &Window,
    context: &mut Context<'code>,
    trap: Trap,
) -> Signal {
    let why = Why::Trap(trap, index(context, &nodes));
    leave(context, why)
}

/// There is no fuel for a branch back to the place after a node. It has been
/// taken, but for that.
#[cold]
#[inline(never)]
pub(crate) fn unpaid<'code>(
    nodes: Nodes<'code>,
    _: &Window,
    context: &mut Context<'code>,
    to: u32,
) -> Signal {
    let why = Why::Unpaid(index(context, &nodes), to);
    leave(context, why)
}

/// The machine executes a flat operation, with so many slots in use.
#[cold]
#[inline(never)]
pub(crate) fn left<'code>(
    _: Nodes<'code>,
    _: &Window,
    context: &mut Context<'code>,
    position: u32,
    used: u16,
) -> Signal {
    leave(context, Why::Leave(position, used))
}

/// A call is the machine's.
#[cold]
#[inline(never)]
pub(crate) fn left_at_call<'code>(
    nodes: Nodes<'code>,
    _: &Window,
    context: &mut Context<'code>,
) -> Signal {
    let why = Why::Call(index(context, &nodes));
    leave(context, why)
}

/// A function of the host has to know its caller, so the tier lets go of the
/// store.
#[cold]
#[inline(never)]
pub(crate) fn asked<'code>(
    nodes: Nodes<'code>,
    _: &Window,
    context: &mut Context<'code>,
) -> Signal {
    context.asks = index(context, &nodes);
    leave(context, Why::Nothing)
}

/// A function of the host has failed; perhaps it only wants to answer later.
#[cold]
#[inline(never)]
pub(crate) fn host_failed<'code>(
    nodes: Nodes<'code>,
    _: &Window,
    context: &mut Context<'code>,
) -> Signal {
    let why = Why::Host(index(context, &nodes));
    leave(context, why)
}

/// What a call has called has left: so it leaves too.
#[cold]
#[inline(never)]
pub(crate) fn call_left<'code>(
    nodes: Nodes<'code>,
    _: &Window,
    context: &mut Context<'code>,
    callee: Called,
) -> Signal {
    let node = index(context, &nodes);
    context.captured.push(Captured { callee, node, base: context.base });
    black_box(LEFT)
}

/// The code is not as it should be. That is a bug of the translation, and the
/// machine says so.
#[cold]
#[inline(never)]
pub(crate) fn stuck<'code>(
    _: Nodes<'code>,
    _: &Window,
    context: &mut Context<'code>,
) -> Signal {
    leave(context, Why::Nothing)
}
