//! The store as the environment of code: what the instructions mean that reach into it.
//!
//! Legend: `'store` is how long the store is borrowed, for one invocation.

use std::ops::Range;

use ch07_values::{OperandStack, Trap};
use ch09_module::{
    Control, FuncIdx, FuncType, GlobalIdx, Instr, MemIdx, Memory, Reference, Table, TableIdx,
    TypeIdx,
};
use ch10_memory::MemoryInstance;
use ch11_control::{Callee, Decision, Environment, Frame};

use crate::store::{FunctionBody, FunctionInstance, GlobalInstance, ModuleInstance, TagInstance};
use crate::table::{TableInstance, range};
use crate::value::{Holder, NULL, function, function_of, read};
use crate::{FuncAddr, HostFunction, Layer, StoreLimits, Typing};

/// A store that is borrowed for an invocation: what cannot change meanwhile, and what can.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are the store's, and it says what they are")]
pub struct Surroundings<'store, L: Layer> {
    pub functions: &'store [FunctionInstance],
    pub instances: &'store [ModuleInstance],
    pub tags: &'store [TagInstance],
    pub types: &'store L::Types,
    pub limits: StoreLimits,
    pub hosts: &'store mut [HostFunction],
    pub tables: &'store mut [TableInstance],
    pub memories: &'store mut [MemoryInstance],
    pub globals: &'store mut [GlobalInstance],
    pub elements: &'store mut [Vec<Vec<u64>>],
    pub data: &'store mut [Vec<Box<[u8]>>],
    pub upper: &'store mut Vec<u64>,
    pub layer: &'store mut L,
    /// What the host said when one of its functions failed.
    pub host_message: Option<String>,
}

impl<'store, L: Layer> Surroundings<'store, L> {
    /// What a call of the function at an address finds.
    #[inline(always)]
    pub fn callee(&self, address: FuncAddr) -> Callee<'store, &'store ModuleInstance> {
        match &self.functions[address.index()].body {
            FunctionBody::Code(instance, code) => Callee::Code {
                function: address.0,
                instance: &self.instances[instance.index()],
                code,
            },
            FunctionBody::Host(host) => Callee::Host(*host),
        }
    }
}

impl<'store, L: Layer> Environment<'store> for Surroundings<'store, L> {
    type Instance = &'store ModuleInstance;

    #[inline(always)]
    fn function(&self, instance: Self::Instance, index: FuncIdx) -> Callee<'store, Self::Instance> {
        self.callee(instance.functions[index.index()])
    }

    #[inline(always)]
    fn element(
        &self,
        instance: Self::Instance,
        table: TableIdx,
        element: u64,
        ty: TypeIdx,
    ) -> Result<Callee<'store, Self::Instance>, Trap> {
        let table = &self.tables[instance.tables[table.index()].index()];
        let slot = table.get(element).ok_or(Trap::UndefinedElement)?;
        let address = function_of(slot).ok_or(Trap::UninitializedElement)?;
        let wanted = &instance.types[ty.index()];
        let found = &self.functions[address.index()].ty;
        match self.types.func_matches(found, wanted) {
            Some(true) => Ok(self.callee(address)),
            Some(false) => Err(Trap::IndirectCallTypeMismatch),
            None => Err(Trap::NotYet),
        }
    }

    #[inline(always)]
    fn func_type(&self, instance: Self::Instance, index: TypeIdx) -> &'store FuncType {
        &instance.types[index.index()].func
    }

    #[inline(always)]
    fn call_host(&mut self, function: u32, stack: &mut OperandStack) -> Result<(), Trap> {
        let outcome = match self.hosts[function as usize].takes_numbers_only() {
            true => self.hosts[function as usize].call(stack, self.upper),
            false => self.call_host_with_references(function, stack),
        };
        outcome.map_err(|message| {
            self.host_message = Some(message);
            Trap::Host
        })
    }

    #[inline(always)]
    fn memory(&mut self, instance: Self::Instance, index: MemIdx) -> &mut MemoryInstance {
        &mut self.memories[instance.memories[index.index()].index()]
    }

    #[inline(always)]
    fn global(&mut self, instance: Self::Instance, index: GlobalIdx) -> &mut u64 {
        &mut self.globals[instance.globals[index.index()].index()].slot
    }

    fn execute(
        &mut self,
        instr: &'store Instr,
        frame: &Frame<Self::Instance>,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Instr::Memory(instr) => self.bulk(*instr, frame.instance, stack),
            Instr::Table(instr) => self.table(*instr, frame.instance, stack),
            Instr::Reference(Reference::Null(_)) => stack.push(NULL),
            Instr::Reference(Reference::IsNull) => stack.unary(|slot: u64| slot == NULL),
            Instr::Reference(Reference::Func(index)) => {
                stack.push(function(frame.instance.functions[index.index()]))
            }
            Instr::Vector(instr) => self.vector(instr, frame, stack),
            _ => L::execute(self, instr, frame, stack),
        }
    }

    fn decide(
        &mut self,
        instr: &'store Control,
        instance: Self::Instance,
        stack: &mut OperandStack,
    ) -> Result<Decision<'store, Self::Instance>, Trap> {
        L::decide(self, instr, instance, stack)
    }

    #[inline(always)]
    fn moved(&mut self, from: usize, count: usize, to: usize) {
        if !self.upper.is_empty() {
            self.upper.copy_within(from..from + count, to);
        }
    }

    #[inline(always)]
    fn cleared(&mut self, slots: Range<usize>) {
        if !self.upper.is_empty() {
            self.upper[slots].fill(0);
        }
    }

    fn name(&self, instance: Self::Instance, function: u32) -> String {
        instance.name(FuncAddr(function))
    }
}

