//! From bytes to the tree: instructions without bodies, each into its family.
//!
//! Where a table has a row for an operator, the decoder's arm comes from the
//! row: the tables name the variants as `wasmparser` does.
//!
//! Specification: Binary Format, *Instructions*.

use ch07_values::Number;
use ch08_numeric::Numeric;
use wasmparser::{MemArgTarget, Operator};

use super::{beyond_standard, types};
use crate::{
    Aggregate, BrOnCast, BrTable, Control, DataIdx, ElemIdx, FieldIdx, FuncIdx,
    GlobalIdx, Instr, LabelIdx, LoadOp, LocalIdx, MemArg, MemIdx, Memory,
    ModuleError, Parametric, RefType, Reference, StoreOp, Table, TableIdx,
    TagIdx, TypeIdx, V128, Vector, VectorLaneOp, VectorMemoryLaneOp,
    VectorMemoryOp, VectorOp,
};

/// `instr ::= …`: the instruction that an operator is.
pub(super) fn operator(operator: &Operator<'_>) -> Result<Instr, ModuleError> {
    let instr = constant(operator)
        .or_else(|| variable(operator))
        .or_else(|| numeric(operator))
        .or_else(|| memory(operator))
        .or_else(|| table(operator))
        .or_else(|| aggregate(operator))
        .or_else(|| vector(operator));
    if let Some(instr) = instr {
        return Ok(instr);
    }
    // The families whose immediates can be wrong.
    if let Some(instr) = control(operator)? {
        return Ok(instr);
    }
    if let Some(instr) = parametric(operator)? {
        return Ok(instr);
    }
    reference(operator)?.ok_or_else(|| beyond_standard(operator))
}

fn constant(operator: &Operator<'_>) -> Option<Instr> {
    let number = match *operator {
        Operator::I32Const { value } => Number::I32(value),
        Operator::I64Const { value } => Number::I64(value),
        Operator::F32Const { value } => {
            Number::F32(f32::from_bits(value.bits()))
        }
        Operator::F64Const { value } => {
            Number::F64(f64::from_bits(value.bits()))
        }
        _ => return None,
    };
    Some(number.into())
}

/// Makes a function that decodes the operators of a table: one arm per row.
macro_rules! decoder {
    ($function:ident $immediates:tt: $family:ident $op:ident => $instr:block
        $($opcode:literal $name:literal $variant:ident $($form:ident)?
            ($($operands:tt)+) -> $result:ty = $meaning:expr;)*) => {
        fn $function(operator: &Operator<'_>) -> Option<Instr> {
            Some(match operator {
                $(Operator::$variant $immediates => {
                    let $op = $family::$variant;
                    $instr
                })*
                _ => return None,
            })
        }
    };
}

ch08_numeric::numeric_table!(decoder numeric {}: Numeric op => {
    Instr::Numeric(op)
});
crate::load_table!(decoder load { memarg }: LoadOp op => {
    Instr::Load(op, mem_arg(memarg)?)
});
crate::store_table!(decoder store { memarg }: StoreOp op => {
    Instr::Store(op, mem_arg(memarg)?)
});
annex_vector::vector_table!(decoder vector_op {}: VectorOp op => {
    Vector::Op(op).into()
});
annex_vector::vector_lane_table!(decoder
vector_lane { lane }: VectorLaneOp op => {
    Vector::Lane(op, *lane).into()
});
annex_vector::vector_memory_table!(decoder
vector_memory { memarg }: VectorMemoryOp op => {
    Vector::Memory(op, Box::new(mem_arg(memarg)?)).into()
});
annex_vector::vector_memory_lane_table!(decoder
vector_memory_lane { memarg, lane }: VectorMemoryLaneOp op => {
    Vector::MemoryLane(op, Box::new(mem_arg(memarg)?), *lane).into()
});

