//! Who decides about growth.

/// Decides what a store may have, within the limits of the
/// [`Config`](crate::Config): whether a memory or a table may grow, and how
/// much there may be of everything else. For these numbers it's asked once,
/// when the store gets it.
///
/// Specification: Appendix, *Implementation Limitations*.
pub trait ResourceLimiter {
    /// Whether a memory may grow, in bytes. `maximum` is what its type allows.
    fn memory_growing(
        &mut self,
        current: u64,
        desired: u64,
        maximum: Option<u64>,
    ) -> bool;

    /// Whether a table may grow, in elements.
    fn table_growing(
        &mut self,
        current: u64,
        desired: u64,
        maximum: Option<u64>,
    ) -> bool;

    /// How many instances the store may have.
    fn instances(&self) -> usize {
        usize::MAX
    }

    /// How many bytes its structures and arrays may have together.
    fn heap_bytes(&self) -> u64 {
        u64::MAX
    }

    /// How deep its calls may nest.
    fn call_depth(&self) -> usize {
        usize::MAX
    }

    /// How many operands and locals all active calls may have together.
    fn operands(&self) -> usize {
        usize::MAX
    }
}

/// A limiter with fixed numbers.
///
/// ```
/// use ch22_embed::{Engine, Linker, Module, Store};
/// use ch22_embed::{StoreLimits, StoreLimitsBuilder};
///
/// # fn main() -> Result<(), ch22_embed::Error> {
/// let engine = Engine::default();
/// let limits = StoreLimitsBuilder::new().memory_size(1 << 16).build();
/// let mut store = Store::new(&engine, limits);
/// store.limiter(|limits| limits);
/// let linker = Linker::<StoreLimits>::new(&engine);
/// let module = Module::new(&engine, "(module (memory 2))")?;
/// let error = linker.instantiate(&mut store, &module).unwrap_err();
/// let refused = "the limiter refuses a memory of 131072 bytes";
/// assert_eq!(error.to_string(), refused);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StoreLimits {
    memory_size: u64,
    table_elements: u64,
    instances: usize,
    heap_bytes: u64,
    call_depth: usize,
    operands: usize,
}

impl Default for StoreLimits {
    fn default() -> StoreLimits {
        StoreLimits {
            memory_size: u64::MAX,
            table_elements: u64::MAX,
            instances: usize::MAX,
            heap_bytes: u64::MAX,
            call_depth: usize::MAX,
            operands: usize::MAX,
        }
    }
}

impl ResourceLimiter for StoreLimits {
    fn memory_growing(&mut self, _: u64, desired: u64, _: Option<u64>) -> bool {
        desired <= self.memory_size
    }

    fn table_growing(&mut self, _: u64, desired: u64, _: Option<u64>) -> bool {
        desired <= self.table_elements
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn heap_bytes(&self) -> u64 {
        self.heap_bytes
    }

    fn call_depth(&self) -> usize {
        self.call_depth
    }

    fn operands(&self) -> usize {
        self.operands
    }
}

/// Makes [`StoreLimits`].
#[derive(Clone, Debug, Default)]
pub struct StoreLimitsBuilder(StoreLimits);

impl StoreLimitsBuilder {
    /// No limits.
    pub fn new() -> StoreLimitsBuilder {
        StoreLimitsBuilder::default()
    }

    /// How many bytes each memory may have.
    pub fn memory_size(mut self, bytes: u64) -> StoreLimitsBuilder {
        self.0.memory_size = bytes;
        self
    }

    /// How many elements each table may have.
    pub fn table_elements(mut self, elements: u64) -> StoreLimitsBuilder {
        self.0.table_elements = elements;
        self
    }

    /// How many instances the store may have.
    pub fn instances(mut self, instances: usize) -> StoreLimitsBuilder {
        self.0.instances = instances;
        self
    }

    /// How many bytes all structures and arrays may have together.
    pub fn heap_bytes(mut self, bytes: u64) -> StoreLimitsBuilder {
        self.0.heap_bytes = bytes;
        self
    }

    /// How deep calls may nest.
    pub fn call_depth(mut self, calls: usize) -> StoreLimitsBuilder {
        self.0.call_depth = calls;
        self
    }

    /// How many operands and locals all active calls may have together. Each
    /// takes 8 bytes.
    pub fn operands(mut self, operands: usize) -> StoreLimitsBuilder {
        self.0.operands = operands;
        self
    }

    /// The limits.
    pub fn build(self) -> StoreLimits {
        self.0
    }
}
