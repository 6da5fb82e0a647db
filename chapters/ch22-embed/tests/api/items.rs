//! Tables, globals and tags.

use ch22_embed::{
    AddressType, AnyRef, ExternRef, Func, FuncType, Global, GlobalType,
    HeapType, Limits, Mutability, RefType, Store, Table, TableType, Tag, V128,
    Val, ValType,
};

use crate::{engines, instance};

fn table(element: RefType, min: u64, max: Option<u64>) -> TableType {
    TableType {
        address: AddressType::I32,
        limits: Limits { min, max },
        element,
    }
}

fn func(val: Option<Val>) -> Option<Func> {
    val.expect("there is such an element").func_ref()
}

#[test]
fn tables_are_read_written_and_grown() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let f = Func::wrap(&mut store, || 7);
        let ty = table(RefType::FUNCREF, 2, Some(4));
        let it = Table::new(&mut store, ty, f.into()).unwrap();
        assert_eq!((it.size(&store), it.ty(&store)), (2, ty));
        assert_eq!(func(it.get(&mut store, 1)), Some(f));
        it.set(&mut store, 1, Val::FuncRef(None)).unwrap();
        assert_eq!(func(it.get(&mut store, 1)), None);
        assert_eq!(it.grow(&mut store, 1, f.into()).unwrap(), 2);
        assert_eq!(func(it.get(&mut store, 2)), Some(f));
        assert_eq!(it.grow(&mut store, 0, f.into()).unwrap(), 3);
        for by in [2, 1 << 32, u64::MAX - 2, u64::MAX] {
            assert!(it.grow(&mut store, by, f.into()).is_err());
        }
        for index in [3, 1 << 32, u64::MAX] {
            assert!(it.get(&mut store, index).is_none());
            assert!(it.set(&mut store, index, f.into()).is_err());
        }
        let host = ExternRef::new(&mut store, ());
        for wrong in
            [Val::I32(0), host.into(), Val::ExternRef(None), Val::AnyRef(None)]
        {
            assert!(it.set(&mut store, 0, wrong.clone()).is_err());
            assert!(it.grow(&mut store, 1, wrong.clone()).is_err());
            assert!(Table::new(&mut store, ty, wrong.clone()).is_err());
            assert!(
                Table::new(&mut store, table(RefType::FUNCREF, 0, None), wrong)
                    .is_err()
            );
        }
        assert_eq!(it.ty(&store), table(RefType::FUNCREF, 3, Some(4)));
    }
}

#[test]
fn tables_of_other_types() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let i31 = RefType { nullable: false, heap: HeapType::I31 };
        let number = AnyRef::from_i31(&store, 7);
        let it =
            Table::new(&mut store, table(i31, 2, None), number.into()).unwrap();
        let Some(Val::AnyRef(Some(number))) = it.get(&mut store, 1) else {
            panic!()
        };
        assert_eq!(number.as_i31(), Some(7));
        assert!(it.set(&mut store, 0, Val::AnyRef(None)).is_err());
        for wrong in [
            table(RefType::FUNCREF, 2, Some(1)),
            table(RefType::FUNCREF, u64::MAX, None),
            table(RefType::FUNCREF, 1 << 30, None),
        ] {
            assert!(Table::new(&mut store, wrong, Val::FuncRef(None)).is_err());
        }
    }
}

