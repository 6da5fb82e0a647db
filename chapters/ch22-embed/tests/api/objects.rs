//! Structures and arrays: made by the host and by modules, and how long they live.

use ch22_embed::{
    AnyRef, ArrayRef, Caller, ExternRef, Func, HeapType, Linker, Store,
    StructRef, Trap, Val, ValType,
};

use crate::{engines, engines_with, instance, linked};

const TEXT: &str = r#"(module
    (type $point (struct (field (mut i32)) (field i64) (field (mut i8)) (field (mut (ref null $point)))))
    (type $bytes (array (mut i8)))
    (type $fixed (array f64))
    (type $list (array (mut anyref)))
    (func (export "point") (param (ref $point)) (result i32)
        (i32.add (struct.get $point 0 (local.get 0)) (struct.get_s $point 2 (local.get 0))))
    (func (export "bytes") (param (ref $bytes)) (result i32) (array.len (local.get 0)))
    (func (export "fixed") (param (ref $fixed)))
    (func (export "list") (param (ref $list)))
    (func (export "make") (param i32) (result (ref $point))
        (struct.new $point (local.get 0) (i64.const 2) (i32.const 255) (ref.null $point)))
    (func (export "garbage") (param i32) (result i32)
        (loop
            (drop (array.new_default $bytes (i32.const 1000)))
            (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 0)))"#;

/// The type of a function's parameter.
fn heap_type(
    store: &mut Store<()>,
    it: ch22_embed::Instance,
    name: &str,
) -> HeapType {
    let ty = it.get_func(&mut *store, name).unwrap().ty(store);
    match ty.params() {
        [ValType::Ref(ty)] => ty.heap,
        _ => panic!("{ty}"),
    }
}

#[test]
fn structures_are_made_read_and_written() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        let ty = heap_type(&mut store, it, "point");
        let fields = [1.into(), 2_i64.into(), 0x1ff.into(), Val::AnyRef(None)];
        let point = StructRef::new(&mut store, ty, &fields).unwrap();
        assert_eq!(point.ty(&mut store), ty);
        // A packed field keeps its lower bits.
        let words: Vec<String> = point
            .fields(&mut store)
            .unwrap()
            .iter()
            .map(Val::to_string)
            .collect();
        assert_eq!(words, ["1", "2", "255", "null"]);
        let f = it.get_func(&mut store, "point").unwrap();
        let mut results = [Val::I32(0)];
        f.call(&mut store, &[point.clone().into()], &mut results).unwrap();
        assert_eq!(results[0].i32(), Some(0));
        point.set_field(&mut store, 0, 41.into()).unwrap();
        point.set_field(&mut store, 2, 1.into()).unwrap();
        f.call(&mut store, &[point.clone().into()], &mut results).unwrap();
        assert_eq!(results[0].i32(), Some(42));
        point.set_field(&mut store, 3, point.clone().into()).unwrap();
        let Val::AnyRef(Some(own)) = point.field(&mut store, 3).unwrap() else {
            panic!()
        };
        assert_eq!(
            own.as_struct().unwrap().field(&mut store, 0).unwrap().i32(),
            Some(41)
        );

        assert!(point.set_field(&mut store, 0, 1_i64.into()).is_err());
        assert!(
            point.set_field(&mut store, 1, 1_i64.into()).is_err(),
            "it can't be written"
        );
        for index in [4, u32::MAX] {
            assert!(point.field(&mut store, index).is_err());
            assert!(point.set_field(&mut store, index, 1.into()).is_err());
        }
        assert!(StructRef::new(&mut store, ty, &fields[..3]).is_err());
        assert!(StructRef::new(&mut store, ty, &[]).is_err());
        let wrong = [1.into(), 2.into(), 3.into(), Val::AnyRef(None)];
        assert!(StructRef::new(&mut store, ty, &wrong).is_err());
        for wrong in [
            HeapType::Any,
            HeapType::Struct,
            heap_type(&mut store, it, "bytes"),
        ] {
            assert!(StructRef::new(&mut store, wrong, &fields).is_err());
        }
    }
}

