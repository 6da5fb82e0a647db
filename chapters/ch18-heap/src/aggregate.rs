//! What the instructions on structures, arrays and small integers mean.
//!
//! Specification: Execution, Instructions, *Aggregate Instructions*.

use std::ops::Range;

use annex_embedding::Referent;
use annex_vector::VectorStack;
use ch07_values::{Operand, OperandStack, Trap};
use ch09_module::{Aggregate, FieldIdx, TypeIdx};
use ch11_control::Frame;
use ch12_instance::StoreData;

use crate::roots::collect;
use crate::{HeapLayer, Layout, Storage};

/// The heap, and what else is alive.
struct Here<'a> {
    layer: &'a mut HeapLayer,
    data: &'a mut StoreData,
}

/// Executes an instruction of the family.
///
/// # Errors
///
/// The trap that it ends in.
pub(crate) fn execute(
    layer: &mut HeapLayer,
    data: &mut StoreData,
    instr: Aggregate,
    frame: &Frame,
    stack: &mut OperandStack,
) -> Result<(), Trap> {
    let here = &mut Here { layer, data };
    let instance = frame.instance as usize;
    match instr {
        Aggregate::StructNew(ty) => structure(here, ty, frame, stack),
        Aggregate::StructNewDefault(ty) => {
            let object = new(here, ty, 0, frame, stack)?;
            stack.push(object)
        }
        Aggregate::StructGet(_, field) | Aggregate::StructGetU(_, field) => {
            let (storage, bytes) = here.layer.heap.field(stack.pop(), field)?;
            let value = storage.read(bytes);
            push(here, storage, value, stack)
        }
        Aggregate::StructGetS(_, field) => {
            let (storage, bytes) = here.layer.heap.field(stack.pop(), field)?;
            stack.push(storage.signed(storage.read(bytes)))
        }
        Aggregate::StructSet(_, field) => {
            let value = pop_any(here, stack);
            let (storage, bytes) =
                here.layer.heap.field_mut(stack.pop(), field)?;
            storage.write(bytes, value);
            Ok(())
        }
        Aggregate::ArrayNew(ty) => {
            let length: u32 =
                Operand::from_slot(stack.slot(stack.height() - 1));
            let object = new(here, ty, length, frame, stack)?;
            stack.pop::<u32>();
            let value = pop_any(here, stack);
            fill(here, object, 0, length, value)?;
            stack.push(object)
        }
        Aggregate::ArrayNewDefault(ty) => {
            let object = new(here, ty, stack.pop(), frame, stack)?;
            stack.push(object)
        }
        Aggregate::ArrayNewFixed(ty, length) => {
            fixed(here, ty, length, frame, stack)
        }
        Aggregate::ArrayNewData(ty, segment) => {
            let (length, source): (u32, u32) = (stack.pop(), stack.pop());
            // The size of one element.
            let (_, layout) = layout(here, ty, frame)?;
            let range = range(source, length, layout.size(1));
            if here.data.data_segments[instance][segment.index()]
                .get(range.clone())
                .is_none()
            {
                return Err(Trap::OutOfBoundsMemoryAccess);
            }
            let object = new(here, ty, length, frame, stack)?;
            let (_, to) = here.layer.heap.array_mut(object)?;
            to.copy_from_slice(
                &here.data.data_segments[instance][segment.index()][range],
            );
            stack.push(object)
        }
        Aggregate::ArrayNewElem(ty, segment) => {
            let (length, source): (u32, u32) = (stack.pop(), stack.pop());
            let range = range(source, length, 1);
            if here.data.element_segments[instance][segment.index()]
                .get(range.clone())
                .is_none()
            {
                return Err(Trap::OutOfBoundsTableAccess);
            }
            let object = new(here, ty, length, frame, stack)?;
            let (storage, to) = here.layer.heap.array_mut(object)?;
            write(
                storage,
                to,
                &here.data.element_segments[instance][segment.index()][range],
            );
            stack.push(object)
        }
        Aggregate::ArrayGet(_) | Aggregate::ArrayGetU(_) => {
            let index = stack.pop();
            let (storage, bytes) = here.layer.heap.array(stack.pop())?;
            let value = storage.read(&bytes[storage.range(bytes, index, 1)?]);
            push(here, storage, value, stack)
        }
        Aggregate::ArrayGetS(_) => {
            let index = stack.pop();
            let (storage, bytes) = here.layer.heap.array(stack.pop())?;
            stack.push(
                storage.signed(
                    storage.read(&bytes[storage.range(bytes, index, 1)?]),
                ),
            )
        }
        Aggregate::ArraySet(_) => {
            let value = pop_any(here, stack);
            let index = stack.pop();
            fill(here, stack.pop(), index, 1, value)
        }
        Aggregate::ArrayLen => {
            let (storage, bytes) = here.layer.heap.array(stack.pop())?;
            stack.push((bytes.len() / storage.size()) as u32)
        }
        Aggregate::ArrayFill(_) => {
            let length = stack.pop();
            let value = pop_any(here, stack);
            let index = stack.pop();
            fill(here, stack.pop(), index, length, value)
        }
        Aggregate::ArrayCopy(..) => {
            let length = stack.pop();
            let from_index = stack.pop();
            let from = stack.pop();
            let to_index = stack.pop();
            here.layer.heap.copy(
                (stack.pop(), to_index),
                (from, from_index),
                length,
            )
        }
        Aggregate::ArrayInitData(_, segment) => {
            let (length, source): (u32, u32) = (stack.pop(), stack.pop());
            let index = stack.pop();
            let (storage, to) = here.layer.heap.array_mut(stack.pop())?;
            let to =
                storage.range(to, index, length).map(|range| &mut to[range])?;
            let from = here.data.data_segments[instance][segment.index()]
                .get(range(source, length, storage.size()));
            to.copy_from_slice(from.ok_or(Trap::OutOfBoundsMemoryAccess)?);
            Ok(())
        }
        Aggregate::ArrayInitElem(_, segment) => {
            let (length, source): (u32, u32) = (stack.pop(), stack.pop());
            let index = stack.pop();
            let (storage, to) = here.layer.heap.array_mut(stack.pop())?;
            let to =
                storage.range(to, index, length).map(|range| &mut to[range])?;
            let from = here.data.element_segments[instance][segment.index()]
                .get(range(source, length, 1));
            write(storage, to, from.ok_or(Trap::OutOfBoundsTableAccess)?);
            Ok(())
        }
        Aggregate::RefI31 => {
            let x: u32 = stack.pop();
            stack.push(Referent::I31(x & 0x7fff_ffff).to_slot())
        }
        Aggregate::I31GetS => {
            let x = i31(stack.pop())?;
            stack.push(((x << 1) as i32) >> 1)
        }
        Aggregate::I31GetU => {
            let x = i31(stack.pop())?;
            stack.push(x)
        }
        // A reference is the same on both sides.
        Aggregate::AnyConvertExtern | Aggregate::ExternConvertAny => Ok(()),
    }
}

