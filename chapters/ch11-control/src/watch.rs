//! What an observer of the machine is told.

use std::fmt::Display;

use ch07_values::{OperandStack, Trap};
use ch09_module::{MemArg, StoreOp};
use ch10_memory::MemoryInstance;
use trace::{Observer, Place, Step};

use crate::{Environment, Frame};

/// A call or a label that the machine is inside of, and how far it has come
/// there.
#[derive(Clone, Debug)]
pub struct Level {
    name: &'static str,
    /// How many of its instructions have begun.
    begun: usize,
}

impl Level {
    /// A level that has just been entered, by the name of its instruction.
    pub fn new(name: &'static str) -> Level {
        Level { name, begun: 0 }
    }

    /// The position of its current instruction.
    pub fn position(&self) -> usize {
        self.begun.saturating_sub(1)
    }

    /// Another instruction of the innermost level begins.
    pub fn advance(levels: &mut [Level]) {
        if let Some(level) = levels.last_mut() {
            level.begun += 1;
        }
    }
}

/// A call's own level.
const CALL: &str = "func";

/// The step that is about to be made.
#[cold]
pub fn describe<'code, E: Environment<'code>>(
    environment: &E,
    frame: &Frame,
    levels: &[Level],
    instr: &dyn Display,
    stack: &OperandStack,
) -> Step {
    let calls = levels.iter().filter(|level| level.name == CALL).count();
    let call = levels.iter().rposition(|level| level.name == CALL).unwrap_or(0);
    let operands = frame.base + frame.locals;
    Step {
        depth: calls.saturating_sub(1),
        place: Place::new(
            environment.name(frame.instance, frame.function),
            levels[call..].iter().map(Level::position),
        ),
        instruction: instr.to_string(),
        stack: texts(&stack.slots()[operands..]),
        locals: texts(&stack.slots()[frame.base..operands]),
        labels: levels[call..]
            .iter()
            .map(|level| level.name.to_owned())
            .collect(),
        ..Step::default()
    }
}

/// Slots as text. Only its instruction knows what type an operand has. So all
/// that can be shown is bits: as a number if they could be a small one, else in
/// hexadecimal.
fn texts(slots: &[u64]) -> Vec<String> {
    let text = |slot: &u64| match (u32::try_from(*slot), *slot as i64) {
        (Ok(bits), _) => (bits as i32).to_string(),
        (Err(_), small @ -0xffff..0) => small.to_string(),
        (Err(_), bits) => format!("{bits:#018x}"),
    };
    slots.iter().map(text).collect()
}

/// Executes a store, and tells the observer which bytes it has written.
///
/// # Errors
///
/// Traps past the end of the memory; then nothing is written.
#[inline(always)]
pub fn store<O: Observer>(
    memory: &mut MemoryInstance,
    op: StoreOp,
    arg: &MemArg,
    stack: &mut OperandStack,
    observer: &mut O,
) -> Result<(), Trap> {
    if !O::WATCHES {
        return memory.store(op, arg.offset, stack);
    }
    // The address lies below the operand that is stored.
    let address = stack.slot(stack.height() - 2).saturating_add(arg.offset);
    memory.store(op, arg.offset, stack)?;
    observer.wrote(address, &memory.bytes()[address as usize..][..op.width()]);
    Ok(())
}
