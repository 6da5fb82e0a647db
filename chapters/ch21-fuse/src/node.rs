//! What a function is made of, and what a handler has in its hands.

use std::cell::Cell;
use std::fmt;
use std::slice;

use annex_embedding::{HostError, HostFunction, MemAddr};
use annex_types::TypeRegistry;
use ch07_values::Trap;
use ch12_instance::{
    FunctionInstance, GlobalInstance, LateCode, ModuleInstance, TableInstance,
};
use ch19_flat::FlatLayer;
use ch20_slots::{Entry, Pending};

use crate::Fast;

/// How many slots an operand can name.
pub(crate) const WINDOW: usize = 1 << 16;

/// Marks the number of a function of another instance, where else the host's
/// number is.
pub(crate) const OTHER: u32 = 1 << 31;

/// A frame's slots, as many as an operand can name.
///
/// The window of a call begins inside that of its caller, where the arguments
/// are. So both refer to the same slots, and [`Cell`] lets both write to them.
pub(crate) type Window = [Cell<u64>; WINDOW];

/// The nodes from the next operation on.
pub(crate) type Nodes<'code> = slice::Iter<'code, Node>;

/// What a handler returns to the call that it is part of.
pub(crate) type Signal = u64;

/// The function has ended; its results are in its first slots.
pub(crate) const DONE: Signal = 0;
/// The context says which handler is next.
#[cfg_attr(sibling_calls, expect(dead_code, reason = "the call says it"))]
pub(crate) const NEXT: Signal = 1;
/// The machine goes on; the context says why, and where.
pub(crate) const LEFT: Signal = 2;

/// Executes an operation, and all that follow: the nodes, the window, the
/// context, and the accumulators.
pub(crate) type Handler = for<'code, 'slots, 'context> fn(
    Nodes<'code>,
    &'slots Window,
    &'context mut Context<'code>,
    u64,
    f64,
    f32,
) -> Signal;

/// An operation of threaded code: 16 bytes.
///
/// The handler is that of the *next* operation. So who executes a node needs
/// no look at the one that follows it.
#[derive(Clone, Copy)]
pub struct Node {
    pub(crate) handler: Handler,
    pub(crate) operands: [u16; 4],
}

impl Node {
    /// Two operands as a number of 32 bits.
    #[inline(always)]
    pub(crate) fn pair(&self, first: usize) -> u32 {
        let [low, high] = [self.operands[first], self.operands[first + 1]];
        u32::from(low) | u32::from(high) << 16
    }

    /// All four operands as a number of 64 bits.
    #[inline(always)]
    pub(crate) fn all(&self) -> u64 {
        u64::from(self.pair(0)) | u64::from(self.pair(2)) << 32
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Node").field(&self.operands).finish()
    }
}

/// The threaded code of a function.
#[derive(Debug)]
pub struct FastCode {
    /// A node that only has the first handler, and then the operations.
    pub nodes: Box<[Node]>,
    /// What a call takes of [`Context::budget`].
    pub(crate) cost: u32,
    /// The node before each entry's own, if the tier ever comes there.
    pub(crate) entries: Box<[Option<u32>]>,
    /// The same places in the machine's words.
    pub(crate) places: Box<[Entry]>,
    /// The node of each call, and the entry where it goes on.
    pub(crate) calls: Box<[(u32, u32)]>,
    /// The node before each label, and its entry.
    pub(crate) labels: Box<[(u32, u32)]>,
    /// What is not in its slot while a call waits.
    pub(crate) pending: Box<[Pending]>,
}

/// What the handlers share, for as long as the tier runs.
pub(crate) struct Context<'code> {
    /// The memory of the instance; empty if it has none.
    pub memory: &'code mut [u8],
    pub globals: &'code mut [GlobalInstance],
    pub tables: &'code [TableInstance],
    pub functions: &'code [FunctionInstance],
    pub hosts: &'code [HostFunction],
    pub code: &'code [LateCode<FlatLayer<Fast>>],
    pub types: &'code TypeRegistry,
    pub instances: &'code [ModuleInstance],
    /// The instance that the function belongs to.
    pub instance: u32,
    /// Which memory is in the tier's hands, and the memory itself while a
    /// function is executed whose instance has none.
    pub lent: Option<MemAddr>,
    pub aside: &'code mut [u8],
    /// All slots, and where the window begins.
    pub slots: &'code [Cell<u64>],
    pub base: usize,
    /// The nodes of the function that is being executed.
    pub current: &'code [Node],
    /// Where the innermost loop begins.
    pub around: (Handler, Nodes<'code>),
    /// What the calls that nest on the native stack may still cost.
    pub budget: u32,
    /// The fuel that is left. Where it isn't counted, it is as much as there
    /// can be.
    pub fuel: u64,
    pub counts_fuel: bool,
    /// The calls that have left the native stack, the innermost first.
    pub captured: &'code mut Vec<Captured>,
    /// Why the tier doesn't go on, and where its window begins.
    pub left: (Why, usize),
    /// The node that calls a function of the host which has to know its
    /// caller, where the tier doesn't go on because of that; else 0.
    pub asks: u32,
    /// What a function of the host has failed for.
    pub error: Option<HostError>,
    /// What the next handler gets, where it isn't called.
    #[cfg_attr(sibling_calls, expect(dead_code, reason = "it is called"))]
    pub next: (Handler, Nodes<'code>, u64, f64, f32),
}

/// Why the tier doesn't go on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Why {
    /// It has not begun.
    Nothing,
    /// The machine executes the flat operation at this position, with this many
    /// slots in use.
    Leave(u32, u16),
    /// The machine executes the call at this node.
    Call(u32),
    /// The function of the host that this node calls has failed.
    Host(u32),
    /// The operation at this node has trapped.
    Trap(Trap, u32),
    /// The branch at the first node, to a place after the second, can't be
    /// paid.
    Unpaid(u32, u32),
}

/// What a call has called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Called {
    /// The function of the same instance whose code has this number.
    Own(u32),
    /// This function, of another instance.
    Other(u32),
}

/// A call that has left the native stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Captured {
    /// The function that it has called.
    pub callee: Called,
    /// The node before the one to go on with.
    pub node: u32,
    /// Where its window begins.
    pub base: usize,
}
