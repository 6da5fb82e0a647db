//! How much a store may have of everything.

use annex_embedding::Error;
use ch11_control::MachineLimits;

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
