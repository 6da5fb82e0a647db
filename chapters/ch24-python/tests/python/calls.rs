//! Python calls other guests, and the host calls Python.

use ch22_embed::Module;
use ch23_wasi::I32Exit;
use ch24_python::{Failed, Python, Step, Value};

use crate::python;

const SIMPLE: &str = r#"(module
    (import "wasi_snapshot_preview1" "sched_yield"
        (func $yield (result i32)))
    (memory (export "memory") 1)
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    (func (export "turn") (param i64 f64 f32) (result f32 i64 f64)
        (local.get 2) (local.get 0) (local.get 1))
    (func (export "store") (param i32 i32)
        (i32.store (local.get 0) (local.get 1)))
    (func (export "boom") (unreachable))
    (func (export "spin") (param i32) (result i32)
        (loop
            (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
            (br_if 0 (local.get 0)))
        (i32.const 42))
    (func (export "reference") (param externref)))"#;

/// A Python that can import `simple`.
fn simple() -> Option<(Python, crate::Printed)> {
    let (mut python, printed) = python()?;
    let module = Module::new(&Python::engine(), SIMPLE).expect("it's valid");
    python.add_module("simple", &module).expect("it can be linked");
    python.exec("import simple").expect("it's there");
    Some((python, printed))
}

#[test]
fn python_calls_a_function_of_another_guest() {
    let Some((mut python, _)) = simple() else { return };
    let mut eval = |text| python.eval(text).expect("it has a value");
    assert_eq!(eval("simple.add(3, 4)"), "7");
    assert_eq!(eval("simple.add(0xffffffff, -1)"), "-2");
    let turned = eval("simple.turn(-(1 << 40), 1.5, 0.25)");
    assert_eq!(turned, "(0.25, -1099511627776, 1.5)");
    assert_eq!(eval("simple.store(0, 1)"), "None");
}

#[test]
fn a_trap_of_another_guest_is_an_exception() {
    let Some((mut python, printed)) = simple() else { return };
    let code = "
try:
    simple.boom()
except RuntimeError as error:
    print(error)
print(simple.add(1, 2))
";
    python.exec(code).expect("it's caught");
    assert_eq!(printed.take(), "wasm trap: unreachable\n3\n");
}

#[test]
fn what_cannot_be_called_is_an_exception() {
    let Some((mut python, _)) = simple() else { return };
    for (code, class) in [
        ("simple.nothing", "AttributeError"),
        ("simple.reference", "AttributeError"),
        ("simple.add(1)", "TypeError"),
        ("simple.add(1, 'x')", "TypeError"),
        ("import nobody", "ImportError"),
    ] {
        match python.exec(code) {
            Err(Failed::Exception(error)) => {
                assert_eq!(error.class, class, "{code}: {error}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
}

#[test]
fn python_reads_and_writes_the_memory_of_another_guest() {
    let Some((mut python, printed)) = simple() else { return };
    let code = "
memory = simple._memory
simple.store(4096, 0x01020304)
print(memory[4096:4100], memory[4096], len(memory))
memory[4096:4098] = b'hi'
memory[-1] = 9
print(memory[4095:4101], memory[65535])
for wrong in 'memory[65536]', 'memory[0:2] = bytes(3)', 'memory[0:4:2]':
    try:
        exec(wrong)
    except (IndexError, ValueError) as error:
        print(type(error).__name__)
";
    python.exec(code).expect("it runs");
    assert_eq!(
        printed.take(),
        "bytearray(b'\\x04\\x03\\x02\\x01') 4 65536\n\
         bytearray(b'\\x00hi\\x02\\x01\\x00') 9\n\
         IndexError\nValueError\nValueError\n"
    );
}

/// The call of the other guest is paused, and Python with it.
#[test]
fn a_call_of_another_guest_is_paused() {
    let Some((mut python, printed)) = simple() else { return };
    python.start("print(simple.spin(100_000))").expect("there is room");
    let mut pauses = 0;
    while let Step::OutOfFuel = python.advance(10_000).expect("it goes on") {
        pauses += 1;
    }
    assert!(pauses >= 10, "{pauses}");
    assert_eq!(printed.take(), "42\n");
}

#[test]
fn the_host_calls_a_function_of_python() {
    let Some((mut python, printed)) = python() else { return };
    let code = "
def add(a, b):
    print('adding')
    return a + b
";
    python.exec(code).expect("it runs");
    let mut add = |a: Value, b: Value| python.call("add", &[a, b]);
    let text = |text: &str| Value::Str(text.to_owned());
    let three = add(Value::Int(1), Value::Int(2));
    assert_eq!(three.expect("it returns"), Value::Int(3));
    let half = add(Value::Float(1.5), Value::Int(-1));
    assert_eq!(half.expect("it returns"), Value::Float(0.5));
    let both = add(text("ä"), text(""));
    assert_eq!(both.expect("it returns"), text("ä"));
    assert_eq!(printed.take(), "adding\n".repeat(3));
    match add(Value::None, Value::Bool(true)) {
        Err(Failed::Exception(error)) => assert_eq!(error.class, "TypeError"),
        other => panic!("{other:?}"),
    }
    assert!(python.call("nothing", &[]).is_err());
}

/// Nothing that a call needs stays behind.
#[test]
fn ten_thousand_calls_need_no_more_room_than_one() {
    let Some((mut python, _)) = python() else { return };
    python.exec("def same(x): return x").expect("it runs");
    let text = Value::Str("x".repeat(1000));
    for _ in 0..10_000 {
        let same = python.call("same", std::slice::from_ref(&text));
        assert_eq!(same.expect("it returns"), text);
    }
}

/// Also if Python doesn't look first, as its slices do.
#[test]
fn a_copy_out_of_bounds_is_refused() {
    let Some((mut python, _)) = simple() else { return };
    python.exec("import _host, uctypes").expect("they are there");
    python.exec("part = bytearray(4)").expect("there is room");
    let mut copy = |at: u32, place: &str, writes: u32| {
        let text = format!("_host.copy('simple', {at}, {place}, 4, {writes})");
        python.eval(&text).expect("it has a value")
    };
    let place = "uctypes.addressof(part)";
    for writes in [0, 1] {
        assert_eq!(copy(65532, place, writes), "0");
        assert_eq!(copy(65533, place, writes), "1", "the guest's memory");
        assert_eq!(copy(65532, "-2", writes), "1", "Python's memory");
    }
}

/// It isn't Python's program that has ended, and no `except` may keep it.
#[test]
fn an_exit_of_another_guest_ends_the_call() {
    let Some((mut python, printed)) = python() else { return };
    let text = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "quit") (call $exit (i32.const 3))))"#;
    let module = Module::new(&Python::engine(), text).expect("it's valid");
    python.add_module("other", &module).expect("it can be linked");
    let code = "
import other
try:
    other.quit()
except BaseException:
    print('kept')
";
    match python.exec(code) {
        Err(Failed::Machine(error)) => {
            let exit = error.downcast_ref::<I32Exit>().expect("an exit");
            assert_eq!(exit.0, 3);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(printed.take(), "");
}
