//! Linkers: what has which name.

use ch22_embed::{
    AddressType, Caller, Engine, Extern, Limits, Linker, Memory, MemoryType,
    Store,
};

use crate::{engines, linked, module};

const USES: &str = r#"(module
    (import "h" "f" (func $f (result i32)))
    (func (export "run") (result i32) (call $f)))"#;

fn run<T>(store: &mut Store<T>, it: ch22_embed::Instance) -> i32 {
    let run = it.get_typed_func::<(), i32>(&mut *store, "run").unwrap();
    run.call(store, ()).unwrap()
}

#[test]
fn a_name_is_given_once_unless_shadowing_is_allowed() {
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        linker.func_wrap("h", "f", || 1).unwrap();
        let error = linker.func_wrap("h", "f", || 2).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), "`h` `f` is defined already");
        let copy = linker.clone();
        linker.allow_shadowing(true).func_wrap("h", "f", || 3).unwrap();
        assert!(
            linker.allow_shadowing(false).func_wrap("h", "f", || 4).is_err()
        );
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, USES);
        assert_eq!(run(&mut store, it), 3);
        let it = linked(&copy, &mut store, USES);
        assert_eq!(run(&mut store, it), 1);
        assert!(Engine::same(linker.engine(), &engine));
    }
}

#[test]
fn aliases_and_modules_are_names_like_others() {
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        linker.func_wrap("a", "b", || 7).unwrap();
        linker.alias("a", "b", "h", "f").unwrap();
        assert!(linker.alias("a", "none", "h", "g").is_err());
        assert!(linker.alias("a", "b", "h", "f").is_err());
        let mut store = Store::new(&engine, ());
        linker.module(&mut store, "other", &module(&engine, USES)).unwrap();
        let text = r#"(module (import "other" "run" (func $f (result i32)))
            (func (export "run") (result i32) (i32.add (i32.const 1) (call $f))))"#;
        let it = linked(&linker, &mut store, text);
        assert_eq!(run(&mut store, it), 8);
        assert!(linker.instance(&store, "other", it).is_err());
        linker.instance(&store, "third", it).unwrap();
        let found = linker.get(&mut store, "third", "run");
        assert_eq!(
            found.and_then(Extern::into_func),
            it.get_func(&mut store, "run")
        );
        assert!(linker.get(&mut store, "third", "none").is_none());
    }
}

#[test]
fn one_linker_serves_many_stores() {
    for engine in engines() {
        let mut linker = Linker::<i32>::new(&engine);
        linker
            .func_wrap("h", "f", |caller: Caller<'_, i32>| *caller.data())
            .unwrap();
        for data in 0..20 {
            let mut store = Store::new(&engine, data);
            let it = linked(&linker, &mut store, USES);
            assert_eq!(run(&mut store, it), data);
            // A function of the host is in a store once.
            let [one, two] = [0, 1].map(|_| linker.get(&mut store, "h", "f"));
            assert!(one.is_some() && one == two);
        }
    }
}

#[test]
fn what_is_missing_or_different_is_said() {
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        let mut store = Store::new(&engine, ());
        let uses = module(&engine, USES);
        let error =
            linker.instantiate(&mut store, &uses).unwrap_err().to_string();
        assert!(error.contains("unknown import: `h` `f`"), "{error}");
        linker.func_wrap("h", "f", |_: i32| 1).unwrap();
        let error =
            linker.instantiate(&mut store, &uses).unwrap_err().to_string();
        assert!(error.contains("incompatible import type: `h` `f`"), "{error}");
    }
}

#[test]
fn unknown_functions_become_traps() {
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        let uses = module(&engine, USES);
        linker.func_wrap("h", "other", || {}).unwrap();
        linker.define_unknown_imports_as_traps(&uses).unwrap();
        linker.define_unknown_imports_as_traps(&uses).unwrap();
        let mut store = Store::new(&engine, ());
        let it = linker.instantiate(&mut store, &uses).unwrap();
        let run = it.get_typed_func::<(), i32>(&mut store, "run").unwrap();
        let error = run.call(&mut store, ()).unwrap_err();
        assert_eq!(error.to_string(), "unknown import `h` `f` was called");
        let memory = module(&engine, r#"(module (import "h" "m" (memory 1)))"#);
        assert!(linker.define_unknown_imports_as_traps(&memory).is_err());
        let own = r#"(module (type $s (struct)) (import "h" "g" (func (result (ref null $s)))))"#;
        assert!(
            linker
                .define_unknown_imports_as_traps(&module(&engine, own))
                .is_err()
        );
    }
}

#[test]
fn things_of_a_store_are_defined_for_it_alone() {
    let engine = Engine::default();
    let mut linker = Linker::<()>::new(&engine);
    let (mut one, mut other) =
        (Store::new(&engine, ()), Store::new(&engine, ()));
    let ty = MemoryType::new(AddressType::I32, Limits { min: 1, max: None });
    let memory = Memory::new(&mut one, ty).unwrap();
    linker.define(&one, "h", "m", memory).unwrap();
    let text = module(
        &engine,
        r#"(module (import "h" "m" (memory 1)) (export "m" (memory 0)))"#,
    );
    let it = linker.instantiate(&mut one, &text).unwrap();
    assert_eq!(it.get_memory(&mut one, "m"), Some(memory));
    let panics = |work: &mut dyn FnMut()| {
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        assert_eq!(
            outcome.unwrap_err().downcast_ref(),
            Some(&"this belongs to another store")
        );
    };
    panics(&mut || _ = linker.instantiate(&mut other, &text));
    panics(&mut || {
        _ = linker.clone().define(&other, "h", "n", memory).map(|_| ())
    });
}
