//! Flies the rocket: `cargo run --release`.

use std::process::ExitCode;

use clap::Parser;
use rocket::Arguments;

fn main() -> ExitCode {
    trace::report(rocket::run(&Arguments::parse()))
}
