//! A store is frozen and thawed through the API.

use ch22_embed::{AddressType, Limits};
use ch22_embed::{
    Caller, Config, Engine, Error, Extern, ExternRef, Func, Instance, Linker,
    Memory, MemoryType, Module, Paused, Store, Strategy, Thawed, Val,
};

const PAUSABLE: [Strategy; 3] =
    [Strategy::Fast, Strategy::Slots, Strategy::Flat];

fn engine(strategy: Strategy) -> Engine {
    Engine::new(Config::new().strategy(strategy).consume_fuel(true))
}

/// A module that asks the host for numbers, and adds them up, deep inside of calls.
const SUM: &str = r#"(module $sum
    (import "host" "next" (func $next (result i32)))
    (memory (export "memory") 1)
    (global $asked (export "asked") (mut i32) (i32.const 0))
    (func $ask (param $depth i32) (result i32)
        (if (result i32) (local.get $depth)
            (then (i32.add (i32.const 1000) (call $ask (i32.sub (local.get $depth) (i32.const 1)))))
            (else
                (global.set $asked (i32.add (global.get $asked) (i32.const 1)))
                (call $next))))
    (func (export "sum") (param $count i32) (result i32) (local $sum i32)
        (loop $again
            (local.set $sum (i32.add (local.get $sum) (call $ask (i32.const 3))))
            (i32.store (i32.const 8) (local.get $sum))
            (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
        (local.get $sum)))"#;

/// A linker whose `next` is answered later.
fn linker(engine: &Engine) -> Linker<u32> {
    let mut linker = Linker::<u32>::new(engine);
    let next = |mut caller: Caller<'_, u32>| -> Result<i32, Error> {
        *caller.data_mut() += 1;
        Err(caller.suspend("which number is next?"))
    };
    linker.func_wrap("host", "next", next).expect("the name is free");
    linker
}

fn paused(call: ch22_embed::ResumableCall) -> Paused {
    call.paused().expect("it isn't finished")
}

#[test]
fn a_call_goes_on_in_another_store_on_each_machine() -> Result<(), Error> {
    let mut results = Vec::new();
    for (number, strategy) in PAUSABLE.into_iter().enumerate() {
        let first = engine(strategy);
        let mut store = Store::new(&first, 0);
        store.set_fuel(1_000)?;
        let module = Module::new(&first, SUM)?;
        let instance = linker(&first).instantiate(&mut store, &module)?;
        let sum = instance.get_func(&store, "sum").expect("it's exported");
        let mut call = paused(sum.call_resumable(&mut store, &[Val::I32(6)])?);
        for step in 0..5 {
            assert_eq!(
                call.reason().map(ToString::to_string).as_deref(),
                Some("which number is next?")
            );
            let bytes = store.freeze(&[&call])?;
            let next = engine(PAUSABLE[(number + step + 1) % 3]);
            let thawed =
                Store::thaw(&next, *store.data(), &linker(&next), &bytes)?;
            let Thawed { store: new, instances, mut calls } = thawed;
            store = new;
            let asked = instances[0]
                .get_global(&store, "asked")
                .expect("it's exported");
            assert_eq!(asked.get(&mut store).i32(), Some(step as i32 + 1));
            call = paused(
                calls.remove(0).answer(&mut store, &[Val::I32(step as i32)])?,
            );
        }
        let instance_memory = store.get_fuel()?;
        let results_ = call.answer(&mut store, &[Val::I32(100)])?.finished();
        results.push((
            results_.expect("it has ended")[0].i32(),
            *store.data(),
            instance_memory,
        ));
    }
    let sum = 6 * 3000 + (1 + 2 + 3 + 4) + 100;
    assert_eq!(results[0].0, Some(sum));
    assert_eq!(results[0].1, 6, "the host was asked so often");
    assert!(results.iter().all(|result| *result == results[0]), "{results:?}");
    Ok(())
}

