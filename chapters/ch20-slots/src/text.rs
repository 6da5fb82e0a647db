//! Code on slots as text.

use std::fmt;

use crate::{Operand, SlotCode, SlotOp, Target};

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Slot(slot) => write!(f, "s{slot}"),
            Operand::Const(slot) => write!(f, "{slot}"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "l{}", self.label)
    }
}

impl fmt::Display for SlotOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SlotOp::Unary(operator, to, x) => {
                write!(f, "s{to} = {operator} {x}")
            }
            SlotOp::Binary(operator, to, x, y) => {
                write!(f, "s{to} = {operator} {x} {y}")
            }
            SlotOp::Load(load, to, address, offset) => {
                write!(f, "s{to} = {load} {address} offset={offset}")
            }
            SlotOp::Store(store, address, value, offset) => {
                write!(f, "{store} {address} {value} offset={offset}")
            }
            SlotOp::Copy(to, x) => write!(f, "s{to} = {x}"),
            SlotOp::Select(to, [x, y, first]) => {
                write!(f, "s{to} = select {x} {y} {first}")
            }
            SlotOp::GlobalGet(to, global) => {
                write!(f, "s{to} = global.get {global}")
            }
            SlotOp::GlobalSet(global, x) => {
                write!(f, "global.set {global} {x}")
            }
            SlotOp::Br(target) => write!(f, "br {target}"),
            SlotOp::BrIf(target, x) => write!(f, "br_if {target} {x}"),
            SlotOp::BrUnless(target, x) => write!(f, "br_unless {target} {x}"),
            SlotOp::BrTable(count, x) => write!(f, "br_table {count} {x}"),
            SlotOp::Call(function, window, _) => {
                write!(f, "s{window} = call {function}")
            }
            SlotOp::CallIndirect { table, ty, element, window } => {
                write!(f, "s{window} = call_indirect {table} s{element} ")?;
                write!(f, "(type {ty})")
            }
            SlotOp::MemoryFill(from, _) => write!(f, "memory.fill s{from}"),
            SlotOp::MemoryCopy(from, _) => write!(f, "memory.copy s{from}"),
            SlotOp::Return => f.write_str("return"),
            SlotOp::Leave(position, height) => {
                write!(f, "leave at {position} with {height}")
            }
            SlotOp::Label(label) => write!(f, "l{label}:"),
            SlotOp::Entry(number) => write!(f, "entry {number}"),
        }
    }
}

impl fmt::Display for SlotCode {
    /// A line for each operation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for op in &self.ops {
            match op {
                SlotOp::Label(_) | SlotOp::Entry(_) => writeln!(f, "{op}")?,
                op => writeln!(f, "  {op}")?,
            }
        }
        Ok(())
    }
}
