//! All engines behind the [`Engine`] seam: ours, and other people's to be held against them.
//!
//! Other people's are for comparison only: no chapter and no game imports them. `store.rs` is the one way to the seam for both versions
//! of `wasmi`; what the versions say otherwise is in a file for each.

mod wasmi_1;
mod wasmi_2;

use annex_embedding::Engine;
use ch12_instance::StoreLimits;
use ch22_embed::Strategy;
use script::Embed;
use wasmparser::WasmFeatures;

pub use wasmi_1::Wasmi as Oracle;
pub use wasmi_2::Wasmi;

/// An engine that can be chosen.
#[derive(Clone, Copy, Debug)]
pub struct EngineRow {
    /// The name to choose it by.
    pub name: &'static str,
    /// Whether it is one of this workspace.
    pub is_ours: bool,
    /// Makes one that takes modules of a version of the standard: what is not in it is an error to it. One of ours keeps to the
    /// limits; other people's have their own.
    pub make: fn(WasmFeatures, StoreLimits) -> Box<dyn Engine>,
}

/// All engines; ours come first.
pub const ENGINES: &[EngineRow] = &[
    EngineRow {
        name: "tree",
        is_ours: true,
        make: |features, limits| {
            Box::new(ch18_heap::Store::new((), limits).with_features(features))
        },
    },
    EngineRow {
        name: "flat",
        is_ours: true,
        make: |features, limits| {
            Box::new(ch19_flat::Store::new((), limits).with_features(features))
        },
    },
    EngineRow {
        name: "slots",
        is_ours: true,
        make: |features, limits| {
            Box::new(ch20_slots::Store::new((), limits).with_features(features))
        },
    },
    EngineRow {
        name: "fast",
        is_ours: true,
        make: |features, limits| {
            Box::new(ch21_fuse::Store::new((), limits).with_features(features))
        },
    },
    EngineRow {
        name: "wasmi",
        is_ours: false,
        make: |features, _| Box::new(Wasmi::with_features(features)),
    },
    EngineRow {
        name: "wasmi-1",
        is_ours: false,
        make: |features, _| Box::new(Oracle::with_features(features)),
    },
];

/// Engines of this workspace that are driven by the library of chapter 22. They are no engines of their own, and so in no list.
pub const EMBEDDED: &[EngineRow] = &[
    EngineRow {
        name: "embed fast",
        is_ours: true,
        make: |features, limits| Box::new(Embed::new(Strategy::Fast, features, limits)),
    },
    EngineRow {
        name: "embed compiled",
        is_ours: true,
        make: |features, limits| Box::new(Embed::new(Strategy::Fast, features, limits).compiling()),
    },
    EngineRow {
        name: "embed slots",
        is_ours: true,
        make: |features, limits| Box::new(Embed::new(Strategy::Slots, features, limits)),
    },
    EngineRow {
        name: "embed flat",
        is_ours: true,
        make: |features, limits| Box::new(Embed::new(Strategy::Flat, features, limits)),
    },
    EngineRow {
        name: "embed tree",
        is_ours: true,
        make: |features, limits| Box::new(Embed::new(Strategy::Tree, features, limits)),
    },
];

/// The engines of this workspace.
pub fn ours() -> impl Iterator<Item = &'static EngineRow> {
    ENGINES.iter().filter(|engine| engine.is_ours)
}
