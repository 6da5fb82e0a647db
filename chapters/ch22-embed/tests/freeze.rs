//! Stores that are frozen and thawed.

mod world;

use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use annex_embedding::{
    Error, Extern, HostFunction, Imports, InstanceAddr, Pause, PausedCall,
    Progress, Referent, Value,
};
use ch07_values::{NumType, Trap};
use ch09_module::{
    AddressType, FEATURES, FuncType, GlobalType, HeapType, Limits, MemoryType,
    RefType, TableType, ValType, WasmFeatures,
};
use ch12_instance::StoreLimits;
use ch19_flat::FlatLayer;
use ch22_embed::freeze::{FreezeError, Made, Terms, Thawed, thaw};
use world::{PAUSING, World, host, terms, zero};

const EVERYTHING: &str = include_str!("programs/everything.wat");

#[test]
fn all_that_lives_in_a_store_is_the_same_afterwards_on_every_engine() {
    for from in ["tree", "flat", "fast"] {
        let mut world = World::new(from);
        let instance = world.instance(EVERYTHING);
        let changed = world.call(instance, "change", &[7.into()]).unwrap();
        assert_eq!(changed, [8.into()]);
        let sum = world.call(instance, "sum", &[]).unwrap();
        for to in ["tree", "flat", "slots", "fast"] {
            let (mut thawed, _) = world.again(to, Vec::new());
            let again = thawed.call(instance, "sum", &[]).unwrap();
            assert_eq!(again, sum, "{from} to {to}");
            let results = thawed.call(instance, "segments", &[]).unwrap();
            assert_eq!(results, [13.into()]);
            let error = thawed.call(instance, "gone", &[]).unwrap_err();
            assert!(error.to_string().contains("out of bounds"), "{error}");
            let error = thawed.call(instance, "throw again", &[]).unwrap_err();
            let Error::Exception(report) = error else { panic!("{error}") };
            assert_eq!(report.values[0], 7.into());
            assert_eq!(
                thawed.call(instance, "change", &[1.into()]).unwrap(),
                [9.into()]
            );
        }
    }
}

#[test]
fn a_call_is_paused_among_values_of_all_types() {
    for fuel in 0..40 {
        let mut world = World::new("flat");
        let instance = world.instance(EVERYTHING);
        let expected = {
            let mut other = World::new("flat");
            let instance = other.instance(EVERYTHING);
            other.call(instance, "busy", &[9.into()]).unwrap()
        };
        world.engine().set_fuel(fuel);
        let busy = world.export(instance, "busy");
        let progress = world.engine().start(busy, &[9.into()]).unwrap();
        let Progress::Paused(mut call) = progress else { continue };
        for to in ["fast", "slots", "by chance", "flat"] {
            (world, call) = world.again_with(to, call);
        }
        assert_eq!(world.finish(call).unwrap(), expected);
    }
}

/// What a call ends in, in words, and what is left in the store. A call without
/// fuel is cancelled: it may be before a branch, or after the branch and before
/// paying for it, and an engine chooses which.
fn outcome(
    world: &mut World,
    call: Result<Progress, Error>,
) -> (String, Vec<u8>) {
    let text = match call {
        Ok(Progress::Finished(results)) => format!("{results:?}"),
        Ok(Progress::Paused(call)) => {
            world.engine().cancel(call).unwrap();
            "out of fuel".to_owned()
        }
        Err(error) => error.to_string(),
    };
    (text, world.freeze(&[]).unwrap())
}

/// The answer to a call that waits.
fn answer(world: &mut World, call: PausedCall) -> Result<Progress, Error> {
    match world.engine().answer(call, &[5.into()]) {
        Err(Error::Call(_)) => unreachable!("all that wait want one number"),
        progress => progress,
    }
}

/// A call with all its fuel at once.
fn whole(
    text: &str,
    name: &str,
    arguments: &[Value],
    fuel: u64,
) -> (String, Vec<u8>) {
    let mut world = World::new("flat");
    let instance = world.instance(text);
    let function = world.export(instance, name);
    world.engine().set_fuel(fuel);
    let mut progress = world.engine().start(function, arguments);
    loop {
        match progress {
            Ok(Progress::Paused(call))
                if matches!(call.pause, Pause::Suspended(_)) =>
            {
                progress = answer(&mut world, call);
            }
            progress => return outcome(&mut world, progress),
        }
    }
}

