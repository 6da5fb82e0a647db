//! Whatever happens, this engine and the flat one end alike: in the same
//! results, in traps with the same words, with as much fuel.

use annex_embedding::{
    CallFirst, Caller, Engine, Error, Extern, FuncAddr, HostError, Imports,
    InstanceAddr, Pause, Progress, Suspend, Value,
};
use ch09_module::{Bytes, Module};
use ch12_instance::{Store, StoreLimits};
use ch19_flat::{Alone, FlatLayer, Tier};
use ch21_fuse::Fast;
use ch21_fuse::compiled::compile;

const TEXT: &str = include_str!("rare.wat");
const LOOPS: &str = include_str!("loops.wat");
const ABROAD: &str = include_str!("abroad.wat");
const OTHER: &str = r#"(module
  (type $one (func (param i32) (result i32)))
  (func (export "triple") (type $one)
    (i32.mul (local.get 0) (i32.const 3)))
  (func (export "fault") (type $one)
    (i32.add (i32.const 1) (i32.div_u (i32.const 6) (local.get 0))))
  (table $table (export "table") 10 funcref)
  (tag (export "error") (param i32))
  (func (export "through") (type $one)
    (i32.add (local.get 0)
      (call_indirect (type $one) (local.get 0) (local.get 0))))
  (func (export "sum") (type $one) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (local.get 0)))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $again (i32.gt_s (local.get 0) (i32.const 0))))
    (local.get $sum)))"#;
const APART: &str = r#"(module
  (memory 1)
  (data (i32.const 0) "\14\15\16\17\18\19\1a\1b\1c")
  (func (export "reads") (param i32) (result i32)
    (i32.load8_u (local.get 0))))"#;

fn instance<T: Tier>(
    fuel: Option<u64>,
) -> (Store<(), FlatLayer<T>>, [InstanceAddr; 3]) {
    instance_of(fuel, |module| module)
}

/// The same with modules that were compiled before.
fn compiled(fuel: Option<u64>) -> ch21_fuse::Store {
    let with_code = |mut module: Module| {
        let code = compile(&module, fuel.is_some());
        for (function, code) in module.functions.iter_mut().zip(code) {
            function.set_compiled(code.map(Bytes::from));
        }
        module
    };
    instance_of::<Fast>(fuel, with_code).0
}

fn instance_of<T: Tier>(
    fuel: Option<u64>,
    with_code: impl Fn(Module) -> Module,
) -> (Store<(), FlatLayer<T>>, [InstanceAddr; 3]) {
    let limits = StoreLimits { fuel, calls: 3000, ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let mut imports = Imports::new();
    let engine = &mut store;
    imports.func(engine, "host", "plain", |x: i32| x.wrapping_mul(31));
    imports.func(engine, "host", "looks", |caller: &mut Caller<'_>, x: i32| {
        x + caller.memory().map_or(0, |memory| memory.len()) as i32
    });
    imports.func(engine, "host", "fails", |x: i32| match x {
        3 => Ok(x),
        _ => Err(HostError::from(format!("it fails with {x}"))),
    });
    imports.func(engine, "host", "later", |x: i32| {
        Err::<i32, _>(Suspend(format!("{x}").into()))
    });
    imports.func(
        engine,
        "host",
        "first",
        |caller: &mut Caller<'_>, x: i32| -> Result<i32, HostError> {
            match caller.answer() {
                Some(answer) => Ok(answer.outcome?[0].to_slot() as i32 + 1),
                None => Err(CallFirst {
                    function: double(caller),
                    arguments: vec![x.into()],
                    state: 0,
                }
                .into()),
            }
        },
    );
    imports.func(
        engine,
        "host",
        "back",
        |caller: &mut Caller<'_>, x: i32| -> Result<i32, HostError> {
            let double = double(caller);
            let results = caller.engine().invoke(double, &[x.into()])?;
            Ok(results[0].to_slot() as i32 + 1)
        },
    );
    let read = |text| with_code(Module::from_text(text).unwrap());
    let named = [("other", OTHER), ("apart", APART), ("rare", TEXT)];
    let named = named.map(|(name, text)| {
        let instance = store.instantiate_module(read(text), &imports).unwrap();
        imports.instance(&store, name, instance);
        instance
    });
    let [loops, abroad] = [LOOPS, ABROAD]
        .map(|text| store.instantiate_module(read(text), &imports).unwrap());
    (store, [named[2], loops, abroad])
}

fn double(caller: &Caller<'_>) -> FuncAddr {
    caller.export("double").and_then(Extern::func).unwrap()
}

