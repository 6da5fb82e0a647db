//! The store as the environment of code: what the instructions mean that reach
//! into it.

use std::ops::Range;

use annex_embedding::{FuncAddr, InstanceAddr, NULL, function, function_of};
use ch07_values::{OperandStack, Trap};
use ch09_module::{
    Bytes, FuncIdx, GlobalIdx, Instr, MemIdx, Memory, Reference, Table,
    TableIdx, TypeIdx,
};
use ch10_memory::MemoryInstance;
use ch11_control::{Callee, Core, Environment, Frame};
use trace::Observer;

use crate::invoke::Invocation;
use crate::store::{FunctionBody, FunctionInstance};
use crate::table::range;
use crate::{LateCode, Layer, StoreData};

/// What a machine is lent for a call: what is alive, the layer, and the code.
#[derive(Debug)]
pub struct StoreView<'store, L: Layer> {
    /// What is alive.
    pub data: &'store mut StoreData,
    /// What a later chapter has added.
    pub layer: &'store mut L,
    /// What the engine has made of the functions' bodies.
    pub code: &'store [LateCode<L>],
}

impl<'store, L: Layer> StoreView<'store, L> {
    /// The same view, lent once more.
    pub fn reborrow(&mut self) -> StoreView<'_, L> {
        StoreView { data: self.data, layer: self.layer, code: self.code }
    }
}

impl<'store, L: Layer> Environment<'store> for StoreView<'store, L> {
    type Code = L::Code;

    #[inline(always)]
    fn function(&self, instance: u32, index: FuncIdx) -> u32 {
        self.data.instances[instance as usize].functions[index.index()].0
    }

    #[inline(always)]
    fn element(
        &self,
        instance: u32,
        table: TableIdx,
        element: u64,
        ty: TypeIdx,
    ) -> Result<u32, Trap> {
        let instance = &self.data.instances[instance as usize];
        let table = instance.tables[table.index()];
        let table = &self.data.tables[table.index()];
        let slot = table.get(element).ok_or(Trap::UndefinedElement)?;
        let address = function_of(slot).ok_or(Trap::UninitializedElement)?;
        let wanted = instance.types[ty.index()];
        let found = self.data.functions[address.index()].ty;
        match self.data.types.is_subtype(found, wanted) {
            true => Ok(address.0),
            false => Err(Trap::IndirectCallTypeMismatch),
        }
    }

    #[inline(always)]
    fn callee(&self, function: u32) -> Callee<'store, L::Code> {
        let FunctionInstance { ty, body } =
            self.data.functions[function as usize];
        match body {
            FunctionBody::Code(instance, code) => Callee::Code {
                instance: instance.0,
                code: self.code[code as usize].get(self.data, instance.0, ty),
            },
            FunctionBody::Host(host) => Callee::Host(host),
        }
    }

    #[inline(always)]
    fn func_arity(&self, instance: u32, ty: TypeIdx) -> (usize, usize) {
        let ty = self.data.instances[instance as usize].types[ty.index()];
        let ty = self.data.types.func(ty);
        ty.map_or((0, 0), |ty| (ty.params.len(), ty.results.len()))
    }

    fn call_host<O: Observer>(
        &mut self,
        host: u32,
        caller: Option<u32>,
        core: &mut Core<O>,
    ) -> Result<(), Trap> {
        Invocation { view: self.reborrow(), core }.call_host(
            host,
            caller.map(InstanceAddr),
            None,
        )
    }

    #[inline(always)]
    fn memory(&mut self, instance: u32, index: MemIdx) -> &mut MemoryInstance {
        self.data.memory_of(instance, index)
    }

    #[inline(always)]
    fn global(&mut self, instance: u32, index: GlobalIdx) -> &mut u64 {
        let instance = &self.data.instances[instance as usize];
        let global = instance.globals[index.index()];
        &mut self.data.globals[global.index()].slot
    }

    fn execute(
        &mut self,
        instr: &Instr,
        frame: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let instance = frame.instance as usize;
        match instr {
            Instr::Memory(instr) => self.data.bulk(*instr, instance, stack),
            Instr::Table(instr) => self.data.table(*instr, instance, stack),
            Instr::Reference(Reference::Null(_)) => stack.push(NULL),
            Instr::Reference(Reference::IsNull) => {
                let slot: u64 = stack.pop();
                stack.push(slot == NULL)
            }
            Instr::Reference(Reference::Func(index)) => {
                let instance = &self.data.instances[instance];
                stack.push(function(instance.functions[index.index()]))
            }
            Instr::Vector(instr) => self.data.vector(instr, frame, stack),
            _ => self.layer.execute(self.data, instr, frame, stack),
        }
    }

    #[inline(always)]
    fn moved(&mut self, from: usize, count: usize, to: usize) {
        let upper = &mut self.data.upper;
        if !upper.is_empty() {
            upper.copy_within(from..from + count, to);
        }
    }

    #[inline(always)]
    fn cleared(&mut self, slots: Range<usize>) {
        let upper = &mut self.data.upper;
        if !upper.is_empty() {
            upper[slots].fill(0);
        }
    }

    fn name(&self, instance: u32, function: u32) -> String {
        self.data.instances[instance as usize].name(FuncAddr(function))
    }
}