/// The same call, whose fuel comes in portions, and each time the store is
/// frozen and thawed on another engine.
fn cut(
    text: &str,
    name: &str,
    arguments: &[Value],
    fuel: u64,
    rng: &mut fastrand::Rng,
) -> (String, Vec<u8>) {
    let mut world = World::new(PAUSING[rng.usize(..4)]);
    let instance = world.instance(text);
    let function = world.export(instance, name);
    let mut rest = fuel;
    let mut longest = 4;
    let mut portion = |rest: &mut u64, rng: &mut fastrand::Rng| {
        let portion = rng.u64(..longest).min(*rest);
        longest += longest / 2;
        *rest -= portion;
        portion
    };
    world.engine().set_fuel(portion(&mut rest, rng));
    let mut progress = world.engine().start(function, arguments);
    loop {
        let call = match progress {
            Ok(Progress::Paused(call)) => call,
            progress => {
                let left = world.engine().fuel().unwrap();
                world.engine().set_fuel(left + rest);
                return outcome(&mut world, progress);
            }
        };
        let next = PAUSING[rng.usize(..4)];
        let (thawed, call) = world.again_with(next, call);
        world = thawed;
        progress = match &call.pause {
            Pause::Suspended(_) => answer(&mut world, call),
            Pause::OutOfFuel if rest == 0 => {
                return outcome(&mut world, Ok(Progress::Paused(call)));
            }
            Pause::OutOfFuel => {
                let left = world.engine().fuel().unwrap();
                let more = portion(&mut rest, rng);
                world.engine().set_fuel(left + more);
                world.engine().resume(call)
            }
        };
    }
}

const PROGRAMS: [(&str, &str); 9] = [
    ("everything", EVERYTHING),
    ("cut", include_str!("../../ch19-flat/tests/cut.wat")),
    ("continuation", include_str!("../../ch19-flat/tests/continuation.wat")),
    ("leave", include_str!("../../ch19-flat/tests/leave.wat")),
    ("loops", include_str!("../../ch21-fuse/tests/loops.wat")),
    ("choose", include_str!("../../ch21-fuse/tests/choose.wat")),
    ("control", include_str!("../../ch12-instance/tests/control.wat")),
    ("references", include_str!("../../ch15-references/tests/references.wat")),
    ("tail calls", include_str!("../../ch16-tail-calls/tests/tail_calls.wat")),
];

#[test]
fn a_run_that_is_frozen_anywhere_ends_like_one_that_never_was() {
    let mut rng = fastrand::Rng::with_seed(22);
    let mut runs = 0;
    for (program, text) in PROGRAMS {
        let mut world = World::new("flat");
        let instance = world.instance(text);
        let exports = world.engine().exports(instance).to_vec();
        for (name, item) in exports {
            let Some(function) = item.func() else { continue };
            let ty = world.engine().func_type(function).unwrap();
            if name == "garbage" {
                // It takes minutes to check as many pauses.
                continue;
            }
            for _ in 0..2 {
                let arguments: Vec<Value> = ty
                    .params
                    .iter()
                    .map(|ty| match ty {
                        ValType::Num(NumType::I32) => rng.i32(..12).into(),
                        ValType::Num(NumType::I64) => rng.i64(..12).into(),
                        ty => zero(*ty),
                    })
                    .collect();
                let fuel = [3000, rng.u64(..60)][rng.usize(..2)];
                let expected = whole(text, &name, &arguments, fuel);
                let found = cut(text, &name, &arguments, fuel, &mut rng);
                let run = format!("{program}, {name} {arguments:?}, {fuel}");
                assert_eq!(found.0, expected.0, "{run}");
                assert!(found.1 == expected.1, "{run}: another store");
                runs += 1;
            }
        }
    }
    assert!(runs > 200, "{runs}");
}

/// A frozen store with everything in it, and calls that are paused in all ways.
fn crowded() -> Vec<u8> {
    let mut world = World::new("flat");
    let instance = world.instance(EVERYTHING);
    world.call(instance, "change", &[3.into()]).unwrap();
    world.call(instance, "change", &[4.into()]).unwrap();
    let busy = world.pause(instance, "busy", &[2.into()], 25);
    let begins = world.pause(instance, "double", &[2.into()], 0);
    let waits = world.pause(instance, "nested", &[2.into()], 1000);
    let asked = world.pause(instance, "asks for work", &[4.into()], 5);
    let caught = world.pause(instance, "caught", &[9.into()], 6);
    let v = Value::from_halves(ValType::V128, [1, 2]);
    let tail = world.pause(instance, "down", &[5.into(), v], 3);
    world.engine().set_fuel(3);
    world.freeze(&[&busy, &begins, &waits, &asked, &caught, &tail]).unwrap()
}

/// Where the state begins.
const HEAD: usize = 24;

/// Gives bytes the length and the checksum of what they are.
fn seal(bytes: &mut [u8]) {
    let (length, sum) = (bytes.len() - HEAD, crc32fast::hash(&bytes[HEAD..]));
    bytes[12..20].copy_from_slice(&(length as u64).to_le_bytes());
    bytes[20..24].copy_from_slice(&sum.to_le_bytes());
}

/// The error that thawing ends in.
fn refusal(bytes: &[u8]) -> FreezeError {
    World::thaw("fast", bytes).map(|_| "it's thawed").unwrap_err()
}