#[test]
fn arrays_are_made_read_and_written() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        let ty = heap_type(&mut store, it, "bytes");
        let bytes = ArrayRef::new(&mut store, ty, &7.into(), 5).unwrap();
        assert_eq!(
            (bytes.len(&mut store).unwrap(), bytes.ty(&mut store)),
            (5, ty)
        );
        bytes.set(&mut store, 4, 9.into()).unwrap();
        let all: Vec<_> = bytes
            .elements(&mut store)
            .unwrap()
            .iter()
            .filter_map(Val::i32)
            .collect();
        assert_eq!(all, [7, 7, 7, 7, 9]);
        for index in [5, u32::MAX] {
            assert!(bytes.get(&mut store, index).is_err());
            assert!(bytes.set(&mut store, index, 1.into()).is_err());
        }
        assert!(bytes.set(&mut store, 0, 1_f64.into()).is_err());
        let f = it.get_func(&mut store, "bytes").unwrap();
        let mut results = [Val::I32(0)];
        f.call(&mut store, &[bytes.into()], &mut results).unwrap();
        assert_eq!(results[0].i32(), Some(5));
        let empty = ArrayRef::new(&mut store, ty, &7.into(), 0).unwrap();
        assert_eq!(empty.elements(&mut store).unwrap().len(), 0);

        let ty = heap_type(&mut store, it, "fixed");
        let fixed =
            ArrayRef::new_fixed(&mut store, ty, &[1.5.into(), 2.5.into()])
                .unwrap();
        assert_eq!(fixed.get(&mut store, 1).unwrap().f64(), Some(2.5));
        assert!(
            fixed.set(&mut store, 0, 1.5.into()).is_err(),
            "it can't be written"
        );
        assert!(ArrayRef::new_fixed(&mut store, ty, &[1.into()]).is_err());
        assert!(ArrayRef::new(&mut store, ty, &1.into(), 0).is_err());
        let point = heap_type(&mut store, it, "point");
        for wrong in [HeapType::Array, HeapType::I31, point] {
            assert!(ArrayRef::new(&mut store, wrong, &7.into(), 1).is_err());
        }
    }
}

#[test]
fn a_huge_array_is_an_error_and_takes_nothing() {
    for engine in engines_with(|config| _ = config.max_heap_bytes(1 << 20)) {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        let ty = heap_type(&mut store, it, "bytes");
        for length in [u32::MAX, 1 << 30, 1 << 21] {
            let error =
                ArrayRef::new(&mut store, ty, &7.into(), length).unwrap_err();
            assert_eq!(error.trap(), Some(Trap::OutOfHeap));
        }
        assert!(ArrayRef::new(&mut store, ty, &7.into(), 1 << 19).is_ok());
    }
}

#[test]
fn what_has_a_handle_stays_and_what_has_none_goes() {
    for engine in engines_with(|config| _ = config.max_heap_bytes(1 << 18)) {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        let ty = heap_type(&mut store, it, "bytes");
        let kept: Vec<ArrayRef> = (0..50)
            .map(|number| {
                ArrayRef::new(&mut store, ty, &number.into(), 1000).unwrap()
            })
            .collect();
        // Twice what the heap has room for, made by the module and by the host.
        assert_eq!(crate::call(&mut store, it, "garbage", 500), 0);
        for _ in 0..500 {
            ArrayRef::new(&mut store, ty, &7.into(), 1000).unwrap();
        }
        for (number, array) in (0..).zip(&kept) {
            assert_eq!(array.len(&mut store).unwrap(), 1000);
            assert_eq!(array.get(&mut store, 999).unwrap().i32(), Some(number));
        }
        // As many as are kept are too many, until half of them are dropped.
        let mut more = Vec::new();
        let error = loop {
            match ArrayRef::new(&mut store, ty, &7.into(), 1000) {
                Ok(array) => more.push(array),
                Err(error) => break error,
            }
        };
        assert_eq!(error.trap(), Some(Trap::OutOfHeap));
        assert!((100..250).contains(&more.len()), "{}", more.len());
        more.truncate(50);
        let again: Vec<_> = (0..100)
            .map(|_| ArrayRef::new(&mut store, ty, &7.into(), 1000).unwrap())
            .collect();
        assert_eq!(again.len(), 100);
    }
}

#[test]
fn objects_that_only_others_refer_to_stay_with_them() {
    for engine in engines_with(|config| _ = config.max_heap_bytes(1 << 18)) {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        let (list, bytes) = (
            heap_type(&mut store, it, "list"),
            heap_type(&mut store, it, "bytes"),
        );
        let list =
            ArrayRef::new(&mut store, list, &Val::AnyRef(None), 10).unwrap();
        for index in 0..10 {
            let array =
                ArrayRef::new(&mut store, bytes, &3.into(), 100).unwrap();
            list.set(&mut store, index, array.into()).unwrap();
        }
        assert_eq!(crate::call(&mut store, it, "garbage", 500), 0);
        for element in list.elements(&mut store).unwrap() {
            let Val::AnyRef(Some(array)) = element else { panic!() };
            let array = array.as_array().unwrap();
            assert_eq!(array.get(&mut store, 99).unwrap().i32(), Some(3));
        }
        // A handle of a part keeps the part, and not the whole.
        let Val::AnyRef(Some(part)) = list.get(&mut store, 5).unwrap() else {
            panic!()
        };
        drop(list);
        assert_eq!(crate::call(&mut store, it, "garbage", 500), 0);
        let part = part.as_array().unwrap();
        assert_eq!(part.get(&mut store, 99).unwrap().i32(), Some(3));
    }
}

