//! What the validator tells an observer.

use ch09_module::{Instr, ValType};
use trace::{Place, Step};

use crate::body::{Label, OperandType};
use crate::invalid::list;

/// The step that is about to be made: the same as of a machine, with types.
#[cold]
pub(crate) fn describe(
    function: &str,
    labels: &[Label<'_>],
    instr: &Instr,
    stack: &[OperandType],
    locals: [&[ValType]; 2],
) -> Step {
    let label = |label: &Label<'_>| {
        format!("{} {}", label.name, list(label.types.carries))
    };
    Step {
        place: place(function, labels),
        instruction: instr.to_string(),
        stack: texts(stack),
        locals: locals.concat().iter().map(ValType::to_string).collect(),
        labels: labels.iter().map(label).collect(),
        ..Step::default()
    }
}

/// The place of the current instruction.
pub(crate) fn place(function: &str, labels: &[Label<'_>]) -> Place {
    Place::new(
        function,
        labels.iter().map(|label| label.next.saturating_sub(1)),
    )
}

/// Types as text; of what nothing is known, a question mark.
pub(crate) fn texts(stack: &[OperandType]) -> Vec<String> {
    let text = |operand: &OperandType| {
        operand.map_or("?".to_owned(), |ty| ty.to_string())
    };
    stack.iter().map(text).collect()
}