#[test]
fn globals_are_read_and_written() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let all: [Val; 5] = [
            1.into(),
            2_i64.into(),
            3_f32.into(),
            4_f64.into(),
            V128(5 << 64 | 6).into(),
        ];
        for value in all {
            let ty = GlobalType::new(value.ty(), Mutability::Var);
            let zero = Val::default_for(value.ty());
            let it = Global::new(&mut store, ty, zero).unwrap();
            assert_eq!(it.ty(&store), ty);
            it.set(&mut store, value.clone()).unwrap();
            assert_eq!(it.get(&mut store).to_string(), value.to_string());
            assert!(it.set(&mut store, Val::FuncRef(None)).is_err());
        }
        let ty = GlobalType::new(ValType::I32, Mutability::Const);
        assert!(Global::new(&mut store, ty, 1_i64.into()).is_err());
        let it = Global::new(&mut store, ty, 1.into()).unwrap();
        assert!(it.set(&mut store, 2.into()).is_err());
        assert_eq!(it.get(&mut store).i32(), Some(1));
        assert_eq!(
            (ty.content(), ty.mutability()),
            (ValType::I32, Mutability::Const)
        );
        let host = ExternRef::new(&mut store, 7);
        let ty = GlobalType::new(ValType::EXTERNREF, Mutability::Var);
        let it = Global::new(&mut store, ty, host.into()).unwrap();
        let Val::ExternRef(Some(host)) = it.get(&mut store) else { panic!() };
        assert_eq!(host.data(&store).unwrap().downcast_ref(), Some(&7));
    }
}

#[test]
fn a_module_sees_what_the_host_writes() {
    let text = r#"(module
        (global (export "g") (mut i32) (i32.const 1)) (table (export "t") 2 funcref)
        (type $f (func (result i32)))
        (func (export "read") (param i32) (result i32)
            (i32.add (global.get 0) (call_indirect (type $f) (local.get 0)))))"#;
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, text);
        let f = Func::wrap(&mut store, || 100);
        it.get_table(&mut store, "t")
            .unwrap()
            .set(&mut store, 1, f.into())
            .unwrap();
        it.get_global(&mut store, "g")
            .unwrap()
            .set(&mut store, 20.into())
            .unwrap();
        assert_eq!(crate::call(&mut store, it, "read", 1), 120);
    }
}

#[test]
fn tags_have_parameters_and_no_results() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let ty = FuncType::new([ValType::I32], []);
        let tag = Tag::new(&mut store, ty.clone()).unwrap();
        assert_eq!(tag.ty(&store), ty);
        assert!(
            Tag::new(&mut store, FuncType::new([], [ValType::I32])).is_err()
        );
    }
}

#[test]
fn types_of_no_module_make_no_panic() {
    let nowhere = HeapType::Concrete(ch09_module::TypeIdx(99));
    for nullable in [false, true] {
        let element = RefType { nullable, heap: nowhere };
        let ty = ValType::Ref(element);
        for engine in engines() {
            let mut store = Store::new(&engine, ());
            let null = Val::default_for(ty);
            _ = Global::new(
                &mut store,
                GlobalType::new(ty, Mutability::Var),
                null.clone(),
            );
            _ = Table::new(&mut store, table(element, 1, None), null.clone());
            _ = Tag::new(&mut store, FuncType::new([ty], []));
            let ty = FuncType::new([ty], [ty]);
            let f = Func::new(&mut store, ty, |_, _, _| Ok(()));
            assert_eq!(f.ty(&store).params().len(), 1);
            _ = f.call(
                &mut store,
                std::slice::from_ref(&null),
                &mut [null.clone()],
            );
            _ = f.typed::<Option<AnyRef>, Option<AnyRef>>(&store);
            assert!(
                ch22_embed::StructRef::new(&mut store, nowhere, &[]).is_err()
            );
            assert!(
                ch22_embed::ArrayRef::new(&mut store, nowhere, &null, 1)
                    .is_err()
            );
        }
    }
}

