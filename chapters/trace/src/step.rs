//! One step of an execution, and how a terminal shows it.

use std::fmt;

use crate::Place;

/// One step: an instruction, what the machine held before it, and what it did
/// to the world.
///
/// Values are the text that a person would read, because machines differ in
/// what their values are: a toy's are all `f64`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Step {
    /// How many calls are around the instruction: 0 in the function that was
    /// invoked from outside.
    pub depth: usize,
    /// Where the instruction stands.
    pub place: Place,
    /// The instruction as text, without the instructions nested in it.
    pub instruction: String,
    /// The operand stack before the instruction, the top last.
    pub stack: Vec<String>,
    /// The locals of the current call before the instruction, parameters first.
    pub locals: Vec<String>,
    /// The labels in force in the current call before the instruction, the
    /// innermost last.
    pub labels: Vec<String>,
    /// What the instruction wrote to memory.
    pub writes: Vec<Write>,
    /// What the instruction printed. What was printed before it is what all
    /// earlier steps printed.
    pub output: String,
}

/// Bytes written to memory by one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Write {
    /// The address of the first byte.
    pub address: u64,
    /// The bytes, in the order of their addresses.
    pub bytes: Vec<u8>,
}

/// A number as a trace shows it: `2` for 2.0, and `1e300` without its zeros.
pub fn number(value: f64) -> String {
    let text = format!("{value:?}");
    text.strip_suffix(".0").map_or(text.clone(), String::from)
}

/// Numbers as a trace shows them.
pub fn numbers(values: &[f64]) -> Vec<String> {
    values.iter().copied().map(number).collect()
}

impl Step {
    /// The step that `instruction` at `place` is about to take, where there are
    /// neither calls nor locals.
    pub fn new(
        place: Place,
        instruction: &impl fmt::Display,
        stack: &[f64],
    ) -> Self {
        let instruction = instruction.to_string();
        Step { place, instruction, stack: numbers(stack), ..Step::default() }
    }

    /// The names of the columns that a step is displayed in.
    pub fn header(&self) -> String {
        let margin = self.margin();
        match self.place.function.as_str() {
            "" => {
                format!("{:margin$} {:13} operand stack", "at", "instruction")
            }
            _ => {
                format!(
                    "{:margin$} {:13} {:26} | locals",
                    "place", "instruction", "operand stack"
                )
            }
        }
    }

    /// How many characters the place takes at the left.
    pub(crate) fn margin(&self) -> usize {
        if self.place.function.is_empty() { 3 } else { 23 }
    }
}

/// A line of aligned columns (place, instruction, operand stack, locals), and
/// below it a line for each write. It fits in 80 characters as long as names
/// and numbers are short.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let margin = self.margin();
        // Runaway recursion must not walk off the right edge.
        let indent = 2 * self.depth.min(6);
        let place = format!(
            "{:indent$}{} {}",
            "",
            self.place.function,
            self.place.path_text()
        );
        let place = if self.place.function.is_empty() {
            place.trim_start()
        } else {
            &place
        };
        let stack = format!("[{}]", top(&self.stack));
        let locals = if self.locals.is_empty() {
            String::new()
        } else {
            format!("| {}", top(&self.locals))
        };
        let line = format!(
            "{place:margin$} {:13} {stack:26} {locals}",
            self.instruction
        );
        f.write_str(line.trim_end())?;
        self.writes
            .iter()
            .try_for_each(|write| write!(f, "\n{:margin$} {write}", ""))
    }
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "memory {} <-", self.address)?;
        self.bytes
            .iter()
            .take(16)
            .try_for_each(|byte| write!(f, " {byte:02x}"))?;
        match self.bytes.len() {
            0..=16 => Ok(()),
            count => write!(f, " … ({count} bytes)"),
        }
    }
}

/// The last eight values: what a person looks at.
fn top(values: &[String]) -> String {
    match values.len().checked_sub(8) {
        None | Some(0) => values.join(" "),
        Some(hidden) => format!("… {}", values[hidden..].join(" ")),
    }
}
