//! A paused call that is written down, and read again.

use annex_embedding::{Engine, PausedCall};
use ch19_flat::{Continuation, Store};

/// The same call, as it is after it has been written down and forgotten.
pub fn rewritten(store: &mut Store, call: PausedCall) -> PausedCall {
    let written = Continuation::of(store, &call).unwrap();
    let again = written.restore(store).unwrap();
    store.cancel(call).unwrap();
    assert_eq!(Continuation::of(store, &again).unwrap(), written);
    again
}
