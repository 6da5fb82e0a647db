//! From operations to nodes.

use crate::fuse::Fused;
use crate::handlers::end;
use crate::inst::{Inst, Place, Work, halves};
use crate::node::{Handler, Node};
use crate::select::handler;

/// An operation as a node, but for the handler, which is that of the next.
pub(crate) struct Encoded {
    /// Its own handler.
    pub handler: Handler,
    operands: [u16; 4],
    /// What is in the node that follows, if the operation takes two.
    wide: Option<u64>,
}

/// Encodes an operation; a branch leads nowhere yet. `None` if its operands
/// don't fit, or if there is no handler for it.
pub(crate) fn encode(inst: &Inst) -> Option<Encoded> {
    let Inst { work, a, b, c, number, .. } = *inst;
    let handler = handler(inst)?;
    let mut wide = None;
    let result = half(inst.to);
    let [low, high] = halves(number);
    let short = |number: u32| u16::try_from(number).ok();
    let mut long = |place: Place| match place {
        Place::Const(bits) if place.imm32().is_none() => {
            wide = Some(bits);
            [0, 0]
        }
        place => place.imm32().unwrap_or([half(place), 0]),
    };
    let operands = match work {
        Work::Unary(_) => [result, half(a), 0, 0],
        Work::Binary(_) => match a {
            Place::Const(_) => {
                let [low, high] = a.imm32()?;
                [result, low, high, half(b)]
            }
            _ => {
                let [low, high] = long(b);
                [result, half(a), low, high]
            }
        },
        Work::Load(_) => [result, half(a), low, high],
        Work::Store(_) => {
            if let (Place::Const(bits), None) = (b, b.imm16()) {
                wide = Some(bits);
            }
            [half(a), half(b), low, high]
        }
        Work::Copy => match a {
            Place::Const(_) => {
                let [low, high] = long(a);
                [result, 0, low, high]
            }
            _ => [result, half(a), 0, 0],
        },
        Work::Select => [result, half(a), half(b), half(c)],
        Work::ZeroEight => [result, 0, 0, 0],
        Work::GlobalGet => [result, 0, low, high],
        Work::GlobalSet => {
            if let Place::Const(bits) = a {
                wide = Some(bits);
            }
            [half(a), 0, low, high]
        }
        Work::Br | Work::TableEntry | Work::Around => [0; 4],
        Work::BrIf(_) | Work::BrIfLong(_) => [half(a), 0, 0, 0],
        Work::BrCompare(_) => {
            let [low, high] = b.imm32().unwrap_or([half(b), 0]);
            [half(a), low, high, 0]
        }
        Work::BrTable => [half(a), 0, low, high],
        Work::Call | Work::CallHost => [result, half(b), low, high],
        Work::CallIndirect => [result, half(a), half(b), half(c)],
        Work::Hold(_) => [0, half(a), 0, 0],
        Work::Return | Work::End => [0; 4],
        Work::ReturnOne => {
            let [low, high] = a.imm32().unwrap_or([half(a), 0]);
            [low, high, 0, 0]
        }
        Work::Leave => [low, high, half(b), 0],
        Work::MemoryFill | Work::MemoryCopy => [half(a), low, high, 0],
        Work::LoadIndexed(_) => [result, half(a), half(b), short(number)?],
        Work::LoadDisplaced(_) => {
            let [low, high] = b.imm32()?;
            [result, half(a), low, high]
        }
        Work::StoreIndexed(_) => [half(a), half(c), half(b), short(number)?],
        Work::LoadScaled(..) | Work::StoreScaled(..) => {
            wide = Some(number.into());
            [half(inst.to), half(a), b.imm16()?, half(c)]
        }
        Work::StoreDisplaced(_) => {
            let [low, high] = b.imm32()?;
            [half(a), half(c), low, high]
        }
        Work::BinaryLeft(..) | Work::BinaryRight(..) => {
            if let (Place::Const(bits), None) = (c, c.imm16()) {
                wide = Some(bits);
            }
            [result, half(a), half(b), half(c)]
        }
        Work::LoadLeft(..) | Work::LoadRight(..) => {
            [result, half(a), short(number)?, half(c)]
        }
        Work::LoadBoth(..) => {
            let Place::Const(second) = b else { return None };
            wide = Some(u64::from(number) | second << 32);
            [result, half(a), half(c), 0]
        }
        Work::CopyTwice | Work::IncreaseTwice => {
            [result, half(a), half(b), half(c)]
        }
        Work::BinaryBr(..) => [result, half(a), half(b), 0],
        Work::LoadBr(..) => [result, half(a), short(number)?, 0],
        Work::CopyBr(_) => [result, half(a), half(c), 0],
        Work::CopyJump => [result, half(a), 0, 0],
        Work::IncreaseJump => [result, half(b), 0, 0],
        Work::BinaryCompare(..) => {
            wide = aside(inst.to);
            [half(a), half(b), half(c), 0]
        }
        Work::IncreaseCompare(_) => [result, half(b), half(c), 0],
        Work::LoadCompare(..) => {
            wide = aside(inst.to);
            [half(a), short(number)?, half(c), 0]
        }
    };
    Some(Encoded { handler, operands, wide })
}

