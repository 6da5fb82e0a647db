//! How each instruction changes the height of the operand stack.

use ch09_module::{
    Aggregate, CompositeType, Instr, Memory, Parametric, Reference, Table,
    TypeIdx, Vector,
};
use ch12_instance::{ModuleInstance, StoreData};

/// How many operands more there are after an instruction than before: below 0,
/// if it takes more than it leaves. Control is not asked for here, because the
/// translation of blocks and branches knows heights itself.
///
/// Specification: Validation, *Instructions*: the lengths of each
/// instruction's type.
pub fn effect(
    here: &StoreData,
    instance: &ModuleInstance,
    instr: &Instr,
) -> isize {
    let rest =
        |results: usize, params: usize| results as isize - params as isize;
    match instr {
        Instr::Const(..) | Instr::LocalGet(_) | Instr::GlobalGet(_) => 1,
        Instr::LocalSet(_) | Instr::GlobalSet(_) => -1,
        Instr::LocalTee(_) | Instr::Load(..) | Instr::Control(_) => 0,
        Instr::Store(..) => -2,
        Instr::Numeric(operator) => {
            rest(operator.row().results.len(), operator.row().params.len())
        }
        Instr::Parametric(instr) => match instr {
            Parametric::Nop | Parametric::Unreachable => 0,
            Parametric::Drop => -1,
            Parametric::Select | Parametric::SelectTyped(_) => -2,
        },
        Instr::Memory(instr) => match instr {
            Memory::Size(_) => 1,
            Memory::Grow(_) | Memory::DataDrop(_) => 0,
            Memory::Fill(_) | Memory::Copy(..) | Memory::Init(..) => -3,
        },
        Instr::Table(instr) => match instr {
            Table::Size(_) => 1,
            Table::Get(_) | Table::ElemDrop(_) => 0,
            Table::Grow(_) => -1,
            Table::Set(_) => -2,
            Table::Fill(_) | Table::Copy(..) | Table::Init(..) => -3,
        },
        Instr::Reference(instr) => match instr {
            Reference::Null(_) | Reference::Func(_) => 1,
            Reference::Eq => -1,
            Reference::IsNull
            | Reference::AsNonNull
            | Reference::Test(_)
            | Reference::Cast(_) => 0,
        },
        Instr::Aggregate(instr) => aggregate(here, instance, *instr),
        Instr::Vector(instr) => vector(instr),
    }
}

fn aggregate(
    here: &StoreData,
    instance: &ModuleInstance,
    instr: Aggregate,
) -> isize {
    let fields =
        |ty: TypeIdx| match here.types.composite(instance.types[ty.index()]) {
            Some(CompositeType::Struct(fields)) => fields.len() as isize,
            _ => 0,
        };
    match instr {
        Aggregate::StructNew(ty) => 1 - fields(ty),
        Aggregate::ArrayNewFixed(_, length) => 1 - length as isize,
        Aggregate::StructNewDefault(_) => 1,
        Aggregate::ArrayNewDefault(_)
        | Aggregate::StructGet(..)
        | Aggregate::StructGetS(..)
        | Aggregate::StructGetU(..)
        | Aggregate::ArrayLen
        | Aggregate::RefI31
        | Aggregate::I31GetS
        | Aggregate::I31GetU
        | Aggregate::AnyConvertExtern
        | Aggregate::ExternConvertAny => 0,
        Aggregate::ArrayNew(_)
        | Aggregate::ArrayNewData(..)
        | Aggregate::ArrayNewElem(..)
        | Aggregate::ArrayGet(_)
        | Aggregate::ArrayGetS(_)
        | Aggregate::ArrayGetU(_) => -1,
        Aggregate::StructSet(..) => -2,
        Aggregate::ArraySet(_) => -3,
        Aggregate::ArrayFill(_)
        | Aggregate::ArrayInitData(..)
        | Aggregate::ArrayInitElem(..) => -4,
        Aggregate::ArrayCopy(..) => -5,
    }
}

fn vector(instr: &Vector) -> isize {
    match instr {
        Vector::Const(_) | Vector::LocalGet(_) | Vector::GlobalGet(_) => 1,
        Vector::LocalSet(_) | Vector::GlobalSet(_) | Vector::Shuffle(_) => -1,
        Vector::LocalTee(_) => 0,
        Vector::Op(op) => 1 - op.row().params.len() as isize,
        Vector::Lane(op, _) => 1 - op.row().params.len() as isize,
        // An address is taken besides what the row says.
        Vector::Memory(op, _) => {
            let row = op.row();
            row.results.len() as isize - row.params.len() as isize - 1
        }
        Vector::MemoryLane(op, ..) => {
            let row = op.row();
            row.results.len() as isize - row.params.len() as isize - 1
        }
    }
}
