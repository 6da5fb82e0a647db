//! Stores that are frozen and thawed.

mod world;

use annex_embedding::{
    Engine, Error, Extern, Imports, InstanceAddr, Pause, PausedCall, Progress,
    Referent, Value,
};
use ch07_values::NumType;
use ch09_module::{
    AddressType, FuncType, GlobalType, Limits, MemoryType, RefType, TableType,
    ValType,
};
use ch22_embed::freeze::{FreezeError, Made, Terms};
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
    let text = "the frozen store is damaged: its length is another one";
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

#[test]
fn forged_bytes_are_an_error_or_a_run_like_any_other() {
    let bytes = crowded();
    let mut rng = fastrand::Rng::with_seed(19);
    let (mut thawed, mut refused) = (0, 0);
    for number in 0..4000 {
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
    assert!(thawed > 400 && refused > 400, "{thawed}, {refused}");
}
