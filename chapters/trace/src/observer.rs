//! Observers of an execution.

use std::cell::RefCell;
use std::fmt::Display;
use std::io;
use std::rc::Rc;

use crate::{Step, Write};

/// A watcher of an execution. A machine is generic over its observer, so that a
/// machine that nobody watches pays nothing.
///
/// For each instruction the machine calls [`step`](Observer::step) before
/// executing it and [`wrote`](Observer::wrote) for what it writes meanwhile: a
/// write belongs to the step before it.
pub trait Observer {
    /// Whether anybody looks. Where this is false, a machine may leave out all
    /// the work that only a trace needs.
    const WATCHES: bool = true;

    /// An instruction is about to be executed. `step` describes it; it is not
    /// called by those who do not look.
    fn step(&mut self, step: impl FnOnce() -> Step);

    /// The current instruction has written `bytes` to memory, from `address`
    /// on.
    fn wrote(&mut self, address: u64, bytes: &[u8]);

    /// How many instructions it has seen, if it counts them.
    fn instructions(&self) -> Option<u64> {
        None
    }
}

/// No observer. All of this is compiled away.
impl Observer for () {
    const WATCHES: bool = false;

    #[inline(always)]
    fn step(&mut self, _: impl FnOnce() -> Step) {}

    #[inline(always)]
    fn wrote(&mut self, _: u64, _: &[u8]) {}
}

/// Counts instructions, and does nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter(u64);

impl Observer for Counter {
    #[inline(always)]
    fn step(&mut self, _: impl FnOnce() -> Step) {
        self.0 += 1;
    }

    #[inline(always)]
    fn wrote(&mut self, _: u64, _: &[u8]) {}

    fn instructions(&self) -> Option<u64> {
        Some(self.0)
    }
}

/// An observer can be lent to a machine. After the run, its owner finds in it
/// all that it saw.
impl<O: Observer> Observer for &mut O {
    const WATCHES: bool = O::WATCHES;

    #[inline(always)]
    fn step(&mut self, step: impl FnOnce() -> Step) {
        (**self).step(step);
    }

    #[inline(always)]
    fn wrote(&mut self, address: u64, bytes: &[u8]) {
        (**self).wrote(address, bytes);
    }

    fn instructions(&self) -> Option<u64> {
        (**self).instructions()
    }
}

/// A list records every step.
impl Observer for Vec<Step> {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }

    fn wrote(&mut self, address: u64, bytes: &[u8]) {
        if let Some(step) = self.last_mut() {
            step.writes.push(Write { address, bytes: bytes.to_vec() });
        }
    }
}

/// A place to print to that can be read at the same time: clones share one
/// text.
#[derive(Clone, Debug, Default)]
pub struct Output(Rc<RefCell<Vec<u8>>>);

impl Output {
    /// Takes what was printed since the last time. Bytes that are not UTF-8
    /// become replacement characters.
    pub fn take(&self) -> String {
        String::from_utf8_lossy(&self.0.take()).into_owned()
    }
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Records every step, each with what it printed to an [`Output`].
#[derive(Debug, Default)]
pub struct Recorder {
    steps: Vec<Step>,
    output: Output,
}

impl Recorder {
    /// A recorder that reads along in `output`.
    pub fn new(output: Output) -> Self {
        Recorder { steps: Vec::new(), output }
    }

    /// The steps so far.
    pub fn into_steps(mut self) -> Vec<Step> {
        self.collect_output();
        self.steps
    }

    fn collect_output(&mut self) {
        if let Some(step) = self.steps.last_mut() {
            step.output += &self.output.take();
        }
    }
}

impl Observer for Recorder {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.collect_output();
        self.steps.step(step);
    }

    fn wrote(&mut self, address: u64, bytes: &[u8]) {
        self.steps.wrote(address, bytes);
    }
}

/// Prints every step as it happens, and so also those before a trap, below a
/// line that names the columns.
///
/// Recorded steps can be printed too: hand them to [`step`](Observer::step).
#[derive(Debug)]
pub struct Printer<W> {
    out: W,
    /// The width of the margin that the last step's line begins with; `None`
    /// before the first.
    margin: Option<usize>,
    /// What became of printing. After the first failure nothing is printed any
    /// more.
    outcome: io::Result<()>,
}

impl<W: io::Write> Printer<W> {
    /// A printer to `out`.
    pub fn new(out: W) -> Self {
        Printer { out, margin: None, outcome: Ok(()) }
    }

    /// Says whether everything could be printed.
    ///
    /// # Errors
    /// The first error of the writer, if it had one.
    pub fn finish(self) -> io::Result<()> {
        self.outcome
    }

    fn line(&mut self, line: impl Display) {
        if self.outcome.is_ok() {
            self.outcome = writeln!(self.out, "{line}");
        }
    }
}

impl<W: io::Write> Observer for Printer<W> {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        let step = step();
        if self.margin.is_none() {
            self.line(step.header());
        }
        self.margin = Some(step.margin());
        self.line(step);
    }

    fn wrote(&mut self, address: u64, bytes: &[u8]) {
        let margin = self.margin.unwrap_or_default();
        self.line(format_args!(
            "{:margin$} {}",
            "",
            Write { address, bytes: bytes.to_vec() }
        ));
    }
}
