//! What Python prints, on its way to whoever reads it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use ch23_wasi::{Stdout, WasiCtxBuilder};

/// Passes on what is written, at once. Clones are the same.
#[derive(Clone)]
pub(crate) struct Screen(Arc<Mutex<Box<dyn Write + Send>>>);

impl Screen {
    pub fn new(to: Box<dyn Write + Send>) -> Screen {
        Screen(Arc::new(Mutex::new(to)))
    }

    /// Makes this the output of a guest.
    pub fn connect(&self, wasi: &mut WasiCtxBuilder) {
        let output = || Stdout::Writer(Box::new(self.clone()));
        wasi.stdout(output()).stderr(output());
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut to = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let written = to.write(bytes)?;
        to.flush()?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