#[test]
fn damage_is_found_wherever_it_is() {
    let bytes = crowded();
    let mut damaged = bytes.clone();
    for position in 0..bytes.len() {
        damaged[position] ^= 1 << (position % 8);
        let error = refusal(&damaged);
        let is_so = match position {
            0..8 => matches!(error, FreezeError::NoFrozenStore),
            8..12 => matches!(error, FreezeError::Version(_)),
            _ => matches!(error, FreezeError::Damaged(_)),
        };
        assert!(is_so, "{position}: {error}");
        damaged[position] = bytes[position];
    }
    for length in (0..bytes.len()).step_by(7) {
        let error = refusal(&bytes[..length]);
        let is_so = match length {
            0..8 => matches!(error, FreezeError::NoFrozenStore),
            _ => matches!(error, FreezeError::Damaged(_)),
        };
        assert!(is_so, "{length}: {error}");
    }
    damaged.push(0);
    let more = refusal(&damaged);
    let text = "the frozen store is damaged: its length doesn't match";
    assert_eq!(more.to_string(), text);
    seal(&mut damaged);
    let text = "the frozen store is damaged: there is something after its end";
    assert_eq!(refusal(&damaged).to_string(), text);
    damaged[8] = 7;
    let text = "the store is frozen in version 7; this is version 1";
    assert_eq!(refusal(&damaged).to_string(), text);
    assert_eq!(
        refusal(b"(module)").to_string(),
        "these bytes aren't a frozen store"
    );
}

/// Bytes with a few things changed, and the right checksum.
fn forged(bytes: &[u8], rng: &mut fastrand::Rng) -> Vec<u8> {
    // Most of the state is the module, and that is validated.
    let module = bytes.windows(4).position(|four| four == b"\0asm").unwrap();
    let end = module + wat::parse_str(EVERYTHING).unwrap().len();
    let mut forged = bytes.to_vec();
    for _ in 0..rng.usize(1..4) {
        let from = if rng.u8(..20) == 0 { HEAD } else { end };
        let position = rng.usize(from..forged.len());
        match rng.u8(..8) {
            0..3 => forged[position] = rng.u8(..),
            3..5 => forged[position] = rng.u8(..8),
            5 => forged[position] ^= 1 << rng.u8(..8),
            6 => forged.insert(position, rng.u8(..)),
            _ => _ = forged.remove(position),
        }
    }
    seal(&mut forged);
    forged
}

/// Does what can be done with a store, in a bounded number of steps.
fn try_everything(world: &mut World, calls: Vec<PausedCall>) {
    let engine = world.engine();
    for call in calls {
        engine.set_fuel(300);
        let mut progress = match &call.pause {
            Pause::OutOfFuel => engine.resume(call),
            Pause::Suspended(_) => engine.answer(call, &[5.into()]),
        };
        for _ in 0..20 {
            let Ok(Progress::Paused(call)) = progress else { break };
            engine.set_fuel(300);
            progress = match &call.pause {
                Pause::OutOfFuel => engine.resume(call),
                Pause::Suspended(_) => engine.answer(call, &[5.into()]),
            };
        }
    }
    let instances = world.log.iter();
    let is_instance = |made: &&Made| matches!(made, Made::Instance { .. });
    for instance in 0..instances.filter(is_instance).count() as u32 {
        let instance = InstanceAddr(instance);
        for (_, item) in world.engine().exports(instance).to_vec() {
            let engine = world.engine();
            match item {
                Extern::Func(function) => {
                    let ty = engine.func_type(function).unwrap();
                    let arguments: Vec<Value> =
                        ty.params.iter().copied().map(zero).collect();
                    engine.set_fuel(300);
                    let _ = engine.invoke(function, &arguments);
                }
                Extern::Global(global) => _ = engine.global(global),
                Extern::Table(table) => {
                    let size = engine.table_size(table);
                    (0..size).for_each(|at| _ = engine.table_get(table, at));
                }
                Extern::Memory(_) | Extern::Tag(_) => {}
            }
        }
    }
    // Now and then the host's things get there, and that is an error.
    let _ = world.freeze(&[]);
}

// `FORGED=1000000 cargo test --release -p ch22-embed --test freeze forged`
// tries more of them, and others.
#[test]
fn forged_bytes_are_an_error_or_a_run_like_any_other() {
    let bytes = crowded();
    let count = env::var("FORGED").ok();
    let count = count.map_or(4000, |count| count.parse().unwrap());
    let mut rng = fastrand::Rng::with_seed(count as u64);
    let (mut thawed, mut refused) = (0, 0);
    for number in 0..count {
        let forged = forged(&bytes, &mut rng);
        let engine = ["fast", "slots", "flat", "by chance"][number % 4];
        match World::thaw(engine, &forged) {
            Ok((mut world, calls)) => {
                try_everything(&mut world, calls);
                thawed += 1;
            }
            Err(_) => refused += 1,
        }
    }
    println!("{thawed} of {count} were thawed");
    assert!(thawed > 400 && refused > 400, "{thawed}, {refused}");
}

