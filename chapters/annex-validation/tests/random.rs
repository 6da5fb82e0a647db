//! Random modules, and random mutants of them: our validator agrees with
//! `wasmparser` about each.
//!
//! `VALIDATION_MODULES=10000 cargo test -p annex-validation --test random -- --nocapture`
//! compares more of them, and `VALIDATION_SEED=7` begins with another one.

use std::env;

use annex_validation::validate;
use arbitrary::Unstructured;
use ch09_module::{
    Block, Body, Control, If, Instr, LabelIdx, LocalIdx, Module,
};
use wasm_smith::Config;
use wasmparser::{Validator, WasmFeatures};

/// What our validator knows: version 1.0, and what costs it no line.
const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::WIDE_ARITHMETIC);

/// How many mutants each module has.
const MUTANTS: usize = 20;

fn config() -> Config {
    Config {
        allow_start_export: true,
        bulk_memory_enabled: false,
        compact_imports_enabled: false,
        exceptions_enabled: false,
        extended_const_enabled: false,
        gc_enabled: false,
        max_funcs: 10,
        max_imports: 6,
        max_memories: 1,
        max_tables: 1,
        max_type_size: 20,
        memory64_enabled: false,
        min_funcs: 2,
        min_types: 4,
        multi_value_enabled: true,
        reference_types_enabled: false,
        relaxed_simd_enabled: false,
        saturating_float_to_int_enabled: true,
        shared_everything_threads_enabled: false,
        sign_extension_ops_enabled: true,
        simd_enabled: false,
        tail_call_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: true,
        ..Config::default()
    }
}

/// Random numbers that are the same every time: xorshift64*.
struct Rng(u64);

impl Rng {
    fn new(seed: u64) -> Rng {
        Rng((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 32) as usize % end.max(1)
    }
}

/// The module of a seed; of some seeds there is none.
fn module(rng: &mut Rng) -> Option<Vec<u8>> {
    let bytes: Vec<u8> =
        (0..1_024).flat_map(|_| rng.next().to_le_bytes()).collect();
    let module =
        wasm_smith::Module::new(config(), &mut Unstructured::new(&bytes))
            .ok()?;
    Some(module.to_bytes())
}

/// All instructions of a body, blocks with all that is in them.
fn collect(body: &Body, all: &mut Vec<Instr>) {
    for instr in &body[..] {
        all.push(instr.clone());
        match instr {
            Instr::Control(Control::Block(block) | Control::Loop(block)) => {
                collect(&block.body, all);
            }
            Instr::Control(Control::If(branches)) => {
                collect(&branches.then, all);
                collect(&branches.otherwise, all);
            }
            _ => {}
        }
    }
}

/// The body with one change, somewhere in it.
fn mutate(body: &Body, pool: &[Instr], rng: &mut Rng) -> Body {
    let mut instrs = body.to_vec();
    let at = rng.below(instrs.len());
    let other = pool[rng.below(pool.len())].clone();
    // Three of four times into a block, where there is one.
    if let Some(Instr::Control(control)) = instrs.get_mut(at)
        && rng.below(4) > 0
    {
        match control {
            Control::Block(block) | Control::Loop(block) => {
                let Block { ty, body } = &**block;
                **block = Block { ty: *ty, body: mutate(body, pool, rng) };
                return instrs.into();
            }
            Control::If(branches) => {
                let If { ty, then, otherwise } = &**branches;
                let (ty, mut then, mut otherwise) =
                    (*ty, then.clone(), otherwise.clone());
                match rng.below(2) {
                    0 => then = mutate(&then, pool, rng),
                    _ => otherwise = mutate(&otherwise, pool, rng),
                }
                **branches = If { ty, then, otherwise };
                return instrs.into();
            }
            Control::Br(label) | Control::BrIf(label) => {
                *label = LabelIdx(label.0 ^ 1);
                return instrs.into();
            }
            _ => {}
        }
    }
    match (rng.below(6), instrs.get_mut(at)) {
        (0, Some(_)) => drop(instrs.remove(at)),
        (1, Some(instr)) => *instr = other,
        (
            2,
            Some(
                Instr::LocalGet(local)
                | Instr::LocalSet(local)
                | Instr::LocalTee(local),
            ),
        ) => {
            *local = LocalIdx(local.0 + 1);
        }
        (2 | 3, Some(instr)) => *instr = Control::Br(LabelIdx(0)).into(),
        (4, Some(_)) => {
            let with = rng.below(instrs.len());
            instrs.swap(at, with);
        }
        _ => instrs.insert(at, other),
    }
    instrs.into()
}

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

#[test]
fn wasmparser_says_the_same_of_random_modules_and_of_their_mutants() {
    let first = number("VALIDATION_SEED", 0);
    let count = number("VALIDATION_MODULES", 150);
    let (mut modules, mut valid, mut invalid) = (0, 0, 0);
    for seed in first..first + count {
        let mut rng = Rng::new(seed);
        let Some(bytes) = module(&mut rng) else { continue };
        let module = Module::from_binary_with(&bytes, FEATURES).unwrap();
        modules += 1;
        if let Err(error) = validate(&module) {
            panic!("seed {seed}: {error}\n{module}");
        }
        let mut pool = Vec::new();
        module
            .functions
            .iter()
            .for_each(|function| collect(&function.read().body, &mut pool));
        if pool.is_empty() {
            continue;
        }
        for mutant in 0..MUTANTS {
            let mut mutated = module.clone();
            let at = rng.below(module.functions.len());
            let mut function = module.functions[at].read().into_owned();
            function.body = mutate(&function.body, &pool, &mut rng);
            mutated.functions[at] = function.into();
            let ours = validate(&mutated);
            let bytes = wat::parse_str(mutated.to_string()).unwrap();
            let theirs = Validator::new_with_features(FEATURES)
                .validate_all(&bytes)
                .map(drop);
            match (&ours, &theirs) {
                (Ok(()), Ok(())) => valid += 1,
                (Err(_), Err(_)) => invalid += 1,
                _ => panic!(
                    "seed {seed}, mutant {mutant}: {ours:?}, {theirs:?}\n{mutated}"
                ),
            }
        }
    }
    println!(
        "{modules} modules; of their mutants {valid} are valid and {invalid} are not"
    );
    assert!(modules > count / 2 && valid > count && invalid > count);
}
