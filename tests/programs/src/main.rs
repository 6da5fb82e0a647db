//! Runs big programs of other people, checks what comes out, and says how long they take.

use std::process::ExitCode;

use clap::Parser;
use programs::{Ours, PROGRAMS, measure};

/// Runs big programs of other people, and checks what comes out.
#[derive(Parser)]
struct Arguments {
    /// Only the programs whose names contain this.
    #[arg(default_value = "")]
    filter: String,
    /// How many times each runs; the shortest time counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Print what comes out of them, too.
    #[arg(long)]
    show: bool,
    /// Fail if the programs can't be fetched.
    #[arg(long)]
    require: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match guests::fetch(&[]) {
        Err(guests::Error::Unreachable(why)) if !arguments.require => {
            println!("skipped: programs: {why}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
        Ok(_) => {}
    }
    let filter = arguments.filter.to_lowercase();
    let chosen = PROGRAMS.iter().filter(|(name, _)| name.to_lowercase().contains(&filter));
    let chosen: Vec<_> = chosen.collect();
    if chosen.is_empty() {
        eprintln!("error: no program has `{filter}` in its name");
        return ExitCode::FAILURE;
    }
    println!("{:<10} {:>12} {:>12}", "", "start-up", "running");
    let mut code = ExitCode::SUCCESS;
    for (name, program) in chosen {
        match measure(&Ours, *program, arguments.rounds) {
            Ok(([start_up, running], came_out)) => {
                let [start_up, running] = [start_up, running].map(|it| it.as_secs_f64() * 1e3);
                println!("{name:<10} {start_up:>9.1} ms {running:>9.1} ms");
                if arguments.show {
                    println!("\n{}\n", came_out.trim_end());
                }
            }
            Err(error) => {
                eprintln!("error: {name}: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