const I32: ValType = ValType::Num(NumType::I32);

fn results(
    world: &mut World,
    instance: InstanceAddr,
    name: &str,
) -> Vec<Value> {
    world.call(instance, name, &[]).unwrap()
}

#[test]
fn what_the_embedder_has_made_is_made_again() {
    let mut world = World::new("flat");
    let limits = Limits { min: 1, max: Some(5) };
    let memory = MemoryType::new(AddressType::I32, limits);
    let element = RefType::FUNCREF;
    let table = TableType { address: AddressType::I32, limits, element };
    let global = GlobalType { content: I32, mutable: true };
    let tag = FuncType { params: [I32].into(), results: [].into() };
    let mut imports = Imports::new();
    let engine = world.engine();
    let items = [
        ("m", Extern::Memory(engine.add_memory(memory).unwrap())),
        ("t", Extern::Table(engine.add_table(table).unwrap())),
        ("g", Extern::Global(engine.add_global(global, 4.into()).unwrap())),
        ("e", Extern::Tag(engine.add_tag(tag.clone()).unwrap())),
    ];
    items.iter().for_each(|(name, item)| imports.define("host", name, *item));
    world.log = vec![
        Made::Memory(memory),
        Made::Table(table),
        Made::Global(global),
        Made::Tag(tag),
    ];
    let first = r#"(module
      (import "host" "m" (memory 1 5))
      (import "host" "t" (table 1 5 funcref))
      (import "host" "g" (global $g (mut i32)))
      (import "host" "e" (tag $e (param i32)))
      (func $f (result i32) (i32.const 6))
      (elem declare func $f)
      (func (export "grow")
        (drop (memory.grow (i32.const 2)))
        (drop (table.grow (ref.func $f) (i32.const 2)))
        (i32.store (i32.const 131072) (i32.const 30))
        (global.set $g (i32.const 600)))
      (func (export "throw") (throw $e (i32.const 5000))))"#;
    let first = world.link(first, imports.clone()).unwrap();
    results(&mut world, first, "grow");
    // This module asks for what is only there now.
    imports.instance(world.place.engine(), "first", first);
    let second = r#"(module
      (import "host" "m" (memory 3))
      (import "host" "t" (table 3 funcref))
      (import "host" "g" (global $g (mut i32)))
      (import "host" "e" (tag $e (param i32)))
      (import "first" "throw" (func $throw))
      (func (export "sum") (result i32)
        (block $caught (result i32)
          (try_table (catch $e $caught) (call $throw))
          (i32.const 0))
        (i32.add (call_indirect (result i32) (i32.const 2)))
        (i32.add (i32.load (i32.const 131072)))
        (i32.add (global.get $g))))"#;
    let second = world.link(second, imports).unwrap();
    assert_eq!(results(&mut world, second, "sum"), [5636.into()]);
    for to in ["tree", "fast"] {
        let (mut thawed, _) = world.again(to, Vec::new());
        assert_eq!(results(&mut thawed, second, "sum"), [5636.into()]);
        assert_eq!(thawed.log, world.log);
        assert_eq!(thawed.modules, world.modules);
    }
}

#[test]
fn two_imports_may_have_the_same_names() {
    let mut world = World::new("flat");
    let global = GlobalType { content: I32, mutable: false };
    let ty = FuncType { params: [].into(), results: [I32].into() };
    let function = Extern::Func(world.host("a", "b", ty));
    let engine = world.engine();
    let number = Extern::Global(engine.add_global(global, 9.into()).unwrap());
    world.log.push(Made::Global(global));
    let first = r#"(module (import "a" "b" (func)) (func (export "f")))"#;
    world.instance(first);
    // An engine that links by names can't do that. What it has done is forged.
    let both = r#"(module
      (import "a" "b" (func $f (result i32)))
      (import "a" "c" (global $g i32))
      (func (export "sum") (result i32)
        (i32.add (call $f) (global.get $g))))"#;
    let mut imports = Imports::new();
    imports.define("a", "b", function);
    imports.define("a", "c", number);
    let sum = world.link(both, imports).unwrap();
    let same = both.replace(r#""a" "c""#, r#""a" "b""#);
    world.modules[1] = wat::parse_str(same).unwrap().into();
    let (mut thawed, _) = world.again("fast", Vec::new());
    assert_eq!(results(&mut thawed, sum, "sum"), [9.into()]);
    let names = &thawed.place.data().instances[1].imports;
    assert_eq!(*names, [["a".to_owned(), "b".to_owned()]]);
}