/// `memarg ::= n:u32 m:u64 | n:u32 x:memidx m:u64`
fn mem_arg(arg: &wasmparser::MemArg) -> Option<MemArg> {
    match arg.target {
        MemArgTarget::Memory(memory) => Some(MemArg {
            offset: arg.offset,
            memory: MemIdx(memory),
            align: arg.align,
        }),
        MemArgTarget::Array(_) => None,
    }
}

fn vector(operator: &Operator<'_>) -> Option<Instr> {
    let vector = match operator {
        Operator::V128Const { value } => {
            Vector::Const(Box::new(V128::from_lanes(*value.bytes())))
        }
        Operator::I8x16Shuffle { lanes } => Vector::Shuffle(Box::new(*lanes)),
        _ => {
            return vector_op(operator)
                .or_else(|| vector_lane(operator))
                .or_else(|| vector_memory(operator))
                .or_else(|| vector_memory_lane(operator));
        }
    };
    Some(vector.into())
}

fn variable(operator: &Operator<'_>) -> Option<Instr> {
    let variable = match *operator {
        Operator::LocalGet { local_index } => {
            Instr::LocalGet(LocalIdx(local_index))
        }
        Operator::LocalSet { local_index } => {
            Instr::LocalSet(LocalIdx(local_index))
        }
        Operator::LocalTee { local_index } => {
            Instr::LocalTee(LocalIdx(local_index))
        }
        Operator::GlobalGet { global_index } => {
            Instr::GlobalGet(GlobalIdx(global_index))
        }
        Operator::GlobalSet { global_index } => {
            Instr::GlobalSet(GlobalIdx(global_index))
        }
        _ => return None,
    };
    Some(variable)
}

fn memory(operator: &Operator<'_>) -> Option<Instr> {
    let memory = match *operator {
        Operator::MemorySize { mem } => Memory::Size(MemIdx(mem)),
        Operator::MemoryGrow { mem } => Memory::Grow(MemIdx(mem)),
        Operator::MemoryFill { mem } => Memory::Fill(MemIdx(mem)),
        Operator::MemoryCopy { dst_mem, src_mem } => {
            Memory::Copy(MemIdx(dst_mem), MemIdx(src_mem))
        }
        Operator::MemoryInit { mem, data_index } => {
            Memory::Init(MemIdx(mem), DataIdx(data_index))
        }
        Operator::DataDrop { data_index } => {
            Memory::DataDrop(DataIdx(data_index))
        }
        _ => return load(operator).or_else(|| store(operator)),
    };
    Some(memory.into())
}

fn table(operator: &Operator<'_>) -> Option<Instr> {
    let instr = match *operator {
        Operator::TableGet { table } => Table::Get(TableIdx(table)),
        Operator::TableSet { table } => Table::Set(TableIdx(table)),
        Operator::TableSize { table } => Table::Size(TableIdx(table)),
        Operator::TableGrow { table } => Table::Grow(TableIdx(table)),
        Operator::TableFill { table } => Table::Fill(TableIdx(table)),
        Operator::TableCopy { dst_table, src_table } => {
            Table::Copy(TableIdx(dst_table), TableIdx(src_table))
        }
        Operator::TableInit { table, elem_index } => {
            Table::Init(TableIdx(table), ElemIdx(elem_index))
        }
        Operator::ElemDrop { elem_index } => {
            Table::ElemDrop(ElemIdx(elem_index))
        }
        _ => return None,
    };
    Some(instr.into())
}

fn parametric(operator: &Operator<'_>) -> Result<Option<Instr>, ModuleError> {
    let parametric = match operator {
        Operator::Nop => Parametric::Nop,
        Operator::Unreachable => Parametric::Unreachable,
        Operator::Drop => Parametric::Drop,
        Operator::Select => Parametric::Select,
        // The grammar has room for several types; validation lets one pass.
        Operator::TypedSelect { ty } => {
            Parametric::SelectTyped(types::val_type(*ty)?)
        }
        _ => return Ok(None),
    };
    Ok(Some(parametric.into()))
}