impl Encoded {
    /// Lets a branch lead to the place after a node. `None` if it is too far.
    fn lead_to(&mut self, work: Work, to: u32) -> Option<()> {
        let [low, high] = halves(to);
        match work {
            Work::Br
            | Work::TableEntry
            | Work::Around
            | Work::BrIf(_)
            | Work::BrIfLong(_)
            | Work::CopyJump
            | Work::IncreaseJump => {
                self.operands[2] = low;
                self.operands[3] = high;
            }
            _ => self.operands[3] = u16::try_from(to).ok()?,
        }
        Some(())
    }
}

/// The slot of a result for which an operation has no operand left.
fn aside(to: Place) -> Option<u64> {
    matches!(to, Place::Slot(_)).then(|| half(to).into())
}

/// What names a place in 16 bits.
fn half(place: Place) -> u16 {
    match place {
        Place::Slot(slot) => slot,
        place => place.imm16().unwrap_or_default(),
    }
}

/// The nodes of a function, after the first, which only has a handler.
pub(crate) struct Nodes {
    pub nodes: Vec<Node>,
    /// The node of each operation, and of the end.
    pub places: Vec<u32>,
}

/// Encodes the operations of a function. `None` if they are too many.
pub(crate) fn nodes(code: &Fused) -> Option<Nodes> {
    let mut places = Vec::with_capacity(code.insts.len() + 1);
    let mut encoded = Vec::with_capacity(code.insts.len());
    let mut place = 1_u32;
    for inst in &code.insts {
        let next = encode(inst)?;
        places.push(place);
        place += 1 + u32::from(next.wide.is_some());
        encoded.push(next);
    }
    places.push(place);
    for (inst, encoded) in code.insts.iter().zip(&mut encoded) {
        if inst.branches() {
            let label = code.labels[inst.label as usize];
            encoded.lead_to(inst.work, places[label as usize] - 1)?;
        }
    }
    let handler_of = |number: usize| match encoded.get(number) {
        Some(encoded) => encoded.handler,
        None => end,
    };
    let mut nodes = Vec::with_capacity(place as usize);
    nodes.push(Node { handler: handler_of(0), operands: [0; 4] });
    for (number, (inst, encoded)) in code.insts.iter().zip(&encoded).enumerate()
    {
        let next = match inst.work {
            Work::TableEntry => code.labels[inst.label as usize] as usize,
            _ => number + 1,
        };
        let handler = handler_of(next);
        nodes.push(Node { handler, operands: encoded.operands });
        if let Some(bits) = encoded.wide {
            let [low, high] = halves(bits as u32);
            let [third, fourth] = halves((bits >> 32) as u32);
            nodes.push(Node { handler, operands: [low, high, third, fourth] });
        }
    }
    Some(Nodes { nodes, places })
}