#[test]
fn what_has_failed_has_left_its_traces() {
    let mut world = World::new("flat");
    // Its types have got numbers, and it isn't there.
    let missing = r#"(module
      (type $a (struct)) (type $b (array i8)) (type $c (struct (field f64)))
      (import "a" "b" (memory 1)))"#;
    let binary = wat::parse_str(missing).unwrap();
    let error = world.engine().instantiate(&binary, &Imports::new());
    assert!(matches!(error, Err(Error::Link(_))));
    // It is there, though its start has trapped.
    let traps = r#"(module
      (memory 1) (global $g (mut i32) (i32.const 8))
      (func $start (global.set $g (i32.const 9)) (unreachable))
      (func (export "get") (result i32) (global.get $g))
      (start $start))"#;
    let error = world.link(traps, Imports::new()).unwrap_err();
    assert!(matches!(error, Error::Trap(_)));
    let node = r#"(module
      (type $node (struct (field i32)))
      (global $node (ref $node) (struct.new $node (i32.const 12)))
      (func (export "value") (result i32)
        (struct.get $node 0 (global.get $node))))"#;
    let node = world.instance(node);
    let (mut thawed, _) = world.again("slots", Vec::new());
    assert_eq!(results(&mut thawed, node, "value"), [12.into()]);
    assert_eq!(results(&mut thawed, InstanceAddr(0), "get"), [9.into()]);
}

#[test]
fn a_global_that_has_not_got_its_value_is_in_the_way() {
    let mut world = World::new("flat");
    let text = r#"(module (type $a (array i64))
      (global (ref $a) (array.new_default $a (i32.const 100000000))))"#;
    world.engine().set_fuel(u64::MAX);
    let error = world.link(text, Imports::new()).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::OutOfHeap));
    let text = "global 0: the reference must not be null";
    assert_eq!(refused(&mut world), text);
}

/// The error of freezing a store with no calls.
fn refused(world: &mut World) -> String {
    world.freeze(&[]).unwrap_err().to_string()
}

#[test]
fn what_belongs_to_the_host_cant_travel() {
    let text = r#"(module
      (global $g (export "g") (mut externref) (ref.null extern))
      (table $t (export "t") 4 externref)
      (type $s (struct (field i32) (field (mut externref))))
      (global $s (mut (ref null $s)) (ref.null $s))
      (func (export "global") (param externref)
        (global.set $g (local.get 0)))
      (func (export "table") (param externref)
        (table.set $t (i32.const 3) (local.get 0)))
      (func (export "object") (param externref)
        (global.set $s (struct.new $s (i32.const 1) (local.get 0))))
      (func $spin (export "call") (param externref)
        (local $local anyref)
        (local.set $local (any.convert_extern (local.get 0)))
        (local.set 0 (ref.null extern))
        (loop $forever (br $forever))))"#;
    let value = Value::ExternRef(Some(Referent::Host(41)));
    for (name, place) in [
        ("global", "global 0"),
        ("table", "element 3 of table 0"),
        ("object", "field 1 of object 0"),
    ] {
        let mut world = World::new("fast");
        let instance = world.instance(text);
        world.call(instance, name, &[value]).unwrap();
        assert_eq!(
            refused(&mut world),
            format!("{place} refers to something of the host, number 41")
        );
    }
    let mut world = World::new("fast");
    let instance = world.instance(text);
    let call = world.pause(instance, "call", &[value], 9);
    assert_eq!(
        world.freeze(&[&call]).unwrap_err().to_string(),
        "local 1 of function 3 in paused call 0 refers to something of the \
         host, number 41"
    );
    // Without the call nothing is in the way.
    world.engine().cancel(call).unwrap();
    world.freeze(&[]).unwrap();
}

#[test]
fn the_host_has_to_have_its_functions_again() {
    let text = r#"(module
      (import "nobody" "knows" (func (param f64)))
      (func (export "f")))"#;
    let mut world = World::new("flat");
    let f64 = ValType::Num(NumType::F64);
    let ty = FuncType { params: [f64].into(), results: [].into() };
    // While the store lives, the host has it.
    let function = host("somebody", "knows", &ty).unwrap();
    let function = Extern::Func(world.engine().add_function(function));
    let (module, name) = ("nobody".to_owned(), "knows".to_owned());
    world.log.push(Made::Function { module, name, ty });
    let mut imports = Imports::new();
    imports.define("nobody", "knows", function);
    world.link(text, imports).unwrap();
    let bytes = world.freeze(&[]).unwrap();
    assert_eq!(
        refusal(&bytes).to_string(),
        "unknown import: `nobody` `knows`: expected func (param f64), found \
         no such import"
    );
}

