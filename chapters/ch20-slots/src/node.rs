//! What a function is made of, and what a handler has in its hands.

use std::fmt;

use ch07_values::Trap;
use ch12_instance::GlobalInstance;

use crate::Entry;

/// How many slots a handler may name: so a number of 16 bits needs no check.
pub const WINDOW: usize = 1 << 16;

/// The slots of a frame, and as many more as an operand can name.
pub type Window = [u64; WINDOW];

/// Executes an operation. The nodes that follow it are the rest. Returns the
/// nodes that it goes on with, or none where the tier doesn't go on.
pub(crate) type Handler = for<'code> fn(
    &Node,
    &'code [Node],
    &mut Window,
    &mut Context<'code>,
) -> &'code [Node];

/// An operation: its handler, and what it works on.
#[derive(Clone, Copy)]
pub struct Node {
    pub(crate) handler: Handler,
    /// The slot that it writes.
    pub(crate) to: u16,
    /// Where a branch goes, an offset, an address, or a position.
    pub(crate) number: u32,
    /// The operands: the numbers of their slots, or the constants themselves.
    pub(crate) operands: [u64; 3],
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Node { to, number, operands, .. } = self;
        f.debug_tuple("Node").field(to).field(number).field(operands).finish()
    }
}

/// What the handlers of a function share.
pub(crate) struct Context<'code> {
    pub memory: &'code mut [u8],
    pub globals: &'code mut [GlobalInstance],
    /// The fuel that is left, where it is counted.
    pub fuel: &'code mut Option<u64>,
    /// All nodes of the function.
    pub nodes: &'code [Node],
    /// Why the tier doesn't go on.
    pub left: Left,
}

/// Why the tier doesn't go on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Left {
    /// The function has ended.
    Return,
    /// The machine executes the flat operation at this position, with so many
    /// slots in use.
    Machine(u32, u16),
    /// A node has trapped.
    Trap(Trap, u32),
    /// The branch to the first node, at the second, can't be paid.
    Unpaid(u32, u32),
}

/// The nodes of a function.
#[derive(Debug)]
pub struct Nodes {
    pub(crate) nodes: Box<[Node]>,
    /// The node of each entry, if the tier ever comes there.
    pub(crate) entries: Box<[Option<u32>]>,
    /// The same places in the machine's words.
    pub(crate) places: Box<[Entry]>,
    /// The node of each label of a loop, and its entry.
    pub(crate) loops: Box<[(u32, u32)]>,
    /// The position of the flat operation that each node comes from.
    pub(crate) origins: Box<[u32]>,
}
