//! Random modules, which `wasm-smith` makes of random bytes.

use arbitrary::Unstructured;
use clap::ValueEnum;
use wasm_smith::Config;

use crate::{IMPORTS, Rng};

/// How many calls and rounds of loops a module makes before it traps.
const FUEL: u32 = 2_000;

/// How many random bytes a module is made of, at most.
const ENTROPY: usize = 8_192;

/// A part of the standard that modules can be without. What version 1.0 has, multiple values, bulk instructions, sign
/// extension, saturating truncation and extended constants are in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Feature {
    /// References that can be kept and handed around, and several tables.
    References,
    /// Several memories.
    Memories,
    /// Memories and tables with addresses of 64 bits.
    Memory64,
    /// Calls in place of the caller.
    TailCalls,
    /// Lanes in 128 bits.
    Vectors,
    /// Exceptions.
    Exceptions,
    /// Structures, arrays, typed references.
    Heap,
}

impl Feature {
    /// All of them: what our engines have.
    pub const ALL: &[Feature] = &[
        Feature::References,
        Feature::Memories,
        Feature::Memory64,
        Feature::TailCalls,
        Feature::Vectors,
        Feature::Exceptions,
        Feature::Heap,
    ];
}

/// The features that every engine has that is compared.
pub const COMMON: &[Feature] = &[
    Feature::References,
    Feature::Memories,
    Feature::Memory64,
    Feature::TailCalls,
    Feature::Vectors,
];

/// Of what a module is made.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub(crate) features: Vec<Feature>,
    without_traps: bool,
    max_instructions: usize,
    /// The random bytes. Where they end, `wasm-smith` has no more ideas.
    pub(crate) entropy: Vec<u8>,
}

impl Recipe {
    /// A recipe with some of the `allowed` features. Not with all of them each time: what is one of many is seldom drawn. Half
    /// of the recipes have only what every engine has.
    pub fn new(rng: &mut Rng, allowed: &[Feature]) -> Recipe {
        let is_common = rng.next().is_multiple_of(2);
        let mut features = allowed.to_vec();
        features.retain(|feature| {
            rng.next().is_multiple_of(2) && (!is_common || COMMON.contains(feature))
        });
        Recipe {
            features,
            // Most of what is drawn at random traps soon; so half of the modules look before they leap.
            without_traps: rng.next().is_multiple_of(2),
            max_instructions: rng.one_of(&[30, 100, 100, 400]) as usize,
            entropy: (0..ENTROPY / 8).flat_map(|_| rng.next().to_le_bytes()).collect(),
        }
    }

    /// The module, in the binary format.
    pub fn module(&self) -> Vec<u8> {
        let mut bytes = Unstructured::new(&self.entropy);
        let mut module = wasm_smith::Module::new(self.config(), &mut bytes)
            .expect("where the bytes end, zeros follow");
        module.ensure_termination(FUEL).expect("all functions are made of instructions");
        module.to_bytes()
    }

    fn config(&self) -> Config {
        let has = |feature| self.features.contains(&feature);
        // A module should do something in few instructions, so that it is small: of everything, little.
        Config {
            available_imports: Some(wat::parse_str(IMPORTS).expect("it is a module")),
            canonicalize_nans: true,
            compact_imports_enabled: false,
            disallow_traps: self.without_traps,
            exceptions_enabled: has(Feature::Exceptions),
            export_everything: true,
            gc_enabled: has(Feature::Heap),
            max_funcs: 12,
            max_globals: 12,
            max_instructions: self.max_instructions,
            max_memories: if has(Feature::Memories) { 3 } else { 1 },
            max_memory32_bytes: 4 * 65_536,
            max_memory64_bytes: 4 * 65_536,
            max_table_elements: 100,
            max_tables: if has(Feature::References) { 4 } else { 1 },
            memory64_enabled: has(Feature::Memory64),
            memory_max_size_required: true,
            min_funcs: 2,
            reference_types_enabled: has(Feature::References) || has(Feature::Heap),
            // What they leave to the machine, two machines may do otherwise.
            relaxed_simd_enabled: false,
            simd_enabled: has(Feature::Vectors),
            table_max_size_required: true,
            tail_call_enabled: has(Feature::TailCalls),
            threads_enabled: false,
            wide_arithmetic_enabled: false,
            ..Config::default()
        }
    }
}
