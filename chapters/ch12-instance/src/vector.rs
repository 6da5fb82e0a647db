//! Vectors: what an annex does to lanes, on this store's memories, globals and
//! stack.
//!
//! Specification: Execution, Instructions, *Vector Instructions*.

use annex_vector::{V128, VectorStack, shuffle};
use ch07_values::{OperandStack, Trap};
use ch09_module::{GlobalIdx, MemArg, Vector};
use ch11_control::Frame;

use crate::StoreData;

impl StoreData {
    /// Executes a vector instruction.
    pub(crate) fn vector(
        &mut self,
        instr: &Vector,
        frame: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let stack = &mut VectorStack::new(stack, &mut self.upper);
        let instance = &self.instances[frame.instance as usize];
        let memory =
            |arg: &MemArg| instance.memories[arg.memory.index()].index();
        let global =
            |global: &GlobalIdx| instance.globals[global.index()].index();
        match instr {
            Vector::Const(vector) => stack.push(**vector),
            Vector::Shuffle(lanes) => shuffle(lanes, stack),
            Vector::Op(op) => op.execute(stack),
            Vector::Lane(op, lane) => op.execute(*lane, stack),
            Vector::Memory(op, arg) => {
                let memory = &mut self.memories[memory(arg)];
                op.execute(arg.offset, memory, stack)
            }
            Vector::MemoryLane(op, arg, lane) => {
                let memory = &mut self.memories[memory(arg)];
                op.execute(*lane, arg.offset, memory, stack)
            }
            Vector::LocalGet(local) => {
                let vector = stack.vector(frame.base + local.index());
                stack.push(vector)
            }
            Vector::LocalSet(local) => {
                let vector: V128 = stack.pop();
                stack.set_vector(frame.base + local.index(), vector);
                Ok(())
            }
            Vector::LocalTee(local) => {
                let vector = stack.vector(stack.height() - 1);
                stack.set_vector(frame.base + local.index(), vector);
                Ok(())
            }
            Vector::GlobalGet(index) => {
                let global = &self.globals[global(index)];
                stack.push(V128::from_halves(global.slot, global.upper))
            }
            Vector::GlobalSet(index) => {
                let vector: V128 = stack.pop();
                let global = &mut self.globals[global(index)];
                (global.slot, global.upper) = vector.halves();
                Ok(())
            }
        }
    }
}
