//! Imports that fit and imports that do not, and what instances share.

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports,
    InstanceAddr, MemAddr, Referent, TableAddr, TagAddr, Value,
};
use ch07_values::{NumType, Trap};
use ch09_module::{
    AddressType, FuncType, GlobalType, HeapType, Limits, MemoryType, RefType,
    TableType, ValType,
};
use ch12_instance::Store;
use trace::Step;

fn store() -> Store {
    Store::default()
}

/// An instance of a text whose exports the next modules can import from `name`.
fn provide(
    store: &mut Store,
    imports: &mut Imports,
    name: &str,
    text: &str,
) -> InstanceAddr {
    let instance = store.instantiate(text.as_bytes(), imports).unwrap();
    imports.instance(store, name, instance);
    instance
}

fn call(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    let function =
        store.export(instance, name).and_then(|item| item.func()).unwrap();
    store.invoke(function, arguments)
}

fn trap<T>(outcome: Result<T, Error>) -> Option<Trap> {
    outcome.err().and_then(|error| error.trap())
}

#[test]
fn a_reference_that_cannot_be_null_is_a_value_of_two_types() {
    let mut store = store();
    let module = r#"(module
        (func (export "is_null") (param (ref extern)) (result i32) local.get 0 ref.is_null))"#;
    let instance =
        store.instantiate(module.as_bytes(), &Imports::new()).unwrap();
    let given = call(
        &mut store,
        instance,
        "is_null",
        &[Value::ExternRef(Some(Referent::Host(7)))],
    );
    assert_eq!(given.unwrap(), [0.into()]);
    let error =
        call(&mut store, instance, "is_null", &[Value::ExternRef(None)])
            .unwrap_err();
    assert_eq!(
        error.to_string(),
        "wrong arguments: expected ((ref extern)), found (externref null)"
    );
}

#[test]
fn an_address_of_another_store_is_never_a_panic() {
    let mut store = store();
    let mut imports = Imports::new();
    for (name, item) in [
        ("f", Extern::Func(FuncAddr(9))),
        ("t", Extern::Table(TableAddr(9))),
        ("m", Extern::Memory(MemAddr(9))),
        ("g", Extern::Global(GlobalAddr(9))),
    ] {
        imports.define("other", name, item);
    }
    for import in [
        "\"f\" (func)",
        "\"t\" (table 0 funcref)",
        "\"m\" (memory 0)",
        "\"g\" (global i32)",
    ] {
        let module = format!("(module (import \"other\" {import}))");
        let error = store.instantiate(module.as_bytes(), &imports).unwrap_err();
        assert!(error.to_string().starts_with("unknown import"), "{error}");
    }
    let stranger = Value::FuncRef(Some(FuncAddr(9)));
    let funcref =
        GlobalType { content: ValType::Ref(RefType::FUNCREF), mutable: false };
    assert!(matches!(store.add_global(funcref, stranger), Err(Error::Call(_))));

    // What a host function hands in is looked at too.
    let ty = FuncType {
        params: Box::default(),
        results: Box::new([ValType::Ref(RefType::FUNCREF)]),
    };
    let host = store.add_function(HostFunction::dynamic(ty, move |_, _| {
        Ok(vec![stranger])
    }));
    imports.define("host", "stranger", Extern::Func(host));
    let module = r#"(module
        (import "host" "stranger" (func $stranger (result funcref)))
        (table 1 funcref)
        (func (export "call")
          i32.const 0
          call $stranger
          table.set 0
          i32.const 0
          call_indirect)
        (func (export "take") (param funcref)))"#;
    let instance = store.instantiate(module.as_bytes(), &imports).unwrap();
    let error = call(&mut store, instance, "call", &[]).unwrap_err();
    assert!(
        error.to_string().contains(
            "expected a value of type funcref of this store, found funcref 9"
        ),
        "{error}"
    );
    let error = call(&mut store, instance, "take", &[stranger]).unwrap_err();
    assert_eq!(error.to_string(), "there is no function 9");
}

