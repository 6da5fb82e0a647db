//! References in a store: what may be linked, called, cast and passed in.

use annex_embedding::{
    Caller, Engine, Error, Extern, FuncAddr, HostFunction, Imports,
    InstanceAddr, Referent, Value,
};
use ch07_values::Trap;
use ch09_module::{FuncType, GlobalType, HeapType, RefType, ValType};
use ch15_references::Store;

/// A store with one module in it.
fn single(text: &str) -> (Store, InstanceAddr) {
    let mut store = Store::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    (store, instance)
}

fn function(store: &Store, instance: InstanceAddr, name: &str) -> FuncAddr {
    store.export(instance, name).and_then(Extern::func).unwrap()
}

fn call(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    store.invoke(function(store, instance, name), arguments)
}

fn trap<T>(outcome: Result<T, Error>) -> Option<Trap> {
    outcome.err().and_then(|error| error.trap())
}

/// Whether a module whose text has this import can be linked to one with this
/// export.
fn links(export: &str, import: &str) -> bool {
    let (mut store, mut imports): (Store, _) =
        (Store::default(), Imports::new());
    let given = store
        .instantiate(format!("(module {export})").as_bytes(), &imports)
        .unwrap();
    imports.instance(&store, "given", given);
    match store.instantiate(format!("(module {import})").as_bytes(), &imports) {
        Ok(_) => true,
        Err(Error::Link(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

const POINTS: &str = "(type $point (sub (struct (field i32))))
    (type $pixel (sub $point (struct (field i32 i32))))";

#[test]
fn a_function_is_imported_at_its_type_or_a_supertype() {
    let types = "(type $top (sub (func)))
        (type $middle (sub $top (func)))
        (type $low (sub final $middle (func)))
        (type $other (sub (func)))
        (type $alike (sub $other (func)))";
    let fits = |given: &str, wanted: &str| {
        links(
            &format!("{types} (func (export \"f\") (type {given}))"),
            &format!(
                "(type (struct)) {types} (import \"given\" \"f\" (func (type {wanted})))"
            ),
        )
    };
    assert!(
        fits("$low", "$top") && fits("$low", "$middle") && fits("$low", "$low")
    );
    assert!(!fits("$top", "$low") && !fits("$middle", "$low"));
    assert!(
        fits("$alike", "$middle") && fits("$other", "$top"),
        "they are the same types"
    );
}

#[test]
fn mutable_globals_need_the_same_type_and_immutable_ones_a_subtype() {
    let fits = |mutable: &str, given: &str, wanted: &str| {
        let ty = |ty: &str| {
            if mutable.is_empty() {
                ty.to_owned()
            } else {
                format!("(mut {ty})")
            }
        };
        links(
            &format!(
                "{POINTS} (global (export \"g\") {} (ref.null none))",
                ty(given)
            ),
            &format!(
                "{POINTS} (import \"given\" \"g\" (global {}))",
                ty(wanted)
            ),
        )
    };
    let (pixel, point) = ("(ref null $pixel)", "(ref null $point)");
    for wanted in [pixel, point, "structref", "eqref", "anyref"] {
        assert!(fits("", pixel, wanted), "{wanted}");
        assert_eq!(fits("mut", pixel, wanted), wanted == pixel, "{wanted}");
    }
    assert!(fits("", "nullref", pixel));
    for wanted in
        ["nullref", "arrayref", "i31ref", "externref", "funcref", "i32"]
    {
        assert!(!fits("", point, wanted), "{wanted}");
    }
}

#[test]
fn a_table_has_to_be_of_the_same_type() {
    let fits = |given: &str, wanted: &str| {
        links(
            &format!("{POINTS} (table (export \"t\") {given})"),
            &format!(
                "(type (func)) {POINTS} (import \"given\" \"t\" (table {wanted}))"
            ),
        )
    };
    assert!(fits("1 (ref null $pixel)", "1 (ref null $pixel)"));
    assert!(!fits("1 (ref null $pixel)", "1 (ref null $point)"));
    assert!(!fits("1 (ref null $pixel)", "1 structref"));
    assert!(!fits("1 (ref null $pixel)", "2 (ref null $pixel)"));
    assert!(fits("i64 1 2 funcref", "i64 1 3 funcref"));
    assert!(!fits("i64 1 2 funcref", "1 2 funcref"));
    assert!(!fits("1 2 funcref", "i64 1 2 funcref"));
}

#[test]
fn call_indirect_accepts_subtypes_and_nothing_else() {
    let (mut store, instance) = single(
        "(module
            (type $top (sub (func (result i32))))
            (type $low (sub $top (func (result i32))))
            (type $alike (sub (func (result i32))) )
            (type $last (sub final $low (func (result i32))))
            (table funcref (elem $a $b $c))
            (func $a (type $top) i32.const 1)
            (func $b (type $low) i32.const 2)
            (func $c (type $last) i32.const 3)
            (func (export \"top\") (param i32) (result i32) (call_indirect (type $top) (local.get 0)))
            (func (export \"low\") (param i32) (result i32) (call_indirect (type $low) (local.get 0)))
            (func (export \"final\") (param i32) (result i32) (call_indirect (type $last) (local.get 0))))",
    );
    let mut results = |name: &str| {
        [0, 1, 2].map(|place| {
            match call(&mut store, instance, name, &[place.into()]) {
                Ok(results) => results[0].i32(),
                outcome => {
                    assert_eq!(
                        trap(outcome),
                        Some(Trap::IndirectCallTypeMismatch)
                    );
                    None
                }
            }
        })
    };
    assert_eq!(results("top"), [Some(1), Some(2), Some(3)]);
    assert_eq!(results("low"), [None, Some(2), Some(3)]);
    assert_eq!(results("final"), [None, None, Some(3)]);
}

#[test]
fn a_branch_on_null_carries_the_operands_below_the_reference() {
    let (mut store, instance) = single(
        "(module
            (type $f (func (result i32)))
            (elem declare func $one)
            (func $one (type $f) i32.const 1)
            (func $pick (param i32) (result (ref null $f))
              (if (result (ref null $f)) (local.get 0)
                (then (ref.func $one)) (else (ref.null $f))))
            (func (export \"on_null\") (param i32) (result i32)
              i32.const 90
              (block $null (param i32) (result i32)
                i32.const 5
                (call $pick (local.get 0))
                br_on_null $null
                call_ref $f
                i32.add
                i32.add)
              i32.const 1000
              i32.add)
            (func (export \"on_non_null\") (param i32) (result i32)
              (block $some (result i32 (ref $f))
                i32.const 5
                (call $pick (local.get 0))
                br_on_non_null $some
                i32.const 70
                i32.add
                return)
              call_ref $f
              i32.add))",
    );
    let mut result = |name: &str, given: i32| {
        call(&mut store, instance, name, &[given.into()]).unwrap()
    };
    assert_eq!(result("on_null", 0), [1005.into()]);
    assert_eq!(result("on_null", 1), [1096.into()]);
    assert_eq!(result("on_non_null", 0), [75.into()]);
    assert_eq!(result("on_non_null", 1), [6.into()]);
}

#[test]
fn a_null_traps_where_a_reference_is_required() {
    let (mut store, instance) = single(
        "(module
            (type $f (func))
            (func (export \"call\") (call_ref $f (ref.null $f)))
            (func (export \"call_nothing\") (call_ref $f (ref.null nofunc)))
            (func (export \"assert\") (param externref) (result (ref extern))
              (ref.as_non_null (local.get 0))))",
    );
    for name in ["call", "call_nothing"] {
        let outcome = call(&mut store, instance, name, &[]);
        assert_eq!(trap(outcome), Some(Trap::NullFunctionReference));
    }
    let null = call(&mut store, instance, "assert", &[Value::ExternRef(None)]);
    assert_eq!(trap(null), Some(Trap::NullReference));
    let some = Value::ExternRef(Some(Referent::Host(7)));
    assert_eq!(call(&mut store, instance, "assert", &[some]).unwrap(), [some]);
}

#[test]
fn the_embedder_passes_only_references_that_fit() {
    let (mut store, instance) = single(
        "(module
            (type $top (sub (func (result i32))))
            (type $low (sub $top (func (result i32))))
            (func (export \"top\") (type $top) i32.const 1)
            (func (export \"low\") (type $low) i32.const 2)
            (func (export \"other\") (result i64) i64.const 3)
            (func (export \"call_top\") (param (ref $top)) (result i32) (call_ref $top (local.get 0)))
            (func (export \"call_low\") (param (ref null $low)) (result i32) (call_ref $low (local.get 0)))
            (global (export \"g\") (mut (ref null $low)) (ref.null $low)))",
    );
    let [top, low, other] = ["top", "low", "other"]
        .map(|name| Value::FuncRef(Some(function(&store, instance, name))));
    let mut result = |name: &str, given: Value| match call(
        &mut store,
        instance,
        name,
        &[given],
    ) {
        Ok(results) => results[0].i32(),
        Err(Error::Call(_)) => None,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(
        [top, low, other].map(|given| result("call_top", given)),
        [Some(1), Some(2), None]
    );
    assert_eq!(
        [top, low, other].map(|given| result("call_low", given)),
        [None, Some(2), None]
    );
    let strangers = [
        Value::FuncRef(None),
        Value::FuncRef(Some(FuncAddr(99))),
        Value::FuncRef(Some(FuncAddr(u32::MAX))),
        Value::AnyRef(None),
        Value::ExternRef(None),
        0.into(),
    ];
    assert!(strangers.iter().all(|given| result("call_top", *given).is_none()));

    let global = store.export(instance, "g").and_then(Extern::global).unwrap();
    assert_eq!(store.global(global), Some(Value::FuncRef(None)));
    assert!(store.set_global(global, low).is_ok());
    assert!(
        store.set_global(global, top).is_err()
            && store.set_global(global, other).is_err()
    );
    assert_eq!(store.global(global), Some(low));
    assert!(store.set_global(global, Value::FuncRef(None)).is_ok());
}

#[test]
fn host_functions_may_use_a_modules_types_by_number() {
    let (mut store, instance) = single(
        "(module
            (type (struct))
            (type $f (func (result i32)))
            (func (export \"f\") (type $f) i32.const 6)
            (func (export \"other\")))",
    );
    let number = store.data().instances[instance.index()].types[1];
    let heap = HeapType::Concrete(number);
    let ty = ValType::Ref(RefType { nullable: false, heap });
    let [f, other] =
        ["f", "other"].map(|name| function(&store, instance, name));
    let mut imports = Imports::new();
    for (name, given) in [("f", f), ("other", other)] {
        let ty = FuncType { params: Box::default(), results: Box::new([ty]) };
        let give = move |_: &mut Caller<'_>, _: &[Value]| {
            Ok(vec![Value::FuncRef(Some(given))])
        };
        let host = store.add_function(HostFunction::dynamic(ty, give));
        imports.define("host", name, Extern::Func(host));
    }
    let module = |name: &str| {
        format!(
            "(module
                (type $g (func (result i32)))
                (import \"host\" \"{name}\" (func $give (result (ref $g))))
                (func (export \"go\") (result i32) (call_ref $g (call $give))))"
        )
    };
    let instance = store.instantiate(module("f").as_bytes(), &imports).unwrap();
    assert_eq!(call(&mut store, instance, "go", &[]).unwrap(), [6.into()]);
    let instance =
        store.instantiate(module("other").as_bytes(), &imports).unwrap();
    assert_eq!(trap(call(&mut store, instance, "go", &[])), Some(Trap::Host));

    let nullable = ValType::Ref(RefType { nullable: true, heap });
    let ty = GlobalType { content: nullable, mutable: false };
    assert!(store.add_global(ty, Value::FuncRef(Some(f))).is_ok());
    assert!(store.add_global(ty, Value::FuncRef(Some(other))).is_err());
}

#[test]
fn ref_eq_compares_identity() {
    let (mut store, instance) = single(
        "(module
            (table 2 eqref)
            (func (export \"eq\") (result i32)
              (ref.eq (table.get (i32.const 0)) (table.get (i32.const 1)))))",
    );
    let eq = call(&mut store, instance, "eq", &[]);
    assert_eq!(eq.unwrap(), [1.into()], "null is null");
}

#[test]
fn a_table_of_references_that_are_never_null_starts_with_one() {
    let (mut store, instance) = single(
        "(module
            (type $f (func (result i32)))
            (table $t (export \"t\") 2 9 (ref $f) (ref.func $one))
            (func $one (export \"one\") (type $f) i32.const 1)
            (func $two (type $f) i32.const 2)
            (elem declare func $two)
            (func (export \"grow\") (result i32) (table.grow $t (ref.func $two) (i32.const 2)))
            (func (export \"call\") (param i32) (result i32)
              (call_ref $f (table.get $t (local.get 0)))))",
    );
    assert_eq!(call(&mut store, instance, "grow", &[]).unwrap(), [2.into()]);
    let mut result =
        |place: i32| call(&mut store, instance, "call", &[place.into()]);
    let results: Vec<Value> =
        (0..4).flat_map(|place| result(place).unwrap()).collect();
    assert_eq!(results, [1, 1, 2, 2].map(Value::from));
    assert_eq!(trap(result(4)), Some(Trap::OutOfBoundsTableAccess));
    let table = store.export(instance, "t").and_then(Extern::table).unwrap();
    assert_eq!(
        store.table_get(table, 0),
        Some(Value::FuncRef(Some(function(&store, instance, "one"))))
    );
}

#[test]
fn calls_by_reference_nest_no_deeper_than_others() {
    let (mut store, instance) = single(
        "(module
            (type $f (func))
            (elem declare func $f)
            (func $f (export \"f\") (type $f) (call_ref $f (ref.func $f))))",
    );
    assert_eq!(
        trap(call(&mut store, instance, "f", &[])),
        Some(Trap::CallStackExhausted)
    );
}

/// A shelf with null, a function of type `$top`, one of its subtype `$low`, and
/// one that is related to neither.
const SHELF: &str = r#"
    (type $top (sub (func (param i32) (result i32))))
    (type $low (sub final $top (func (param i32) (result i32))))
    (type $other (func))
    (table $shelf (export "shelf") funcref
      (elem (ref.null func) (ref.func $a) (ref.func $b) (ref.func $c)))
    (func $a (type $top) (i32.add (local.get 0) (i32.const 1)))
    (func $b (type $low) (i32.add (local.get 0) (i32.const 2)))
    (func $c (type $other))"#;

/// What a function answers for each place of the shelf; `None` for a cast that
/// fails.
fn at_each_place(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
) -> [Option<i32>; 4] {
    [0, 1, 2, 3].map(|place| {
        let outcome = store.call(instance, name, &[place.into()]);
        match outcome {
            Ok(results) => results[0].i32(),
            outcome => {
                assert_eq!(trap(outcome), Some(Trap::CastFailure));
                None
            }
        }
    })
}

#[test]
fn a_test_asks_for_the_type_and_whether_null_is_allowed() {
    let test = |ty: &str| {
        let (mut store, instance) = single(&format!(
            r#"(module {SHELF}
                (func (export "test") (param i32) (result i32)
                  (ref.test {ty} (table.get $shelf (local.get 0)))))"#
        ));
        at_each_place(&mut store, instance, "test").map(Option::unwrap)
    };
    assert_eq!(test("(ref $top)"), [0, 1, 1, 0]);
    assert_eq!(test("(ref null $top)"), [1, 1, 1, 0]);
    assert_eq!(test("(ref $low)"), [0, 0, 1, 0]);
    assert_eq!(test("(ref $other)"), [0, 0, 0, 1]);
    assert_eq!(test("(ref func)"), [0, 1, 1, 1]);
    assert_eq!(test("funcref"), [1, 1, 1, 1]);
    assert_eq!(test("(ref nofunc)"), [0, 0, 0, 0]);
    assert_eq!(test("nullfuncref"), [1, 0, 0, 0]);
}

#[test]
fn a_cast_leaves_the_reference_or_traps() {
    let (mut store, instance) = single(&format!(
        r#"(module {SHELF}
            (func (export "top") (param i32) (result i32)
              (call_ref $top (i32.const 10)
                (ref.cast (ref $top) (table.get $shelf (local.get 0)))))
            (func (export "low") (param i32) (result i32)
              (call_ref $low (i32.const 10)
                (ref.cast (ref $low) (table.get $shelf (local.get 0)))))
            (func (export "null") (param i32) (result i32)
              (ref.is_null
                (ref.cast nullfuncref (table.get $shelf (local.get 0))))))"#
    ));
    let mut results = |name| at_each_place(&mut store, instance, name);
    assert_eq!(results("top"), [None, Some(11), Some(12), None]);
    assert_eq!(results("low"), [None, None, Some(12), None]);
    assert_eq!(results("null"), [Some(1), None, None, None]);
}

#[test]
fn a_branch_on_a_cast_carries_the_reference_and_the_operands_below() {
    let (mut store, instance) = single(&format!(
        r#"(module {SHELF}
            (func (export "cast") (param i32) (result i32)
              i32.const 90
              (block $yes (result i32 (ref $top))
                i32.const 5
                i32.const 10
                (table.get $shelf (local.get 0))
                br_on_cast $yes funcref (ref $top)
                ref.is_null
                i32.add
                i32.add
                return)
              call_ref $top
              i32.add)
            (func (export "cast_fail") (param i32) (result i32)
              i32.const 90
              (block $no (result i32 funcref)
                i32.const 5
                i32.const 10
                (table.get $shelf (local.get 0))
                br_on_cast_fail $no funcref (ref $top)
                call_ref $top
                i32.add
                return)
              ref.is_null
              i32.add
              i32.add)
            (func (export "null_too") (param i32) (result i32)
              (block $no (result (ref func))
                (table.get $shelf (local.get 0))
                br_on_cast_fail $no funcref (ref null $top)
                ref.is_null
                return)
              drop
              i32.const -1))"#
    ));
    let mut results =
        |name| at_each_place(&mut store, instance, name).map(Option::unwrap);
    // A branch takes the reference, the 10 below it, and neither the 5 nor
    // what is outside the block.
    assert_eq!(results("cast"), [16, 101, 102, 15]);
    assert_eq!(results("cast_fail"), [101, 16, 17, 100]);
    assert_eq!(results("null_too"), [1, 0, 0, -1]);
}

#[test]
fn a_cast_knows_the_functions_of_other_modules() {
    let (mut store, shelf) = single(&format!("(module {SHELF})"));
    let mut imports = Imports::new();
    imports.instance(&store, "other", shelf);
    let instance = store
        .instantiate(
            br#"(module
                (type $alone (struct))
                (type $same (sub (func (param i32) (result i32))))
                (type $alike (sub $same (func (param i32) (result i32))))
                (table $shelf (import "other" "shelf") 4 funcref)
                (func (export "same") (param i32) (result i32)
                  (ref.test (ref $same) (table.get $shelf (local.get 0))))
                (func (export "alike") (param i32) (result i32)
                  (ref.test (ref $alike) (table.get $shelf (local.get 0)))))"#,
            &imports,
        )
        .unwrap();
    let mut results =
        |name| at_each_place(&mut store, instance, name).map(Option::unwrap);
    assert_eq!(results("same"), [0, 1, 1, 0]);
    assert_eq!(results("alike"), [0, 0, 0, 0]);
}

#[test]
fn a_value_of_the_host_matches_extern_and_not_noextern() {
    let (mut store, instance) = single(
        r#"(module
            (func (export "extern") (param externref) (result i32)
              (ref.test (ref extern) (local.get 0)))
            (func (export "noextern") (param externref) (result i32)
              (ref.test (ref null noextern) (local.get 0))))"#,
    );
    let mut test = |name: &str, given: Option<Referent>| {
        let given = Value::ExternRef(given);
        store.call(instance, name, &[given]).unwrap()[0].i32()
    };
    let some = Some(Referent::Host(7));
    assert_eq!(
        (test("extern", some), test("extern", None)),
        (Some(1), Some(0))
    );
    assert_eq!(
        (test("noextern", some), test("noextern", None)),
        (Some(0), Some(1))
    );
}
