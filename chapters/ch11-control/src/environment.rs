//! What the machine wants from the code's surroundings.

use ch07_values::{OperandStack, Trap};
use ch09_module::{Body, FuncIdx, FuncType, GlobalIdx, Instr, MemIdx, TableIdx, TypeIdx};
use ch10_memory::MemoryInstance;

/// A function's code, with what a call has to know of it.
#[derive(Clone, Debug)]
pub struct Code {
    /// How many operands the call takes.
    pub params: usize,
    /// How many locals there are besides, all zero at first.
    pub locals: usize,
    /// How many operands the call leaves.
    pub results: usize,
    /// What it executes.
    pub body: Body,
}

/// What a call finds.
#[derive(Clone, Copy, Debug)]
pub enum Callee<'code, I> {
    /// A function of a module.
    Code {
        /// The function, by whatever number the environment knows it.
        function: u32,
        /// The module instance that it belongs to.
        instance: I,
        /// Its code.
        code: &'code Code,
    },
    /// A function of the host, by whatever number the environment knows it.
    Host(u32),
}

/// The surroundings of the code: what its indices refer to.
pub trait Environment<'code>: Send {
    /// A module instance: what the indices in a function refer to.
    type Instance: Copy + Send + Sync;

    /// The function of an index.
    fn function(&self, instance: Self::Instance, index: FuncIdx) -> Callee<'code, Self::Instance>;

    /// The function that an element of a table refers to, which has to be of a type.
    ///
    /// # Errors
    ///
    /// Traps if there is no such element, if it is null, or if its type is another one.
    fn element(
        &self,
        instance: Self::Instance,
        table: TableIdx,
        element: u32,
        ty: TypeIdx,
    ) -> Result<Callee<'code, Self::Instance>, Trap>;

    /// The function type of an index.
    fn func_type(&self, instance: Self::Instance, index: TypeIdx) -> &'code FuncType;

    /// Calls a function of the host, which pops its arguments and pushes its results.
    ///
    /// # Errors
    ///
    /// The trap that it ends in.
    fn call_host(&mut self, function: u32, stack: &mut OperandStack) -> Result<(), Trap>;

    /// The memory of an index.
    fn memory(&mut self, instance: Self::Instance, index: MemIdx) -> &mut MemoryInstance;

    /// The slot of the global of an index.
    fn global(&mut self, instance: Self::Instance, index: GlobalIdx) -> &mut u64;

    /// Executes an instruction that reaches further into the surroundings: one on whole ranges of
    /// memory, on tables, on references.
    ///
    /// # Errors
    ///
    /// The trap that it ends in.
    fn execute(
        &mut self,
        instr: &'code Instr,
        instance: Self::Instance,
        stack: &mut OperandStack,
    ) -> Result<(), Trap>;

    /// What people call a function.
    fn name(&self, instance: Self::Instance, function: u32) -> String;
}
