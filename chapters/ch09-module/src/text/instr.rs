//! One instruction as text.
//!
//! Specification: Text Format, *Instructions*.

use std::fmt::{self, Display, Formatter};

use ch07_values::Number;

use super::types::write_type_use;
use super::{Scope, Text};
use crate::{
    Aggregate, BrOnCast, Catch, Control, Instr, MemArg, MemIdx, Memory,
    Parametric, Reference, Table, TableIdx, TypeIdx, Vector,
};

impl Text for Instr {
    /// The instruction without its bodies.
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Instr::Const(ty, slot) => {
                write!(f, "{ty}.const {}", Number::from_slot(*ty, *slot))
            }
            Instr::Numeric(instr) => instr.fmt(f),
            Instr::LocalGet(local) => {
                write!(f, "local.get {}", scope.show(local))
            }
            Instr::LocalSet(local) => {
                write!(f, "local.set {}", scope.show(local))
            }
            Instr::LocalTee(local) => {
                write!(f, "local.tee {}", scope.show(local))
            }
            Instr::GlobalGet(global) => {
                write!(f, "global.get {}", scope.show(global))
            }
            Instr::GlobalSet(global) => {
                write!(f, "global.set {}", scope.show(global))
            }
            Instr::Load(op, arg) => {
                op.fmt(f)?;
                write_mem_arg(arg, op.width(), scope, f)
            }
            Instr::Store(op, arg) => {
                op.fmt(f)?;
                write_mem_arg(arg, op.width(), scope, f)
            }
            Instr::Control(instr) => instr.write(scope, f),
            Instr::Parametric(instr) => instr.write(scope, f),
            Instr::Memory(instr) => instr.write(scope, f),
            Instr::Table(instr) => instr.write(scope, f),
            Instr::Reference(instr) => instr.write(scope, f),
            Instr::Aggregate(instr) => instr.write(scope, f),
            Instr::Vector(instr) => instr.write(scope, f),
        }
    }
}

impl Text for Control {
    /// The instruction without its bodies.
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        write_control(self, "", scope, f)
    }
}

impl Text for Parametric {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Parametric::Nop => f.write_str("nop"),
            Parametric::Unreachable => f.write_str("unreachable"),
            Parametric::Drop => f.write_str("drop"),
            Parametric::Select => f.write_str("select"),
            Parametric::SelectTyped(ty) => {
                write!(f, "select (result {})", scope.show(ty))
            }
        }
    }
}

/// An instruction of control, without its bodies. What opens a block is
/// followed by its `label`.
pub(super) fn write_control(
    control: &Control,
    label: &str,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    match control {
        Control::Block(block) => {
            write!(f, "block{label}{}", scope.show(&block.ty))
        }
        Control::Loop(block) => {
            write!(f, "loop{label}{}", scope.show(&block.ty))
        }
        Control::If(branches) => {
            write!(f, "if{label}{}", scope.show(&branches.ty))
        }
        Control::TryTable(handled) => {
            write!(f, "try_table{label}{}", scope.show(&handled.ty))?;
            let mut catches = handled.catches.iter();
            catches.try_for_each(|catch| write!(f, " {}", scope.show(catch)))
        }
        Control::Br(label) => write!(f, "br {}", scope.show(label)),
        Control::BrIf(label) => write!(f, "br_if {}", scope.show(label)),
        Control::BrTable(table) => {
            f.write_str("br_table")?;
            let mut labels = table.labels.iter().chain([&table.default]);
            labels.try_for_each(|label| write!(f, " {}", scope.show(label)))
        }
        Control::BrOnNull(label) => {
            write!(f, "br_on_null {}", scope.show(label))
        }
        Control::BrOnNonNull(label) => {
            write!(f, "br_on_non_null {}", scope.show(label))
        }
        Control::BrOnCast(cast) => {
            write!(f, "br_on_cast {}", scope.show(&**cast))
        }
        Control::BrOnCastFail(cast) => {
            write!(f, "br_on_cast_fail {}", scope.show(&**cast))
        }
        Control::Return => f.write_str("return"),
        Control::Call(function) => write!(f, "call {}", scope.show(function)),
        Control::CallRef(ty) => write!(f, "call_ref {}", scope.show(ty)),
        Control::CallIndirect(table, ty) => {
            write_indirect("call_indirect", table, *ty, scope, f)
        }
        Control::ReturnCall(function) => {
            write!(f, "return_call {}", scope.show(function))
        }
        Control::ReturnCallRef(ty) => {
            write!(f, "return_call_ref {}", scope.show(ty))
        }
        Control::ReturnCallIndirect(table, ty) => {
            write_indirect("return_call_indirect", table, *ty, scope, f)
        }
        Control::Throw(tag) => write!(f, "throw {}", scope.show(tag)),
        Control::ThrowRef => f.write_str("throw_ref"),
    }
}

