//! `wasm profile`: how often a call executes which instruction, and where.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ::trace::{Observer, Step};
use anyhow::{Result, bail};
use ch12_instance::StoreLimits;

use crate::call::{Call, results};
use crate::failure::Usage;
use crate::functions::words;
use crate::terminal::{self, counted, grouped, percent};

const EXAMPLES: &str = "\
Examples:
  wasm profile fib.wat --invoke fib 20
  wasm profile loop.wat --invoke spin --fuel 100000

An instruction counts for the function that contains it, not for its callers.
The engine `tree` makes the call, so the counts are those of the module's own
instructions. Only a build with the Cargo feature `flamegraph` can draw.";

/// The arguments of `wasm profile`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    call: Call,
    /// End the call after this many calls and rounds of loops.
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,
    /// Also draw a flame graph of the calls.
    #[arg(long, value_name = "OUT.svg")]
    flame: Option<PathBuf>,
}

/// How many rows a table has at most.
const ROWS: usize = 20;

/// Calls the function and prints the counts, even if the call fails.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.flame.is_some() && cfg!(not(feature = "flamegraph")) {
        let build = "cargo build --release -p wasm-cli --features flamegraph";
        bail!(Usage(format!("this `wasm` can't draw; make one that can by `{build}`")));
    }
    let ready = arguments.call.prepare()?;
    let title = ready.title();
    let limits = StoreLimits { fuel: arguments.fuel, ..StoreLimits::default() };
    let (outcome, profile) = ready.run(Profile::default(), limits);
    let mut out = terminal::stdout();
    let steps = counted(profile.steps, "instruction");
    match &outcome {
        Ok(values) => writeln!(out, "{title}: {}, {steps}", results(values))?,
        Err(_) => writeln!(out, "{title}: {steps}, and then it failed")?,
    }
    let functions = profile.functions.iter().map(|function| (&*function.name, function.steps));
    table(&mut out, "function", functions.collect(), profile.steps)?;
    let opcodes = profile.opcodes.iter().map(|(name, count)| (&**name, *count));
    table(&mut out, "opcode", opcodes.collect(), profile.steps)?;
    out.flush()?;
    if let Some(path) = &arguments.flame {
        profile.draw(&title, path)?;
    }
    outcome.map(|_| ExitCode::SUCCESS)
}

/// Prints the most frequent rows.
fn table(
    out: &mut impl Write,
    what: &str,
    mut rows: Vec<(&str, u64)>,
    whole: u64,
) -> io::Result<()> {
    rows.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    let style = terminal::HEADING;
    writeln!(out, "\n{style}{:>16}  {:>6}  {what}{style:#}", "instructions", "%")?;
    for (name, count) in rows.iter().take(ROWS) {
        let percent = percent(*count, whole);
        writeln!(out, "{:>16}  {percent:>6.2}  {name}", grouped(*count))?;
    }
    if let Some(others) = rows.get(ROWS..).filter(|others| !others.is_empty()) {
        let count: u64 = others.iter().map(|(_, count)| count).sum();
        let (percent, others) = (percent(count, whole), counted(others.len() as u64, "other"));
        writeln!(out, "{:>16}  {percent:>6.2}  {others}", grouped(count))?;
    }
    Ok(())
}

/// The counts so far.
#[derive(Default)]
struct Profile {
    steps: u64,
    /// The functions that have executed something, and the position of each by its name.
    functions: Vec<Function>,
    numbers: HashMap<String, usize>,
    opcodes: HashMap<String, u64>,
    /// The tree of calls, as a list of nodes.
    calls: Vec<CallNode>,
    /// The calls that are active, the outermost first.
    active: Vec<usize>,
}

struct Function {
    name: String,
    steps: u64,
}

/// All calls of a function that have the same chain of callers.
struct CallNode {
    caller: Option<usize>,
    function: usize,
    steps: u64,
    callees: HashMap<usize, usize>,
}

