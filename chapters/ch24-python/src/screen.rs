//! What Python prints, on its way to whoever reads it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ch23_wasi::{Stdout, WasiCtxBuilder};

/// The prompts that we let Python print. They are bytes that no program
/// prints, so we know that they are prompts, and nobody gets to see them.
pub(crate) const PROMPTS: [u8; 2] = [0x1e, 0x1f];

/// Passes on what is written, at once, but no prompts. Clones are the same.
#[derive(Clone)]
pub(crate) struct Screen(Arc<Mutex<Inner>>);

struct Inner {
    to: Box<dyn Write + Send>,
    /// Whether nothing is passed on.
    mute: bool,
    /// The prompt that was printed last.
    prompt: u8,
    /// What came after it.
    after: Vec<u8>,
    /// Whether a line end comes next that belongs to the user's Enter.
    enter: bool,
}

impl Screen {
    pub fn new(to: Box<dyn Write + Send>) -> Screen {
        let prompt = PROMPTS[0];
        let (mute, enter, after) = (false, false, Vec::new());
        let inner = Inner { to, mute, prompt, after, enter };
        Screen(Arc::new(Mutex::new(inner)))
    }

    /// Makes this the output of a guest.
    pub fn connect(&self, wasi: &mut WasiCtxBuilder) {
        let output = || Stdout::Writer(Box::new(self.clone()));
        wasi.stdout(output()).stderr(output());
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on after this prompt.
    pub fn after(&self, (prompt, after): (u8, String)) {
        let mut inner = self.inner();
        (inner.prompt, inner.after) = (prompt, after.into_bytes());
    }

    /// Hides what follows, or shows it.
    pub fn mute(&self, mute: bool) {
        self.inner().mute = mute;
    }

    /// The user has pressed Enter, and Python will answer with a line end.
    pub fn enter(&self) {
        let mut inner = self.inner();
        (inner.mute, inner.enter) = (false, true);
    }

    /// The last prompt, and what Python has typed after it.
    pub fn prompt(&self) -> (u8, String) {
        let inner = self.inner();
        let after = String::from_utf8_lossy(&inner.after);
        (inner.prompt, after.into_owned())
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.inner();
        let mut shown = Vec::with_capacity(bytes.len());
        for byte in bytes {
            if PROMPTS.contains(byte) {
                inner.prompt = *byte;
                inner.after.clear();
                inner.mute = true;
            } else if inner.mute {
                inner.after.push(*byte);
            } else if inner.enter && matches!(byte, b'\r' | b'\n') {
                inner.enter = *byte != b'\n';
            } else {
                inner.enter = false;
                shown.push(*byte);
            }
        }
        inner.to.write_all(&shown)?;
        inner.to.flush()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner().to.flush()
    }
}