#[test]
fn what_is_not_there_has_nothing() {
    let mut store = store();
    assert_eq!(store.exports(InstanceAddr(0)), []);
    assert_eq!(store.func_type(FuncAddr(0)), None);
    assert_eq!(store.global(GlobalAddr(0)), None);
    assert_eq!(store.table_size(TableAddr(0)), 0);
    assert_eq!(store.table_get(TableAddr(0), 0), None);
    assert_eq!(store.memory(MemAddr(0)), []);
    assert_eq!(store.memory_mut(MemAddr(0)), []);
    let error = store.set_global(GlobalAddr(3), 1.into()).unwrap_err();
    assert_eq!(error.to_string(), "there is no global 3");
    let error = store.call(InstanceAddr(0), "f", &[]).unwrap_err();
    assert_eq!(error.to_string(), "there is no exported function `f`");
}

#[test]
fn what_the_embedder_makes_has_the_next_address_and_its_type() {
    let mut store = store();
    let limits = |min| Limits { min, max: None };
    for number in 0..2 {
        let ty = FuncType {
            params: vec![ValType::V128; number as usize].into(),
            results: Box::default(),
        };
        let function = HostFunction::dynamic(ty.clone(), |_, _| Ok(vec![]));
        let function = store.add_function(function);
        assert_eq!(function, FuncAddr(number));
        assert_eq!(store.func_type(function), Some(ty.clone()));
        assert_eq!(store.add_tag(ty).unwrap(), TagAddr(number));
        let name = format!("the host's tag {number}");
        assert_eq!(store.data().tags[number as usize].name, name);

        let min = u64::from(number) + 1;
        let ty = MemoryType::new(AddressType::I32, limits(min));
        let memory = store.add_memory(ty).unwrap();
        assert_eq!(memory, MemAddr(number));
        store.memory_mut(memory)[7] = 5;
        let bytes = store.memory(memory);
        assert_eq!((bytes.len() as u64, bytes[7]), (min << 16, 5));

        let element = RefType::EXTERNREF;
        let address = AddressType::I64;
        let ty = TableType { address, limits: limits(min), element };
        let table = store.add_table(ty).unwrap();
        assert_eq!(table, TableAddr(number));
        assert_eq!(store.table_size(table), min);
        let null = Some(Value::ExternRef(None));
        assert_eq!(store.table_get(table, min - 1), null);
        assert_eq!(store.table_get(table, min), None);
    }
}

#[test]
fn a_global_takes_only_values_of_its_type_and_only_if_it_is_mutable() {
    let mut store = store();
    let number = ValType::Num(NumType::I32);
    let mut global = |mutable| {
        let ty = GlobalType { content: number, mutable };
        store.add_global(ty, Value::from(7)).unwrap()
    };
    let (variable, constant) = (global(true), global(false));
    let ty = GlobalType { content: number, mutable: true };
    assert!(store.add_global(ty, Value::from(7.0)).is_err());
    let mut set = |global, value| {
        let outcome: Result<(), Error> = store.set_global(global, value);
        outcome.map_err(|error| error.to_string())
    };
    assert_eq!(set(variable, Value::from(8)), Ok(()));
    for wrong in [Value::from(8_i64), Value::from(8.0), Value::FuncRef(None)] {
        let error = set(variable, wrong).unwrap_err();
        assert!(error.contains("a global of type i32 cannot hold"), "{error}");
    }
    let error = set(constant, Value::from(8)).unwrap_err();
    assert_eq!(error, format!("global {} is immutable", constant.0));
    assert_eq!(store.global(variable), Some(Value::from(8)));
    assert_eq!(store.global(constant), Some(Value::from(7)));
}

#[test]
fn an_immutable_global_may_have_a_subtype() {
    let mut store = store();
    let mut imports = Imports::new();
    let text = r#"(module
        (func $f)
        (elem declare func $f)
        (global (export "constant") (ref func) (ref.func $f))
        (global (export "variable") (mut (ref func)) (ref.func $f)))"#;
    provide(&mut store, &mut imports, "a", text);
    let mut import = |import: &str| {
        let module = format!("(module (import \"a\" {import}))");
        store
            .instantiate(module.as_bytes(), &imports)
            .map_err(|error| error.to_string())
    };
    import("\"constant\" (global funcref)").unwrap();
    import("\"variable\" (global (mut (ref func)))").unwrap();
    let error = import("\"variable\" (global (mut funcref))").unwrap_err();
    assert_eq!(
        error,
        "incompatible import type: `a` `variable`: expected global (mut funcref), found global (mut (ref func))"
    );
    assert!(import("\"constant\" (global externref)").is_err());
}

