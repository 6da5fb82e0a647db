//! Functions of the host, called through the smallest engine.

use std::{error, fmt};

use annex_embedding::{
    Caller, Engine, Error, Extern, FuncAddr, GlobalAddr, HostError,
    HostFunction, HostResults, Imports, InstanceAddr, LinkError, MemAddr,
    Switchboard, TableAddr, TagAddr, TrapReport, Value,
};
use ch07_values::{NumType, Trap};
use ch09_module::{FuncType, ValType};

fn call(
    function: HostFunction,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    let mut engine = Switchboard::default();
    let function = engine.add_function(function);
    engine.invoke(function, arguments)
}

fn results(types: &[NumType]) -> FuncType {
    let results = types.iter().map(|ty| ValType::Num(*ty)).collect();
    FuncType { params: Box::default(), results }
}

#[test]
fn a_closure_has_the_type_of_its_arguments_and_its_result() {
    let types = [
        HostFunction::new(|| ()),
        HostFunction::new(|_: i32, _: u32, _: bool| 0_i64),
        HostFunction::new(|_: f32, _: f64, _: i64, _: u64| true),
        HostFunction::new(|_: &mut Caller<'_>, _: f64| 0.5_f32),
        HostFunction::new(|| Ok::<(), String>(())),
        HostFunction::new(|| Err::<u32, String>("no".to_owned())),
    ]
    .map(|function| function.ty().to_string());
    assert_eq!(
        types,
        [
            "",
            "(param i32 i32 i32) (result i64)",
            "(param f32 f64 i64 i64) (result i32)",
            "(param f64) (result f32)",
            "",
            "(result i32)",
        ]
    );
}

#[test]
fn a_closure_takes_up_to_six_arguments() {
    let functions = [
        HostFunction::new(|| 0),
        HostFunction::new(|a: i32| a),
        HostFunction::new(|a: i32, b: i32| a * 10 + b),
        HostFunction::new(|a: i32, b: i32, c: i32| (a * 10 + b) * 10 + c),
        HostFunction::new(|a: i32, b: i32, c: i32, d: i32| {
            ((a * 10 + b) * 10 + c) * 10 + d
        }),
        HostFunction::new(|a: i32, b: i32, c: i32, d: i32, e: i32| {
            (((a * 10 + b) * 10 + c) * 10 + d) * 10 + e
        }),
        HostFunction::new(|a: i32, b: i32, c: i32, d: i32, e: i32, f: i32| {
            ((((a * 10 + b) * 10 + c) * 10 + d) * 10 + e) * 10 + f
        }),
    ];
    let arguments = [1, 2, 3, 4, 5, 6].map(Value::from);
    let expected = [0, 1, 12, 123, 1_234, 12_345, 123_456];
    for (count, function) in functions.into_iter().enumerate() {
        let results = call(function, &arguments[..count]).unwrap();
        assert_eq!(results, [expected[count].into()]);
    }
}

#[test]
fn each_argument_arrives_in_its_place_as_its_type() {
    let weigh = |a: i32, b: i64, c: f32, d: f64, e: u32, f: bool| {
        format!("{a} {b} {c} {d} {e} {f}")
    };
    let say = HostFunction::new(move |a, b, c, d, e, f| {
        Err::<(), _>(weigh(a, b, c, d, e, f))
    });
    let arguments: [Value; 6] = [
        (-1).into(),
        20_i64.into(),
        0.5_f32.into(),
        0.25.into(),
        (-1).into(),
        2.into(),
    ];
    let error = call(say, &arguments).unwrap_err();
    assert!(error.to_string().ends_with("-1 20 0.5 0.25 4294967295 true"));
}

#[test]
fn each_result_is_a_value_of_its_type() {
    let mut values = Vec::new();
    ().write(&mut values).unwrap();
    u32::MAX.write(&mut values).unwrap();
    true.write(&mut values).unwrap();
    u64::MAX.write(&mut values).unwrap();
    0.5_f32.write(&mut values).unwrap();
    Ok::<_, String>(7).write(&mut values).unwrap();
    let expected: [Value; 5] =
        [(-1).into(), 1.into(), (-1_i64).into(), 0.5_f32.into(), 7.into()];
    assert_eq!(values, expected);
}

#[test]
fn other_arguments_are_refused_before_the_host_sees_them() {
    let wrong: [&[Value]; 3] = [&[], &[1.into()], &[0.5.into(), 0.5.into()]];
    for arguments in wrong {
        let never = HostFunction::new(|_: f64| -> () { unreachable!() });
        match call(never, arguments) {
            Err(Error::Call(text)) => {
                assert!(text.starts_with("wrong arguments: expected (f64)"));
            }
            other => panic!("{other:?}"),
        }
    }
    let mut engine = Switchboard::default();
    let error = engine.invoke(FuncAddr(9), &[]).unwrap_err();
    assert_eq!(error.to_string(), "there is no function 9");
}

#[test]
fn a_call_with_too_few_arguments_is_an_error_and_no_panic() {
    let mut engine = Switchboard::default();
    let mut caller = Caller::new(&mut engine, None);
    let function = HostFunction::new(|_: f64, _: f64| 0.5);
    for arguments in [&[][..], &[0.5.into()], &[0.5.into(); 3]] {
        let mut values = arguments.to_vec();
        assert!(function.call(&mut caller, &mut values).is_err());
    }
}

#[test]
fn the_results_of_a_closure_must_be_as_many_as_its_type_says() {
    for (values, error) in [
        (vec![], "wrong results: expected (i32), found ()"),
        (
            vec![1.into(); 2],
            "wrong results: expected (i32), found (i32 1, i32 1)",
        ),
    ] {
        let function =
            HostFunction::dynamic(results(&[NumType::I32]), move |_, _| {
                Ok(values.clone())
            });
        let outcome = call(function, &[]).unwrap_err();
        assert_eq!(outcome.trap(), Some(Trap::Host));
        assert!(outcome.to_string().ends_with(error), "{outcome}");
    }
    let other = HostFunction::dynamic(results(&[NumType::I32]), |_, _| {
        Ok(vec![0.5.into()])
    });
    let error = call(other, &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "wrong results: expected (i32), found (f64 0.5)"
    );
}

#[derive(Debug, PartialEq)]
struct NoSuchFile(u32);

impl fmt::Display for NoSuchFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no file {}", self.0)
    }
}

