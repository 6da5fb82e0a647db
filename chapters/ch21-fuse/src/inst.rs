//! Operations on slots, on their way to nodes: which operands come from an
//! accumulator, and which operations have become one.

use ch07_values::NumType;
use ch08_numeric::Numeric;
use ch09_module::{LoadOp, StoreOp};

use crate::value::Class;

/// Where an operand is, or where a result goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere: there is none.
    None,
    /// In a slot.
    Slot(u16),
    /// In an accumulator. A result that goes only there is wanted just once.
    Acc,
    /// In the node, or in the one that follows it. What is read as 32 bits is
    /// here with its sign.
    Const(u64),
}

impl Place {
    /// The constant, if it fits 16 bits with a sign.
    pub fn imm16(self) -> Option<u16> {
        match self {
            Place::Const(bits) => {
                i16::try_from(bits as i64).ok().map(|bits| bits as u16)
            }
            _ => None,
        }
    }

    /// The constant, if it fits 32 bits with a sign.
    pub fn imm32(self) -> Option<[u16; 2]> {
        match self {
            Place::Const(bits) => {
                i32::try_from(bits as i64).ok().map(|bits| halves(bits as u32))
            }
            _ => None,
        }
    }
}

/// A number of 32 bits as two operands.
pub(crate) fn halves(number: u32) -> [u16; 2] {
    [number as u16, (number >> 16) as u16]
}

/// What an operation does. Where one is made of two, the first comes first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Work {
    Unary(Numeric),
    Binary(Numeric),
    Load(LoadOp),
    Store(StoreOp),
    Copy,
    Select,
    /// Zeroes eight slots: where a function begins, its locals are 0.
    ZeroEight,
    GlobalGet,
    GlobalSet,
    Br,
    /// Branches if `a` is not 0, or if it is; of the second, 64 bits count.
    BrIf(bool),
    BrIfLong(bool),
    /// Branches if the comparison of `a` with `b` holds.
    BrCompare(Numeric),
    BrTable,
    /// An entry of the table before it.
    TableEntry,
    Call,
    CallHost,
    CallIndirect,
    Return,
    ReturnOne,
    Leave,
    MemoryFill,
    MemoryCopy,
    /// Takes a slot to its accumulator.
    Hold(Class),
    /// Tells the context where a loop begins.
    Around,
    /// Is never executed.
    End,
    /// The sum of `a` and `b` is the address.
    LoadIndexed(LoadOp),
    StoreIndexed(StoreOp),
    /// The same, where `b` needs 32 bits and there is no offset.
    LoadDisplaced(LoadOp),
    StoreDisplaced(StoreOp),
    /// The address is `a` times or shifted by `b`, plus `c`; a store's value is
    /// the result place of the node, `to`.
    LoadScaled(LoadOp, Numeric),
    StoreScaled(StoreOp, Numeric),
    /// `c` is the second operand of the second, or the first.
    BinaryLeft(Numeric, Numeric),
    BinaryRight(Numeric, Numeric),
    LoadLeft(LoadOp, Numeric),
    LoadRight(LoadOp, Numeric),
    /// Both operands are loaded, the second from `c`, at the offset `b`.
    LoadBoth(LoadOp, Numeric),
    CopyTwice,
    IncreaseTwice,
    BinaryBr(Numeric, bool),
    LoadBr(LoadOp, bool),
    CopyBr(bool),
    CopyJump,
    IncreaseJump,
    BinaryCompare(Numeric, Numeric),
    IncreaseCompare(Numeric),
    LoadCompare(LoadOp, Numeric),
}

/// An operation on its way to a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Inst {
    pub work: Work,
    pub to: Place,
    pub a: Place,
    pub b: Place,
    pub c: Place,
    /// An offset, an address in the store, or a number of code.
    pub number: u32,
    /// The label of a branch.
    pub label: u32,
    /// Whether the branch or call takes fuel.
    pub paid: bool,
    /// Whether the context has the place that the branch leads to.
    pub around: bool,
    /// The position of the flat operation that it comes from; of two, of the
    /// one that may trap.
    pub origin: u32,
    /// The position of the flat branch that it comes from, if it branches; of
    /// two loads, that of the second.
    pub branch: u32,
}

