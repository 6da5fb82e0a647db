//! The big programs on our machine and on two others, side by side: the shortest times of five rounds, in milliseconds, until
//! a program is ready and in its code. What a machine can't run, it says below.

mod pulley;
mod wasmi;

use std::process::ExitCode;

use clap::Parser;
use programs::{BoxError, Machine, Ours, PROGRAMS, measure};

/// Runs the big programs on our machine and on two others, side by side.
#[derive(Parser)]
struct Arguments {
    /// Only the programs whose names contain this.
    #[arg(default_value = "")]
    filter: String,
}

/// How many times each program runs on each machine.
const ROUNDS: u32 = 5;

fn main() -> ExitCode {
    match compare(&Arguments::parse().filter.to_lowercase()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Compares the machines by the programs whose names contain the filter.
fn compare(filter: &str) -> Result<(), BoxError> {
    guests::fetch(&[])?;
    let machines: [(&str, &dyn Machine); 3] =
        [("ours", &Ours), ("wasmi", &wasmi::Wasmi), ("pulley", &pulley::Pulley)];
    print!("{:10}", "");
    machines.iter().for_each(|(name, _)| print!(" {name:>19}"));
    println!("\n{:10}{}", "", "  start-up   running".repeat(machines.len()));
    for (name, program) in PROGRAMS.iter().filter(|(name, _)| name.to_lowercase().contains(filter))
    {
        print!("{name:10}");
        let mut refused = Vec::new();
        for (machine_name, machine) in machines {
            match measure(machine, *program, ROUNDS) {
                Ok((times, _)) => {
                    times.iter().for_each(|time| print!("{:>10.1}", time.as_secs_f64() * 1e3));
                }
                Err(error) => {
                    print!("{:>20}", "-");
                    let error = error.to_string();
                    let why = error.lines().next().unwrap_or_default();
                    refused.push(format!("  {machine_name}: {why}"));
                }
            }
        }
        println!();
        refused.iter().for_each(|why| println!("{why}"));
    }
    Ok(())
}