#[test]
fn the_rest_of_a_run_is_the_same_wherever_it_is_cut() -> Result<(), Error> {
    let text = r#"(module
        (memory (export "memory") 1)
        (func $fib (param i32) (result i32)
            (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1)))
            (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
                (then (local.get 0))
                (else (i32.add
                    (call $fib (i32.sub (local.get 0) (i32.const 1)))
                    (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
        (func (export "fib") (param i32) (result i32) (call $fib (local.get 0))))"#;
    let run = |cut: Option<u64>| -> Result<_, Error> {
        let first = engine(Strategy::Fast);
        let mut store = Store::new(&first, 0);
        let module = Module::new(&first, text)?;
        let mut instance = linker(&first).instantiate(&mut store, &module)?;
        let fib = instance.get_func(&store, "fib").expect("it's exported");
        store.set_fuel(cut.unwrap_or(10_000))?;
        let mut call = fib.call_resumable(&mut store, &[Val::I32(10)])?;
        if let Some(cut) = cut {
            let bytes = store.freeze(&[&paused(call)])?;
            let next = engine(Strategy::Flat);
            let mut thawed = Store::thaw(&next, 0, &linker(&next), &bytes)?;
            store = thawed.store;
            instance = thawed.instances.remove(0);
            store.set_fuel(10_000 - cut)?;
            call = thawed.calls.remove(0).resume(&mut store)?;
        }
        let results = call.finished().expect("there was enough fuel");
        let memory =
            instance.get_memory(&store, "memory").expect("it's exported");
        let counts = memory.view::<u32, _>(&store, 0).range(0..4).to_vec();
        Ok((results[0].i32(), counts, store.get_fuel()?))
    };
    let whole = run(None)?;
    assert_eq!(whole.0, Some(55));
    for cut in (0..170).step_by(13) {
        assert_eq!(run(Some(cut))?, whole, "cut after {cut}");
    }
    Ok(())
}

#[test]
fn what_the_embedder_has_made_travels_too() -> Result<(), Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let ty = MemoryType::new(AddressType::I32, Limits { min: 1, max: Some(5) });
    let memory = Memory::new(&mut store, ty)?;
    memory.write(&mut store, 70, b"hello")?;
    memory.grow(&mut store, 2)?;
    let text = r#"(module
        (import "env" "memory" (memory 1 5))
        (import "env" "double" (func $double (param i32) (result i32)))
        (func (export "peek") (param i32) (result i32)
            (call $double (i32.load8_u (local.get 0)))))"#;
    let module = Module::new(&engine, text)?;
    // It has no name before it's imported.
    let double = Func::wrap(&mut store, |x: i32| 2 * x);
    let error = store.freeze(&[]).unwrap_err().to_string();
    assert!(error.contains("has no name"), "{error}");
    let imports: [Extern; 2] = [memory.into(), double.into()];
    Instance::new(&mut store, &module, &imports)?;
    let bytes = store.freeze(&[])?;
    drop(store);

    let mut linker = Linker::<()>::new(&engine);
    let missing = Store::thaw(&engine, (), &linker, &bytes)
        .err()
        .expect("a function is missing");
    assert!(missing.to_string().contains("`env` `double`"), "{missing}");
    linker.func_wrap("env", "double", |x: i64| x)?;
    let wrong = Store::thaw(&engine, (), &linker, &bytes)
        .err()
        .expect("it is of another type");
    assert!(wrong.to_string().contains("`env` `double`"), "{wrong}");
    linker.allow_shadowing(true).func_wrap("env", "double", |x: i32| 2 * x)?;
    let Thawed { mut store, instances, .. } =
        Store::thaw(&engine, (), &linker, &bytes)?;
    let peek = instances[0].get_typed_func::<i32, i32>(&store, "peek")?;
    assert_eq!(peek.call(&mut store, 70)?, 2 * i32::from(b'h'));
    // And once more, from the store that was thawed.
    let again = store.freeze(&[])?;
    let Thawed { mut store, instances, .. } =
        Store::thaw(&engine, (), &linker, &again)?;
    let peek = instances[0].get_typed_func::<i32, i32>(&store, "peek")?;
    assert_eq!(peek.call(&mut store, 71)?, 2 * i32::from(b'e'));
    Ok(())
}

