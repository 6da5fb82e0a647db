//! Calls from outside, with and without types of Rust.

use ch22_embed::{AnyRef, ExternRef, Func, Store, V128, Val};

use crate::{engines, instance};

const TEXT: &str = r#"(module
    (type $unary (func (param i32) (result i32)))
    (func $double (export "double") (type $unary) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "swap") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
        (local.get 3) (local.get 2) (local.get 1) (local.get 0))
    (func (export "vector") (param v128 i32) (result i32 v128)
        (local.get 1) (i32x4.add (local.get 0) (i32x4.splat (local.get 1))))
    (func (export "function") (result funcref) (ref.func $double))
    (func (export "narrow") (result (ref $unary)) (ref.func $double))
    (func (export "no_function") (result (ref null $unary)) (ref.null $unary))
    (func (export "apply") (param (ref null $unary) i32) (result i32)
        (call_ref $unary (local.get 1) (local.get 0)))
    (func (export "same") (param externref) (result externref) (local.get 0))
    (func (export "i31") (param i31ref) (result i32) (i31.get_s (local.get 0)))
    (func (export "any") (param anyref) (result anyref) (local.get 0))
    (func (export "nan") (result f32 f64) (f32.const nan:0x200001) (f64.const nan:0x4000000000001))
    (func (export "none")))"#;

#[test]
fn numbers_come_back_as_they_are() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        type Swap = (f64, f32, i64, i32);
        let swap = it
            .get_typed_func::<(i32, i64, f32, f64), Swap>(&mut store, "swap")
            .unwrap();
        let results = swap.call(&mut store, (-1, i64::MIN, 0.5, -0.0)).unwrap();
        assert_eq!(results, (-0.0, 0.5, i64::MIN, -1));
        assert!(results.0.is_sign_negative());
        let unsigned =
            it.get_typed_func::<u32, u32>(&mut store, "double").unwrap();
        assert_eq!(
            unsigned.call(&mut store, 3_000_000_000).unwrap(),
            1_705_032_704
        );
        let tuple =
            it.get_typed_func::<(i32,), (i32,)>(&mut store, "double").unwrap();
        assert_eq!(tuple.call(&mut store, (4,)).unwrap(), (8,));
        let none = it.get_typed_func::<(), ()>(&mut store, "none").unwrap();
        none.call(&mut store, ()).unwrap();

        let swap = it.get_func(&mut store, "swap").unwrap();
        let mut results = [const { Val::I32(0) }; 4];
        let params = [1.into(), 2_i64.into(), 3.5_f32.into(), 4.5_f64.into()];
        swap.call(&mut store, &params, &mut results).unwrap();
        assert_eq!(
            (results[0].f64(), results[1].f32()),
            (Some(4.5), Some(3.5))
        );
        assert_eq!((results[2].i64(), results[3].i32()), (Some(2), Some(1)));
        assert_eq!(format!("{} {}", results[0], results[3]), "4.5 1");
    }
}

#[test]
fn the_bits_of_nans_are_kept() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        let nan = it.get_func(&mut store, "nan").unwrap();
        let mut results = [const { Val::I32(0) }; 2];
        nan.call(&mut store, &[], &mut results).unwrap();
        assert!(matches!(
            results,
            [Val::F32(0x7fa0_0001), Val::F64(0x7ff4_0000_0000_0001)]
        ));
        let typed =
            it.get_typed_func::<(), (f32, f64)>(&mut store, "nan").unwrap();
        let (x, y) = typed.call(&mut store, ()).unwrap();
        assert_eq!(
            (x.to_bits(), y.to_bits()),
            (0x7fa0_0001, 0x7ff4_0000_0000_0001)
        );
    }
}

#[test]
fn vectors_have_both_halves() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        let f = it
            .get_typed_func::<(V128, i32), (i32, V128)>(&mut store, "vector")
            .unwrap();
        let sum = 0x0000_0005_0000_0006_0000_0007_0000_0008;
        let given = V128(0x0000_0002_0000_0003_0000_0004_0000_0005);
        assert_eq!(f.call(&mut store, (given, 3)).unwrap(), (3, V128(sum)));
        let f = it.get_func(&mut store, "vector").unwrap();
        let mut results = [const { Val::I32(0) }; 2];
        f.call(&mut store, &[given.into(), 3.into()], &mut results).unwrap();
        assert_eq!(results[1].v128(), Some(V128(sum)));
    }
}

