//! `wasm trace`: the instructions of a call, each with what the machine held before it.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use ::trace::{Observer, Step, Write};
use annex_embedding::Value;
use anyhow::{Result, anyhow};
use ch12_instance::StoreLimits;

use crate::call::{Call, results};
use crate::functions::brief;
use crate::terminal::{self, counted, shortened};

const EXAMPLES: &str = "\
Examples:
  wasm trace add.wat --invoke add 1 -2
  wasm trace loop.wat --invoke spin --limit 50

Each row is an instruction before it is executed, with its function, its place
there, the operands (the top last) and the locals. Operands have no types, so a
float appears as its bits. A row `memory` shows a write.";

/// The arguments of `wasm trace`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    call: Call,
    /// How many rows to print; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: u64,
}

/// How many events the machine can be ahead of the rows.
const AHEAD: usize = 4096;

/// What the machine reports while it runs.
enum Event {
    Step(Step),
    Wrote(Write),
    Ended(Result<Vec<Value>, String>),
}

/// Calls the function on a thread of its own, and prints the rows on this one. The thread ends with
/// the process. So the command can end at its limit, or when the reader closes the pipe, though the
/// call would go on.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let ready = arguments.call.prepare()?;
    let title = ready.title();
    let (sender, events) = sync_channel(AHEAD);
    let machine = move || {
        let (outcome, Sender(sender)) = ready.run(Sender(Some(sender)), StoreLimits::default());
        if let Some(sender) = sender {
            let outcome = outcome.map_err(|error| error.to_string());
            // After the last row nobody receives the results.
            let _ = sender.send(Event::Ended(outcome));
        }
    };
    thread::Builder::new().spawn(machine)?;
    let mut out = terminal::stdout();
    let ended = rows(&events, arguments.limit, &mut out)?;
    match ended {
        Some(Ok(values)) => {
            writeln!(out, "{title}: {}", results(&values))?;
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Err(error)) => {
            out.flush()?;
            Err(anyhow!(error))
        }
        None => {
            out.flush()?;
            let rows = counted(arguments.limit, "instruction");
            terminal::note(format_args!("{title} goes on after {rows}; --limit 0 shows all"))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Prints the rows until the call ends or the limit is reached. Returns the outcome of the call, or
/// nothing if it goes on.
fn rows(
    events: &Receiver<Event>,
    limit: u64,
    out: &mut impl io::Write,
) -> Result<Option<Result<Vec<Value>, String>>> {
    // A row waits until we know what its instruction has written.
    let mut row: Option<Step> = None;
    let mut count = 0;
    loop {
        let event = events.recv().map_err(|_| anyhow!("the machine has stopped"))?;
        if let Event::Wrote(write) = event {
            row.as_mut().into_iter().for_each(|row| row.writes.push(write.clone()));
            continue;
        }
        if let Some(row) = row.take() {
            writeln!(out, "{row}")?;
        }
        match event {
            Event::Step(_) if limit != 0 && count == limit => return Ok(None),
            Event::Step(mut step) => {
                step.place.function = shortened(&brief(&step.place.function), NAME);
                if count == 0 {
                    let (head, style) = (step.header(), terminal::HEADING);
                    writeln!(out, "{style}{head}{style:#}")?;
                }
                count += 1;
                row = Some(step);
            }
            Event::Wrote(_) => {}
            Event::Ended(outcome) => {
                if count > 0 && outcome.is_ok() {
                    writeln!(out)?;
                }
                return Ok(Some(outcome));
            }
        }
    }
}

/// How many characters of a function's name are shown. The margin has to hold the place too.
const NAME: usize = 14;

/// An observer that sends what it sees to another thread, until the receiver is gone.
#[derive(Default)]
struct Sender(Option<SyncSender<Event>>);

impl Sender {
    fn send(&mut self, event: Event) {
        if self.0.as_ref().is_some_and(|sender| sender.send(event).is_err()) {
            self.0 = None;
        }
    }
}

impl Observer for Sender {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        if self.0.is_some() {
            self.send(Event::Step(step()));
        }
    }

    fn wrote(&mut self, address: u64, bytes: &[u8]) {
        if self.0.is_some() {
            self.send(Event::Wrote(Write { address, bytes: bytes.to_vec() }));
        }
    }
}
