//! Vectors: what an annex does to lanes, on this store's memories, globals and
//! stack.
//!
//! Specification: Execution, Instructions, *Vector Instructions*.

use annex_vector::{V128, VectorStack, shuffle};
use ch07_values::{OperandStack, Trap};
use ch09_module::Vector;
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
        match instr {
            Vector::Const(vector) => stack.push(**vector),
            Vector::Shuffle(lanes) => shuffle(lanes, stack),
            Vector::Op(op) => op.execute(stack),
            Vector::Lane(op, lane) => op.execute(*lane, stack),
            Vector::Memory(op, arg) => {
                let memory = instance.memories[arg.memory.index()];
                op.execute(
                    arg.offset,
                    &mut self.memories[memory.index()],
                    stack,
                )
            }
            Vector::MemoryLane(op, arg, lane) => {
                let memory = instance.memories[arg.memory.index()];
                op.execute(
                    *lane,
                    arg.offset,
                    &mut self.memories[memory.index()],
                    stack,
                )
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
            Vector::GlobalGet(global) => stack.push(
                self.globals[instance.globals[global.index()].index()].vector(),
            ),
            Vector::GlobalSet(global) => {
                let vector: V128 = stack.pop();
                let global =
                    &mut self.globals[instance.globals[global.index()].index()];
                (global.slot, global.upper) =
                    (vector.0 as u64, (vector.0 >> 64) as u64);
                Ok(())
            }
        }
    }
}
