//! Imports that fit and imports that do not, and what instances share.

use ch12_instance::{Engine, Error, Imports, InstanceAddr, Store, Value};

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
