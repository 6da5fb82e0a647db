//! How an engine works: which machine, which features, which limits.

use std::sync::Arc;

use annex_embedding as seam;
use ch12_instance::StoreLimits as Limits;
use ch18_heap::HeapLayer;
use ch19_flat::FlatLayer;
use wasmparser::WasmFeatures;

use crate::freeze::{self, Freezable, FreezeError, Host, Terms};
use crate::machine::{Machine, Thawed};

/// Which machine executes the code. Results, traps and fuel are the same on
/// all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Handlers that call each other: the fastest.
    #[default]
    Fast,
    /// A loop over operations that name their slots.
    Slots,
    /// A loop over flat code. It takes the least time and memory to translate.
    Flat,
    /// A walk over the tree. Its calls can't be paused.
    Tree,
}

impl Strategy {
    /// All machines, the fastest first.
    pub const ALL: [Strategy; 4] =
        [Strategy::Fast, Strategy::Slots, Strategy::Flat, Strategy::Tree];

    /// The name by which people choose it.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Fast => "fast",
            Strategy::Slots => "slots",
            Strategy::Flat => "flat",
            Strategy::Tree => "tree",
        }
    }

    /// The machine of this name.
    pub fn from_name(name: &str) -> Option<Strategy> {
        Strategy::ALL.into_iter().find(|strategy| strategy.name() == name)
    }
}

/// How an [`Engine`] works.
///
/// ```
/// use ch22_embed::{Config, Engine, Strategy};
///
/// let mut config = Config::new();
/// config.strategy(Strategy::Flat).consume_fuel(true);
/// let engine = Engine::new(&config);
/// assert!(engine.config().counts_fuel());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    strategy: Strategy,
    features: Option<WasmFeatures>,
    limits: Limits,
    fuel: bool,
    interrupts: bool,
    frozen: Option<usize>,
}

impl Config {
    /// The fast machine, WebAssembly 3.0, generous limits; no fuel is counted,
    /// and nobody interrupts a call.
    pub fn new() -> Config {
        Config::default()
    }

    /// Chooses the machine.
    pub fn strategy(&mut self, strategy: Strategy) -> &mut Config {
        self.strategy = strategy;
        self
    }

    /// Chooses which modules are valid: those of another version of the
    /// standard than 3.0, or with a proposal.
    pub fn features(&mut self, features: WasmFeatures) -> &mut Config {
        self.features = Some(features);
        self
    }

    /// Whether fuel is counted. A store has none at first; see
    /// [`Store::set_fuel`](crate::Store::set_fuel).
    ///
    /// A call takes one unit, a branch to a loop one, and a bulk instruction
    /// one for each byte or element.
    pub fn consume_fuel(&mut self, counts: bool) -> &mut Config {
        self.fuel = counts;
        self
    }

    /// Whether calls can be interrupted from another thread; see
    /// [`Store::interrupt_handle`](crate::Store::interrupt_handle).
    ///
    /// Such calls are executed in slices, which costs as much as counting fuel.
    /// The tree's calls can't be paused, so with this it makes none at all.
    pub fn interruptible(&mut self, interruptible: bool) -> &mut Config {
        self.interrupts = interruptible;
        self
    }

    /// How deep calls may nest.
    pub fn max_call_depth(&mut self, calls: usize) -> &mut Config {
        self.limits.calls = calls;
        self
    }

    /// How many operands and locals all active calls may have together. Each
    /// takes 8 bytes.
    pub fn max_operands(&mut self, operands: usize) -> &mut Config {
        self.limits.operands = operands;
        self
    }

    /// How many bytes all memories of a store may have together.
    pub fn max_memory_bytes(&mut self, bytes: u64) -> &mut Config {
        self.limits.memory_bytes = bytes;
        self
    }

    /// How many elements all tables of a store may have together.
    pub fn max_table_elements(&mut self, elements: u64) -> &mut Config {
        self.limits.table_elements = elements;
        self
    }

    /// How many bytes the structures and arrays of a store may have together.
    pub fn max_heap_bytes(&mut self, bytes: u64) -> &mut Config {
        self.limits.heap_bytes = bytes;
        self
    }

    /// How many bytes a frozen store may have; 256 MiB, if nobody says
    /// anything. See [`Store::thaw`](crate::Store::thaw).
    pub fn max_frozen_bytes(&mut self, bytes: usize) -> &mut Config {
        self.frozen = Some(bytes);
        self
    }

    /// Whether fuel is counted.
    pub fn counts_fuel(&self) -> bool {
        self.fuel
    }

    /// Whether calls can be interrupted.
    pub fn is_interruptible(&self) -> bool {
        self.interrupts
    }

    /// Which machine executes the code.
    pub fn chosen_strategy(&self) -> Strategy {
        self.strategy
    }

    /// Which modules are valid.
    pub(crate) fn valid(&self) -> WasmFeatures {
        self.features.unwrap_or(ch09_module::FEATURES)
    }

    /// The limits of a store.
    pub(crate) fn limits(&self) -> Limits {
        let counts = self.fuel || self.interrupts;
        Limits { fuel: counts.then_some(0), ..self.limits }
    }

    /// A store that was frozen. `host` finds its functions.
    pub(crate) fn thaw(
        &self,
        bytes: &[u8],
        host: &mut Host<'_>,
    ) -> Result<Thawed, FreezeError> {
        let (limits, features) = (self.limits(), self.valid());
        let terms = Terms { limits, features, ..Terms::default() };
        let terms =
            Terms { bytes: self.frozen.unwrap_or(terms.bytes), ..terms };
        fn thaw<L: Freezable>(
            bytes: &[u8],
            terms: Terms,
            host: &mut Host<'_>,
        ) -> Result<Thawed, FreezeError> {
            Ok(freeze::thaw::<(), L>(bytes, terms, (), host)?.into())
        }
        match self.strategy {
            Strategy::Fast => {
                thaw::<FlatLayer<ch21_fuse::Fast>>(bytes, terms, host)
            }
            Strategy::Slots => {
                thaw::<FlatLayer<ch20_slots::Slots>>(bytes, terms, host)
            }
            Strategy::Flat => thaw::<FlatLayer>(bytes, terms, host),
            Strategy::Tree => thaw::<HeapLayer>(bytes, terms, host),
        }
    }

    /// An empty store.
    pub(crate) fn machine(&self) -> Box<dyn Machine> {
        let limits = self.limits();
        match self.strategy {
            Strategy::Fast => Box::new(ch21_fuse::Store::new((), limits)),
            Strategy::Slots => Box::new(ch20_slots::Store::new((), limits)),
            Strategy::Flat => Box::new(ch19_flat::Store::new((), limits)),
            Strategy::Tree => Box::new(ch18_heap::Store::new((), limits)),
        }
    }
}

/// What modules and stores have in common. Clones share it, and other threads
/// may have them.
#[derive(Clone, Debug, Default)]
pub struct Engine(Arc<Config>);

impl Engine {
    /// An engine that works as a configuration says.
    pub fn new(config: &Config) -> Engine {
        Engine(Arc::new(config.clone()))
    }

    /// How it works.
    pub fn config(&self) -> &Config {
        &self.0
    }

    /// Whether two are the same engine, or clones of one.
    pub fn same(left: &Engine, right: &Engine) -> bool {
        Arc::ptr_eq(&left.0, &right.0)
    }
}

/// The seam below this library, as [`Machine`] sees it.
pub(crate) type Seam<'a> = &'a mut (dyn seam::Engine + 'a);
