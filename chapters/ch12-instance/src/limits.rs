//! How much a store may have of everything.

use std::fmt;

use annex_embedding::Error;
use ch09_module::{Limits, MemoryType};
use ch10_memory::MemoryInstance;
use ch11_control::MachineLimits;

use crate::{StoreData, TableInstance};

/// How much a store may have of everything, whatever its modules ask for.
///
/// What is too large from the beginning is an error of instantiation; what
/// would grow too large does not grow: the instruction returns -1, as the
/// standard allows.
///
/// Specification: Appendix, *Implementation Limitations*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreLimits {
    /// Bytes of all memories together.
    pub memory_bytes: u64,
    /// Elements of all tables together.
    pub table_elements: u64,
    /// Bytes of the heap, where the layer has one. Exceptions that are kept may
    /// take as many again.
    pub heap_bytes: u64,
    /// How many operands and locals all active calls may have together.
    pub operands: usize,
    /// How deep calls may nest.
    pub calls: usize,
    /// How deep blocks may nest, those of all active calls together.
    pub labels: usize,
    /// How much fuel there is at first, if the store counts fuel: a call takes
    /// one, and so does a branch to a loop; a bulk instruction takes one for
    /// each byte or element. A store that does not count it pays nothing.
    pub fuel: Option<u64>,
}

impl StoreLimits {
    /// What a machine may use.
    pub(crate) fn machine(self) -> MachineLimits {
        let StoreLimits { operands, calls, labels, fuel, .. } = self;
        MachineLimits { operands, calls, labels, fuel }
    }
}

impl Default for StoreLimits {
    fn default() -> StoreLimits {
        let machine = MachineLimits::default();
        StoreLimits {
            memory_bytes: 1 << 36,
            table_elements: 10_000_000,
            heap_bytes: 1 << 32,
            operands: machine.operands,
            calls: machine.calls,
            labels: machine.labels,
            fuel: machine.fuel,
        }
    }
}

/// What a memory or a table is about to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// A memory, in bytes.
    Memory {
        /// What it has.
        current: u64,
        /// What it asks for.
        desired: u64,
        /// The most that its type allows.
        maximum: Option<u64>,
    },
    /// A table, in elements.
    Table {
        /// What it has.
        current: u64,
        /// What it asks for.
        desired: u64,
        /// The most that its type allows.
        maximum: Option<u64>,
    },
}

/// Decides whether a memory or a table may grow, where the limits allow it.
#[derive(Default)]
pub struct Limiter(pub Option<Box<dyn FnMut(Growth) -> bool>>);

impl Limiter {
    fn permits(&mut self, growth: Growth) -> bool {
        self.0.as_mut().is_none_or(|permits| permits(growth))
    }

    /// How many bytes a memory may have that asks for more pages.
    pub(crate) fn memory(
        &mut self,
        limits: &StoreLimits,
        memories: &[MemoryInstance],
        memory: usize,
        pages: u64,
    ) -> u64 {
        let size = |memory: &MemoryInstance| memory.bytes().len() as u64;
        let all: u64 = memories.iter().map(size).sum();
        let memory = &memories[memory];
        let current = size(memory);
        let MemoryType { limits: Limits { max, .. }, page_size, .. } =
            memory.ty();
        let bytes = |pages: u64| pages.saturating_mul(page_size);
        let desired = current.saturating_add(bytes(pages));
        let maximum = max.map(bytes);
        match self.permits(Growth::Memory { current, desired, maximum }) {
            true => limits.memory_bytes.saturating_sub(all - current),
            false => current,
        }
    }

    /// How many elements a table may have that asks for more.
    pub(crate) fn table(
        &mut self,
        limits: &StoreLimits,
        tables: &[TableInstance],
        table: usize,
        count: u64,
    ) -> u64 {
        let all: u64 = tables.iter().map(TableInstance::size).sum();
        let table = &tables[table];
        let current = table.size();
        let desired = current.saturating_add(count);
        let maximum = table.ty().limits.max;
        match self.permits(Growth::Table { current, desired, maximum }) {
            true => limits.table_elements.saturating_sub(all - current),
            false => current,
        }
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Limiter").field(&self.0.is_some()).finish()
    }
}

impl StoreData {
    /// Asks the limiter about something new.
    pub(crate) fn check_growth(&mut self, growth: Growth) -> Result<(), Error> {
        match self.limiter.permits(growth) {
            true => Ok(()),
            false => Err(Error::Limit(match growth {
                Growth::Memory { desired, .. } => {
                    format!("the limiter refuses a memory of {desired} bytes")
                }
                Growth::Table { desired, .. } => {
                    format!("the limiter refuses a table of {desired} elements")
                }
            })),
        }
    }
}

/// Something needs more `units` than its limit leaves beside what others have
/// of them, or else more than the system can give.
pub(crate) fn too_much(
    what: &str,
    needs: u128,
    units: &str,
    limit: u64,
    others: u64,
) -> Error {
    let needed = format!("the {what} needs {needs} {units}");
    let in_use = match others {
        0 => String::new(),
        others => format!(" and {others} are in use"),
    };
    Error::Limit(match needs + u128::from(others) > u128::from(limit) {
        true => format!("{needed}; the limit is {limit}{in_use}"),
        false => format!("{needed}, more than the system can give"),
    })
}
