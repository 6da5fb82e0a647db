//! What the tree engine is compared with.

use annex_embedding::{Engine, Error, PausedCall};
use ch12_instance::{Store, StoreLimits};
use ch19_flat::{Continuation, FlatLayer, Tier};
use clap::ValueEnum;
use engines::Oracle;
use trace::{Counter, Observer};

use crate::{COMMON, Feature, PLENTY};

/// What the tree engine is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Partner {
    /// Version 1 of wasmi, which nobody here has written.
    Wasmi,
    /// The flat engine.
    Flat,
    /// The flat engine, whose calls are cut into slices.
    Cut,
    /// The engine on slots, whose calls are cut into slices.
    SlotsCut,
    /// The fast engine.
    Fast,
    /// The fast engine, whose calls are cut into slices.
    FastCut,
    /// The same, and where its tier could take a call over, chance decides whether it does. A paused call goes on from what it
    /// is in terms of its modules.
    Mixed,
}

impl Partner {
    /// All of them.
    pub const ALL: &[Partner] = &[
        Partner::Wasmi,
        Partner::Flat,
        Partner::Cut,
        Partner::SlotsCut,
        Partner::Fast,
        Partner::FastCut,
        Partner::Mixed,
    ];

    /// Whether it is one of this workspace.
    pub fn is_ours(self) -> bool {
        self != Partner::Wasmi
    }

    /// Whether its calls are cut into slices.
    pub(crate) fn is_cut(self) -> bool {
        !matches!(self, Partner::Wasmi | Partner::Flat | Partner::Fast)
    }

    /// Whether its paused calls are written down and read again.
    pub(crate) fn is_rewritten(self) -> bool {
        matches!(self, Partner::Cut | Partner::SlotsCut | Partner::Mixed)
    }

    /// Whether it has all of these features.
    pub fn has(self, features: &[Feature]) -> bool {
        self.is_ours() || features.iter().all(|feature| COMMON.contains(feature))
    }

    /// The tree engine, which counts its instructions, and the partner. One of ours counts them too if it is watched.
    pub(crate) fn pair(self, watched: bool, seed: u64) -> (Box<dyn Rewrites>, Box<dyn Rewrites>) {
        let limits = match self.is_ours() {
            true => {
                StoreLimits { fuel: Some(PLENTY), heap_bytes: 16 << 20, ..StoreLimits::default() }
            }
            false => StoreLimits::default(),
        };
        let partner: Box<dyn Rewrites> = match (self, watched) {
            (Partner::Wasmi, _) => Box::new(Oracle::new()),
            (Partner::SlotsCut, _) => Box::new(ch20_slots::Store::new((), limits)),
            (Partner::Fast | Partner::FastCut, _) => Box::new(ch21_fuse::Store::new((), limits)),
            (Partner::Mixed, _) => {
                let mut store = ch21_fuse::Store::new((), limits);
                store.layer_mut().tier.by_chance = Some(seed | 1);
                Box::new(store)
            }
            (_, true) => Box::new(ch19_flat::Store::new(Counter::default(), limits)),
            (_, false) => Box::new(ch19_flat::Store::new((), limits)),
        };
        (Box::new(Tree::new(Counter::default(), limits)), partner)
    }
}

/// An engine, and its paused calls in terms of their modules.
pub(crate) trait Rewrites: Engine {
    /// The same paused call, read again after it has been written down. An engine whose calls never pause has nothing to do.
    fn rewrite(&mut self, call: PausedCall) -> Result<PausedCall, Error> {
        Ok(call)
    }
}

impl<O: Observer, T: Tier> Rewrites for Store<O, FlatLayer<T>> {
    fn rewrite(&mut self, call: PausedCall) -> Result<PausedCall, Error> {
        let again = Continuation::of(self, &call)?.restore(self)?;
        self.cancel(call)?;
        Ok(again)
    }
}

impl Rewrites for Tree {}

impl Rewrites for Oracle {}

/// The tree engine, which counts its instructions.
type Tree = ch18_heap::Store<Counter>;