/// Makes an object of a module's type.
fn new(
    here: &mut Here,
    ty: TypeIdx,
    length: u32,
    frame: &Frame,
    stack: &OperandStack,
) -> Result<u64, Trap> {
    let (ty, layout) = layout(here, ty, frame)?;
    let size = layout.size(length);
    if here.layer.heap.is_due(size) {
        // What the stack holds outlives the collection.
        collect(here.layer, here.data, stack.slots());
    }
    here.layer.heap.allocate(ty, length)
}

/// The number of a module's type, and the layout of its objects.
fn layout<'here>(
    here: &'here mut Here,
    ty: TypeIdx,
    frame: &Frame,
) -> Result<(u32, &'here Layout), Trap> {
    let ty = here.data.instances[frame.instance as usize].types[ty.index()];
    let types = &here.data.types;
    let layout =
        here.layer.heap.layout(ty.0, || Layout::of(types.composite(ty)?));
    Ok((ty.0, layout.ok_or(Trap::NotYet)?))
}

/// Makes a structure of the top operands, one for each field.
fn structure(
    here: &mut Here,
    ty: TypeIdx,
    frame: &Frame,
    stack: &mut OperandStack,
) -> Result<(), Trap> {
    let object = new(here, ty, 0, frame, stack)?;
    for field in (0..here.layer.heap.fields(object)?).rev() {
        let value = pop_any(here, stack);
        let (storage, bytes) =
            here.layer.heap.field_mut(object, FieldIdx(field))?;
        storage.write(bytes, value);
    }
    stack.push(object)
}

/// Makes an array of the top operands.
fn fixed(
    here: &mut Here,
    ty: TypeIdx,
    length: u32,
    frame: &Frame,
    stack: &mut OperandStack,
) -> Result<(), Trap> {
    let object = new(here, ty, length, frame, stack)?;
    for index in (0..length).rev() {
        let value = pop_any(here, stack);
        fill(here, object, index, 1, value)?;
    }
    stack.push(object)
}

/// Writes one value to many elements: first to one, and then what is already
/// written is copied until all of them have it.
fn fill(
    here: &mut Here,
    array: u64,
    index: u32,
    length: u32,
    value: u128,
) -> Result<(), Trap> {
    let (storage, bytes) = here.layer.heap.array_mut(array)?;
    let range = storage.range(bytes, index, length)?;
    let bytes = &mut bytes[range];
    if bytes.is_empty() {
        return Ok(());
    }
    storage.write(bytes, value);
    let mut written = storage.size();
    while written < bytes.len() {
        let count = written.min(bytes.len() - written);
        bytes.copy_within(..count, written);
        written += count;
    }
    Ok(())
}

/// Writes references to the elements of an array.
fn write(storage: Storage, to: &mut [u8], from: &[u64]) {
    for (element, &slot) in to.chunks_exact_mut(storage.size()).zip(from) {
        storage.write(element, slot.into());
    }
}

/// The range of `length` items in a segment, each `size` bytes or elements.
fn range(source: u32, length: u32, size: usize) -> Range<usize> {
    let start = source as usize;
    start..start.saturating_add((length as usize).saturating_mul(size))
}

/// The integer in a reference.
fn i31(slot: u64) -> Result<u32, Trap> {
    match Referent::from_slot(slot) {
        Some(Referent::I31(bits)) => Ok(bits),
        _ => Err(Trap::NullI31Reference),
    }
}

/// Pushes the value of a field.
fn push(
    here: &mut Here,
    storage: Storage,
    value: u128,
    stack: &mut OperandStack,
) -> Result<(), Trap> {
    if storage == Storage::V128 {
        return VectorStack::new(stack, &mut here.data.upper).push(value);
    }
    stack.push(value as u64)
}

/// Pops the new value of a field: the slot, and above it what is beside the
/// slot. For a vector that is its upper half; other fields keep none of it.
fn pop_any(here: &Here, stack: &mut OperandStack) -> u128 {
    let slot: u64 = stack.pop();
    let upper =
        here.data.upper.get(stack.height()).copied().unwrap_or_default();
    u128::from(upper) << 64 | u128::from(slot)
}
