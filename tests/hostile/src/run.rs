//! Many inputs in a row, watched.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crosscheck::message;

use crate::{Tally, attempt};

/// How long one input may take, on a busy machine and in an unoptimised build.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes of native stack: what Rust gives to any thread.
const STACK: usize = 2 << 20;

/// An input that did what none may do.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What it did.
    pub what: String,
    /// The input.
    pub input: Vec<u8>,
}

/// Tries the inputs one after the other, until there are no more of them, and hands each failure to `fail`.
///
/// # Panics
///
/// If an input takes a minute. Nothing can stop it, so nothing can go on.
pub fn run(
    inputs: impl IntoIterator<Item = Vec<u8>> + Send + 'static,
    mut fail: impl FnMut(Failure),
) -> Tally {
    enum News {
        Begun(Arc<Vec<u8>>),
        Failed(String),
        Done(Tally),
    }
    let (send, receive) = mpsc::channel();
    let work = move || {
        let mut tally = Tally::default();
        // Who no longer listens needs no more news.
        for input in inputs.into_iter().map(Arc::new) {
            _ = send.send(News::Begun(Arc::clone(&input)));
            let outcome = catch_unwind(AssertUnwindSafe(|| attempt(&input, &mut tally)));
            let outcome =
                outcome.unwrap_or_else(|panic| Err(format!("a panic: {}", message(&*panic))));
            if let Err(what) = outcome {
                _ = send.send(News::Failed(what));
            }
        }
        _ = send.send(News::Done(tally));
    };
    thread::Builder::new().stack_size(STACK).spawn(work).expect("there is room for a thread");
    let mut current = Arc::default();
    loop {
        match receive.recv_timeout(PATIENCE) {
            Ok(News::Begun(input)) => current = input,
            Ok(News::Failed(what)) => fail(Failure { what, input: current.to_vec() }),
            Ok(News::Done(tally)) => return tally,
            Err(RecvTimeoutError::Timeout) => panic!("this input takes a minute: {current:x?}"),
            Err(RecvTimeoutError::Disconnected) => unreachable!("the work catches all panics"),
        }
    }
}
