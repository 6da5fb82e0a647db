//! Code as lines, and steps as moments that know their line.

use std::collections::HashMap;

use trace::{End, EndKind, Line, Moment, Place, Recording, Step, Written};

/// The code of a program, a line an instruction.
#[derive(Default)]
pub struct Code {
    /// The lines.
    pub lines: Vec<Line>,
    /// The line of each place. An `if` has two bodies, and the places in them are alike: those of its `else` are marked.
    places: HashMap<(String, Vec<usize>), usize>,
}

/// What is added to the position of an `if` in the paths of its `else`.
pub const ELSE: usize = 1 << 20;

impl Code {
    /// Adds a line that no step stands at: the head of a function, or an `end`.
    pub fn head(&mut self, indent: usize, text: impl Into<String>) {
        self.lines.push(Line { text: text.into(), indent, place: None });
    }

    /// Adds an instruction.
    pub fn instr(&mut self, function: &str, path: &[usize], indent: usize, text: impl ToString) {
        let place = Place::new(function, path.iter().map(|position| position % ELSE));
        self.places.insert((function.to_owned(), path.to_vec()), self.lines.len());
        self.lines.push(Line { text: text.to_string(), indent, place: Some(place) });
    }

    /// The line of each step.
    ///
    /// # Panics
    /// Where a step stands at an instruction that is not in the code.
    pub fn lines_of(&self, steps: &[Step]) -> Vec<usize> {
        // Which body an `if` has chosen, by depth and path.
        let mut otherwise: HashMap<(usize, Vec<usize>), bool> = HashMap::new();
        let line = |step: &Step| {
            let mut path = step.place.path.clone();
            for level in 1..path.len() {
                let chosen = otherwise.get(&(step.depth, path[..level].to_vec()));
                if step.labels.get(level).is_some_and(|label| label == "if")
                    && chosen == Some(&true)
                {
                    path[level - 1] += ELSE;
                }
            }
            if step.instruction == "if" || step.instruction.starts_with("if ") {
                let is_false = step.stack.last().is_some_and(|condition| condition == "0");
                otherwise.insert((step.depth, path.clone()), is_false);
            }
            let place = (step.place.function.clone(), path);
            match self.places.get(&place) {
                Some(line) => *line,
                None => panic!("{} is not in the code", step.place),
            }
        };
        steps.iter().map(line).collect()
    }

    /// Leaves out the functions that no step is in: from a head without indent to the next.
    pub fn only_visited(mut self, steps: &[Step]) -> Code {
        let mut lines: Vec<Line> = Vec::new();
        let mut moved = HashMap::new();
        let heads: Vec<usize> =
            (0..self.lines.len()).filter(|line| self.lines[*line].indent == 0).collect();
        for (number, head) in heads.iter().enumerate() {
            let end = heads.get(number + 1).copied().unwrap_or(self.lines.len());
            let function = &self.lines[*head..end];
            let is_of = |step: &Step| {
                function.iter().any(|line| {
                    line.place.as_ref().is_some_and(|place| place.function == step.place.function)
                })
            };
            if steps.iter().any(is_of) {
                (*head..end).for_each(|line| _ = moved.insert(line, lines.len() + line - head));
                lines.extend_from_slice(function);
            }
        }
        self.places = self
            .places
            .into_iter()
            .filter_map(|(place, line)| Some((place, *moved.get(&line)?)))
            .collect();
        self.lines = lines;
        self
    }
}

/// How a run ended.
pub enum Outcome {
    /// With this on the operand stack, and in these words.
    Done(Vec<String>, String),
    /// With this trap.
    Trap(String),
}

/// Makes a recording of at most `limit` steps.
pub fn record(
    title: &str,
    code: Code,
    steps: &[Step],
    limit: usize,
    outcome: Outcome,
) -> Recording {
    let code = match code.lines.iter().any(|line| line.indent > 0) {
        true => code.only_visited(&steps[..steps.len().min(limit)]),
        false => code,
    };
    let lines = code.lines_of(&steps[..steps.len().min(limit + 1)]);
    let moments: Vec<Moment> =
        steps.iter().zip(lines).map(|(step, line)| moment(step, line)).collect();
    finish(title, code.lines, moments, steps.len(), limit, outcome)
}

/// Makes a recording of at most `limit` of all the steps.
pub fn finish(
    title: &str,
    code: Vec<Line>,
    mut moments: Vec<Moment>,
    count: usize,
    limit: usize,
    outcome: Outcome,
) -> Recording {
    let end = if count > limit {
        // The state that the next step would have found.
        let state = Moment { writes: vec![], output: String::new(), ..moments.swap_remove(limit) };
        let text = format!("and so on: {} steps in all", thousands(count));
        moments.truncate(limit);
        End { kind: EndKind::Cut, text, state }
    } else {
        match outcome {
            Outcome::Done(stack, text) => {
                End { kind: EndKind::Done, text, state: Moment { stack, ..Moment::default() } }
            }
            Outcome::Trap(text) => {
                let last = moments.last().cloned().unwrap_or_default();
                let state = Moment { writes: vec![], output: String::new(), ..last };
                End { kind: EndKind::Trap, text, state }
            }
        }
    };
    Recording { title: title.to_owned(), code, steps: moments, end }
}

fn moment(step: &Step, line: usize) -> Moment {
    let value = step.stack.last().cloned().unwrap_or_default();
    let writes = step.writes.iter().map(|write| Written {
        address: write.address,
        bytes: write.bytes.clone(),
        value: value.clone(),
    });
    Moment {
        line: Some(line),
        depth: step.depth,
        stack: step.stack.clone(),
        locals: step.locals.clone(),
        labels: step.labels.clone(),
        writes: writes.collect(),
        output: step.output.clone(),
    }
}

/// `4,016`
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