impl Inst {
    /// An operation without operands.
    pub fn new(work: Work, origin: u32) -> Inst {
        let none = Place::None;
        Inst {
            work,
            to: none,
            a: none,
            b: none,
            c: none,
            number: 0,
            label: 0,
            paid: false,
            around: false,
            origin,
            branch: origin,
        }
    }

    /// The place of an operand: `a`, `b` or `c`.
    pub fn place(&mut self, operand: usize) -> &mut Place {
        match operand {
            0 => &mut self.a,
            1 => &mut self.b,
            _ => &mut self.c,
        }
    }

    /// Whether it has a label that it branches to.
    pub fn branches(&self) -> bool {
        matches!(
            self.work,
            Work::Br
                | Work::BrIf(_)
                | Work::BrIfLong(_)
                | Work::BrCompare(_)
                | Work::TableEntry
                | Work::BinaryBr(..)
                | Work::LoadBr(..)
                | Work::CopyBr(_)
                | Work::CopyJump
                | Work::IncreaseJump
                | Work::BinaryCompare(..)
                | Work::IncreaseCompare(_)
                | Work::LoadCompare(..)
                | Work::Around
        )
    }

    /// Whether it calls a function of WebAssembly.
    pub fn calls(&self) -> bool {
        matches!(self.work, Work::Call | Work::CallIndirect)
    }

    /// Whether the operation that follows is never the next one.
    pub fn ends(&self) -> bool {
        matches!(
            self.work,
            Work::Br
                | Work::BrTable
                | Work::TableEntry
                | Work::CopyJump
                | Work::IncreaseJump
                | Work::Return
                | Work::ReturnOne
                | Work::Leave
                | Work::End
        )
    }

    /// The classes of the operands that may come from an accumulator.
    pub fn operands(&self) -> [Option<Class>; 3] {
        let class = |ty: NumType| Some(Class::of(ty));
        let int = Some(Class::Int);
        let pair = |operator: Numeric| {
            let params = operator.row().params;
            (class(params[0]), params.get(1).and_then(|ty| class(*ty)))
        };
        match self.work {
            Work::Unary(operator) => [pair(operator).0, None, None],
            Work::Binary(operator)
            | Work::BinaryBr(operator, _)
            | Work::BrCompare(operator) => {
                let (a, b) = pair(operator);
                [a, b, None]
            }
            Work::BinaryLeft(first, second) => {
                let (a, b) = pair(first);
                [a, b, pair(second).1]
            }
            Work::BinaryRight(first, second) => {
                let (a, b) = pair(first);
                [a, b, pair(second).0]
            }
            Work::BinaryCompare(first, second) => {
                let (a, b) = pair(first);
                [a, b, pair(second).1]
            }
            Work::Load(_) | Work::LoadDisplaced(_) | Work::LoadBr(..) => {
                [int, None, None]
            }
            Work::LoadIndexed(_) => [int, int, None],
            Work::LoadScaled(..) | Work::StoreScaled(..) => [int, None, None],
            Work::LoadLeft(_, operator) => [int, None, pair(operator).1],
            Work::LoadRight(_, operator) => [int, None, pair(operator).0],
            Work::LoadCompare(_, operator) => [int, None, pair(operator).1],
            Work::LoadBoth(..) => [int, None, int],
            Work::Store(store) => [int, class(store.row().params[0]), None],
            Work::StoreIndexed(store) => {
                [int, int, class(store.row().params[0])]
            }
            Work::StoreDisplaced(store) => {
                [int, None, class(store.row().params[0])]
            }
            Work::Copy
            | Work::GlobalSet
            | Work::BrIf(_)
            | Work::BrIfLong(_)
            | Work::CopyJump
            | Work::BrTable
            | Work::ReturnOne => [int, None, None],
            Work::IncreaseCompare(_) => [int, int, int],
            Work::CopyTwice | Work::CopyBr(_) => [int, None, int],
            Work::Select => [None, None, int],
            _ => [None; 3],
        }
    }
}
