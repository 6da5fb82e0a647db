//! What the machine wants from the code's surroundings when something is thrown.

use ch07_values::{OperandStack, Trap};
use ch09_module::TagIdx;
use ch11_control::Environment;
use ch12_instance::{Escape, Layer, Surroundings};

use crate::{Exceptions, ExnAddr};

/// Surroundings in which there are exceptions.
pub trait Throwing<'code>: Environment<'code> {
    /// Makes an exception with the tag of an index. It takes along the values that the tag speaks of, from the stack.
    ///
    /// # Errors
    ///
    /// Traps if there is no room for another exception.
    fn throw(
        &mut self,
        tag: TagIdx,
        instance: Self::Instance,
        stack: &mut OperandStack,
    ) -> Result<ExnAddr, Trap>;

    /// The exception that the reference in a slot refers to.
    ///
    /// # Errors
    ///
    /// Traps if the reference is null.
    fn exception(&mut self, slot: u64) -> Result<ExnAddr, Trap>;

    /// Whether an exception was thrown with the tag of an index.
    fn has_tag(&mut self, exn: ExnAddr, tag: TagIdx, instance: Self::Instance) -> bool;

    /// Puts the values of an exception on the stack.
    ///
    /// # Errors
    ///
    /// Traps if the stack is full.
    fn unpack(&mut self, exn: ExnAddr, stack: &mut OperandStack) -> Result<(), Trap>;

    /// The slot of a reference to an exception, which from now on is kept.
    fn reference(&mut self, exn: ExnAddr) -> u64;

    /// Forgets an exception that has arrived, unless somebody has a reference to it.
    fn forget(&mut self, exn: ExnAddr);

    /// What the embedder is told of an exception that nobody has caught.
    fn escape(&mut self, exn: ExnAddr) -> Escape;
}

/// A layer of the store with a room for exceptions.
pub trait HasExceptions: Layer {
    /// The room.
    fn exceptions(&mut self) -> &mut Exceptions;

    /// An exception is about to be made, with the top operands of this stack. Where garbage is collected, this is the time.
    ///
    /// # Errors
    ///
    /// The trap that the collection ends in.
    fn make_room(
        surroundings: &mut Surroundings<'_, Self>,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let _ = (surroundings, stack);
        Ok(())
    }
}

impl<'store, L: HasExceptions> Throwing<'store> for Surroundings<'store, L> {
    fn throw(
        &mut self,
        tag: TagIdx,
        instance: Self::Instance,
        stack: &mut OperandStack,
    ) -> Result<ExnAddr, Trap> {
        L::make_room(self, stack)?;
        let tag = instance.tags[tag.index()];
        let count = self.tags[tag.index()].ty.func.params.len();
        let positions = stack.height() - count..stack.height();
        let half = |position: usize| self.upper.get(position).copied().unwrap_or_default();
        let values = positions.map(|position| [stack.slot(position), half(position)]).collect();
        for _ in 0..count {
            stack.pop::<u64>();
        }
        self.layer.exceptions().make(tag, values)
    }

    fn exception(&mut self, slot: u64) -> Result<ExnAddr, Trap> {
        self.layer.exceptions().referent(slot)
    }

    fn has_tag(&mut self, exn: ExnAddr, tag: TagIdx, instance: Self::Instance) -> bool {
        self.layer.exceptions().tag(exn) == instance.tags[tag.index()]
    }

    fn unpack(&mut self, exn: ExnAddr, stack: &mut OperandStack) -> Result<(), Trap> {
        for [slot, half] in self.layer.exceptions().values(exn) {
            if let Some(upper) = self.upper.get_mut(stack.height()) {
                *upper = *half;
            }
            stack.push(*slot)?;
        }
        Ok(())
    }

    fn reference(&mut self, exn: ExnAddr) -> u64 {
        self.layer.exceptions().reference(exn)
    }

    fn forget(&mut self, exn: ExnAddr) {
        self.layer.exceptions().forget(exn);
    }

    fn escape(&mut self, exn: ExnAddr) -> Escape {
        let exceptions = self.layer.exceptions();
        let escape = Escape::Exception(exceptions.tag(exn), exceptions.values(exn).to_vec());
        exceptions.forget(exn);
        escape
    }
}