#[test]
fn a_type_is_not_its_index() {
    let mut store = store();
    let mut imports = Imports::new();
    let text = r#"(module
        (type (func (param i32)))
        (global (export "g") (ref null 0) (ref.null 0))
        (table (export "t") 1 (ref null 0)))"#;
    provide(&mut store, &mut imports, "a", text);
    for import in
        ["\"g\" (global (ref null $f))", "\"t\" (table 1 (ref null $f))"]
    {
        let import =
            |types| format!("(module {types} (import \"a\" {import}))");
        // The other type has the index 0 too.
        let other = import("(type $f (func (param i64)))");
        let outcome = store.instantiate(other.as_bytes(), &imports);
        assert!(matches!(outcome, Err(Error::Link(_))), "{outcome:?}");
        let same = import("(type (func)) (type $f (func (param i32)))");
        store.instantiate(same.as_bytes(), &imports).unwrap();
        // In a group with others it is another type.
        let group = import("(rec (type $f (func (param i32))) (type (func)))");
        let outcome = store.instantiate(group.as_bytes(), &imports);
        assert!(matches!(outcome, Err(Error::Link(_))), "{outcome:?}");
    }
}

#[test]
fn an_import_error_shows_the_word_sub() {
    let mut store = store();
    let mut imports = Imports::new();
    let text = r#"(module
        (type $open (sub (func (param i32))))
        (func (export "f") (type $open)))"#;
    provide(&mut store, &mut imports, "a", text);
    let module = br#"(module (import "a" "f" (func (param i32))))"#;
    let error = store.instantiate(module, &imports).unwrap_err();
    assert_eq!(
        error.to_string(),
        "incompatible import type: `a` `f`: \
         expected func (param i32), found (sub (func (param i32)))"
    );
}

#[test]
fn an_import_that_does_not_fit_is_reported_with_both_types() {
    let mut store = store();
    let mut imports = Imports::new();
    let text = r#"(module
        (func (export "f") (param i32) (result i32) local.get 0)
        (memory (export "m") 1 2)
        (table (export "t") 5 10 funcref)
        (global (export "g") (mut i32) (i32.const 0)))"#;
    provide(&mut store, &mut imports, "a", text);
    let wanted = [
        "\"f\" (func (param i64) (result i32))",
        "\"f\" (memory 1)",
        "\"m\" (memory 2)",
        "\"m\" (memory 1 1)",
        "\"m\" (func)",
        "\"t\" (table 6 10 funcref)",
        "\"t\" (table 5 9 funcref)",
        "\"t\" (table 5 externref)",
        "\"g\" (global i32)",
        "\"g\" (global (mut f32))",
        "\"nothing\" (func)",
    ];
    let errors = wanted.map(|import| {
        let module = format!("(module (import \"a\" {import}))");
        match store.instantiate(module.as_bytes(), &imports) {
            Err(Error::Link(error)) => error.to_string(),
            other => panic!("{import}: {other:?}"),
        }
    });
    insta::assert_snapshot!(errors.join("\n"));
    // And what fits, fits: a memory that has grown does so, too.
    let module = r#"(module
        (import "a" "f" (func (param i32) (result i32)))
        (import "a" "m" (memory $m 1 3))
        (import "a" "m" (memory 0))
        (import "a" "t" (table 0 funcref))
        (import "a" "g" (global (mut i32)))
        (func (export "grow") (drop (memory.grow $m (i32.const 1)))))"#;
    let instance = store.instantiate(module.as_bytes(), &imports).unwrap();
    call(&mut store, instance, "grow", &[]).unwrap();
    store
        .instantiate(br#"(module (import "a" "m" (memory 2 2)))"#, &imports)
        .unwrap();
}

