//! Code as lines, and steps as moments that know their line.

use std::collections::{BTreeSet, HashMap};

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

    /// Whether an instruction of the code stands at a place.
    pub fn has(&self, place: &Place) -> bool {
        self.places.contains_key(&(place.function.clone(), place.path.clone()))
    }

    /// Adds other code below.
    pub fn append(&mut self, other: Code) {
        let below = self.lines.len();
        self.lines.extend(other.lines);
        self.places.extend(other.places.into_iter().map(|(place, line)| (place, below + line)));
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

    /// Leaves out the functions that no step is in, and of a long function what is far from all steps.
    pub fn only_visited(mut self, steps: &[Step]) -> Code {
        /// A function that is shown whole.
        const SHORT: usize = 80;
        /// How much of a longer one is shown around a step.
        const AROUND: usize = 2;
        if self.lines.iter().all(|line| line.indent == 0) {
            return self;
        }
        let visited: BTreeSet<usize> = self.lines_of(steps).into_iter().collect();
        let heads = (0..self.lines.len()).filter(|line| self.lines[*line].indent == 0);
        let ends = heads.clone().skip(1).chain([self.lines.len()]);
        let (mut lines, mut moved) = (Vec::new(), HashMap::new());
        for (head, end) in heads.zip(ends) {
            // An import has no code: it is shown where others are called.
            if end > head + 1 && visited.range(head..end).next().is_none() {
                continue;
            }
            let mut left_out = 0;
            for line in head..end {
                let near = line.saturating_sub(AROUND)..=line + AROUND;
                let is_shown = end - head <= SHORT
                    || self.lines[line].place.is_none() && line < head + 2
                    || visited.range(near).next().is_some();
                if is_shown {
                    moved.insert(line, lines.len());
                    lines.push(self.lines[line].clone());
                    left_out = 0;
                    continue;
                }
                left_out += 1;
                if left_out > 1 {
                    lines.pop();
                }
                let indent = self.lines[line - left_out + 1].indent;
                lines.push(Line { text: format!("⋮ {left_out}"), indent, place: None });
            }
        }
        self.places.retain(|_, line| moved.get(line).inspect(|new| *line = **new).is_some());
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

/// Makes a recording of at most `limit` of the `count` steps that a run has, of which `steps` are the first.
pub fn record(
    title: &str,
    code: Code,
    steps: &[Step],
    count: usize,
    limit: usize,
    outcome: Outcome,
) -> Recording {
    // One more than is shown: what the last step leads to.
    let steps = &steps[..steps.len().min(limit + 1)];
    let code = code.only_visited(&steps[..steps.len().min(limit)]);
    let lines = code.lines_of(steps);
    let moments: Vec<Moment> =
        steps.iter().zip(lines).map(|(step, line)| moment(step, line)).collect();
    finish(title, code.lines, moments, count, limit, outcome)
}

/// Makes a recording of at most `limit` of the `count` moments.
pub fn finish(
    title: &str,
    code: Vec<Line>,
    mut moments: Vec<Moment>,
    count: usize,
    limit: usize,
    outcome: Outcome,
) -> Recording {
    let quiet = |moment: Moment| Moment { writes: vec![], output: String::new(), ..moment };
    let (kind, text, state) = if count > limit {
        let text = format!("And so on: {} steps in all", thousands(count));
        (EndKind::Cut, text, moments[limit].clone())
    } else {
        match outcome {
            Outcome::Done(stack, text) => {
                (EndKind::Done, text, Moment { stack, ..Moment::default() })
            }
            // The machine stands where it was.
            Outcome::Trap(text) => {
                (EndKind::Trap, text, moments.last().cloned().unwrap_or_default())
            }
        }
    };
    moments.truncate(limit);
    Recording {
        title: title.to_owned(),
        stack: String::new(),
        locals: String::new(),
        code,
        steps: moments,
        end: End { kind, text, state: quiet(state) },
    }
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