/// `'call_indirect' tableidx? typeuse`: table 0 is left out.
fn write_indirect(
    name: &str,
    table: &TableIdx,
    ty: TypeIdx,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    f.write_str(name)?;
    if *table != TableIdx(0) {
        write!(f, " {}", scope.show(table))?;
    }
    write_type_use(ty, scope, f)
}

impl Text for Catch {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Catch::One(tag, label) => {
                write!(f, "(catch {} {})", scope.show(tag), scope.show(label))
            }
            Catch::OneRef(tag, label) => {
                write!(
                    f,
                    "(catch_ref {} {})",
                    scope.show(tag),
                    scope.show(label)
                )
            }
            Catch::All(label) => write!(f, "(catch_all {})", scope.show(label)),
            Catch::AllRef(label) => {
                write!(f, "(catch_all_ref {})", scope.show(label))
            }
        }
    }
}

impl Text for BrOnCast {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        let (label, from, to) = (&self.label, &self.from, &self.to);
        write!(
            f,
            "{} {} {}",
            scope.show(label),
            scope.show(from),
            scope.show(to)
        )
    }
}

/// Writes a memory after a space, unless it is memory 0, which goes without
/// saying.
fn write_memory(
    memory: &MemIdx,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    match memory {
        MemIdx(0) => Ok(()),
        _ => write!(f, " {}", scope.show(memory)),
    }
}

/// `memarg ::= memidx? ('offset=' u64)? ('align=' u64)?`: what is as usual goes
/// without saying.
fn write_mem_arg(
    arg: &MemArg,
    width: usize,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    write_memory(&arg.memory, scope, f)?;
    if arg.offset != 0 {
        write!(f, " offset={}", arg.offset)?;
    }
    match 1u64.checked_shl(arg.align.into()) {
        Some(align) if align != width as u64 => write!(f, " align={align}"),
        _ => Ok(()),
    }
}

impl Text for Memory {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Memory::Size(memory) => {
                f.write_str("memory.size")?;
                write_memory(memory, scope, f)
            }
            Memory::Grow(memory) => {
                f.write_str("memory.grow")?;
                write_memory(memory, scope, f)
            }
            Memory::Fill(memory) => {
                f.write_str("memory.fill")?;
                write_memory(memory, scope, f)
            }
            Memory::Copy(MemIdx(0), MemIdx(0)) => f.write_str("memory.copy"),
            Memory::Copy(to, from) => {
                write!(f, "memory.copy {} {}", scope.show(to), scope.show(from))
            }
            Memory::Init(memory, data) => {
                f.write_str("memory.init")?;
                write_memory(memory, scope, f)?;
                write!(f, " {}", scope.show(data))
            }
            Memory::DataDrop(data) => {
                write!(f, "data.drop {}", scope.show(data))
            }
        }
    }
}

impl Text for Table {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Table::Get(table) => write!(f, "table.get {}", scope.show(table)),
            Table::Set(table) => write!(f, "table.set {}", scope.show(table)),
            Table::Size(table) => write!(f, "table.size {}", scope.show(table)),
            Table::Grow(table) => write!(f, "table.grow {}", scope.show(table)),
            Table::Fill(table) => write!(f, "table.fill {}", scope.show(table)),
            Table::Copy(to, from) => {
                write!(f, "table.copy {} {}", scope.show(to), scope.show(from))
            }
            Table::Init(table, elem) => {
                write!(
                    f,
                    "table.init {} {}",
                    scope.show(table),
                    scope.show(elem)
                )
            }
            Table::ElemDrop(elem) => {
                write!(f, "elem.drop {}", scope.show(elem))
            }
        }
    }
}

impl Text for Reference {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Null(heap) => write!(f, "ref.null {}", scope.show(heap)),
            Reference::Func(function) => {
                write!(f, "ref.func {}", scope.show(function))
            }
            Reference::IsNull => f.write_str("ref.is_null"),
            Reference::AsNonNull => f.write_str("ref.as_non_null"),
            Reference::Eq => f.write_str("ref.eq"),
            Reference::Test(ty) => write!(f, "ref.test {}", scope.show(ty)),
            Reference::Cast(ty) => write!(f, "ref.cast {}", scope.show(ty)),
        }
    }
}