#[test]
fn nothing_is_used_with_another_store() {
    let text = r#"(module
        (type $s (struct (field (mut i32)))) (type $a (array (mut i32)))
        (func (export "s") (param (ref null $s))) (func (export "a") (param (ref null $a)))
        (global (export "g") (mut i32) (i32.const 1)) (table (export "t") 1 funcref)
        (memory (export "m") 1) (tag (export "e")))"#;
    let (mut one, mut other) = (Store::<()>::default(), Store::<()>::default());
    let it = instance(&mut one, text);
    instance(&mut other, text);
    let table = it.get_table(&mut one, "t").unwrap();
    let global = it.get_global(&mut one, "g").unwrap();
    let memory = it.get_memory(&mut one, "m").unwrap();
    let tag = it.get_tag(&mut one, "e").unwrap();
    let heap = |store: &mut Store<()>, name| {
        let ty = it.get_func(&mut *store, name).unwrap().ty(&*store);
        let ValType::Ref(ty) = ty.params()[0] else { panic!("{ty}") };
        ty.heap
    };
    let (of_struct, of_array) = (heap(&mut one, "s"), heap(&mut one, "a"));
    let object =
        ch22_embed::StructRef::new(&mut one, of_struct, &[1.into()]).unwrap();
    let array =
        ch22_embed::ArrayRef::new(&mut one, of_array, &1.into(), 3).unwrap();
    let own = instance(&mut other, text).get_table(&mut other, "t").unwrap();
    let f = it.get_func(&mut one, "s").unwrap();
    let host = ExternRef::new(&mut one, ());
    let (null, ty) = (
        Val::FuncRef(None),
        GlobalType::new(ValType::FUNCREF, Mutability::Const),
    );
    type Use<'a> = Box<dyn FnMut(&mut Store<()>) + 'a>;
    let mut uses: Vec<Use<'_>> = vec![
        Box::new(|store| _ = table.ty(&*store)),
        Box::new(|store| _ = table.size(&*store)),
        Box::new(|store| _ = table.get(store, 0)),
        Box::new(|store| _ = table.set(store, 0, null.clone())),
        Box::new(|store| _ = table.grow(store, 0, null.clone())),
        Box::new(|store| _ = own.set(store, 0, f.into())),
        Box::new(|store| _ = global.ty(&*store)),
        Box::new(|store| _ = global.get(store)),
        Box::new(|store| _ = global.set(store, 1.into())),
        Box::new(|store| _ = Global::new(store, ty, f.into())),
        Box::new(|store| _ = memory.ty(&*store)),
        Box::new(|store| _ = memory.data(&*store)),
        Box::new(|store| _ = memory.data_mut(store)),
        Box::new(|store| _ = memory.size(&*store)),
        Box::new(|store| _ = memory.data_size(&*store)),
        Box::new(|store| _ = memory.grow(store, 0)),
        Box::new(|store| _ = memory.read(&*store, 0, &mut [])),
        Box::new(|store| _ = memory.write(store, 0, &[])),
        Box::new(|store| _ = memory.view::<u8, _>(&*store, 0)),
        Box::new(|store| _ = memory.view_mut::<u8, _>(store, 0)),
        Box::new(|store| _ = tag.ty(&*store)),
        Box::new(|store| _ = object.ty(store)),
        Box::new(|store| _ = object.field(store, 0)),
        Box::new(|store| _ = object.fields(store)),
        Box::new(|store| _ = object.set_field(store, 0, 1.into())),
        Box::new(|store| _ = array.len(store)),
        Box::new(|store| _ = array.get(store, 0)),
        Box::new(|store| _ = array.elements(store)),
        Box::new(|store| _ = array.set(store, 0, 1.into())),
        Box::new(|store| _ = host.data(&*store)),
        Box::new(|store| _ = it.get_export(&*store, "g")),
        Box::new(|store| _ = it.translate(store)),
        Box::new(|store| _ = f.call_resumable(store, &[])),
        Box::new(|store| _ = f.typed::<(), ()>(&*store)),
    ];
    for (number, work) in uses.iter_mut().enumerate() {
        let wrong = std::panic::AssertUnwindSafe(|| work(&mut other));
        let panic = std::panic::catch_unwind(wrong)
            .expect_err(&format!("use {number}"));
        assert_eq!(
            panic.downcast_ref(),
            Some(&"this belongs to another store"),
            "use {number}"
        );
    }
}