#[test]
fn a_function_of_the_host_has_its_type_again() {
    let mut world = World::new("flat");
    let ty = FuncType { params: [I32].into(), results: [I32].into() };
    world.host("a", "b", ty);
    let bytes = world.freeze(&[]).unwrap();
    let give = |function: HostFunction| {
        let mut asked = Vec::new();
        let mut host = |module: &str, name: &str, ty: &FuncType| {
            asked.push(format!("{module} {name} {ty}"));
            Some(function.clone())
        };
        let thawed: Result<Thawed<(), FlatLayer>, _> =
            thaw(&bytes, terms(), (), &mut host);
        assert_eq!(asked, ["a b (param i32) (result i32)"]);
        thawed.map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(give(HostFunction::new(|x: i32| x + 1)), Ok(()));
    let error = give(HostFunction::new(|x: i64| x + 1)).unwrap_err();
    assert_eq!(
        error,
        "incompatible import type: `a` `b`: expected func (param i32) (result \
         i32), found func (param i64) (result i64)"
    );
}

#[test]
fn a_call_that_has_to_pay_for_a_loop_has_what_the_loop_takes() {
    // Before the loop there is a null that can be nothing else. What comes
    // back is a node.
    let text = r#"(module
      (type $node (struct (field i32)))
      (tag $e (param (ref null $node)))
      (func (export "f") (result i32) (local $i i32)
        (ref.null none)
        (loop $again (param (ref null $node)) (result i32)
          (drop)
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (if (i32.lt_u (local.get $i) (i32.const 3))
            (then
              (try_table (catch $e $again)
                (throw $e (struct.new $node (i32.const 4))))))
          (local.get $i))))"#;
    let mut world = World::new("flat");
    let instance = world.instance(text);
    let call = world.pause(instance, "f", &[], 1);
    let (mut thawed, call) = world.again_with("fast", call);
    assert_eq!(thawed.finish(call).unwrap(), [3.into()]);
}

#[test]
fn a_log_that_isnt_the_stores_is_refused() {
    let mut world = World::new("flat");
    let instance = world.instance(EVERYTHING);
    world.call(instance, "change", &[1.into()]).unwrap();
    let log = world.log.clone();
    let mut says = |change: fn(&mut Vec<Made>)| {
        world.log = log.clone();
        change(&mut world.log);
        let text = refused(&mut world);
        let rest =
            text.strip_prefix("the log doesn't tell how the store was made: ");
        rest.unwrap_or(&text).to_owned()
    };
    assert_eq!(
        says(|log| _ = log.pop()),
        "it has 3 functions, and the store has 18"
    );
    assert_eq!(
        says(|log| _ = log.remove(0)),
        "entry 2 isn't what the store has"
    );
    let tag = |log: &mut Vec<Made>| {
        let (params, results) = ([].into(), [].into());
        log.push(Made::Tag(FuncType { params, results }));
    };
    assert_eq!(says(tag), "entry 4 isn't what the store has");
    let other = |log: &mut Vec<Made>| {
        let Made::Function { ty, .. } = &mut log[1] else { panic!() };
        ty.results = [].into();
    };
    assert_eq!(says(other), "entry 1 isn't what the store has");
    let module = |log: &mut Vec<Made>| {
        let Made::Instance { module, .. } = &mut log[3] else { panic!() };
        *module = 1;
    };
    assert_eq!(says(module), "entry 3 isn't what the store has");
    let imports = |log: &mut Vec<Made>| {
        let Made::Instance { imports, .. } = &mut log[3] else { panic!() };
        imports.swap(0, 1);
    };
    assert_eq!(says(imports), "entry 3 isn't what the store has");
    world.log = log;
    world.modules[0] = EVERYTHING.as_bytes().to_vec().into();
    let text = refused(&mut world);
    assert!(text.ends_with("isn't in the binary format"), "{text}");
}

#[test]
fn only_a_paused_call_of_this_store_is_frozen() {
    let mut world = World::new("flat");
    let instance = world.instance(EVERYTHING);
    let call = world.pause(instance, "double", &[1.into()], 0);
    let mut other = World::new("flat");
    other.instance(EVERYTHING);
    let error = other.freeze(&[&call]).unwrap_err();
    assert_eq!(error.to_string(), "there is no such paused call");
    let mut tree = World::new("tree");
    tree.instance(EVERYTHING);
    let error = tree.freeze(&[&call]).unwrap_err();
    assert_eq!(error.to_string(), "there is no such paused call");
    // On the tree no call can be paused, so none can go on there.
    let bytes = world.freeze(&[&call]).unwrap();
    let error = World::thaw("tree", &bytes).map(|_| ()).unwrap_err();
    let text = "not yet: calls of `tree` cannot be paused";
    assert_eq!(error.to_string(), text);
    world.engine().cancel(call).unwrap();
    let bytes = world.freeze(&[]).unwrap();
    World::thaw("tree", &bytes).unwrap();
}

#[test]
fn calls_wait_for_their_answers_as_they_did() {
    let mut world = World::new("slots");
    let instance = world.instance(EVERYTHING);
    let nested = world.pause(instance, "nested", &[3.into()], 1000);
    let later = world.pause(instance, "double", &[21.into()], 0);
    let (mut thawed, mut calls) = world.again("fast", vec![nested, later]);
    assert!(matches!(calls[1].pause, Pause::OutOfFuel));
    let double = thawed.finish(calls.pop().unwrap()).unwrap();
    assert_eq!(double, [42.into()]);
    let call = calls.pop().unwrap();
    let Pause::Suspended(reason) = &call.pause else { panic!() };
    assert_eq!(reason.to_string(), "later: [Number(I32(3))]");
    // 5 is the answer, and each level adds 100 and four times its number.
    assert_eq!(thawed.finish(call).unwrap(), [329.into()]);
}