#[test]
fn references_go_in_and_come_out() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        let double = it.get_func(&mut store, "double").unwrap();
        for name in ["function", "narrow"] {
            let f = it
                .get_typed_func::<(), Option<Func>>(&mut store, name)
                .unwrap();
            assert_eq!(f.call(&mut store, ()).unwrap(), Some(double));
        }
        let f = it
            .get_typed_func::<(), Option<Func>>(&mut store, "no_function")
            .unwrap();
        assert_eq!(f.call(&mut store, ()).unwrap(), None);
        let mut results = [Val::I32(0)];
        f.func().call(&mut store, &[], &mut results).unwrap();
        assert!(matches!(results, [Val::FuncRef(None)]));

        let apply = it
            .get_typed_func::<(Option<Func>, i32), i32>(&mut store, "apply")
            .unwrap();
        assert_eq!(apply.call(&mut store, (Some(double), 21)).unwrap(), 42);
        let error = apply.call(&mut store, (None, 21)).unwrap_err();
        assert_eq!(error.trap(), Some(ch22_embed::Trap::NullFunctionReference));
        // The parameter is narrower than `Option<Func>`, so each call checks.
        let none = it.get_func(&mut store, "none").unwrap();
        let error = apply.call(&mut store, (Some(none), 21)).unwrap_err();
        assert!(error.to_string().contains("wrong arguments"), "{error}");

        let host = ExternRef::new(&mut store, 7_u8);
        let same = it
            .get_typed_func::<Option<ExternRef>, Option<ExternRef>>(
                &mut store, "same",
            )
            .unwrap();
        let back =
            same.call(&mut store, Some(host)).unwrap().expect("it isn't null");
        assert_eq!(back.data(&store).unwrap().downcast_ref(), Some(&7_u8));
        assert!(same.call(&mut store, None).unwrap().is_none());

        let i31 = it
            .get_typed_func::<Option<AnyRef>, i32>(&mut store, "i31")
            .unwrap();
        let number = AnyRef::from_i31(&store, u32::MAX);
        assert_eq!(number.as_i31(), Some(0x7fff_ffff));
        assert_eq!(i31.call(&mut store, Some(number)).unwrap(), -1);
        let host = ExternRef::new(&mut store, "any");
        let any = it
            .get_typed_func::<Option<AnyRef>, Option<AnyRef>>(&mut store, "any")
            .unwrap();
        let any = any
            .call(&mut store, Some(AnyRef::convert_extern(host)))
            .unwrap()
            .unwrap();
        assert!(
            any.as_i31().is_none()
                && any.as_struct().is_none()
                && any.as_array().is_none()
        );
        let host = ExternRef::convert_any(any);
        assert_eq!(host.data(&store).unwrap().downcast_ref(), Some(&"any"));
    }
}

#[test]
fn wrong_types_and_wrong_numbers_are_errors() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, TEXT);
        assert!(it.get_typed_func::<i64, i32>(&mut store, "double").is_err());
        assert!(it.get_typed_func::<i32, i64>(&mut store, "double").is_err());
        assert!(it.get_typed_func::<(), i32>(&mut store, "double").is_err());
        assert!(
            it.get_typed_func::<(i32, i32), i32>(&mut store, "double").is_err()
        );
        assert!(it.get_typed_func::<i32, ()>(&mut store, "double").is_err());
        let error =
            it.get_typed_func::<f32, i32>(&mut store, "double").unwrap_err();
        let said = "the exported function `double`: the function is (i32) -> (i32), and not \
                    (f32) -> (i32)";
        assert_eq!(error.to_string(), said);
        let error =
            it.get_typed_func::<(), ()>(&mut store, "nothing").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no exported function `nothing`"
        );
        assert!(
            it.get_typed_func::<(), Option<AnyRef>>(&mut store, "function")
                .is_err()
        );
        assert!(
            it.get_typed_func::<Option<Func>, i32>(&mut store, "i31").is_err()
        );

        let double = it.get_func(&mut store, "double").unwrap();
        let mut one = [Val::I32(0)];
        assert!(double.call(&mut store, &[], &mut one).is_err());
        assert!(double.call(&mut store, &[1_i64.into()], &mut one).is_err());
        assert!(
            double.call(&mut store, &[1.into(), 2.into()], &mut one).is_err()
        );
        let error = double.call(&mut store, &[1.into()], &mut []).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the function has 1 results, and there are 0 places"
        );
        double.call(&mut store, &[1.into()], &mut one).unwrap();
        assert_eq!(one[0].i32(), Some(2));
    }
}