impl<L: Layer> Surroundings<'_, L> {
    /// Calls a function of the host that takes or gives more than numbers: what it sees has to stay, and what it gives has to
    /// be what it says.
    #[cold]
    #[inline(never)]
    fn call_host_with_references(
        &mut self,
        function: u32,
        stack: &mut OperandStack,
    ) -> Result<(), String> {
        // There may be the first vector among the results.
        if self.upper.is_empty() {
            self.upper.resize(stack.capacity(), 0);
        }
        let host = &mut self.hosts[function as usize];
        let ty = host.ty();
        let arguments = stack.height() - ty.params.len();
        crate::value::hand_out(self.layer, &ty.params, &stack.slots()[arguments..]);
        host.call(stack, self.upper)?;
        let types = &host.ty().results;
        let results = read(types, stack.slots(), self.upper, stack.height() - types.len());
        let holder = Holder { functions: self.functions, types: self.types, layer: &*self.layer };
        match results.iter().zip(types).find(|(value, ty)| !holder.is_of(**value, **ty)) {
            Some((value, ty)) => {
                Err(format!("the host function returned {value}, which is no {ty}"))
            }
            None => Ok(()),
        }
    }

    /// Specification: Execution, Instructions, *Memory Instructions*, apart from loads and stores.
    fn bulk(
        &mut self,
        instr: Memory,
        instance: &ModuleInstance,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let position = |memory: MemIdx| instance.memories[memory.index()].index();
        let memory = match instr {
            Memory::Size(memory)
            | Memory::Grow(memory)
            | Memory::Fill(memory)
            | Memory::Init(memory, _) => memory,
            Memory::Copy(destination, source) => {
                let memories = [destination, source].map(position);
                if let Ok([to, from]) = self.memories.get_disjoint_mut(memories) {
                    let length = stack.pop();
                    let source = stack.pop();
                    return to.init(stack.pop(), from.bytes(), source, length);
                }
                // The two are one.
                destination
            }
            Memory::DataDrop(segment) => {
                self.data[instance.address.index()][segment.index()] = Box::default();
                return Ok(());
            }
        };
        if let Memory::Grow(_) = instr {
            let all: u64 = self.memories.iter().map(MemoryInstance::size).sum();
            let memory = &mut self.memories[position(memory)];
            let others = all - memory.size();
            memory.set_room(self.limits.pages().saturating_sub(others));
        }
        let memory = &mut self.memories[position(memory)];
        memory.execute(instr, &mut self.data[instance.address.index()], stack)
    }

    /// Specification: Execution, Instructions, *Table Instructions*.
    fn table(
        &mut self,
        instr: Table,
        instance: &ModuleInstance,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let position = |table: TableIdx| instance.tables[table.index()].index();
        let segments = &mut self.elements[instance.address.index()];
        match instr {
            Table::Get(table) => {
                let element = self.tables[position(table)].get(stack.pop());
                stack.push(element.ok_or(Trap::OutOfBoundsTableAccess)?)?;
            }
            Table::Set(table) => {
                let element: u64 = stack.pop();
                self.tables[position(table)].range_mut(stack.pop(), 1)?.fill(element);
            }
            Table::Size(table) => stack.push(self.tables[position(table)].size())?,
            Table::Grow(table) => {
                let all: u64 = self.tables.iter().map(TableInstance::size).sum();
                let table = &mut self.tables[position(table)];
                let others = all - table.size();
                let count: u64 = stack.pop();
                let room = self.limits.table_elements.saturating_sub(others);
                let before = table.grow(count, stack.pop(), room);
                stack.push(before.unwrap_or(table.ty().address.minus_one()))?;
            }
            Table::Fill(table) => {
                let length = stack.pop();
                let element: u64 = stack.pop();
                self.tables[position(table)].range_mut(stack.pop(), length)?.fill(element);
            }
            Table::Copy(destination_table, source_table) => {
                let length = stack.pop();
                let source = stack.pop();
                let destination = stack.pop();
                let positions = [position(destination_table), position(source_table)];
                match self.tables.get_disjoint_mut(positions) {
                    Ok([to, from]) => {
                        let elements = from.range(source, length)?;
                        to.range_mut(destination, length)?.copy_from_slice(elements);
                    }
                    // The two are one.
                    Err(_) => self.tables[positions[0]].copy_within(destination, source, length)?,
                }
            }
            Table::Init(table, segment) => {
                let length = stack.pop();
                let source = stack.pop();
                let elements = range(&segments[segment.index()], source, length)?;
                self.tables[position(table)]
                    .range_mut(stack.pop(), length)?
                    .copy_from_slice(elements);
            }
            Table::ElemDrop(segment) => segments[segment.index()] = Vec::new(),
        }
        Ok(())
    }
}
