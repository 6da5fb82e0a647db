//! A whole run, written down to be played later.

use serde::{Deserialize, Serialize};

use crate::Place;

/// A run of a program: its code, and what the machine held before each step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// What is run, in the words of a reader: `larger(7, 2)`.
    pub title: String,
    /// What the stack is called where it is not the operand stack.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stack: String,
    /// What the locals are called where they are something else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub locals: String,
    /// The code, a line an instruction.
    pub code: Vec<Line>,
    /// The steps, in the order in which they were taken.
    pub steps: Vec<Moment>,
    /// What came of it.
    pub end: End,
}

/// A line of the code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The instruction, or the head of a function.
    pub text: String,
    /// How many functions and blocks are around it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub indent: usize,
    /// The place of the instruction; nothing for heads and ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// What the machine holds before a step, and what the step does to the world.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    /// The line of the code that comes next, from 0; nothing where the run has
    /// left the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// How many calls are around it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub depth: usize,
    /// The operand stack, the top last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<String>,
    /// The locals of the current call: `x = 7` where they have names, else `7`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locals: Vec<String>,
    /// The labels in force in the current call, the innermost last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// What the step writes to memory.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<Written>,
    /// What the step prints.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output: String,
}

/// Bytes that a step writes to memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The address of the first byte.
    pub address: u64,
    /// The bytes, in the order of their addresses.
    pub bytes: Vec<u8>,
    /// What they mean, where that is known: `3`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
}

/// How a recording ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// What kind of end it is.
    pub kind: EndKind,
    /// The results, the trap, or why the recording stops.
    pub text: String,
    /// What the machine holds then.
    pub state: Moment,
}

/// The ways in which a recording ends.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum EndKind {
    /// The program came to its end.
    #[default]
    Done,
    /// A trap stopped it.
    Trap,
    /// It goes on, and the recording does not.
    Cut,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
