//! Tries spoilt modules for as long as it is told to.

use std::alloc::System;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{fs, io};

use cap::Cap;
use clap::Parser;
use crosscheck::Rng;
use hostile::{Failure, corpus, mutant, run};

/// Counts what is allocated.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Tries spoilt modules: decodes them, prints them, instantiates and calls them under limits. Says what panics, takes for ever
/// or comes back as another module, and how much memory it took.
#[derive(Parser)]
struct Arguments {
    /// Files to be tried in place of spoilt modules.
    files: Vec<PathBuf>,
    /// The first seed. Each input has its own.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many inputs.
    #[arg(long, conflicts_with = "seconds")]
    count: Option<u64>,
    /// For how long. Without either, a minute.
    #[arg(long)]
    seconds: Option<u64>,
    /// The folder for inputs that fail.
    #[arg(long, default_value = "target/hostile")]
    keep: PathBuf,
}

fn main() -> io::Result<ExitCode> {
    let Arguments { files, seed, count, seconds, keep } = Arguments::parse();
    let mut failures = 0;
    let fail = |Failure { what, input }: Failure| {
        failures += 1;
        let file = keep.join(format!("{failures}.input"));
        println!("{}: {what}", file.display());
        if let Err(error) = fs::create_dir_all(&keep).and_then(|()| fs::write(&file, input)) {
            println!("not kept: {error}");
        }
    };
    let tally = if files.is_empty() {
        let modules = corpus();
        let time = match (count, seconds) {
            (Some(_), _) => Duration::MAX,
            (None, seconds) => Duration::from_secs(seconds.unwrap_or(60)),
        };
        let start = Instant::now();
        let last = seed.saturating_add(count.unwrap_or(u64::MAX));
        let seeds = (seed..last).take_while(move |_| start.elapsed() < time);
        run(seeds.map(move |seed| mutant(&mut Rng::new(seed), &modules).1), fail)
    } else {
        let inputs = files.iter().map(fs::read).collect::<io::Result<Vec<_>>>()?;
        run(inputs, fail)
    };
    println!("{tally}");
    println!("{} MiB of memory at most", ALLOCATOR.max_allocated() >> 20);
    println!("{failures} failures");
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
