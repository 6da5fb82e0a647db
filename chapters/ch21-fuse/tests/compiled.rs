//! Code that was written down says what its functions say, or the machine
//! notices.

mod kinds;

use annex_embedding::{Caller, Engine, Imports, InstanceAddr, Value};
use ch09_module::{Bytes, Module};
use ch12_instance::StoreLimits;
use ch21_fuse::Store;
use ch21_fuse::compiled::{VERSION, compile};

const TEXTS: [&str; 4] = [
    include_str!("choose.wat"),
    include_str!("loops.wat"),
    include_str!("rare.wat"),
    include_str!("../programs/calls.wat"),
];

/// A constant that is easy to find in bytes.
const FORGEABLE: &str = r#"(module
    (import "host" "look" (func $look))
    (memory 1)
    (func $constant (export "constant") (result i32) (i32.const 1000001))
    (func (export "grows") (result i32)
        (i32.add (i32.const 1000001) (memory.grow (i32.const 0))))
    (func $traps (export "traps") (result i32)
        (i32.add (i32.const 1000001) (i32.load (i32.const -4))))
    (func (export "looks") (result i32)
        (call $look)
        (i32.const 1000001))
    (func (export "inner") (result i32)
        (i32.add (i32.const 2000002) (call $traps)))
    (func (export "deep") (result i32)
        (i32.add (i32.const 2000002) (call $constant)))
    (func $grow (result i32)
        (memory.grow (i32.const 0)))
    (func (export "outer") (result i32)
        (i32.add (i32.const 1000001) (call $grow)))
    (func (export "honest") (result i32)
        (i32.add (i32.const 2000002) (call $grow))))"#;

fn store(counts_fuel: bool) -> Store {
    let fuel = counts_fuel.then_some(1 << 40);
    Store::new((), StoreLimits { fuel, ..StoreLimits::default() })
}

/// Gives the functions of a module what was made of them before.
fn with_code(module: &mut Module, code: Vec<Option<Vec<u8>>>) {
    for (function, code) in module.functions.iter_mut().zip(code) {
        function.set_compiled(code.map(Bytes::from));
    }
}

/// An instance of a module in a store. The host's functions do little.
fn instantiate(store: &mut Store, module: Module) -> InstanceAddr {
    let mut imports = Imports::new();
    imports.func(store, "host", "plain", |x: i32| x.wrapping_mul(31));
    imports.func(store, "host", "later", |x: i32| x + 1);
    let look = |caller: &mut Caller<'_>| _ = caller.memory();
    imports.func(store, "host", "look", look);
    store.instantiate_module(module, &imports).unwrap()
}

#[test]
fn each_kind_of_operation_is_read_as_it_was_written() {
    let text = kinds::module();
    let mut module = Module::from_text(&text).unwrap();
    for counts_fuel in [false, true] {
        let mut expected = Store::default();
        let in_expected = instantiate(&mut expected, module.clone());
        let code = compile(&module, counts_fuel);
        assert!(code.iter().all(Option::is_some));
        with_code(&mut module, code);
        let mut compiled = store(counts_fuel);
        let instance = instantiate(&mut compiled, module.clone());
        // Here the machine compares the code with its function.
        let mut chance = store(counts_fuel);
        chance.layer_mut().tier.by_chance = Some(7);
        instantiate(&mut chance, module.clone());
        for kind in kinds::names() {
            for (turns, address) in [(1, 0), (40, 3), (1000, 64)] {
                let arguments = [turns.into(), address.into()];
                let call = |store: &mut Store, instance| {
                    store.call(instance, &kind, &arguments).unwrap()
                };
                let expected = call(&mut expected, in_expected);
                let found = call(&mut compiled, instance);
                assert_eq!(found, expected, "{kind}({turns}, {address})");
                let found = call(&mut chance, instance);
                assert_eq!(found, expected, "{kind}({turns}, {address})");
            }
        }
    }
}

/// The results of the exports of [`FORGEABLE`] when 1000001 has become 1000002
/// in all code.
fn forged(by_chance: Option<u64>) -> Vec<String> {
    let mut module = Module::from_text(FORGEABLE).unwrap();
    let mut code = compile(&module, false);
    for code in code.iter_mut().flatten() {
        // The constants, doubled, seven bits at a time.
        let (from, to) = ([0x82, 0x89, 0x7a], [0x84, 0x89, 0x7a]);
        if let Some(place) = code.windows(3).position(|it| it == from) {
            code[place..place + 3].copy_from_slice(&to);
        }
    }
    with_code(&mut module, code);
    let mut store = store(false);
    store.layer_mut().tier.by_chance = by_chance;
    let instance = instantiate(&mut store, module);
    let exports = store.exports(instance).to_vec();
    let names = exports.iter().map(|(name, _)| name);
    let results = names.map(|name| match store.call(instance, name, &[]) {
        Ok(results) => format!("{name}: {}", results[0]),
        Err(error) => format!("{name}: {error}"),
    });
    results.collect()
}

/// What never leaves the tier does what its code says. Where the machine is to
/// go on with it, it has to be what the function says.
#[test]
fn forged_code_is_a_run_or_an_error() {
    insta::assert_snapshot!(forged(None).join("\n"));
    // As often as it is called: the machine has no code that fits.
    for seed in 1..20 {
        for line in forged(Some(seed)) {
            let fits = ["1000001", "1000002", "2000003", "3000003", "3000004"];
            let fits = fits.iter().any(|number| line.ends_with(number));
            let noticed = line.contains("isn't what the function says");
            assert!(fits || noticed, "{seed}: {line}");
        }
    }
}

#[test]
fn code_for_stores_that_count_fuel_is_for_no_others() {
    for counts_fuel in [false, true] {
        let mut module = Module::from_text(FORGEABLE).unwrap();
        let mut code = compile(&module, counts_fuel);
        // Nobody would know whether it was read, if it said the same.
        for code in code.iter_mut().flatten() {
            let place = code.windows(3).position(|it| it == [0x82, 0x89, 0x7a]);
            place.into_iter().for_each(|place| code[place] = 0x84);
        }
        with_code(&mut module, code);
        for (in_store, expected) in [(false, 1_000_002), (true, 1_000_002)] {
            let mut store = store(in_store);
            let instance = instantiate(&mut store, module.clone());
            let found = store.call(instance, "constant", &[]).unwrap();
            let expected = match in_store == counts_fuel {
                true => expected,
                false => 1_000_001,
            };
            assert_eq!(found, [Value::from(expected)]);
        }
    }
}

/// If this fails, functions are translated to something else than before. Code
/// from before isn't what its function says any more: so [`VERSION`] has to be
/// the next number, and then the sums here can be the new ones.
#[test]
fn another_translation_is_another_version() {
    let texts = TEXTS.map(str::to_owned).into_iter().chain([kinds::module()]);
    let sums: Vec<[u32; 2]> = texts
        .map(|text| {
            let module = Module::from_text(&text).unwrap();
            [false, true].map(|counts_fuel| {
                let code = compile(&module, counts_fuel);
                let mut sum = crc32fast::Hasher::new();
                for code in code.iter().flatten() {
                    sum.update(code);
                }
                sum.finalize()
            })
        })
        .collect();
    assert_eq!(VERSION, 1);
    insta::assert_debug_snapshot!(sums);
}