#[test]
fn a_function_of_a_supertype_may_not_be_called_as_one_of_a_subtype() {
    let mut store = store();
    let text = r#"(module
        (type $super (sub (func)))
        (type $sub (sub $super (func)))
        (table 1 funcref)
        (elem (i32.const 0) func $f)
        (func $f (type $super))
        (func (export "f") (call_indirect (type $sub) (i32.const 0))))"#;
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let outcome = call(&mut store, instance, "f", &[]);
    assert_eq!(trap(outcome), Some(Trap::IndirectCallTypeMismatch));
}

#[test]
fn a_tag_fits_only_where_its_type_is_the_same() {
    let mut store = store();
    let mut imports = Imports::new();
    let text = r#"(module (tag (export "t") (param i32)))"#;
    provide(&mut store, &mut imports, "a", text);
    let mut import = |ty: &str| {
        let module = format!("(module (import \"a\" \"t\" (tag {ty})))");
        store.instantiate(module.as_bytes(), &imports)
    };
    import("(param i32)").unwrap();
    let error = import("(param i64)").unwrap_err();
    assert_eq!(
        error.to_string(),
        "incompatible import type: `a` `t`: expected tag (param i64), \
         found tag (param i32)"
    );
}

#[test]
fn a_tag_is_told_by_its_index_after_the_imported_ones_and_by_its_name() {
    let mut store = store();
    let mut imports = Imports::new();
    provide(&mut store, &mut imports, "a", r#"(module (tag (export "t")))"#);
    let text = r#"(module
        (import "a" "t" (tag $imported))
        (tag $first) (tag) (tag $third))"#;
    store.instantiate(text.as_bytes(), &imports).unwrap();
    let tags = store.data().tags.iter();
    let names: Vec<&str> = tags.map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["tag 0", "tag 1 ($first)", "tag 2", "tag 3 ($third)"]);
}

#[test]
fn a_small_integer_is_a_value_of_every_type_above_its_own() {
    let mut store = store();
    let value = Value::AnyRef(Some(Referent::I31(5)));
    let mut fits = |heap| {
        let content = ValType::Ref(RefType { nullable: true, heap });
        let ty = GlobalType { content, mutable: false };
        store.add_global(ty, value).is_ok()
    };
    for heap in [HeapType::I31, HeapType::Eq, HeapType::Any] {
        assert!(fits(heap), "{heap}");
    }
    for heap in [HeapType::Struct, HeapType::None, HeapType::Func] {
        assert!(!fits(heap), "{heap}");
    }
}

#[test]
fn a_constant_expression_is_watched_and_has_no_locals() {
    let mut store = Store::<Vec<Step>>::default();
    let text = r#"(module
        (global i32 (i32.add (i32.const 20) (i32.const 22))))"#;
    store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let step = store.observer().last().unwrap();
    assert_eq!(step.instruction, "i32.add");
    assert_eq!(step.stack, ["20", "22"]);
    assert!(step.locals.is_empty(), "{:?}", step.locals);
    assert_eq!(step.place.function, "a constant expression");
}

#[test]
fn instances_share_what_they_import() {
    let mut store = store();
    let mut imports = Imports::new();
    let owner = r#"(module
        (memory (export "m") 1)
        (table (export "t") 2 funcref)
        (global (export "g") (mut i32) (i32.const 1))
        (func $own (result i32) i32.const 11)
        (elem (i32.const 0) $own)
        (func (export "load") (result i32) (i32.load (i32.const 8)))
        (func (export "call") (param i32) (result i32)
          (call_indirect (result i32) (local.get 0)))
        (func (export "size") (result i32) memory.size))"#;
    let owner = provide(&mut store, &mut imports, "owner", owner);
    let guest = r#"(module
        (import "owner" "m" (memory 1))
        (import "owner" "t" (table $t 2 funcref))
        (import "owner" "g" (global $g (mut i32)))
        (import "owner" "call" (func $call (param i32) (result i32)))
        (global $own i32 (i32.const 22))
        (func $mine (result i32) (i32.add (global.get $own) (global.get $g)))
        (elem (i32.const 1) $mine)
        (func (export "change")
          (i32.store (i32.const 8) (i32.const 99))
          (global.set $g (i32.const 5))
          (drop (memory.grow (i32.const 1))))
        (func (export "through") (result i32) (call $call (i32.const 1)))
        (export "m" (memory 0)))"#;
    let guest = provide(&mut store, &mut imports, "guest", guest);
    call(&mut store, guest, "change", &[]).unwrap();
    assert_eq!(call(&mut store, owner, "load", &[]).unwrap(), [99.into()]);
    assert_eq!(call(&mut store, owner, "size", &[]).unwrap(), [2.into()]);
    // A call from the owner into the guest, and one from the guest through the
    // owner into the guest.
    assert_eq!(
        call(&mut store, owner, "call", &[1.into()]).unwrap(),
        [27.into()]
    );
    assert_eq!(call(&mut store, guest, "through", &[]).unwrap(), [27.into()]);
    assert_eq!(store.export(guest, "m"), store.export(owner, "m"));
    let global =
        store.export(owner, "g").and_then(|item| item.global()).unwrap();
    assert_eq!(store.global(global), Some(5.into()));
}