impl Text for Aggregate {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        let field =
            |ty, field| fmt::from_fn(move |f| (ty, field).write(scope, f));
        match self {
            Aggregate::StructNew(ty) => {
                write!(f, "struct.new {}", scope.show(ty))
            }
            Aggregate::StructNewDefault(ty) => {
                write!(f, "struct.new_default {}", scope.show(ty))
            }
            Aggregate::StructGet(ty, index) => {
                write!(f, "struct.get {}", field(*ty, *index))
            }
            Aggregate::StructGetS(ty, index) => {
                write!(f, "struct.get_s {}", field(*ty, *index))
            }
            Aggregate::StructGetU(ty, index) => {
                write!(f, "struct.get_u {}", field(*ty, *index))
            }
            Aggregate::StructSet(ty, index) => {
                write!(f, "struct.set {}", field(*ty, *index))
            }
            Aggregate::ArrayNew(ty) => {
                write!(f, "array.new {}", scope.show(ty))
            }
            Aggregate::ArrayNewDefault(ty) => {
                write!(f, "array.new_default {}", scope.show(ty))
            }
            Aggregate::ArrayNewFixed(ty, length) => {
                write!(f, "array.new_fixed {} {length}", scope.show(ty))
            }
            Aggregate::ArrayNewData(ty, data) => {
                write!(
                    f,
                    "array.new_data {} {}",
                    scope.show(ty),
                    scope.show(data)
                )
            }
            Aggregate::ArrayNewElem(ty, elem) => {
                write!(
                    f,
                    "array.new_elem {} {}",
                    scope.show(ty),
                    scope.show(elem)
                )
            }
            Aggregate::ArrayGet(ty) => {
                write!(f, "array.get {}", scope.show(ty))
            }
            Aggregate::ArrayGetS(ty) => {
                write!(f, "array.get_s {}", scope.show(ty))
            }
            Aggregate::ArrayGetU(ty) => {
                write!(f, "array.get_u {}", scope.show(ty))
            }
            Aggregate::ArraySet(ty) => {
                write!(f, "array.set {}", scope.show(ty))
            }
            Aggregate::ArrayLen => f.write_str("array.len"),
            Aggregate::ArrayFill(ty) => {
                write!(f, "array.fill {}", scope.show(ty))
            }
            Aggregate::ArrayCopy(to, from) => {
                write!(f, "array.copy {} {}", scope.show(to), scope.show(from))
            }
            Aggregate::ArrayInitData(ty, data) => {
                write!(
                    f,
                    "array.init_data {} {}",
                    scope.show(ty),
                    scope.show(data)
                )
            }
            Aggregate::ArrayInitElem(ty, elem) => {
                write!(
                    f,
                    "array.init_elem {} {}",
                    scope.show(ty),
                    scope.show(elem)
                )
            }
            Aggregate::RefI31 => f.write_str("ref.i31"),
            Aggregate::I31GetS => f.write_str("i31.get_s"),
            Aggregate::I31GetU => f.write_str("i31.get_u"),
            Aggregate::AnyConvertExtern => f.write_str("any.convert_extern"),
            Aggregate::ExternConvertAny => f.write_str("extern.convert_any"),
        }
    }
}

impl Text for Vector {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Vector::Const(vector) => write!(f, "v128.const {vector}"),
            Vector::Shuffle(lanes) => {
                f.write_str("i8x16.shuffle")?;
                lanes.iter().try_for_each(|lane| write!(f, " {lane}"))
            }
            Vector::Op(op) => op.fmt(f),
            Vector::Lane(op, lane) => write!(f, "{op} {lane}"),
            Vector::Memory(op, arg) => {
                op.fmt(f)?;
                write_mem_arg(arg, op.width(), scope, f)
            }
            Vector::MemoryLane(op, arg, lane) => {
                op.fmt(f)?;
                write_mem_arg(arg, op.width(), scope, f)?;
                write!(f, " {lane}")
            }
            // The text format has one instruction for all types.
            Vector::LocalGet(local) => Instr::LocalGet(*local).write(scope, f),
            Vector::LocalSet(local) => Instr::LocalSet(*local).write(scope, f),
            Vector::LocalTee(local) => Instr::LocalTee(*local).write(scope, f),
            Vector::GlobalGet(global) => {
                Instr::GlobalGet(*global).write(scope, f)
            }
            Vector::GlobalSet(global) => {
                Instr::GlobalSet(*global).write(scope, f)
            }
        }
    }
}
