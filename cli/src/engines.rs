//! The four engines, by name.

use annex_embedding::Engine;
use ch12_instance::StoreLimits;
use clap::ValueEnum;
use wasmparser::WasmFeatures;

/// One of our engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// Walks the tree (chapter 18).
    Tree,
    /// Loops over a list of operations (chapter 19).
    Flat,
    /// Numbers the operands (chapter 20).
    Slots,
    /// Fuses operations (chapter 21).
    Fast,
}

impl Name {
    /// All engines, in the order of their chapters.
    pub const ALL: [Name; 4] = [Name::Tree, Name::Flat, Name::Slots, Name::Fast];

    /// Makes such an engine, for modules with these features.
    pub fn make(self, features: WasmFeatures) -> Box<dyn Engine> {
        let limits = StoreLimits::default();
        match self {
            Name::Tree => Box::new(ch18_heap::Store::new((), limits).with_features(features)),
            Name::Flat => Box::new(ch19_flat::Store::new((), limits).with_features(features)),
            Name::Slots => Box::new(ch20_slots::Store::new((), limits).with_features(features)),
            Name::Fast => Box::new(ch21_fuse::Store::new((), limits).with_features(features)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_chosen_by_its_own_name() {
        for name in Name::ALL {
            let word = name.to_possible_value().unwrap();
            assert_eq!(word.get_name(), name.make(WasmFeatures::WASM1).name());
        }
    }
}
