//! Instances: what they import, what they export, and how they start.

use ch22_embed::{
    Caller, Extern, Func, Global, GlobalType, Instance, Linker, Mutability,
    Store, Trap, ValType,
};

use crate::{call, engines, instance, linked, module};

#[test]
fn exports_are_found_by_name_and_kind() {
    let text = r#"(module
        (func (export "f")) (global (export "g") i32 (i32.const 1)) (table (export "t") 1 funcref)
        (memory (export "m") 1) (tag (export "e") (param i32)))"#;
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, text);
        let names: Vec<String> = it
            .exports(&store)
            .iter()
            .map(|export| export.name().to_owned())
            .collect();
        assert_eq!(names, ["f", "g", "t", "m", "e"]);
        assert!(
            it.get_func(&mut store, "f").is_some()
                && it.get_func(&mut store, "g").is_none()
        );
        assert!(
            it.get_global(&mut store, "g").is_some()
                && it.get_global(&mut store, "f").is_none()
        );
        assert!(
            it.get_table(&mut store, "t").is_some()
                && it.get_table(&mut store, "f").is_none()
        );
        assert!(
            it.get_memory(&mut store, "m").is_some()
                && it.get_memory(&mut store, "f").is_none()
        );
        assert!(
            it.get_tag(&mut store, "e").is_some()
                && it.get_tag(&mut store, "f").is_none()
        );
        let module = module(&engine, text);
        for (export, ty) in it.exports(&store).into_iter().zip(module.exports())
        {
            assert_eq!(export.clone().into_extern().ty(&store), *ty.ty());
            assert_eq!(
                it.get_export(&store, export.name()),
                Some(export.into_extern())
            );
        }
    }
}

#[test]
fn imports_are_given_in_their_order() {
    let text = r#"(module
        (import "a" "x" (func $f (result i32)))
        (import "a" "x" (func $g (result i32)))
        (import "a" "x" (global $h i32))
        (func (export "all") (param i32) (result i32)
            (i32.add (global.get $h)
                (i32.mul (i32.const 10) (i32.add (call $f) (i32.mul (i32.const 10) (call $g)))))))"#;
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let one = Func::wrap(&mut store, || 1);
        let two = Func::wrap(&mut store, || 2);
        let ty = GlobalType::new(ValType::I32, Mutability::Const);
        let global = Global::new(&mut store, ty, 3.into()).unwrap();
        let module = module(&engine, text);
        // The module asks for three things by the same name.
        let items: [Extern; 3] = [one.into(), two.into(), global.into()];
        let it = Instance::new(&mut store, &module, &items).unwrap();
        assert_eq!(call(&mut store, it, "all", 0), 213);
        let error =
            Instance::new(&mut store, &module, &items[..2]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the module has 3 imports, and 2 are given"
        );
        let wrong = [one.into(), global.into(), two.into()];
        let error =
            Instance::new(&mut store, &module, &wrong).unwrap_err().to_string();
        assert!(error.contains("incompatible import type"), "{error}");
    }
}

#[test]
fn the_start_function_is_called_and_may_fail() {
    let text = r#"(module
        (import "h" "f" (func $f (param i32)))
        (func $start (call $f (i32.const 7)) (unreachable))
        (func (export "f") (param i32) (result i32) (local.get 0))
        (start $start))"#;
    for engine in engines() {
        let mut linker = Linker::<i32>::new(&engine);
        linker
            .func_wrap("h", "f", |mut caller: Caller<'_, i32>, x: i32| {
                // The instance is there already.
                let f = caller.get_export("f").unwrap().into_func().unwrap();
                let f = f.typed::<i32, i32>(&caller).unwrap();
                *caller.data_mut() = f.call(&mut caller, x).unwrap();
            })
            .unwrap();
        let mut store = Store::new(&engine, 0);
        let module = module(&engine, text);
        let error = linker.instantiate(&mut store, &module).unwrap_err();
        assert_eq!((error.trap(), *store.data()), (Some(Trap::Unreachable), 7));
        let start = r#"(module (import "h" "f" (func $f (param i32)))
            (func (call $f (i32.const 8))) (export "f" (func $g)) (start 1)
            (func $g (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))))"#;
        linked(&linker, &mut store, start);
        assert_eq!(*store.data(), 64);
    }
}

#[test]
fn segments_that_do_not_fit_are_traps() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let data = module(
            &engine,
            r#"(module (memory 1) (data (i32.const 65536) "x"))"#,
        );
        let error = Instance::new(&mut store, &data, &[]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::OutOfBoundsMemoryAccess));
        let text = "(module (table 1 funcref) (func) (elem (i32.const 1) 0))";
        let error =
            Instance::new(&mut store, &module(&engine, text), &[]).unwrap_err();
        assert!(error.trap().is_some(), "{error}");
    }
}

#[test]
fn functions_can_be_translated_at_once() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(
            &mut store,
            r#"(module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))"#,
        );
        it.translate(&mut store).unwrap();
        assert_eq!(call(&mut store, it, "f", 1), 2);
    }
}

#[test]
fn a_module_of_another_engine_is_taken() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let text = r#"(module (func (export "f") (param i32) (result i32) (local.get 0)))"#;
        let module = module(&ch22_embed::Engine::default(), text);
        let it = Instance::new(&mut store, &module, &[]).unwrap();
        assert_eq!(call(&mut store, it, "f", 1), 1);
    }
}