impl StoreData {
    /// The memory of an index in a module instance.
    #[inline(always)]
    pub fn memory_of(
        &mut self,
        instance: u32,
        index: MemIdx,
    ) -> &mut MemoryInstance {
        let instance = &self.instances[instance as usize];
        let memory = instance.memories[index.index()];
        &mut self.memories[memory.index()]
    }

    /// Specification: Execution, Instructions, *Memory Instructions*, apart
    /// from loads and stores.
    fn bulk(
        &mut self,
        instr: Memory,
        instance: usize,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let memories = &self.instances[instance].memories;
        let position = |memory: MemIdx| memories[memory.index()].index();
        let memory = match instr {
            Memory::Size(memory)
            | Memory::Grow(memory)
            | Memory::Fill(memory)
            | Memory::Init(memory, _) => memory,
            Memory::Copy(destination, source) => {
                let memories = [destination, source].map(position);
                if let Ok([to, from]) = self.memories.get_disjoint_mut(memories)
                {
                    let length = stack.pop();
                    let source = stack.pop();
                    return to.init(stack.pop(), from.bytes(), source, length);
                }
                // Source and destination are the same memory.
                destination
            }
            Memory::DataDrop(segment) => {
                self.data_segments[instance][segment.index()] = Bytes::new();
                return Ok(());
            }
        };
        if let Memory::Grow(_) = instr {
            let pages = stack.slot(stack.height() - 1);
            let memory = position(memory);
            let StoreData { limiter, limits, memories: all, .. } = self;
            let limit = limiter.memory(limits, all, memory, pages);
            self.memories[memory].set_limit(limit);
        }
        let memory = &mut self.memories[position(memory)];
        memory.execute(instr, &mut self.data_segments[instance], stack)
    }

    /// Specification: Execution, Instructions, *Table Instructions*.
    fn table(
        &mut self,
        instr: Table,
        instance: usize,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let tables = &self.instances[instance].tables;
        let position = |table: TableIdx| tables[table.index()].index();
        let segments = &mut self.element_segments[instance];
        match instr {
            Table::Get(table) => {
                let element = self.tables[position(table)].get(stack.pop());
                stack.push(element.ok_or(Trap::OutOfBoundsTableAccess)?)?;
            }
            Table::Set(table) | Table::Fill(table) => {
                let length = match instr {
                    Table::Fill(_) => stack.pop(),
                    _ => 1,
                };
                let element: u64 = stack.pop();
                self.tables[position(table)]
                    .range_mut(stack.pop(), length)?
                    .fill(element);
            }
            Table::Size(table) => {
                stack.push(self.tables[position(table)].size())?
            }
            Table::Grow(table) => {
                let count: u64 = stack.pop();
                let table = position(table);
                let StoreData { limiter, limits, tables: all, .. } = self;
                let limit = limiter.table(limits, all, table, count);
                let table = &mut self.tables[table];
                let before = table.grow(count, stack.pop(), limit);
                stack.push(before.unwrap_or(table.ty().address.minus_one()))?;
            }
            Table::Copy(to, from) => {
                let length = stack.pop();
                let source = stack.pop();
                let destination = stack.pop();
                let [to, from] = [position(to), position(from)];
                match self.tables.get_disjoint_mut([to, from]) {
                    Ok([to, from]) => to
                        .range_mut(destination, length)?
                        .copy_from_slice(from.range(source, length)?),
                    // Source and destination are the same table.
                    Err(_) => {
                        let table = &mut self.tables[to];
                        table.copy_within(destination, source, length)?;
                    }
                }
            }
            Table::Init(table, segment) => {
                let length = stack.pop();
                let source = stack.pop();
                let elements =
                    range(&segments[segment.index()], source, length)?;
                self.tables[position(table)]
                    .range_mut(stack.pop(), length)?
                    .copy_from_slice(elements);
            }
            Table::ElemDrop(segment) => segments[segment.index()] = Vec::new(),
        }
        Ok(())
    }
}
