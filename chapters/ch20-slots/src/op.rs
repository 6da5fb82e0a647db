//! The code of a function on slots.

use ch08_numeric::Numeric;
use ch09_module::{LoadOp, StoreOp};

/// Where the value of an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// In a slot of the frame: the locals come first, and then a slot for each
    /// operand, at its height on the stack.
    Slot(u16),
    /// In the operation itself.
    Const(u64),
}

/// Where a branch goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// The number of its label.
    pub label: u32,
    /// Whether the label is that of a loop: such a branch takes fuel.
    pub is_loop: bool,
}

/// An operation on slots. What it writes comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SlotOp {
    /// A numeric instruction of one operand.
    Unary(Numeric, u16, Operand),
    /// A numeric instruction of two operands.
    Binary(Numeric, u16, Operand, Operand),
    /// A load from memory 0: an address, and an offset.
    Load(LoadOp, u16, Operand, u32),
    /// A store to memory 0: an address, a value, and an offset.
    Store(StoreOp, Operand, Operand, u32),
    /// Copies an operand to a slot.
    Copy(u16, Operand),
    /// Keeps the first of two operands if the third is not 0.
    Select(u16, [Operand; 3]),
    /// Reads the global at an address.
    GlobalGet(u16, u32),
    /// Writes the global at an address.
    GlobalSet(u32, Operand),
    /// Branches.
    Br(Target),
    /// Branches if the operand is not 0.
    BrIf(Target, Operand),
    /// Branches if the operand is 0.
    BrUnless(Target, Operand),
    /// Goes on at that one of the operations that follow, which are branches:
    /// at the last, whose number this is, if the operand is greater.
    BrTable(u32, Operand),
    /// Calls the function at an address. Its window begins at a slot, where its
    /// arguments are, and where it leaves its results. With the arguments there
    /// are this many operands.
    Call(u32, u16, u16),
    /// Calls the function that an element of the table at an address refers to,
    /// if its type has this number.
    CallIndirect {
        /// The table's address.
        table: u32,
        /// The type's number in the store.
        ty: u32,
        /// The slot with the number of the element, which is the top operand.
        element: u16,
        /// Where the window of the function begins.
        window: u16,
    },
    /// Fills a range of memory 0: an address, a byte and a length are in the
    /// slots from this one on. What doesn't go is left to the machine, at a
    /// position.
    MemoryFill(u16, u32),
    /// Copies a range within memory 0, likewise: to an address, from one, and
    /// how many bytes.
    MemoryCopy(u16, u32),
    /// Returns to the caller. The results are in the first slots.
    Return,
    /// Leaves the flat operation at this position to the machine, with this
    /// many operands. All of them are in their slots.
    Leave(u32, u16),
    /// A label.
    Label(u32),
    /// Where the machine may give the call to the tier: the entry with this
    /// number.
    Entry(u32),
}

impl SlotOp {
    /// Whether the machine executes it, or may, and what follows is an entry.
    pub fn may_leave(&self) -> bool {
        matches!(
            self,
            SlotOp::Call(..)
                | SlotOp::CallIndirect { .. }
                | SlotOp::MemoryFill(..)
                | SlotOp::MemoryCopy(..)
                | SlotOp::Leave(..)
        )
    }
}

/// Where a call goes from the machine to the tier and back, in the words of
/// both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The position in the flat code.
    pub position: u32,
    /// How many operands there are.
    pub height: u16,
}

/// An operand of a call that waits, which the machine wants in its slot, and
/// which is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The entry where the call goes on.
    pub entry: u32,
    /// The slot that the machine looks at.
    pub slot: u16,
    /// Where the value is.
    pub operand: Operand,
}

/// The code of a function on slots.
#[derive(Clone, Debug)]
pub struct SlotCode {
    /// The operations.
    pub ops: Vec<SlotOp>,
    /// The position of the flat operation that each comes from.
    pub origins: Vec<u32>,
    /// How many slots the function has.
    pub slots: u16,
    /// How many labels there are.
    pub labels: u32,
    /// What the machine's entries are.
    pub entries: Vec<Entry>,
    /// The operands that are not in their slots while a call waits.
    pub pending: Vec<Pending>,
}