/// What a call ends in. Whenever it is paused for lack of fuel it gets `slice`
/// more, and a function of the host is answered with one more than it has got.
fn end(
    store: &mut impl Engine,
    function: FuncAddr,
    argument: i32,
    slice: u64,
) -> String {
    let mut progress = store.start(function, &[argument.into()]);
    let mut goes = String::new();
    loop {
        progress = match progress {
            Ok(Progress::Finished(results)) => {
                return format!("{goes}{}", words(Ok(results)));
            }
            Err(error) => return format!("{goes}{}", words(Err(error))),
            Ok(Progress::Paused(call)) => match &call.pause {
                Pause::OutOfFuel => {
                    goes += ".";
                    assert!(goes.len() < 10_000);
                    store.set_fuel(store.fuel().unwrap() + slice);
                    store.resume(call)
                }
                Pause::Suspended(reason) => {
                    let reason = reason.to_string();
                    goes += &reason;
                    let asked: i32 = reason.parse().unwrap();
                    store.answer(call, &[(asked + 1).into()])
                }
            },
        };
    }
}

fn words(end: Result<Vec<Value>, Error>) -> String {
    match end {
        Ok(results) => format!("{results:?}"),
        Err(error) => format!("{error}"),
    }
}

/// All functions that are called in a test, and what with.
fn functions(
    store: &impl Engine,
    instances: [InstanceAddr; 3],
) -> Vec<(String, FuncAddr, i32)> {
    let mut calls = Vec::new();
    for (name, item) in instances.into_iter().flat_map(|of| store.exports(of)) {
        let Some(function) = item.func() else { continue };
        let arguments = match &**name {
            "runaway" => 0..1,
            "fib" => 7..8,
            "deep" | "deep with blocks" => 20..21,
            _ => -1..9,
        };
        calls.extend(arguments.map(|x| (name.clone(), function, x)));
    }
    calls
}

#[test]
fn each_call_ends_as_on_flat_code() {
    let (mut flat, in_flat) = instance::<Alone>(None);
    let (mut fast, _) = instance::<Fast>(None);
    let mut read = compiled(None);
    let mut chance: Vec<_> = (1..9)
        .map(|seed| {
            let mut store = match seed % 2 {
                0 => compiled(None),
                _ => instance::<Fast>(None).0,
            };
            store.layer_mut().tier.by_chance = Some(seed);
            store
        })
        .collect();
    let mut traps = 0;
    for (name, function, x) in functions(&flat, in_flat) {
        let expected = end(&mut flat, function, x, 0);
        let found = end(&mut fast, function, x, 0);
        assert_eq!(found, expected, "{name}({x})");
        let found = end(&mut read, function, x, 0);
        assert_eq!(found, expected, "{name}({x}), compiled");
        let expected = words(flat.invoke(function, &[x.into()]));
        let found = words(fast.invoke(function, &[x.into()]));
        assert_eq!(found, expected, "{name}({x})");
        for store in &mut chance {
            let found = words(store.invoke(function, &[x.into()]));
            assert_eq!(found, expected, "{name}({x}), to and fro");
        }
        traps += usize::from(!expected.starts_with('['));
    }
    // Otherwise this compares less than it says.
    assert!(traps > 60, "{traps}");
}

/// One unit of fuel at a time, or two, or three.
#[test]
fn each_call_can_be_cut_anywhere() {
    for slice in 1..4 {
        let (mut flat, in_flat) = instance::<Alone>(Some(0));
        let (mut fast, _) = instance::<Fast>(Some(0));
        let mut read = compiled(Some(0));
        let (mut chance, _) = instance::<Fast>(Some(0));
        chance.layer_mut().tier.by_chance = Some(slice);
        for (name, function, x) in functions(&flat, in_flat) {
            // To fill four gigabytes takes as many goes.
            if name == "fill" && x < 0 {
                continue;
            }
            let expected = end(&mut flat, function, x, slice);
            let found = end(&mut fast, function, x, slice);
            assert_eq!(found, expected, "{name}({x}), {slice} at a time");
            assert_eq!(fast.fuel(), flat.fuel(), "{name}({x}): {expected}");
            let found = end(&mut read, function, x, slice);
            assert_eq!(found, expected, "{name}({x}), compiled");
            assert_eq!(read.fuel(), flat.fuel(), "{name}({x}): {expected}");
            let found = end(&mut chance, function, x, slice);
            assert_eq!(found, expected, "{name}({x}), to and fro");
            assert_eq!(chance.fuel(), flat.fuel(), "{name}({x}): {expected}");
        }
    }
}

