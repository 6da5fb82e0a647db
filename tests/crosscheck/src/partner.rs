//! What the tree engine is compared with.

use annex_embedding::Engine;
use ch12_instance::StoreLimits;
use clap::ValueEnum;
use engines::Oracle;
use trace::Counter;

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
}

impl Partner {
    /// All of them.
    pub const ALL: &[Partner] = &[Partner::Wasmi, Partner::Flat, Partner::Cut];

    /// Whether it is one of this workspace.
    pub fn is_ours(self) -> bool {
        self != Partner::Wasmi
    }

    /// Whether it has all of these features.
    pub fn has(self, features: &[Feature]) -> bool {
        self.is_ours() || features.iter().all(|feature| COMMON.contains(feature))
    }

    /// The tree engine, which counts its instructions, and the partner. One of ours counts them too if it is watched.
    pub(crate) fn pair(self, watched: bool) -> (Box<dyn Engine>, Box<dyn Engine>) {
        let limits = match self.is_ours() {
            true => {
                StoreLimits { fuel: Some(PLENTY), heap_bytes: 16 << 20, ..StoreLimits::default() }
            }
            false => StoreLimits::default(),
        };
        let partner: Box<dyn Engine> = match (self, watched) {
            (Partner::Wasmi, _) => Box::new(Oracle::new()),
            (_, true) => Box::new(ch19_flat::Store::new(Counter::default(), limits)),
            (_, false) => Box::new(ch19_flat::Store::new((), limits)),
        };
        (Box::new(ch18_heap::Store::new(Counter::default(), limits)), partner)
    }
}