fn control(operator: &Operator<'_>) -> Result<Option<Instr>, ModuleError> {
    let control = match operator {
        Operator::Br { relative_depth } => {
            Control::Br(LabelIdx(*relative_depth))
        }
        Operator::BrIf { relative_depth } => {
            Control::BrIf(LabelIdx(*relative_depth))
        }
        Operator::BrTable { targets } => {
            Control::BrTable(Box::new(br_table(targets)?))
        }
        Operator::BrOnNull { relative_depth } => {
            Control::BrOnNull(LabelIdx(*relative_depth))
        }
        Operator::BrOnNonNull { relative_depth } => {
            Control::BrOnNonNull(LabelIdx(*relative_depth))
        }
        Operator::BrOnCast { relative_depth, from_ref_type, to_ref_type } => {
            Control::BrOnCast(br_on_cast(
                *relative_depth,
                *from_ref_type,
                *to_ref_type,
            )?)
        }
        Operator::BrOnCastFail {
            relative_depth,
            from_ref_type,
            to_ref_type,
        } => Control::BrOnCastFail(br_on_cast(
            *relative_depth,
            *from_ref_type,
            *to_ref_type,
        )?),
        Operator::Return => Control::Return,
        Operator::Call { function_index } => {
            Control::Call(FuncIdx(*function_index))
        }
        Operator::CallRef { type_index } => {
            Control::CallRef(TypeIdx(*type_index))
        }
        Operator::CallIndirect { type_index, table_index } => {
            Control::CallIndirect(TableIdx(*table_index), TypeIdx(*type_index))
        }
        Operator::ReturnCall { function_index } => {
            Control::ReturnCall(FuncIdx(*function_index))
        }
        Operator::ReturnCallRef { type_index } => {
            Control::ReturnCallRef(TypeIdx(*type_index))
        }
        Operator::ReturnCallIndirect { type_index, table_index } => {
            Control::ReturnCallIndirect(
                TableIdx(*table_index),
                TypeIdx(*type_index),
            )
        }
        Operator::Throw { tag_index } => Control::Throw(TagIdx(*tag_index)),
        Operator::ThrowRef => Control::ThrowRef,
        _ => return Ok(None),
    };
    Ok(Some(control.into()))
}

/// `0x0E l*:list(labelidx) lN:labelidx`
fn br_table(targets: &wasmparser::BrTable<'_>) -> Result<BrTable, ModuleError> {
    let labels = targets.targets().map(|label| label.map(LabelIdx));
    Ok(BrTable {
        labels: labels.collect::<wasmparser::Result<_>>()?,
        default: LabelIdx(targets.default()),
    })
}

/// `0xFB 24:u32 (null1?, null2?):castop l:labelidx ht1:heaptype ht2:heaptype`,
/// and the same with 25
fn br_on_cast(
    label: u32,
    from: wasmparser::RefType,
    to: wasmparser::RefType,
) -> Result<Box<BrOnCast>, ModuleError> {
    Ok(Box::new(BrOnCast {
        label: LabelIdx(label),
        from: types::ref_type(from)?,
        to: types::ref_type(to)?,
    }))
}

fn reference(operator: &Operator<'_>) -> Result<Option<Instr>, ModuleError> {
    let ref_type = |nullable, heap| {
        types::heap_type(heap).map(|heap| RefType { nullable, heap })
    };
    let reference = match *operator {
        Operator::RefNull { hty } => Reference::Null(types::heap_type(hty)?),
        Operator::RefFunc { function_index } => {
            Reference::Func(FuncIdx(function_index))
        }
        Operator::RefIsNull => Reference::IsNull,
        Operator::RefAsNonNull => Reference::AsNonNull,
        Operator::RefEq => Reference::Eq,
        Operator::RefTestNonNull { hty } => {
            Reference::Test(ref_type(false, hty)?)
        }
        Operator::RefTestNullable { hty } => {
            Reference::Test(ref_type(true, hty)?)
        }
        Operator::RefCastNonNull { hty } => {
            Reference::Cast(ref_type(false, hty)?)
        }
        Operator::RefCastNullable { hty } => {
            Reference::Cast(ref_type(true, hty)?)
        }
        _ => return Ok(None),
    };
    Ok(Some(reference.into()))
}

