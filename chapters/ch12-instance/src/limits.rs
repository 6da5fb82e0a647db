//! How much a store may have of everything.

use ch10_memory::PAGE_SIZE;
use ch11_control::MAX_DEPTH;
use trace::Observer;

use crate::Meter;

/// How much a store may have of everything, whatever its modules ask for.
///
/// What is too large from the beginning is an error of instantiation; what would grow too large does not grow: the
/// instruction answers -1, as the standard lets it. How many instructions may be executed is the business of [`Fuel`].
///
/// Specification: Appendix, *Implementation Limitations*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreLimits {
    /// Bytes of all memories together.
    pub memory_bytes: u64,
    /// Elements of all tables together.
    pub table_elements: u64,
    /// Bytes of the heap, where the layer has one. Exceptions that are kept may take as many again.
    pub heap_bytes: u64,
    /// How deep calls and blocks may nest, all together.
    pub depth: usize,
    /// How many operands and locals all active calls may have together.
    pub operands: usize,
}

impl StoreLimits {
    /// How many pages all memories may have together.
    pub(crate) fn pages(self) -> u64 {
        self.memory_bytes / PAGE_SIZE as u64
    }
}

impl Default for StoreLimits {
    fn default() -> StoreLimits {
        StoreLimits {
            memory_bytes: 1 << 36,
            table_elements: 10_000_000,
            heap_bytes: 1 << 32,
            depth: MAX_DEPTH,
            operands: 1 << 20,
        }
    }
}

/// Counts instructions and allows only so many: the next one is the trap `all fuel consumed`.
///
/// A bulk instruction is one, however many bytes it touches; [`StoreLimits::memory_bytes`] says how many that can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fuel {
    executed: u64,
    allowed: u64,
}

impl Fuel {
    /// Fuel for so many instructions.
    pub fn new(instructions: u64) -> Fuel {
        Fuel { executed: 0, allowed: instructions }
    }

    /// Allows so many instructions more.
    pub fn add(&mut self, instructions: u64) {
        self.executed = self.executed.min(self.allowed);
        self.allowed = self.allowed.saturating_add(instructions);
    }

    /// How many instructions may still be executed.
    pub fn left(&self) -> u64 {
        self.allowed.saturating_sub(self.executed)
    }
}

impl Default for Fuel {
    /// None at all.
    fn default() -> Fuel {
        Fuel::new(0)
    }
}

impl Observer for Fuel {
    const WATCHES: bool = false;
    const LIMITS: bool = true;

    #[inline(always)]
    fn step(&mut self, _: impl FnOnce() -> trace::Step) {
        self.executed += 1;
    }

    #[inline(always)]
    fn wrote(&mut self, _: u64, _: &[u8]) {}

    #[inline(always)]
    fn is_exhausted(&self) -> bool {
        self.executed > self.allowed
    }
}

impl Meter for Fuel {
    fn instructions(&self) -> Option<u64> {
        Some(self.executed.min(self.allowed))
    }
}