#[test]
fn what_belongs_to_the_host_is_an_error_that_names_it() -> Result<(), Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let text =
        r#"(module (global (export "g") (mut externref) (ref.null extern)))"#;
    let module = Module::new(&engine, text)?;
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let global = instance.get_global(&store, "g").expect("it's exported");
    let file = ExternRef::new(&mut store, "an open file");
    global.set(&mut store, file.into())?;
    let error = store.freeze(&[]).unwrap_err().to_string();
    assert_eq!(error, "global 0 refers to something of the host, number 0");
    Ok(())
}

#[test]
fn bytes_that_are_no_frozen_store_are_refused() -> Result<(), Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let bytes = store.freeze(&[])?;
    let thaw = |engine: &Engine, bytes: &[u8]| {
        let linker = Linker::new(engine);
        Store::thaw(engine, (), &linker, bytes)
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(thaw(&engine, &bytes), Ok(()));
    let refused = Err("these bytes aren't a frozen store".to_owned());
    assert_eq!(thaw(&engine, b"\0asm"), refused);
    let mut damaged = bytes.clone();
    *damaged.last_mut().expect("it has bytes") ^= 1;
    let refused =
        Err("the frozen store is damaged: its checksum doesn't match"
            .to_owned());
    assert_eq!(thaw(&engine, &damaged), refused);
    let small = Engine::new(Config::new().max_frozen_bytes(10));
    let large =
        format!("the frozen store has {} bytes; the limit is 10", bytes.len());
    assert_eq!(thaw(&small, &bytes), Err(large));
    Ok(())
}

#[test]
fn fuel_that_is_kept_back_travels_too() -> Result<(), Error> {
    let mut config = Config::new();
    config.consume_fuel(true).interruptible(true);
    let engine = Engine::new(&config);
    let mut store = Store::new(&engine, ());
    store.set_fuel(10_000_000)?;
    let text = r#"(module (func (export "f") (loop (br_if 0 (i32.const 0)))))"#;
    let module = Module::new(&engine, text)?;
    let linker = Linker::new(&engine);
    let instance = linker.instantiate(&mut store, &module)?;
    instance.get_typed_func::<(), ()>(&store, "f")?.call(&mut store, ())?;
    let left = store.get_fuel()?;
    let bytes = store.freeze(&[])?;
    assert_eq!(store.get_fuel()?, left);
    let thawed = Store::thaw(&engine, (), &linker, &bytes)?;
    assert_eq!(thawed.store.get_fuel()?, left);
    Ok(())
}

/// A store that is in the middle of [`SUM`]: three numbers were answered.
fn in_the_middle() -> Result<Vec<u8>, Error> {
    let engine = engine(Strategy::Fast);
    let mut store = Store::new(&engine, 0);
    store.set_fuel(1_000)?;
    let module = Module::new(&engine, SUM)?;
    let instance = linker(&engine).instantiate(&mut store, &module)?;
    let sum = instance.get_func(&store, "sum").expect("it's exported");
    let mut call = paused(sum.call_resumable(&mut store, &[Val::I32(4)])?);
    for number in [1, 2, 3] {
        call = paused(call.answer(&mut store, &[Val::I32(number)])?);
    }
    store.freeze(&[&call])
}

#[test]
fn the_recorded_store_goes_on() -> Result<(), Error> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/frozen/sum.frozen");
    if std::env::var_os("RECORD").is_some() {
        std::fs::write(file, in_the_middle()?)
            .expect("the file can be written");
    }
    let bytes = std::fs::read(file).expect("it was recorded");
    // Another build makes the same bytes, or this is another version of the format.
    assert!(
        bytes == in_the_middle()?,
        "`RECORD=1 cargo test -p ch22-embed --test thaw` writes it"
    );
    for strategy in PAUSABLE {
        let engine = engine(strategy);
        let thawed = Store::thaw(&engine, 3, &linker(&engine), &bytes)?;
        let Thawed { mut store, mut calls, .. } = thawed;
        let results =
            calls.remove(0).answer(&mut store, &[Val::I32(4)])?.finished();
        assert_eq!(
            results.expect("it has ended")[0].i32(),
            Some(4 * 3000 + 10)
        );
    }
    Ok(())
}