#[test]
fn a_start_function_that_traps_says_where_and_keeps_what_it_did() {
    let mut store = store();
    let mut imports = Imports::new();
    let owner = provide(
        &mut store,
        &mut imports,
        "owner",
        r#"(module (memory (export "m") 1))"#,
    );
    let text = r#"(module
        (import "owner" "m" (memory 1))
        (func $begin
          (i32.store8 (i32.const 0) (i32.const 7))
          (drop (i32.div_u (i32.const 1) (i32.const 0))))
        (start $begin))"#;
    let error = store.instantiate(text.as_bytes(), &imports).unwrap_err();
    assert_eq!(
        error.to_string(),
        "trap: integer divide by zero, in function 0 ($begin), at i32.div_u"
    );
    let memory =
        store.export(owner, "m").and_then(|item| item.memory()).unwrap();
    assert_eq!(store.memory(memory)[0], 7);
}

#[test]
fn a_function_without_a_name_is_told_by_what_it_is_exported_as_first() {
    let mut store = store();
    let text = r#"(module
        (func unreachable)
        (func (export "first") (export "second") unreachable)
        (func $own (export "third") unreachable)
        (export "again" (func 1)))"#;
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    for (name, told) in [
        ("first", "function 1 ($first)"),
        ("second", "function 1 ($first)"),
        ("again", "function 1 ($first)"),
        ("third", "function 2 ($own)"),
    ] {
        let error = call(&mut store, instance, name, &[]).unwrap_err();
        let told = format!("trap: unreachable, in {told}, at unreachable");
        assert_eq!(error.to_string(), told);
    }
}

#[test]
fn segments_before_the_one_that_does_not_fit_are_copied() {
    let mut store = store();
    let mut imports = Imports::new();
    let owner = r#"(module
        (memory (export "m") 1)
        (table (export "t") 3 funcref)
        (func (export "call") (param i32) (result i32)
          (call_indirect (result i32) (local.get 0))))"#;
    let owner = provide(&mut store, &mut imports, "owner", owner);
    let memory =
        store.export(owner, "m").and_then(|item| item.memory()).unwrap();

    let data = r#"(module
        (import "owner" "m" (memory 1))
        (data (i32.const 0) "abc")
        (data (i32.const 65534) "def")
        (data (i32.const 8) "ghi"))"#;
    let outcome = store.instantiate(data.as_bytes(), &imports);
    assert_eq!(trap(outcome), Some(Trap::OutOfBoundsMemoryAccess));
    assert_eq!(&store.memory(memory)[..11], b"abc\0\0\0\0\0\0\0\0");
    assert_eq!(store.memory(memory)[65_534..], [0, 0]);

    let elements = r#"(module
        (import "owner" "m" (memory 1))
        (import "owner" "t" (table 3 funcref))
        (func $f (result i32) i32.const 42)
        (elem (i32.const 0) $f)
        (elem (i32.const 2) $f $f)
        (data (i32.const 16) "jkl"))"#;
    let outcome = store.instantiate(elements.as_bytes(), &imports);
    assert_eq!(trap(outcome), Some(Trap::OutOfBoundsTableAccess));
    // The function lives on, although its instance has never been handed out.
    assert_eq!(
        call(&mut store, owner, "call", &[0.into()]).unwrap(),
        [42.into()]
    );
    let third = call(&mut store, owner, "call", &[2.into()]);
    assert_eq!(trap(third), Some(Trap::UninitializedElement));
    assert_eq!(store.memory(memory)[16], 0, "elements come before data");
}

