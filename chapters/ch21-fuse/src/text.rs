//! What has become of a function's operations, as text.

use std::fmt::{self, Write};

use ch09_module::FuncType;
use ch12_instance::StoreData;
use ch19_flat::FlatCode;

use crate::FastCode;
use crate::inst::{Inst, Place, Work};
use crate::tier::{callees, fused};

/// A line for each operation that becomes a node: its kind, where its result
/// goes, what it is made of, and where its operands are. `None` if the function
/// stays the machine's.
pub fn text(
    here: &StoreData,
    instance: u32,
    ty: &FuncType,
    code: &FlatCode<FastCode>,
) -> Option<String> {
    let callee = callees(&here.functions, instance);
    let (fused, _) = fused(here, instance, ty, code, &callee)?;
    let mut text = String::new();
    for place in 0..=fused.insts.len() {
        for (number, label) in fused.labels.iter().enumerate() {
            if *label as usize == place {
                let _ = writeln!(text, "l{number}:");
            }
        }
        if let Some(inst) = fused.insts.get(place) {
            let _ = writeln!(text, "  {inst}");
        }
    }
    Some(text)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::None => Ok(()),
            Place::Slot(slot) => write!(f, "s{slot}"),
            Place::Acc => f.write_str("acc"),
            Place::Const(bits) => write!(f, "{}", *bits as i64),
        }
    }
}

impl fmt::Display for Inst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = format!("{:?}", self.work);
        let kind = kind.split('(').next().unwrap_or_default();
        write!(f, "{kind:<15}")?;
        if self.to != Place::None {
            write!(f, " {} =", self.to)?;
        }
        for part in parts(self.work) {
            write!(f, " {part}")?;
        }
        for place in [self.a, self.b, self.c] {
            if place != Place::None {
                write!(f, " {place}")?;
            }
        }
        if self.number != 0 {
            write!(f, " #{}", self.number)?;
        }
        if self.branches() {
            let way = if self.around { "around to" } else { "to" };
            write!(f, " {way} l{}", self.label)?;
        }
        Ok(())
    }
}

/// The instructions that an operation does the work of, by their names.
fn parts(work: Work) -> Vec<String> {
    let br = |on: bool| if on { "br_if" } else { "br_unless" }.to_owned();
    match work {
        Work::Unary(operator) | Work::Binary(operator) => {
            vec![operator.to_string()]
        }
        Work::BrCompare(operator) => vec![operator.to_string(), br(true)],
        Work::Load(load)
        | Work::LoadIndexed(load)
        | Work::LoadDisplaced(load) => vec![load.to_string()],
        Work::Store(store)
        | Work::StoreIndexed(store)
        | Work::StoreDisplaced(store) => vec![store.to_string()],
        Work::BrIf(on) | Work::BrIfLong(on) | Work::CopyBr(on) => vec![br(on)],
        Work::BinaryLeft(first, second) | Work::BinaryRight(first, second) => {
            vec![first.to_string(), second.to_string()]
        }
        Work::LoadLeft(load, operator) | Work::LoadRight(load, operator) => {
            vec![load.to_string(), operator.to_string()]
        }
        Work::LoadBoth(load, operator) => {
            vec![load.to_string(), load.to_string(), operator.to_string()]
        }
        Work::LoadScaled(load, operator) => {
            vec![operator.to_string(), load.to_string()]
        }
        Work::StoreScaled(store, operator) => {
            vec![operator.to_string(), store.to_string()]
        }
        Work::BinaryBr(operator, on) => vec![operator.to_string(), br(on)],
        Work::LoadBr(load, on) => vec![load.to_string(), br(on)],
        Work::BinaryCompare(first, second) => {
            vec![first.to_string(), second.to_string(), br(true)]
        }
        Work::IncreaseCompare(operator) => {
            vec!["i32.add".to_owned(), operator.to_string(), br(true)]
        }
        Work::LoadCompare(load, operator) => {
            vec![load.to_string(), operator.to_string(), br(true)]
        }
        Work::ZeroEight => vec!["0, eight times".to_owned()],
        _ => Vec::new(),
    }
}
