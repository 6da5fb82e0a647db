//! What a machine asks of the world around the code.

use std::ops::Range;

use ch07_values::{OperandStack, Trap};
use ch09_module::{
    BlockType, Body, FuncIdx, FuncType, Function, GlobalIdx, Instr, MemIdx,
    TableIdx, TypeIdx,
};
use ch10_memory::MemoryInstance;
use trace::Observer;

use crate::{Core, Frame};

/// What a call has to know of a function, apart from its code.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many operands the call takes.
    pub params: usize,
    /// How many more locals there are, all zero at first.
    pub locals: usize,
    /// How many operands the call leaves.
    pub results: usize,
    /// How deep blocks nest in the body.
    pub depth: usize,
}

impl Shape {
    /// The shape of a function of type `ty`.
    pub fn new(ty: &FuncType, function: &Function) -> Shape {
        Shape {
            params: ty.params.len(),
            locals: function.locals.len(),
            results: ty.results.len(),
            depth: function.body.depth(),
        }
    }
}

/// What these machines execute: a function's body as the tree that it is.
#[derive(Clone, Debug)]
pub struct Code {
    /// What a call has to know of it.
    pub shape: Shape,
    /// What it executes.
    pub body: Body,
}

impl Code {
    /// The code of a function of type `ty`.
    pub fn new(ty: &FuncType, function: Function) -> Code {
        Code { shape: Shape::new(ty, &function), body: function.body }
    }
}

/// What a call finds: code that an engine has made of a function's body, or a
/// function of the host.
#[derive(Clone, Copy, Debug)]
pub enum Callee<'code, C = Code> {
    /// A function of a module.
    Code {
        /// The module instance that it belongs to.
        instance: u32,
        /// Its code.
        code: &'code C,
    },
    /// A function of the host, by its number.
    Host(u32),
}

/// The world around the code: what its indices refer to.
///
/// Module instances and functions are named by numbers, which are the
/// environment's own business.
pub trait Environment<'code> {
    /// What an engine makes of a function's body.
    type Code: 'code;

    /// The function of an index.
    fn function(&self, instance: u32, index: FuncIdx) -> u32;

    /// The function that an element of a table refers to, which must be of
    /// type `ty`.
    ///
    /// # Errors
    ///
    /// Traps if there is no such element, if it is null, or if the function is
    /// of another type.
    fn element(
        &self,
        instance: u32,
        table: TableIdx,
        element: u64,
        ty: TypeIdx,
    ) -> Result<u32, Trap>;

    /// What a call of a function finds.
    fn callee(&self, function: u32) -> Callee<'code, Self::Code>;

    /// How many operands a function type takes, and how many it leaves.
    fn func_arity(&self, instance: u32, ty: TypeIdx) -> (usize, usize);

    /// How many operands a block takes, and how many it leaves.
    #[inline(always)]
    fn arity(&self, instance: u32, ty: BlockType) -> (usize, usize) {
        match ty {
            BlockType::Empty => (0, 0),
            BlockType::Value(_) => (0, 1),
            BlockType::Func(ty) => self.func_arity(instance, ty),
        }
    }

    /// Calls a function of the host. It pops its arguments and pushes its
    /// results. `caller` is the instance whose code calls it, if it is code
    /// and not the embedder.
    ///
    /// # Errors
    ///
    /// The trap that it ends in.
    fn call_host<O: Observer>(
        &mut self,
        host: u32,
        caller: Option<u32>,
        core: &mut Core<O>,
    ) -> Result<(), Trap>;

    /// The memory of an index.
    fn memory(&mut self, instance: u32, index: MemIdx) -> &mut MemoryInstance;

    /// The slot of the global of an index.
    fn global(&mut self, instance: u32, index: GlobalIdx) -> &mut u64;

    /// Executes an instruction that reaches further into the world: one on
    /// whole ranges of memory, on tables, on references.
    ///
    /// # Errors
    ///
    /// The trap that it ends in.
    fn execute(
        &mut self,
        instr: &Instr,
        frame: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap>;

    /// The machine has moved `count` slots to another position: what an
    /// environment keeps beside the slots moves with them.
    #[inline(always)]
    fn moved(&mut self, from: usize, count: usize, to: usize) {
        let _ = (from, count, to);
    }

    /// The machine has zeroed these slots; there is at least one.
    #[inline(always)]
    fn cleared(&mut self, slots: Range<usize>) {
        let _ = slots;
    }

    /// The name of a function, for messages.
    fn name(&self, instance: u32, function: u32) -> String;
}
