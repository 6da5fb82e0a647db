//! Freezing: everything that lives in a store becomes bytes, and goes on from
//! these bytes in another process, in another build, on another engine.
//!
//! A frozen store says how the store was made, and what is in it. Thawing makes
//! it once more, so that each function, table and type has the address that it
//! had, and then replaces what is in it: memories, tables, globals, segments,
//! objects, exceptions, fuel. Paused calls are written in terms of their
//! modules ([`Continuation`]), so each engine on flat code can go on with them.
//!
//! What only the host knows can't travel. A function of the host is asked for
//! by its name when the store is thawed. A reference to something of the host
//! is an error that says where it is. A function of the host in the middle of a
//! call has the store in its hands, so nobody can freeze it meanwhile; one that
//! waits for a call that it has asked for is data, and travels.
//!
//! The bytes may come from anywhere. A checksum finds damage. It doesn't find
//! bad intent, so nothing that the bytes say is trusted: each value is checked
//! against the type that is known at its place, those of paused calls too. What
//! is left to the embedder is the fuel, which may be any number, and the state
//! that a function of the host wants back from a call that it has asked for.
//!
//! ```
//! use annex_embedding::{Engine, Imports};
//! use ch09_module::{Bytes, FuncType};
//! use ch12_instance::StoreLimits;
//! use ch19_flat::FlatLayer;
//! use ch22_embed::freeze::{Made, Terms, Thawed, freeze, thaw};
//!
//! let text = r#"(module
//!   (func (export "sum") (param $n i32) (result i32)
//!     (local $sum i32)
//!     (loop $next
//!       (local.set $sum (i32.add (local.get $sum) (local.get $n)))
//!       (local.set $n (i32.sub (local.get $n) (i32.const 1)))
//!       (br_if $next (local.get $n)))
//!     (local.get $sum)))"#;
//! let module = Bytes::from(wat::parse_str(text)?);
//! let limits = StoreLimits { fuel: Some(50), ..StoreLimits::default() };
//! let mut store = ch21_fuse::Store::new((), limits);
//! let instance = store.instantiate(&module, &Imports::new())?;
//! let log = [Made::Instance { module: 0, imports: vec![] }];
//! let sum = store.export(instance, "sum").and_then(|item| item.func());
//! let call = store.start(sum.unwrap(), &[100.into()])?.paused().unwrap();
//!
//! // Half of the sum is there. Another engine adds the rest.
//! let bytes = freeze(&mut store, &log, &[module], &[&call])?;
//! let terms = Terms { limits, ..Terms::default() };
//! let mut host = |_: &str, _: &str, _: &FuncType| None;
//! let thawed: Thawed<(), FlatLayer> = thaw(&bytes, terms, (), &mut host)?;
//! let Thawed { mut store, mut calls, .. } = thawed;
//! store.set_fuel(50);
//! let end = store.resume(calls.remove(0))?.finished();
//! assert_eq!(end, Some(vec![5050.into()]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calls;
mod error;
mod form;
mod log;
mod read;
mod state;
#[cfg(test)]
mod tests;
mod types;
mod values;
mod write;

use annex_embedding::{Error, PausedCall};
use ch09_module::{Bytes, FEATURES, WasmFeatures};
use ch12_instance::{Layer, Store, StoreLimits};
use ch18_heap::HeapLayer;
use ch19_flat::{Continuation, FlatLayer, Tier};
use trace::Observer;

pub use error::FreezeError;
pub use log::Made;
pub use read::{Host, thaw};
pub use write::freeze;

/// A layer whose stores can be frozen.
pub trait Freezable: Layer {
    /// The heap.
    fn heap_layer(&self) -> &HeapLayer;

    /// The heap, for changes.
    fn heap_layer_mut(&mut self) -> &mut HeapLayer;

    /// Writes down paused calls.
    ///
    /// # Errors
    ///
    /// One of them doesn't exist.
    fn write_down<O: Observer>(
        store: &mut Store<O, Self>,
        calls: &[&PausedCall],
    ) -> Result<Vec<Continuation>, Error>;

    /// Lets a store have paused calls that were written down.
    ///
    /// # Errors
    ///
    /// One of them doesn't fit the functions of the store.
    fn take_up<O: Observer>(
        store: &mut Store<O, Self>,
        calls: &[Continuation],
    ) -> Result<Vec<PausedCall>, Error>;
}

impl<T: Tier> Freezable for FlatLayer<T> {
    fn heap_layer(&self) -> &HeapLayer {
        &self.below
    }

    fn heap_layer_mut(&mut self) -> &mut HeapLayer {
        &mut self.below
    }

    fn write_down<O: Observer>(
        store: &mut Store<O, Self>,
        calls: &[&PausedCall],
    ) -> Result<Vec<Continuation>, Error> {
        Continuation::of_all(store, calls)
    }

    fn take_up<O: Observer>(
        store: &mut Store<O, Self>,
        calls: &[Continuation],
    ) -> Result<Vec<PausedCall>, Error> {
        Continuation::restore_all(calls, store)
    }
}

/// On the tree engine no call is ever paused.
impl Freezable for HeapLayer {
    fn heap_layer(&self) -> &HeapLayer {
        self
    }

    fn heap_layer_mut(&mut self) -> &mut HeapLayer {
        self
    }

    fn write_down<O: Observer>(
        _: &mut Store<O, Self>,
        calls: &[&PausedCall],
    ) -> Result<Vec<Continuation>, Error> {
        match calls {
            [] => Ok(Vec::new()),
            _ => Err(Error::Call("there is no such paused call".into())),
        }
    }

    fn take_up<O: Observer>(
        _: &mut Store<O, Self>,
        calls: &[Continuation],
    ) -> Result<Vec<PausedCall>, Error> {
        match calls {
            [] => Ok(Vec::new()),
            _ => Err(Error::NotYet("calls of `tree` cannot be paused".into())),
        }
    }
}

/// The terms on which a store is thawed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How much the store may have of everything. If it counts fuel, it has as
    /// much as was left when it was frozen.
    pub limits: StoreLimits,
    /// The version of the standard that the modules are validated by.
    pub features: WasmFeatures,
    /// The most bytes that a frozen store may have. The modules of all
    /// instances may have as many too, and one that has several instances is
    /// counted for each. Thawing needs several times as much memory.
    pub bytes: usize,
}

impl Default for Terms {
    fn default() -> Terms {
        let limits = StoreLimits::default();
        Terms { limits, features: FEATURES, bytes: 1 << 28 }
    }
}

/// A store that was thawed, and what belongs to it.
#[derive(Debug)]
pub struct Thawed<O, L: Layer> {
    /// The store.
    pub store: Store<O, L>,
    /// How it was made. The types in it have the numbers of this store.
    pub log: Vec<Made>,
    /// The modules.
    pub modules: Vec<Bytes>,
    /// The calls that were paused, in the order in which they were given to
    /// [`freeze`].
    pub calls: Vec<PausedCall>,
}

/// The position of each instance's module.
fn modules_of(log: &[Made]) -> Vec<usize> {
    let module = |made: &Made| match made {
        Made::Instance { module, .. } => Some(*module),
        _ => None,
    };
    log.iter().filter_map(module).collect()
}
