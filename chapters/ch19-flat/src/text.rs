//! Flat code as text.

use std::fmt;

use annex_embedding::GlobalAddr;
use ch08_numeric::numeric_table;
use ch09_module::{Catch, load_table, store_table};

use crate::op::{all_tables, and_loads, and_stores};
use crate::{Branch, FlatCode, Handler, Op};

/// Writes the rows by their names.
macro_rules! texts {
    (
        {$($opcode:literal $name:literal $numeric:ident
            ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*}
        {$($load_opcode:literal $load_name:literal $load:ident
            ($bytes:ident: $chunk:ty) -> $loaded:ty = $read:expr;)*}
        $($store_opcode:literal $store_name:literal $store:ident
            ($operand:ident: $stored:ty) -> $written:ty = $write:expr;)*
    ) => {
        impl fmt::Display for Op {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Op::$numeric => f.write_str($name),)*
                    $(Op::$load(offset) => {
                        write!(f, "{} offset={offset}", $load_name)
                    })*
                    $(Op::$store(offset) => {
                        write!(f, "{} offset={offset}", $store_name)
                    })*
                    Op::Const(slot) => write!(f, "const {slot}"),
                    Op::LocalGet(local) => write!(f, "local.get {local}"),
                    Op::LocalSet(local) => write!(f, "local.set {local}"),
                    Op::LocalTee(local) => write!(f, "local.tee {local}"),
                    Op::GlobalGet(GlobalAddr(global)) => {
                        write!(f, "global.get {global}")
                    }
                    Op::GlobalSet(GlobalAddr(global)) => {
                        write!(f, "global.set {global}")
                    }
                    Op::Drop => f.write_str("drop"),
                    Op::Select => f.write_str("select"),
                    Op::Unreachable => f.write_str("unreachable"),
                    Op::Br(branch) => write!(f, "br {branch}"),
                    Op::BrIf(branch) => write!(f, "br_if {branch}"),
                    Op::BrUnless(branch) => write!(f, "br_unless {branch}"),
                    Op::BrTable(count) => write!(f, "br_table {count}"),
                    Op::BrOnNull(branch) => write!(f, "br_on_null {branch}"),
                    Op::BrOnNonNull(branch) => {
                        write!(f, "br_on_non_null {branch}")
                    }
                    Op::Return => f.write_str("return"),
                    Op::Call(function) => write!(f, "call {}", function.0),
                    Op::CallIndirect(table, ty) => {
                        write!(f, "call_indirect {table} (type {ty})")
                    }
                    Op::CallRef(ty) => write!(f, "call_ref {ty}"),
                    Op::ReturnCall(function) => {
                        write!(f, "return_call {}", function.0)
                    }
                    Op::ReturnCallIndirect(table, ty) => {
                        write!(f, "return_call_indirect {table} (type {ty})")
                    }
                    Op::ReturnCallRef => f.write_str("return_call_ref"),
                    Op::Throw(tag) => write!(f, "throw {tag}"),
                    Op::ThrowRef => f.write_str("throw_ref"),
                    Op::BrOnCast(number) => write!(f, "br_on_cast {number}"),
                    Op::Far(number) => write!(f, "far {number}"),
                    Op::Mark(number) => write!(f, "mark {number}"),
                    Op::Enter(number) => write!(f, "enter {number}"),
                }
            }
        }
    };
}
all_tables!(texts);

impl fmt::Display for Branch {
    /// The position, and what is kept and dropped if anything is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Branch { target, keep, drop, .. } = self;
        write!(f, "to {target}")?;
        match drop {
            0 => Ok(()),
            _ => write!(f, ", keep {keep}, drop {drop}"),
        }
    }
}

impl<C> fmt::Display for FlatCode<C> {
    /// A line for each operation, with its position, and one for each handler.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, op) in self.ops.iter().enumerate() {
            write!(f, "{position:>4}  {op}")?;
            match op {
                Op::Far(number) | Op::BrOnCast(number) => {
                    writeln!(f, ": {}", self.far[*number as usize])?;
                }
                _ => writeln!(f)?,
            }
        }
        for handler in &self.handlers {
            let Handler { from, to, height, catches, branches, .. } = handler;
            write!(f, "from {from} to {to}, height {height}:")?;
            for (catch, branch) in catches.iter().zip(branches) {
                let catch = match catch {
                    Catch::One(tag, _) => format!("catch {tag}"),
                    Catch::OneRef(tag, _) => format!("catch_ref {tag}"),
                    Catch::All(_) => "catch_all".to_owned(),
                    Catch::AllRef(_) => "catch_all_ref".to_owned(),
                };
                write!(f, " ({catch} {branch})")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
