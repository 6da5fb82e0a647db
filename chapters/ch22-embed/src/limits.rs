//! Who decides about growth.

/// Decides whether a memory or a table of a store may grow, within the limits
/// of the [`Config`](crate::Config).
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
}

impl Default for StoreLimits {
    fn default() -> StoreLimits {
        StoreLimits {
            memory_size: u64::MAX,
            table_elements: u64::MAX,
            instances: usize::MAX,
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

    /// The limits.
    pub fn build(self) -> StoreLimits {
        self.0
    }
}
