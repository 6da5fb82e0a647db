//! What a function is made of, and what a handler has in its hands.

use std::fmt;

use ch07_values::Trap;
use ch12_instance::GlobalInstance;

use crate::Entry;

/// How many slots a handler may name: so a number of 16 bits needs no check.
pub const WINDOW: usize = 1 << 16;

/// The slots of a frame, and as many more as an operand can name.
pub type Window = [u64; WINDOW];

/// Executes an operation.
pub(crate) type Handler =
    fn(&Node, &mut Window, &mut Context<'_>) -> Result<Flow, Trap>;

/// An operation: its handler, and what it works on.
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
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Node").field(&self.operands).finish()
    }
}

/// How it goes on after an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Flow {
    /// With the one that follows.
    Next,
    /// At this one.
    Jump(u32),
    /// At this one, which is the beginning of a loop: that takes fuel.
    Loop(u32),
    /// The function ends.
    Return,
    /// The machine executes the flat operation at this position, with so many
    /// slots in use.
    Leave(u32, u16),
}

/// What the handlers of a function share.
pub(crate) struct Context<'store> {
    pub memory: &'store mut [u8],
    pub globals: &'store mut [GlobalInstance],
    /// The constants of the function.
    pub constants: &'store [u64],
}

/// The nodes of a function.
#[derive(Debug)]
pub struct Nodes {
    pub(crate) nodes: Box<[Node]>,
    pub(crate) constants: Box<[u64]>,
    /// The node of each entry, if the tier ever comes there.
    pub(crate) entries: Box<[Option<u32>]>,
    /// The same places in the machine's words.
    pub(crate) places: Box<[Entry]>,
    /// The node of each label of a loop, and its entry.
    pub(crate) loops: Box<[(u32, u32)]>,
    /// The position of the flat operation that each node comes from.
    pub(crate) origins: Box<[u32]>,
}