fn aggregate(operator: &Operator<'_>) -> Option<Instr> {
    Some(structure(operator).or_else(|| array(operator))?.into())
}

fn structure(operator: &Operator<'_>) -> Option<Aggregate> {
    Some(match *operator {
        Operator::StructNew { struct_type_index } => {
            Aggregate::StructNew(TypeIdx(struct_type_index))
        }
        Operator::StructNewDefault { struct_type_index } => {
            Aggregate::StructNewDefault(TypeIdx(struct_type_index))
        }
        Operator::StructGet { struct_type_index, field_index } => {
            Aggregate::StructGet(
                TypeIdx(struct_type_index),
                FieldIdx(field_index),
            )
        }
        Operator::StructGetS { struct_type_index, field_index } => {
            Aggregate::StructGetS(
                TypeIdx(struct_type_index),
                FieldIdx(field_index),
            )
        }
        Operator::StructGetU { struct_type_index, field_index } => {
            Aggregate::StructGetU(
                TypeIdx(struct_type_index),
                FieldIdx(field_index),
            )
        }
        Operator::StructSet { struct_type_index, field_index } => {
            Aggregate::StructSet(
                TypeIdx(struct_type_index),
                FieldIdx(field_index),
            )
        }
        Operator::RefI31 => Aggregate::RefI31,
        Operator::I31GetS => Aggregate::I31GetS,
        Operator::I31GetU => Aggregate::I31GetU,
        Operator::AnyConvertExtern => Aggregate::AnyConvertExtern,
        Operator::ExternConvertAny => Aggregate::ExternConvertAny,
        _ => return None,
    })
}

fn array(operator: &Operator<'_>) -> Option<Aggregate> {
    Some(match *operator {
        Operator::ArrayNew { array_type_index } => {
            Aggregate::ArrayNew(TypeIdx(array_type_index))
        }
        Operator::ArrayNewDefault { array_type_index } => {
            Aggregate::ArrayNewDefault(TypeIdx(array_type_index))
        }
        Operator::ArrayNewFixed { array_type_index, array_size } => {
            Aggregate::ArrayNewFixed(TypeIdx(array_type_index), array_size)
        }
        Operator::ArrayNewData { array_type_index, array_data_index } => {
            Aggregate::ArrayNewData(
                TypeIdx(array_type_index),
                DataIdx(array_data_index),
            )
        }
        Operator::ArrayNewElem { array_type_index, array_elem_index } => {
            Aggregate::ArrayNewElem(
                TypeIdx(array_type_index),
                ElemIdx(array_elem_index),
            )
        }
        Operator::ArrayGet { array_type_index } => {
            Aggregate::ArrayGet(TypeIdx(array_type_index))
        }
        Operator::ArrayGetS { array_type_index } => {
            Aggregate::ArrayGetS(TypeIdx(array_type_index))
        }
        Operator::ArrayGetU { array_type_index } => {
            Aggregate::ArrayGetU(TypeIdx(array_type_index))
        }
        Operator::ArraySet { array_type_index } => {
            Aggregate::ArraySet(TypeIdx(array_type_index))
        }
        Operator::ArrayLen => Aggregate::ArrayLen,
        Operator::ArrayFill { array_type_index } => {
            Aggregate::ArrayFill(TypeIdx(array_type_index))
        }
        Operator::ArrayCopy { array_type_index_dst, array_type_index_src } => {
            Aggregate::ArrayCopy(
                TypeIdx(array_type_index_dst),
                TypeIdx(array_type_index_src),
            )
        }
        Operator::ArrayInitData { array_type_index, array_data_index } => {
            Aggregate::ArrayInitData(
                TypeIdx(array_type_index),
                DataIdx(array_data_index),
            )
        }
        Operator::ArrayInitElem { array_type_index, array_elem_index } => {
            Aggregate::ArrayInitElem(
                TypeIdx(array_type_index),
                ElemIdx(array_elem_index),
            )
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