/// A call that may not be paused traps instead, and names the branch or the
/// call.
#[test]
fn a_call_without_fuel_traps_where_flat_code_does() {
    let (mut flat, in_flat) = instance::<Alone>(Some(0));
    let (fast, _) = instance::<Fast>(Some(0));
    let mut others = [fast, compiled(Some(0))];
    for (name, function, x) in functions(&flat, in_flat) {
        for fuel in 0..14 {
            flat.set_fuel(fuel);
            let expected = words(flat.invoke(function, &[x.into()]));
            for fast in &mut others {
                fast.set_fuel(fuel);
                let found = words(fast.invoke(function, &[x.into()]));
                assert_eq!(found, expected, "{name}({x}) with {fuel}");
                assert_eq!(fast.fuel(), flat.fuel(), "{name}({x}) with {fuel}");
            }
        }
    }
}

/// Where code comes from, nobody knows: so a function of a module without a
/// memory gets none of its callers' either.
#[test]
fn forged_code_reads_no_memory_of_a_caller() {
    let honest = r#"(module (func (export "f") (param i32) (result i32)
        (i32.const 1)))"#;
    let with_memory = r#"(module (memory 1) (func (param i32) (result i32)
        (i32.load8_u (local.get 0))))"#;
    let caller = r#"(module
        (import "f" "f" (func $f (param i32) (result i32)))
        (memory 1) (data (i32.const 0) "\2a")
        (func (export "calls") (param i32) (result i32)
          (call $f (local.get 0))))"#;
    let mut store = ch21_fuse::Store::new((), StoreLimits::default());
    let mut imports = Imports::new();
    let mut honest = Module::from_text(honest).unwrap();
    let code = compile(&Module::from_text(with_memory).unwrap(), false);
    let code = code.into_iter().next().flatten().map(Bytes::from);
    assert!(code.is_some());
    honest.functions[0].set_compiled(code);
    let forged = store.instantiate_module(honest, &imports).unwrap();
    imports.instance(&store, "f", forged);
    let caller = store.instantiate(caller.as_bytes(), &imports).unwrap();
    for _ in 0..2 {
        let found = words(store.call(caller, "calls", &[0.into()]));
        assert!(found.contains("isn't what the function says"), "{found}");
    }
}

#[test]
fn calls_nest_exactly_as_deep_as_on_flat_code() {
    let (mut flat, [in_flat, ..]) = instance::<Alone>(None);
    for mut fast in [instance::<Fast>(None).0, compiled(None)] {
        for name in ["deep", "deep with blocks"] {
            for n in [49, 50, 51, 499, 500, 501, 1500, 2998, 2999, 3000, 3001] {
                let expected = words(flat.call(in_flat, name, &[n.into()]));
                let found = words(fast.call(in_flat, name, &[n.into()]));
                assert_eq!(found, expected, "{name}({n})");
            }
        }
        let expected = words(flat.call(in_flat, "runaway", &[0.into()]));
        let found = words(fast.call(in_flat, "runaway", &[0.into()]));
        assert_eq!(found, expected);
        assert!(found.contains("call stack exhausted"), "{found}");
    }
}

/// The words themselves, for some of them.
#[test]
fn a_trap_names_the_instruction_that_has_trapped() {
    let (mut store, instances) = instance::<Fast>(None);
    for (name, named) in [
        ("two loads, the first traps", "i32.load offset=65533"),
        ("two loads, the second traps", "i32.load offset=65533"),
        ("two loads far away", "i32.load8_u offset=70000"),
        ("two loads, far away and near", "i32.load8_u offset=70000"),
        ("element far away", "i32.load offset=65533"),
        ("element farther away", "i32.load offset=70000"),
        ("element stored far away", "i32.store offset=65533"),
        ("element stored farther away", "i32.store offset=70000"),
        ("asks memory", "i32.load8_u"),
        ("load then add", "i32.load offset=65533"),
        ("add of load", "i32.load offset=65533"),
        ("sum then load", "i32.load offset=10"),
        ("load then branch", "i32.load8_u offset=65536"),
        ("load then compare", "i32.load8_u offset=65536"),
        ("in a callee of a callee", "i32.load offset=65536"),
        ("division by a constant", "i32.div_s"),
    ] {
        let export = instances.iter().find_map(|of| store.export(*of, name));
        let function = export.and_then(Extern::func).unwrap();
        let error = store.invoke(function, &[8.into()]).unwrap_err();
        let found = error.to_string();
        assert!(found.contains(named), "{name}: {found}");
    }
}
