//! Imports that fit and imports that do not, and what instances share.

use ch07_values::Trap;
use ch09_module::{FuncType, GlobalType, RefType, ValType};
use ch12_instance::{
    Engine, Error, Extern, FuncAddr, HostFunction, Imports, InstanceAddr, MemAddr, Store, Value,
};

fn store() -> Store {
    Store::default()
}

/// An instance of a text whose exports the next modules can import from `name`.
fn provide(store: &mut Store, imports: &mut Imports, name: &str, text: &str) -> InstanceAddr {
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
    let function = store.export(instance, name).and_then(|item| item.func()).unwrap();
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
    let instance = store.instantiate(module.as_bytes(), &Imports::new()).unwrap();
    let given = call(&mut store, instance, "is_null", &[Value::ExternRef(Some(7))]);
    assert_eq!(given.unwrap(), [0.into()]);
    let error = call(&mut store, instance, "is_null", &[Value::ExternRef(None)]).unwrap_err();
    assert_eq!(error.to_string(), "wrong arguments: wanted ((ref extern)), given (externref null)");
}

#[test]
fn an_address_of_another_store_is_never_a_panic() {
    let mut store = store();
    let mut imports = Imports::new();
    for (name, item) in [
        ("f", Extern::Func(FuncAddr(9))),
        ("t", Extern::Table(ch12_instance::TableAddr(9))),
        ("m", Extern::Memory(MemAddr(9))),
        ("g", Extern::Global(ch12_instance::GlobalAddr(9))),
    ] {
        imports.define("other", name, item);
    }
    for import in
        ["\"f\" (func)", "\"t\" (table 0 funcref)", "\"m\" (memory 0)", "\"g\" (global i32)"]
    {
        let module = format!("(module (import \"other\" {import}))");
        let error = store.instantiate(module.as_bytes(), &imports).unwrap_err();
        assert!(error.to_string().starts_with("unknown import"), "{error}");
    }
    let stranger = Value::FuncRef(Some(FuncAddr(9)));
    let funcref = GlobalType { content: ValType::Ref(RefType::FUNCREF), mutable: false };
    assert!(matches!(store.add_global(funcref, stranger), Err(Error::Call(_))));

    // What a host function hands in, nobody has looked at.
    let ty =
        FuncType { params: Box::default(), results: Box::new([ValType::Ref(RefType::FUNCREF)]) };
    let host = store.add_function(HostFunction::dynamic(ty, move |_| Ok(vec![stranger])));
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
    assert_eq!(trap(call(&mut store, instance, "call", &[])), Some(Trap::UndefinedElement));
    let error = call(&mut store, instance, "take", &[stranger]).unwrap_err();
    assert_eq!(error.to_string(), "there is no function 9");
}

#[test]
fn a_global_that_cannot_be_written_fits_where_more_is_allowed() {
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
        store.instantiate(module.as_bytes(), &imports).map_err(|error| error.to_string())
    };
    import("\"constant\" (global funcref)").unwrap();
    import("\"variable\" (global (mut (ref func)))").unwrap();
    let error = import("\"variable\" (global (mut funcref))").unwrap_err();
    assert_eq!(
        error,
        "incompatible import type: `a` `variable`: wanted global (mut funcref), given global (mut (ref func))"
    );
    assert!(import("\"constant\" (global externref)").is_err());
}

#[test]
fn types_that_only_their_module_knows_are_not_compared_yet() {
    let mut store = store();
    let mut imports = Imports::new();
    // Both types have the index 0, and are not the same.
    let text = r#"(module
        (type (func (param i32)))
        (global (export "g") (ref null 0) (ref.null 0))
        (table (export "t") 1 (ref null 0)))"#;
    provide(&mut store, &mut imports, "a", text);
    for import in ["\"g\" (global (ref null 0))", "\"t\" (table 1 (ref null 0))"] {
        let module = format!("(module (type (func (param i64))) (import \"a\" {import}))");
        let outcome = store.instantiate(module.as_bytes(), &imports);
        assert!(matches!(outcome, Err(Error::NotYet(_))), "{outcome:?}");
    }
}
