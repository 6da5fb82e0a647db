//! Modules that nobody has written, on our machine and on `wasmi`.
//!
//! `CROSSCHECK_MODULES=10000 cargo test -p crosscheck --test smith -- --nocapture` compares more of them, and
//! `CROSSCHECK_SEED=7` begins with another one.

use std::env;
use std::fmt::Write;

use arbitrary::Unstructured;
use ch09_module::Module;
use ch12_instance::Store;
use crosscheck::{Chance, IMPORTS, Tally, compare};
use engines::Wasmi;
use wasm_smith::Config;

/// How many calls and rounds of loops a module makes before it traps.
const FUEL: u32 = 2_000;

/// What our machine knows, and little of it: a module should do something in few instructions.
fn config() -> Config {
    Config {
        available_imports: Some(wat::parse_str(IMPORTS).unwrap()),
        bulk_memory_enabled: true,
        canonicalize_nans: true,
        compact_imports_enabled: false,
        exceptions_enabled: false,
        export_everything: true,
        extended_const_enabled: true,
        gc_enabled: false,
        max_funcs: 12,
        max_globals: 12,
        max_memories: 1,
        max_memory32_bytes: 4 * 65_536,
        max_table_elements: 100,
        max_tables: 1,
        memory64_enabled: false,
        memory_max_size_required: true,
        min_funcs: 2,
        multi_value_enabled: true,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        saturating_float_to_int_enabled: true,
        shared_everything_threads_enabled: false,
        sign_extension_ops_enabled: true,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    }
}

/// The module of a seed.
fn module(chance: &mut Chance) -> Vec<u8> {
    let bytes: Vec<u8> = (0..1_024).flat_map(|_| chance.next().to_le_bytes()).collect();
    let mut module = wasm_smith::Module::new(config(), &mut Unstructured::new(&bytes)).unwrap();
    module.ensure_termination(FUEL).unwrap();
    module.to_bytes()
}

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn what_two_engines_make_of_a_module_is_the_same() {
    let first = number("CROSSCHECK_SEED", 0);
    let count = number("CROSSCHECK_MODULES", 300);
    let mut tally = Tally::default();
    let mut differences = String::new();
    for seed in first..first + count {
        let mut chance = Chance::new(seed);
        let module = module(&mut chance);
        let pair: (Box<_>, Box<_>) = (Box::new(Store::<()>::default()), Box::new(Wasmi::new()));
        let outcome = compare((pair.0, pair.1), &module, &mut |ty| chance.number(ty), &mut tally);
        if let Err(difference) = outcome {
            _ = writeln!(differences, "seed {seed}: {difference}");
            if count == 1 {
                let text = Module::from_binary(&module).map(|module| module.to_string());
                _ = writeln!(differences, "{}", text.unwrap_or_else(|error| error.to_string()));
            }
        }
    }
    println!("{} modules", tally.modules);
    for (outcome, times) in &tally.outcomes {
        println!("{times:>8}  {outcome}");
    }
    assert!(differences.is_empty(), "{differences}");
    if count >= 300 {
        assert!(tally.outcomes["no trap"] > 1_000, "the modules do nothing");
        assert!(tally.outcomes.len() >= 6, "the modules hardly ever trap");
    }
}