#[test]
fn values_know_their_types() {
    let mut store = Store::<()>::default();
    let host = ExternRef::new(&mut store, ());
    let all: [Val; 6] = [
        1.into(),
        1_i64.into(),
        1_f32.into(),
        1_f64.into(),
        V128(1).into(),
        host.clone().into(),
    ];
    for value in &all {
        let zero = Val::default_for(value.ty());
        assert_eq!(zero.ty(), value.ty());
        let found = [
            value.i32().is_some(),
            value.i64().is_some(),
            value.f32().is_some(),
            value.f64().is_some(),
            value.v128().is_some(),
        ];
        assert_eq!(
            found.iter().filter(|found| **found).count(),
            usize::from(!value.ty().is_ref())
        );
    }
    for null in [
        Val::FuncRef(None),
        Val::ExternRef(None),
        Val::AnyRef(None),
        Val::ExnRef(None),
    ] {
        assert_eq!(null.to_string(), "null");
        let zero = Val::default_for(null.ty());
        assert_eq!(
            (zero.ty(), zero.to_string()),
            (null.ty(), "null".to_owned())
        );
        assert_eq!(null.func_ref(), None);
    }
    let func = Func::wrap(&mut store, || {});
    assert_eq!(Val::from(func).func_ref(), Some(func));
    assert_eq!(Val::from(3_u32).i32(), Some(3));
    assert_eq!(Val::from(3_u64).i64(), Some(3));
    assert_eq!(Val::from(Some(host)).to_string(), "0");
}

#[test]
fn another_stores_things_panic() {
    let mut one = Store::<()>::default();
    let mut other = Store::<()>::default();
    let it = instance(&mut one, TEXT);
    let double = it.get_func(&mut one, "double").unwrap();
    let typed = double.typed::<i32, i32>(&one).unwrap();
    let host = ExternRef::new(&mut one, ());
    let same = instance(&mut other, TEXT).get_func(&mut other, "same").unwrap();
    let panics = |work: &mut dyn FnMut()| {
        let outcome =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        let panic = outcome.unwrap_err();
        assert_eq!(
            panic.downcast_ref(),
            Some(&"this belongs to another store")
        );
    };
    panics(&mut || {
        _ = double.call(&mut other, &[1.into()], &mut [Val::I32(0)])
    });
    panics(&mut || _ = typed.call(&mut other, 1));
    panics(&mut || _ = double.ty(&other));
    panics(&mut || _ = it.get_func(&mut other, "double"));
    panics(&mut || _ = it.exports(&other));
    panics(&mut || {
        _ = same.call(&mut other, &[host.clone().into()], &mut [Val::I32(0)])
    });
    panics(&mut || _ = host.data(&other));
    // Both are as usable as before.
    assert_eq!(typed.call(&mut one, 1).unwrap(), 2);
    assert!(
        same.call(&mut other, &[Val::ExternRef(None)], &mut [Val::I32(0)])
            .is_ok()
    );
}

#[test]
fn sixteen_values_are_the_most_that_have_types_of_rust() {
    let sixteen = "i32 ".repeat(16);
    let gets: String =
        (0..16).rev().map(|n| format!("(local.get {n})")).collect();
    let text = format!(
        r#"(module (func (export "turn") (param {sixteen}) (result {sixteen}) {gets}))"#
    );
    type Sixteen = (
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
        i32,
    );
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, &text);
        let turn =
            it.get_typed_func::<Sixteen, Sixteen>(&mut store, "turn").unwrap();
        let given = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        let turned = turn.call(&mut store, given).unwrap();
        assert_eq!(
            (turned.0, turned.1, turned.7, turned.8, turned.15),
            (16, 15, 9, 8, 1)
        );
        assert_eq!(turn.call(&mut store, turned).unwrap().15, 16);
    }
}