#[test]
fn what_the_embedder_holds_is_kept_alive() {
    let text = r#"(module
      (type $node (struct (field i32)))
      (func (export "new") (param i32) (result (ref $node))
        (struct.new $node (local.get 0)))
      (func (export "get") (param (ref null $node)) (result i32)
        (struct.get $node 0 (local.get 0)))
      (func (export "garbage") (local $i i32)
        (loop $more
          (drop (struct.new $node (i32.const 0)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $i) (i32.const 40000))))))"#;
    let mut world = World::new("flat");
    let instance = world.instance(text);
    let node = world.call(instance, "new", &[7.into()]).unwrap();
    let (mut thawed, _) = world.again("fast", Vec::new());
    results(&mut thawed, instance, "garbage");
    assert_eq!(thawed.call(instance, "get", &node).unwrap(), [7.into()]);
    // The heap goes on as it would have: the next handle is the same.
    results(&mut world, instance, "garbage");
    assert_eq!(world.call(instance, "get", &node).unwrap(), [7.into()]);
    let next = world.call(instance, "new", &[8.into()]).unwrap();
    let there = thawed.call(instance, "new", &[8.into()]).unwrap();
    assert_eq!(next, there);
    assert_ne!(next, node);
    assert!(world.freeze(&[]).unwrap() == thawed.freeze(&[]).unwrap());
}

#[test]
fn fuel_is_what_was_left_where_it_is_counted() {
    let mut world = World::new("flat");
    world.instance("(module)");
    world.engine().set_fuel(321);
    let (mut thawed, _) = world.again("fast", Vec::new());
    assert_eq!(thawed.engine().fuel(), Some(321));
    let bytes = world.freeze(&[]).unwrap();
    let limits = StoreLimits { fuel: None, ..terms().limits };
    let free = Terms { limits, ..terms() };
    let (mut free, _) = World::thaw_on("fast", &bytes, free).unwrap();
    assert_eq!(free.engine().fuel(), None);
    let bytes = free.freeze(&[]).unwrap();
    let (mut again, _) = World::thaw("fast", &bytes).unwrap();
    assert_eq!(again.engine().fuel(), terms().limits.fuel);
}

#[test]
fn zeros_take_no_room() {
    let mut world = World::new("flat");
    let text = r#"(module (memory (export "memory") 1000)
      (data (i32.const 40000000) "far away"))"#;
    let instance = world.instance(text);
    let bytes = world.freeze(&[]).unwrap();
    assert!(bytes.len() < 5000, "{}", bytes.len());
    let (mut thawed, _) = World::thaw("fast", &bytes).unwrap();
    let memory = thawed.engine().export(instance, "memory");
    let memory = memory.and_then(Extern::memory).unwrap();
    let there = thawed.engine().memory(memory);
    assert_eq!(there.len(), 1000 << 16);
    assert_eq!(&there[40_000_000..40_000_008], b"far away");
    assert!(there == world.engine().memory(memory));
}

#[test]
fn the_modules_are_validated_with_the_features_of_the_terms() {
    let text = r#"(module
      (memory (export "memory") 7 (pagesize 1)) (data (i32.const 1) "abc"))"#;
    let features = FEATURES.union(WasmFeatures::CUSTOM_PAGE_SIZES);
    let store = ch19_flat::Store::new((), terms().limits);
    let place = Box::new(store.with_features(features));
    let (log, modules) = (Vec::new(), Vec::new());
    let mut world = World { place, log, modules };
    let binary = wat::parse_str(text).unwrap();
    let imports = Imports::new();
    world.engine().instantiate(&binary, &imports).unwrap();
    let imports = Vec::new();
    world.log.push(Made::Instance { module: 0, imports });
    world.modules.push(binary.into());
    let bytes = world.freeze(&[]).unwrap();
    assert!(matches!(refusal(&bytes), FreezeError::Engine(Error::Module(_))));
    let terms = Terms { features, ..terms() };
    let (thawed, _) = World::thaw_on("fast", &bytes, terms).unwrap();
    let memory = &thawed.place.data().memories[0];
    assert_eq!(memory.bytes(), b"\0abc\0\0\0");
}

