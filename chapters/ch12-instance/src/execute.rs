//! The store as the environment of code: what the instructions mean that reach into it.
//!
//! Legend: `'store` is how long the store is borrowed, for one invocation.

use ch07_values::{OperandStack, Trap};
use ch09_module::{
    FuncIdx, FuncType, GlobalIdx, Instr, MemIdx, Memory, Reference, Table, TableIdx, TypeIdx,
};
use ch10_memory::MemoryInstance;
use ch11_control::{Callee, Environment};

use crate::store::{FunctionBody, FunctionInstance, GlobalInstance, ModuleInstance};
use crate::table::{TableInstance, range};
use crate::value::{NULL, reference, referent};
use crate::{FuncAddr, HostFunction};

/// A store that is borrowed for an invocation: what cannot change meanwhile, and what can.
pub(crate) struct Surroundings<'store> {
    pub(crate) functions: &'store [FunctionInstance],
    pub(crate) instances: &'store [ModuleInstance],
    pub(crate) hosts: &'store mut [HostFunction],
    pub(crate) tables: &'store mut [TableInstance],
    pub(crate) memories: &'store mut [MemoryInstance],
    pub(crate) globals: &'store mut [GlobalInstance],
    pub(crate) elements: &'store mut [Vec<Box<[u64]>>],
    pub(crate) data: &'store mut [Vec<Box<[u8]>>],
    /// What the host said when one of its functions failed.
    pub(crate) host_message: Option<String>,
}

impl<'store> Surroundings<'store> {
    /// What a call of the function at an address finds.
    #[inline(always)]
    pub(crate) fn callee(&self, address: FuncAddr) -> Callee<'store, &'store ModuleInstance> {
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

impl<'store> Environment<'store> for Surroundings<'store> {
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
        element: u32,
        ty: TypeIdx,
    ) -> Result<Callee<'store, Self::Instance>, Trap> {
        let table = &self.tables[instance.tables[table.index()].index()];
        let slot = table.get(element).ok_or(Trap::UndefinedElement)?;
        let address = FuncAddr(referent(slot).ok_or(Trap::UninitializedElement)?);
        let wanted = instance.types[ty.index()].identity.ok_or(Trap::NotYet)?;
        // A host can hand in a reference that it has from another store.
        let function = self.functions.get(address.index()).ok_or(Trap::UndefinedElement)?;
        let found = function.ty.identity.ok_or(Trap::NotYet)?;
        if found != wanted {
            return Err(Trap::IndirectCallTypeMismatch);
        }
        Ok(self.callee(address))
    }

    #[inline(always)]
    fn func_type(&self, instance: Self::Instance, index: TypeIdx) -> &'store FuncType {
        &instance.types[index.index()].func
    }

    #[inline(always)]
    fn call_host(&mut self, function: u32, stack: &mut OperandStack) -> Result<(), Trap> {
        self.hosts[function as usize].call(stack).map_err(|message| {
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
        instance: Self::Instance,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Instr::Memory(instr) => self.bulk(*instr, instance, stack),
            Instr::Table(instr) => self.table(*instr, instance, stack),
            Instr::Reference(instr) => reference_instr(*instr, instance, stack),
            _ => Err(Trap::NotYet),
        }
    }

    fn name(&self, instance: Self::Instance, function: u32) -> String {
        instance.name(FuncAddr(function))
    }
}

impl Surroundings<'_> {
    /// Specification: Execution, Instructions, *Memory Instructions*, apart from loads and stores.
    fn bulk(
        &mut self,
        instr: Memory,
        instance: &ModuleInstance,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let memory = match instr {
            Memory::Size(memory)
            | Memory::Grow(memory)
            | Memory::Fill(memory)
            | Memory::Init(memory, _) => memory,
            Memory::Copy(destination, source) if destination == source => destination,
            Memory::Copy(..) => return Err(Trap::NotYet),
            Memory::DataDrop(segment) => {
                self.data[instance.address.index()][segment.index()] = Box::default();
                return Ok(());
            }
        };
        let memory = &mut self.memories[instance.memories[memory.index()].index()];
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
                let count: u32 = stack.pop();
                let before = self.tables[position(table)].grow(count.into(), stack.pop());
                stack.push(before.map_or(-1, |before| before as i32))?;
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
            Table::ElemDrop(segment) => segments[segment.index()] = Box::default(),
        }
        Ok(())
    }
}

/// Specification: Execution, Instructions, *Reference Instructions*.
fn reference_instr(
    instr: Reference,
    instance: &ModuleInstance,
    stack: &mut OperandStack,
) -> Result<(), Trap> {
    match instr {
        Reference::Null(_) => stack.push(NULL)?,
        Reference::Func(function) => {
            stack.push(reference(Some(instance.functions[function.index()].0)))?
        }
        Reference::IsNull => stack.unary(|slot: u64| slot == NULL)?,
        Reference::AsNonNull | Reference::Eq | Reference::Test(_) | Reference::Cast(_) => {
            return Err(Trap::NotYet);
        }
    }
    Ok(())
}