impl Observer for Profile {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        let Step { depth, place, instruction, .. } = step();
        self.steps += 1;
        let opcode = instruction.split_whitespace().next().unwrap_or_default();
        match self.opcodes.get_mut(opcode) {
            Some(count) => *count += 1,
            None => {
                self.opcodes.insert(opcode.to_owned(), 1);
            }
        }
        let function = self.number(place.function);
        self.functions[function].steps += 1;
        let call = self.call(depth, function);
        self.calls[call].steps += 1;
    }

    fn wrote(&mut self, _: u64, _: &[u8]) {}
}

impl Profile {
    fn number(&mut self, name: String) -> usize {
        if let Some(number) = self.numbers.get(&name) {
            return *number;
        }
        let number = self.functions.len();
        self.functions.push(Function { name: words(&name), steps: 0 });
        self.numbers.insert(name, number);
        number
    }

    /// The active call at this depth. If that was a call of another function, it has ended, and a
    /// new one has begun.
    fn call(&mut self, depth: usize, function: usize) -> usize {
        if let Some(&call) = self.active.get(depth)
            && self.calls[call].function == function
        {
            return call;
        }
        self.active.truncate(depth);
        let caller = self.active.last().copied();
        let known = match caller {
            Some(caller) => self.calls[caller].callees.get(&function).copied(),
            None => self
                .calls
                .iter()
                .position(|call| call.caller.is_none() && call.function == function),
        };
        let call = known.unwrap_or_else(|| {
            let call = self.calls.len();
            let callees = HashMap::new();
            self.calls.push(CallNode { caller, function, steps: 0, callees });
            if let Some(caller) = caller {
                self.calls[caller].callees.insert(function, call);
            }
            call
        });
        self.active.push(call);
        call
    }

    /// A line for each call: the functions from the outermost to this one, and its instructions.
    #[cfg_attr(not(feature = "flamegraph"), cfg(test))]
    fn stacks(&self) -> Vec<String> {
        let line = |call: &CallNode| {
            let (mut call, steps) = (call, call.steps);
            let mut names = vec![&*self.functions[call.function].name];
            while let Some(caller) = call.caller {
                call = &self.calls[caller];
                names.push(&self.functions[call.function].name);
            }
            names.reverse();
            // A semicolon separates the names.
            let names: Vec<_> = names.iter().map(|name| name.replace(';', ":")).collect();
            format!("{} {steps}", names.join(";"))
        };
        self.calls.iter().map(line).collect()
    }

    /// Draws the calls to a file.
    #[cfg(feature = "flamegraph")]
    fn draw(&self, title: &str, path: &Path) -> Result<()> {
        use anyhow::Context;
        use inferno::flamegraph::{self, Options};

        let mut options = Options::default();
        options.title = title.to_owned();
        options.count_name = "instructions".to_owned();
        let stacks = self.stacks();
        let mut picture = Vec::new();
        flamegraph::from_lines(&mut options, stacks.iter().map(String::as_str), &mut picture)
            .context("cannot draw the calls")?;
        std::fs::write(path, picture).with_context(|| format!("cannot write `{}`", path.display()))
    }

    /// Never called, because the command refuses `--flame` without the feature.
    #[cfg(not(feature = "flamegraph"))]
    fn draw(&self, _: &str, _: &Path) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::trace::Place;

    fn profile(steps: &[(usize, &str)]) -> Profile {
        let mut profile = Profile::default();
        for (depth, function) in steps {
            profile.step(|| Step {
                depth: *depth,
                place: Place::new(*function, [0]),
                instruction: "i32.const 1".to_owned(),
                ..Step::default()
            });
        }
        profile
    }

    #[test]
    fn calls_are_told_apart_by_their_callers() {
        let profile = profile(&[
            (0, "main"),
            (1, "f"),
            (2, "g"),
            (1, "f"),
            (0, "main"),
            (1, "g"),
            (2, "g"),
            (1, "f"),
        ]);
        let mut stacks = profile.stacks();
        stacks.sort();
        assert_eq!(stacks, ["main 2", "main;f 3", "main;f;g 1", "main;g 1", "main;g;g 1"]);
        assert_eq!(profile.steps, 8);
        assert_eq!(profile.opcodes["i32.const"], 8);
    }

    #[test]
    fn a_name_cannot_split_a_stack() {
        assert_eq!(profile(&[(0, "a;b")]).stacks(), ["a:b 1"]);
    }
}
