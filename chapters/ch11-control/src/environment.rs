//! What the machine wants from the code's surroundings.

use std::ops::Range;

use ch07_values::{OperandStack, Trap};
use ch09_module::{
    Body, Control, FuncIdx, FuncType, GlobalIdx, Instr, LabelIdx, MemIdx, TableIdx, TypeIdx,
};
use ch10_memory::MemoryInstance;

use crate::Frame;

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

/// What a reference decides: what is executed next.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'code, I> {
    /// The next instruction.
    Next,
    /// What stands at a label.
    Branch(LabelIdx),
    /// A function, and then the next instruction.
    Call(Callee<'code, I>),
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
        element: u64,
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
        frame: &Frame<Self::Instance>,
        stack: &mut OperandStack,
    ) -> Result<(), Trap>;

    /// Decides what is next where a reference says so: at a branch on what it refers to, at a call of it.
    ///
    /// # Errors
    ///
    /// Traps where the reference may not be what it is. An environment without such references traps always.
    fn decide(
        &mut self,
        instr: &'code Control,
        instance: Self::Instance,
        stack: &mut OperandStack,
    ) -> Result<Decision<'code, Self::Instance>, Trap> {
        let _ = (instr, instance, stack);
        Err(Trap::NotYet)
    }

    /// The machine has moved `count` slots from one position to another: what an environment has beside the slots moves with
    /// them.
    #[inline(always)]
    fn moved(&mut self, from: usize, count: usize, to: usize) {
        let _ = (from, count, to);
    }

    /// The machine has zeroed these slots.
    #[inline(always)]
    fn cleared(&mut self, slots: Range<usize>) {
        let _ = slots;
    }

    /// What people call a function.
    fn name(&self, instance: Self::Instance, function: u32) -> String;
}
