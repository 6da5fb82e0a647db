//! Stores that are frozen and thawed.

mod world;

use annex_embedding::{
    Engine, Error, Extern, Imports, Pause, PausedCall, Progress, Referent,
    Value,
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
