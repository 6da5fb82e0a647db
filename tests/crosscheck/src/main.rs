//! Compares the tree engine with its partners on random modules, for as long as it is told to.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use crosscheck::{Feature, Partner, Tally, check, check_module};

/// Compares the tree engine with others on random modules: results, traps, calls of the host, memories, globals.
#[derive(Parser)]
struct Arguments {
    /// Files to be compared, in the binary format or the text format, in place of random modules.
    files: Vec<PathBuf>,
    /// The first seed. Each module has its own, and the same seed gives the same module and the same arguments.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many modules.
    #[arg(long, conflicts_with = "seconds")]
    count: Option<u64>,
    /// For how long. Without either, a minute.
    #[arg(long)]
    seconds: Option<u64>,
    /// What the tree engine is compared with, with commas between. Without a word: with all of them.
    #[arg(long, value_delimiter = ',')]
    with: Option<Vec<Partner>>,
    /// What the modules may use, with commas between. Without a word: everything. Who does not have what a module uses is not
    /// asked.
    #[arg(long, value_delimiter = ',')]
    features: Option<Vec<Feature>>,
    /// The folder for modules on which two engines differ.
    #[arg(long, default_value = "target/crosscheck")]
    keep: PathBuf,
}

impl Arguments {
    fn partners(&self) -> &[Partner] {
        self.with.as_deref().unwrap_or(Partner::ALL)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut tally = Tally::default();
    let differences = match arguments.files.is_empty() {
        true => random(&arguments, &mut tally),
        false => files(&arguments, &mut tally),
    };
    println!("{tally}");
    match differences {
        0 => ExitCode::SUCCESS,
        count => {
            println!("{count} differences");
            ExitCode::FAILURE
        }
    }
}

fn files(arguments: &Arguments, tally: &mut Tally) -> usize {
    let mut differences = 0;
    for file in &arguments.files {
        for &partner in arguments.partners() {
            let outcome = fs::read(file)
                .map_err(|error| error.to_string())
                .and_then(|module| check_module(arguments.seed, &module, partner, tally));
            if let Err(difference) = outcome {
                println!("{}, {partner:?}: {difference}", file.display());
                differences += 1;
            }
        }
    }
    differences
}

fn random(arguments: &Arguments, tally: &mut Tally) -> usize {
    let features = arguments.features.as_deref().unwrap_or(Feature::ALL);
    let count = arguments.count.unwrap_or(u64::MAX);
    let time = match (arguments.count, arguments.seconds) {
        (Some(_), _) => Duration::MAX,
        (None, seconds) => Duration::from_secs(seconds.unwrap_or(60)),
    };
    let start = Instant::now();
    let mut minutes = 0;
    let mut differences = 0;
    for seed in (arguments.seed..).take_while(|seed| seed - arguments.seed < count) {
        if start.elapsed() >= time {
            println!("{} seconds, up to seed {seed}", start.elapsed().as_secs());
            break;
        }
        if let Err(difference) = check(seed, features, arguments.partners(), tally) {
            differences += 1;
            println!("{difference}");
            match difference.keep(&arguments.keep) {
                Ok(files) => println!("    kept as {} and .wat", files[0].display()),
                Err(error) => println!("    not kept in {}: {error}", arguments.keep.display()),
            }
        }
        if start.elapsed().as_secs() / 60 > minutes {
            minutes = start.elapsed().as_secs() / 60;
            eprintln!("{minutes} min: {} modules, {differences} differences", tally.modules);
        }
    }
    differences
}
