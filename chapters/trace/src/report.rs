//! How a demo ends.

use std::error::Error;
use std::io;
use std::process::ExitCode;

/// Turns the outcome of a demo into the exit code of its program: an error is
/// printed on standard error, and is code 1.
///
/// A reader who closes the pipe early (`cargo run | head`) has seen enough:
/// that is neither an error nor worth a message.
pub fn report(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
    kind == Some(io::ErrorKind::BrokenPipe)
        || error.source().is_some_and(is_broken_pipe)
}
