//! The terminal in which Python reads and writes, between two prompts.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

/// A terminal. Clones are the same.
#[derive(Clone, Default)]
pub struct Console(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// What has been written since the last line end.
    line: Mutex<Vec<u8>>,
    /// What was typed, and isn't read yet.
    typed: Mutex<Vec<u8>>,
    interrupted: OnceLock<Arc<AtomicBool>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Console {
    /// What is to be told of Ctrl-C.
    pub fn interrupts(&self, handle: Arc<AtomicBool>) {
        _ = self.0.interrupted.set(handle);
    }

    /// Begins a new line, unless the cursor is at the beginning of one.
    pub fn end_line(&self) {
        if !std::mem::take(&mut *lock(&self.0.line)).is_empty() {
            println!();
        }
    }

    /// Lets the user type a line, after what is on that line already.
    fn type_line(&self) -> io::Result<Vec<u8>> {
        let before = std::mem::take(&mut *lock(&self.0.line));
        let before = String::from_utf8_lossy(&before).into_owned();
        let mut editor = DefaultEditor::new().map_err(io::Error::other)?;
        match editor.readline(&before) {
            Ok(text) => Ok((text + "\n").into_bytes()),
            Err(ReadlineError::Eof) => Ok(Vec::new()),
            Err(ReadlineError::Interrupted) => {
                if let Some(flag) = self.0.interrupted.get() {
                    flag.store(true, Ordering::Relaxed);
                }
                // Nothing is read, and `input` waits for the interrupt.
                Err(io::ErrorKind::BrokenPipe.into())
            }
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl Read for Console {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut typed = lock(&self.0.typed);
        if typed.is_empty() {
            *typed = self.type_line()?;
        }
        let length = typed.len().min(buffer.len());
        buffer[..length].copy_from_slice(&typed[..length]);
        typed.drain(..length);
        Ok(length)
    }
}

impl Write for Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = io::stdout().write(bytes)?;
        let mut line = lock(&self.0.line);
        for byte in &bytes[..length] {
            match byte {
                b'\n' => line.clear(),
                byte => line.push(*byte),
            }
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}