#[test]
fn a_host_function_has_typed_arguments_and_may_fail_with_a_message() {
    let mut store = store();
    let mut imports = Imports::new();
    imports.func(
        &mut store,
        "host",
        "weigh",
        |a: i32, b: i64, c: f32, d: f64, e: u32, f: bool| {
            f64::from(a)
                + b as f64
                + f64::from(c)
                + d
                + f64::from(e)
                + f64::from(u8::from(f))
        },
    );
    imports.func(&mut store, "host", "open", |handle: u32| match handle {
        7 => Ok(1_i64),
        other => Err(format!("there is no file {other}")),
    });
    let text = r#"(module
        (import "host" "weigh" (func $weigh (param i32 i64 f32 f64 i32 i32) (result f64)))
        (import "host" "open" (func $open (param i32) (result i64)))
        (func (export "weigh") (result f64)
          (call $weigh (i32.const -1) (i64.const 20) (f32.const 0.5) (f64.const 0.25)
            (i32.const -1) (i32.const 2)))
        (func $read (export "read") (param i32) (result i64) (call $open (local.get 0))))"#;
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    let sum = -1.0 + 20.0 + 0.5 + 0.25 + f64::from(u32::MAX) + 1.0;
    assert_eq!(call(&mut store, instance, "weigh", &[]).unwrap(), [sum.into()]);
    assert_eq!(
        call(&mut store, instance, "read", &[7.into()]).unwrap(),
        [1_i64.into()]
    );
    match call(&mut store, instance, "read", &[8.into()]) {
        Err(Error::Trap(report)) => {
            assert_eq!(report.trap, Trap::Host);
            let source =
                report.source.as_ref().map(|source| source.to_string());
            assert_eq!(source.as_deref(), Some("there is no file 8"));
            assert_eq!(
                report.to_string(),
                "trap: host function failed: there is no file 8, in function 3 ($read), at call 1"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_call_with_other_arguments_is_refused() {
    let mut store = store();
    let text =
        r#"(module (func (export "f") (param i32 f64) (param externref)))"#;
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let null = Value::ExternRef(None);
    call(&mut store, instance, "f", &[1.into(), 2.0.into(), null]).unwrap();
    let wrong: [&[Value]; 5] = [
        &[],
        &[1.into(), 2.0.into()],
        &[1.into(), 2.0.into(), null, null],
        &[1_i64.into(), 2.0.into(), null],
        &[1.into(), 2.0.into(), Value::FuncRef(None)],
    ];
    let errors = wrong.map(|arguments| {
        match call(&mut store, instance, "f", arguments) {
            Err(Error::Call(message)) => message,
            other => panic!("{other:?}"),
        }
    });
    insta::assert_snapshot!(errors.join("\n"));
    let error = store.invoke(FuncAddr(9), &[]).unwrap_err();
    assert_eq!(error.to_string(), "there is no function 9");
}

#[test]
fn code_is_made_at_the_first_call_or_on_request() {
    let mut store = store();
    let text = br#"(module
        (func (export "one") (result i32) i32.const 1)
        (func (export "two") (result i32) i32.const 2))"#;
    let first = store.instantiate(text, &Imports::new()).unwrap();
    let second = store.instantiate(text, &Imports::new()).unwrap();
    let made = |store: &mut Store| -> Vec<bool> {
        let (view, _) = store.view();
        view.code.iter().map(|code| code.made().is_some()).collect()
    };
    assert_eq!(made(&mut store), [false; 4]);
    call(&mut store, first, "two", &[]).unwrap();
    assert_eq!(made(&mut store), [false, true, false, false]);
    store.translate(second);
    assert_eq!(made(&mut store), [false, true, true, true]);
}
