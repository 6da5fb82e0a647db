//! Standard input, output and error: the process's own, memory, or nothing.

use std::fmt;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where a guest's standard input comes from.
#[derive(Default)]
pub enum Stdin {
    /// From nowhere: it has ended.
    #[default]
    Closed,
    /// From the standard input of this process.
    Inherit,
    /// From memory.
    Memory(MemoryInputPipe),
    /// From whatever can be read. It can't be frozen.
    Reader(Box<dyn Read + Send>),
}

/// Where a guest's standard output or error goes to.
#[derive(Default)]
pub enum Stdout {
    /// To nowhere, and the guest does not notice.
    #[default]
    Sink,
    /// To nowhere, and the guest gets `EPIPE`.
    Closed,
    /// To the standard output or error of this process, at once.
    Inherit,
    /// To memory.
    Memory(MemoryOutputPipe),
    /// To whatever can be written, at once.
    Writer(Box<dyn Write + Send>),
}

/// Bytes that a guest reads as its standard input.
#[derive(Clone, Debug, Default)]
pub struct MemoryInputPipe {
    bytes: Vec<u8>,
    position: usize,
}

impl MemoryInputPipe {
    /// Input that has these bytes, and then ends.
    pub fn new(bytes: impl Into<Vec<u8>>) -> MemoryInputPipe {
        MemoryInputPipe { bytes: bytes.into(), position: 0 }
    }

    /// What hasn't been read yet.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.position..]
    }

    fn read(&mut self, buffer: &mut [u8]) -> usize {
        let length = self.rest().len().min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest()[..length]);
        self.position += length;
        length
    }
}

/// What a guest writes to its standard output. A clone has the same bytes.
///
/// ```
/// use ch23_wasi::{MemoryOutputPipe, WasiCtx};
///
/// let output = MemoryOutputPipe::new(1 << 20);
/// let wasi = WasiCtx::builder().stdout(output.clone()).build();
/// # drop(wasi);
/// // … a guest runs …
/// assert_eq!(output.contents(), b"");
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryOutputPipe {
    bytes: Arc<Mutex<Vec<u8>>>,
    capacity: usize,
}

impl MemoryOutputPipe {
    /// Room for this many bytes. When it's full, the guest gets `ENOSPC`.
    pub fn new(capacity: usize) -> MemoryOutputPipe {
        MemoryOutputPipe { bytes: Arc::default(), capacity }
    }

    /// What was written until now.
    pub fn contents(&self) -> Vec<u8> {
        self.bytes().clone()
    }

    /// What was written until now; it isn't kept.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.bytes())
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut own = self.bytes();
        let room = self.capacity.saturating_sub(own.len());
        let length = bytes.len().min(room);
        if length == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        own.extend(&bytes[..length]);
        Ok(length)
    }
}

impl From<MemoryInputPipe> for Stdin {
    fn from(pipe: MemoryInputPipe) -> Stdin {
        Stdin::Memory(pipe)
    }
}

impl From<MemoryOutputPipe> for Stdout {
    fn from(pipe: MemoryOutputPipe) -> Stdout {
        Stdout::Memory(pipe)
    }
}

impl Stdin {
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stdin::Closed => Ok(0),
            Stdin::Inherit => inherited(buffer),
            Stdin::Memory(pipe) => Ok(pipe.read(buffer)),
            Stdin::Reader(reader) => reader.read(buffer),
        }
    }

    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Stdin::Inherit) && io::stdin().is_terminal()
    }

    /// How many bytes there are at least to read, as far as is known.
    pub(crate) fn ready(&self) -> usize {
        match self {
            Stdin::Closed => 0,
            Stdin::Memory(pipe) => pipe.rest().len(),
            Stdin::Inherit => BUFFERED.load(Ordering::Relaxed).max(1),
            Stdin::Reader(_) => 1,
        }
    }

    /// Waits until there is something to read, or the end, but no longer than
    /// this. Whether there is; only of the process's own input that isn't known
    /// beforehand.
    #[cfg(unix)]
    pub(crate) fn wait(&self, most: Option<Duration>) -> io::Result<bool> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};

        let Stdin::Inherit = self else { return Ok(true) };
        if BUFFERED.load(Ordering::Relaxed) > 0 {
            return Ok(true);
        }
        // Longer than the system can wait is for ever.
        let most = most.and_then(|most| Timespec::try_from(most).ok());
        let stdin = io::stdin();
        let mut list = [PollFd::new(&stdin, PollFlags::IN)];
        Ok(poll(&mut list, most.as_ref())? > 0)
    }

    /// Nobody knows.
    #[cfg(not(unix))]
    pub(crate) fn wait(&self, _: Option<Duration>) -> io::Result<bool> {
        Ok(true)
    }
}

/// How many bytes of the process's input the standard library has read and we
/// have not.
static BUFFERED: AtomicUsize = AtomicUsize::new(0);

fn inherited(buffer: &mut [u8]) -> io::Result<usize> {
    let mut stdin = io::stdin().lock();
    let bytes = stdin.fill_buf()?;
    let length = bytes.len().min(buffer.len());
    buffer[..length].copy_from_slice(&bytes[..length]);
    BUFFERED.store(bytes.len() - length, Ordering::Relaxed);
    stdin.consume(length);
    Ok(length)
}

/// Which of the two outputs of the process.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    Output,
    Error,
}

impl Stdout {
    pub(crate) fn write(
        &mut self,
        which: Which,
        bytes: &[u8],
    ) -> io::Result<usize> {
        match self {
            Stdout::Sink => Ok(bytes.len()),
            Stdout::Closed => Err(io::ErrorKind::BrokenPipe.into()),
            Stdout::Memory(pipe) => pipe.write(bytes),
            Stdout::Writer(writer) => at_once(writer, bytes),
            Stdout::Inherit => match which {
                Which::Output => at_once(&mut io::stdout(), bytes),
                Which::Error => at_once(&mut io::stderr(), bytes),
            },
        }
    }

    pub(crate) fn is_terminal(&self, which: Which) -> bool {
        matches!(self, Stdout::Inherit)
            && match which {
                Which::Output => io::stdout().is_terminal(),
                Which::Error => io::stderr().is_terminal(),
            }
    }
}

fn at_once(writer: &mut impl Write, bytes: &[u8]) -> io::Result<usize> {
    let written = writer.write(bytes)?;
    writer.flush()?;
    Ok(written)
}

impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stdin::Closed => "Closed",
            Stdin::Inherit => "Inherit",
            Stdin::Memory(_) => "Memory",
            Stdin::Reader(_) => "Reader",
        })
    }
}

impl fmt::Debug for Stdout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stdout::Sink => "Sink",
            Stdout::Closed => "Closed",
            Stdout::Inherit => "Inherit",
            Stdout::Memory(_) => "Memory",
            Stdout::Writer(_) => "Writer",
        })
    }
}