#[test]
fn many_handles_leave_nothing() {
    let engine = ch22_embed::Engine::new(
        ch22_embed::Config::new().max_heap_bytes(1 << 17),
    );
    let mut store = Store::new(&engine, ());
    let it = instance(&mut store, TEXT);
    let make = it.get_func(&mut store, "make").unwrap();
    let mut results = [Val::I32(0)];
    for number in 0..10_000 {
        make.call(&mut store, &[number.into()], &mut results).unwrap();
    }
    let Val::AnyRef(Some(last)) = &results[0] else { panic!() };
    let last = last.as_struct().unwrap();
    for _ in 0..10_000 {
        assert!(
            last.clone().field(&mut store, 0).unwrap().i32() == Some(9_999)
        );
    }
}

#[test]
fn uncaught_exceptions_leave_nothing() {
    let text = r#"(module (type $bytes (array i8)) (tag $t (param (ref $bytes)))
        (func (export "f") (throw $t (array.new_default $bytes (i32.const 1000)))))"#;
    for engine in engines_with(|config| _ = config.max_heap_bytes(1 << 17)) {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, text);
        let f = it.get_typed_func::<(), ()>(&mut store, "f").unwrap();
        for _ in 0..500 {
            let error = f.call(&mut store, ()).unwrap_err();
            assert!(error.is_exception(), "{error}");
        }
    }
}

#[test]
fn objects_go_through_functions_of_the_host() {
    let text = r#"(module
        (type $bytes (array (mut i8)))
        (import "h" "keep" (func $keep (param anyref) (result anyref)))
        (func (export "run") (param i32) (result i32) (local $it anyref)
            (loop
                (local.set $it (call $keep (array.new $bytes (local.get 0) (i32.const 1000))))
                (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (array.get_u $bytes (ref.cast (ref $bytes) (local.get $it)) (i32.const 999))))"#;
    for engine in engines_with(|config| _ = config.max_heap_bytes(1 << 16)) {
        let mut linker = Linker::<i32>::new(&engine);
        linker
            .func_wrap(
                "h",
                "keep",
                |mut caller: Caller<'_, i32>, it: Option<AnyRef>| {
                    *caller.data_mut() += 1;
                    let array = it.as_ref().and_then(AnyRef::as_array).unwrap();
                    assert_eq!(array.len(&mut caller).unwrap(), 1000);
                    let copy = array.elements(&mut caller).unwrap();
                    let ty = array.ty(&mut caller);
                    drop((array, it));
                    ArrayRef::new_fixed(&mut caller, ty, &copy)
                        .map(|it| Some(AnyRef::from(it)))
                },
            )
            .unwrap();
        let mut store = Store::new(&engine, 0);
        let it = linked(&linker, &mut store, text);
        let run = it.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        assert_eq!(run.call(&mut store, 60).unwrap(), 1);
        assert_eq!(*store.data(), 60);
    }
}

#[test]
fn the_hosts_data_lives_as_long_as_the_store() {
    let mut store = Store::<()>::default();
    let data = std::rc::Rc::new(7);
    let host = ExternRef::new(&mut store, std::rc::Rc::clone(&data));
    assert_eq!(std::rc::Rc::strong_count(&data), 2);
    drop(store);
    assert_eq!(std::rc::Rc::strong_count(&data), 1);
    drop(host);
    let mut store =
        Store::new(&ch22_embed::Engine::default(), std::rc::Rc::clone(&data));
    let f = Func::wrap(&mut store, |caller: Caller<'_, std::rc::Rc<i32>>| {
        **caller.data()
    });
    assert_eq!(
        f.typed::<(), i32>(&store).unwrap().call(&mut store, ()).unwrap(),
        7
    );
    drop(store);
    assert_eq!(
        std::rc::Rc::strong_count(&data),
        1,
        "a store that is dropped is gone"
    );
}