#[test]
fn the_collector_goes_on_where_it_was() {
    let text = r#"(module
      (type $node (struct (field i32)))
      (tag $e (param (ref null $node)))
      (global $x (mut exnref) (ref.null exn))
      (func (export "keep")
        (block $handler (result (ref null $node) exnref)
          (try_table (catch_ref $e $handler)
            (throw $e (struct.new $node (i32.const 7))))
          (unreachable))
        (global.set $x)
        (drop))
      (func (export "again") (throw_ref (global.get $x)))
      (func (export "garbage") (local $i i32)
        (loop $more
          (drop (struct.new $node (i32.const 0)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $i) (i32.const 40000))))))"#;
    let mut world = World::new("fast");
    let instance = world.instance(text);
    results(&mut world, instance, "keep");
    results(&mut world, instance, "keep");
    results(&mut world, instance, "garbage");
    // One exception was kept, and one place is free.
    let (mut thawed, _) = world.again("tree", Vec::new());
    for world in [&mut world, &mut thawed] {
        let error = world.call(instance, "again", &[]).unwrap_err();
        assert!(matches!(error, Error::Exception(_)), "{error}");
        results(world, instance, "keep");
        results(world, instance, "garbage");
    }
    assert!(world.freeze(&[]).unwrap() == thawed.freeze(&[]).unwrap());
}

#[test]
fn a_type_is_there_before_what_is_made_of_it() {
    let module = r#"(module (type $node (struct (field i64)))
      (func (export "f") (param (ref null $node))))"#;
    let of_node = |world: &World| {
        let instance = &world.place.data().instances[0];
        let node = HeapType::Concrete(instance.types[0]);
        let node = ValType::Ref(RefType { nullable: true, heap: node });
        FuncType { params: [node].into(), results: [].into() }
    };
    let mut world = World::new("flat");
    world.instance(module);
    let ty = of_node(&world);
    world.host("takes", "nodes", ty);
    world.instance(module);
    let (thawed, _) = world.again("fast", Vec::new());
    assert_eq!(thawed.log[1], world.log[1]);

    // A module that can't be linked has left its type. Whoever makes something
    // of it is too early.
    let mut late = World::new("flat");
    let missing =
        module.replace("(func", r#"(import "a" "b" (memory 1)) (func"#);
    let missing = wat::parse_str(missing).unwrap();
    late.engine().instantiate(&missing, &Imports::new()).unwrap_err();
    let ty = of_node(&world);
    late.host("takes", "nodes", ty);
    late.instance(module);
    assert_eq!(
        refused(&mut late),
        "the log doesn't tell how the store was made: no module defines type \
         0 before it's needed"
    );
}

/// A store that this version of the format has frozen: a call of `f` is paused
/// in the middle, and a node and a vector are among its values. `RECORD=1`
/// writes it anew.
#[test]
fn what_was_frozen_once_is_thawed_by_every_build() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = file.join("tests/version-1.frozen");
    let text = r#"(module
      (type $node (struct (field i32) (field (ref null $node))))
      (memory 1)
      (data (i32.const 8) "remembered")
      (func (export "f") (param $n i32) (result i32)
        (local $v v128) (local $list (ref null $node))
        (local.set $v (i32x4.splat (local.get $n)))
        (loop $next
          (local.set $list
            (struct.new $node (local.get $n) (local.get $list)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br_if $next (local.get $n)))
        (struct.get $node 0 (struct.get $node 1 (local.get $list)))
        (i32.add (i32x4.extract_lane 3 (local.get $v)))
        (i32.add (i32.load8_u (i32.const 8)))))"#;
    let mut world = World::new("flat");
    let instance = world.instance(text);
    let call = world.pause(instance, "f", &[9.into()], 5);
    let now = world.freeze(&[&call]).unwrap();
    if env::var_os("RECORD").is_some() {
        fs::write(&file, &now).unwrap();
    }
    let recorded = fs::read(&file).unwrap();
    for engine in PAUSING {
        let (mut thawed, mut calls) = World::thaw(engine, &recorded).unwrap();
        // 2 is in the second node, 9 in the vector, and then there's an `r`.
        let call = calls.pop().unwrap();
        assert_eq!(thawed.finish(call).unwrap(), [125.into()]);
    }
    // A place of an object takes other bytes where addresses have 32 bits.
    if cfg!(target_pointer_width = "64") {
        assert!(now == recorded, "the format has changed, not its version");
    }
}

#[test]
fn thousands_of_calls_of_a_large_function_are_looked_at_together() {
    // Alone, each takes the time of translating and validating the function.
    let text = format!(
        r#"(module (func (export "f") (loop $forever {} (br $forever))))"#,
        "(drop (i32.const 1))".repeat(20_000)
    );
    let mut world = World::new("flat");
    let instance = world.instance(&text);
    let calls: Vec<PausedCall> =
        (0..2500).map(|_| world.pause(instance, "f", &[], 1)).collect();
    let begin = Instant::now();
    let (mut thawed, mut calls) = world.again("flat", calls);
    assert!(begin.elapsed() < Duration::from_secs(30));
    let call = calls.pop().unwrap();
    thawed.engine().set_fuel(2);
    assert!(thawed.engine().resume(call).unwrap().paused().is_some());
}