impl error::Error for NoSuchFile {}

/// Calls function 0 of the engine that has called.
fn pass_on(caller: &mut Caller<'_>) -> Result<(), HostError> {
    caller.engine().invoke(FuncAddr(0), &[])?;
    Ok(())
}

#[test]
fn the_error_of_the_host_comes_back_as_it_is() {
    let mut engine = Switchboard::default();
    let open = HostFunction::new(|| Err::<(), _>(NoSuchFile(7)));
    let mut functions = vec![engine.add_function(open)];
    functions.push(engine.add_function(HostFunction::new(pass_on)));
    // Directly, and through a host function that passes it on.
    for function in functions {
        let error = engine.invoke(function, &[]).unwrap_err();
        assert_eq!(error.host(), Some(&NoSuchFile(7)));
        assert!(error.host::<fmt::Error>().is_none());
        assert_eq!(
            error.to_string(),
            "trap: host function failed: there is no file 7"
        );
    }
}

#[test]
fn a_function_that_calls_itself_for_ever_ends_in_a_trap() {
    let mut engine = Switchboard::default();
    let for_ever = engine.add_function(HostFunction::new(pass_on));
    let error = engine.invoke(for_ever, &[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
    // The engine goes on.
    let seven = engine.add_function(HostFunction::new(|| 7));
    assert_eq!(engine.invoke(seven, &[]).unwrap(), [7.into()]);
}

#[test]
fn a_caller_without_an_instance_has_no_exports() {
    let mut engine = Switchboard::default();
    let mut caller = Caller::new(&mut engine, None);
    assert_eq!(caller.instance(), None);
    assert_eq!(caller.export("memory"), None);
    assert!(caller.memory().is_none());
    let mut caller = Caller::new(&mut engine, Some(InstanceAddr(3)));
    assert_eq!(caller.instance(), Some(InstanceAddr(3)));
    assert!(caller.memory().is_none());
}

#[test]
fn a_later_definition_of_an_import_replaces_the_earlier_one() {
    let mut engine = Switchboard::default();
    let mut imports = Imports::new();
    imports.func(&mut engine, "host", "f", || 1);
    imports.func(&mut engine, "host", "f", || 2);
    imports.func(&mut engine, "other", "f", || 3);
    assert_eq!(imports.get("host", "f"), Some(Extern::Func(FuncAddr(1))));
    assert_eq!(imports.get("other", "f"), Some(Extern::Func(FuncAddr(2))));
    assert_eq!(imports.get("host", "g"), None);
    assert_eq!(imports.get("hos", "tf"), None);
}

#[test]
fn an_external_address_says_its_kind() {
    let kinds = |item: Extern| {
        [
            item.func().map(|address| address.0),
            item.table().map(|address| address.0),
            item.memory().map(|address| address.0),
            item.global().map(|address| address.0),
            item.tag().map(|address| address.0),
        ]
    };
    for (kind, item) in [
        Extern::Func(FuncAddr(3)),
        Extern::Table(TableAddr(3)),
        Extern::Memory(MemAddr(3)),
        Extern::Global(GlobalAddr(3)),
        Extern::Tag(TagAddr(3)),
    ]
    .into_iter()
    .enumerate()
    {
        let mut expected = [None; 5];
        expected[kind] = Some(3);
        assert_eq!(kinds(item), expected, "{item:?}");
    }
}

#[test]
fn an_engine_says_what_it_lacks() {
    let mut engine = Switchboard::default();
    let module = b"(module)";
    engine.validate(module).unwrap();
    let error = engine.instantiate(module, &Imports::new()).unwrap_err();
    assert_eq!(error.to_string(), "not yet: modules");
    let error = engine.call(InstanceAddr(0), "f", &[]).unwrap_err();
    assert_eq!(error.to_string(), "there is no exported function `f`");
    assert!(matches!(engine.validate(b"(modul)"), Err(Error::Module(_))));
}

#[test]
fn a_report_leaves_out_what_is_unknown() {
    let report = TrapReport {
        function: Some("function 3 ($f)".to_owned()),
        instr: Some("i32.div_s".to_owned()),
        ..Trap::IntegerDivideByZero.into()
    };
    let long = format!(
        "{}, in function 3 ($f), at i32.div_s",
        "trap: integer divide by zero"
    );
    assert_eq!(report.to_string(), long);
    let report = TrapReport { function: None, instr: None, ..report };
    assert_eq!(report.to_string(), "trap: integer divide by zero");

    let missing = LinkError {
        module: "host".to_owned(),
        name: "f".to_owned(),
        wanted: "func".to_owned(),
        given: None,
    };
    assert_eq!(
        missing.to_string(),
        "unknown import: `host` `f`: expected func, found no such import"
    );
    let other = LinkError { given: Some("global i32".to_owned()), ..missing };
    assert_eq!(
        other.to_string(),
        "incompatible import type: `host` `f`: expected func, found global i32"
    );
}
