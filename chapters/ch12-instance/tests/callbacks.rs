//! Host functions that use their caller: its memory, and calls back into the
//! store.

use std::fmt;
use std::thread;

use annex_embedding::{
    Caller, Engine, Error, Extern, HostError, HostFunction, Imports,
    InstanceAddr, IntoHostFunction, Referent, Value,
};
use ch07_values::Trap;
use ch09_module::{FuncType, RefType, ValType};
use ch12_instance::{Store, StoreLimits};

/// A store with limits and an instance of `text` in it, which may import
/// `function` as `host` `f`.
fn linked<Signature>(
    limits: StoreLimits,
    text: &str,
    function: impl IntoHostFunction<Signature>,
) -> (Store, InstanceAddr) {
    let mut store = Store::new((), limits);
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "f", function);
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    (store, instance)
}

/// The usual limits, but with fuel that is counted.
fn fuel(fuel: u64) -> StoreLimits {
    StoreLimits { fuel: Some(fuel), ..StoreLimits::default() }
}

/// Calls back an export of the instance that has called.
fn back(
    caller: &mut Caller<'_>,
    name: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    let instance = caller.instance().unwrap();
    caller.engine().call(instance, name, arguments)
}

/// `down(n)` is `n`: it calls the host, which calls `down(n - 1)`, until `n` is
/// 0.
const DOWN: &str = r#"(module
    (import "host" "f" (func $f (param i32) (result i32)))
    (func $down (export "down") (param $n i32) (result i32)
      local.get $n
      i32.eqz
      if (result i32)
        i32.const 0
      else
        i32.const 1
        local.get $n
        i32.const 1
        i32.sub
        call $f
        i32.add
      end))"#;

fn call_down(caller: &mut Caller<'_>, n: i32) -> Result<i32, Error> {
    Ok(back(caller, "down", &[n.into()])?[0].i32().unwrap())
}

#[test]
fn a_host_function_reads_and_writes_the_memory_of_its_caller() {
    let text = r#"(module
        (import "host" "f" (func $f (param i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 8) "\28\00\00\00")
        (func (export "run") (result i32)
          i32.const 8
          call $f
          i32.const 12
          i32.load
          i32.add))"#;
    let add_two = |caller: &mut Caller<'_>, at: u32| {
        let memory = caller.memory()?;
        let [byte, _, _, _, place, ..] = &mut memory[at as usize..] else {
            return None;
        };
        *place = *byte + 2;
        Some(i32::from(*byte))
    };
    let (mut store, instance) = linked(
        StoreLimits::default(),
        text,
        move |caller: &mut Caller<'_>, at: u32| {
            add_two(caller, at).ok_or("there is no memory")
        },
    );
    let results = store.call(instance, "run", &[]).unwrap();
    assert_eq!(results, [Value::from(40 + 42)]);
}

#[test]
fn the_caller_is_the_instance_whose_code_calls() {
    let ask = |caller: &mut Caller<'_>| match caller.instance() {
        Some(InstanceAddr(address)) => address as i32,
        None => -1,
    };
    let text = r#"(module
        (import "host" "f" (func $f (result i32)))
        (export "f" (func $f))
        (func (export "run") (result i32) call $f))"#;
    let (mut store, first) = linked(StoreLimits::default(), text, ask);
    let mut imports = Imports::new();
    imports.instance(&store, "host", first);
    let second = store.instantiate(text.as_bytes(), &imports).unwrap();
    let mut call = |instance, name| {
        store.call(instance, name, &[]).unwrap()[0].i32().unwrap()
    };
    assert_eq!([call(first, "run"), call(second, "run")], [0, 1]);
    assert_eq!(call(first, "f"), -1, "the embedder is no instance");
}

#[test]
fn a_host_function_calls_back_what_calls_the_host_again() {
    let (mut store, instance) = linked(StoreLimits::default(), DOWN, call_down);
    for n in [0, 1, 2, 1_000] {
        let results = store.call(instance, "down", &[n.into()]).unwrap();
        assert_eq!(results, [n.into()]);
    }
}

#[test]
fn a_recursion_through_the_host_ends_in_a_trap() {
    let test = || {
        let (mut store, instance) =
            linked(StoreLimits::default(), DOWN, call_down);
        for _ in 0..2 {
            let outcome = store.call(instance, "down", &[i32::MAX.into()]);
            let error = outcome.unwrap_err();
            assert_eq!(error.trap(), Some(Trap::CallStackExhausted), "{error}");
        }
    };
    let thread = thread::Builder::new().stack_size(2 << 20);
    thread.spawn(test).unwrap().join().unwrap();
}

#[test]
fn a_call_back_takes_one_of_the_calls_that_may_nest() {
    // down(n) is n + 1 calls of the module, and n calls back.
    let limits = StoreLimits { calls: 7, ..StoreLimits::default() };
    let (mut store, instance) = linked(limits, DOWN, call_down);
    for _ in 0..2 {
        let results = store.call(instance, "down", &[3.into()]).unwrap();
        assert_eq!(results, [3.into()]);
        let error = store.call(instance, "down", &[4.into()]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::CallStackExhausted), "{error}");
    }
}

#[test]
fn a_host_function_that_calls_itself_back_ends_in_a_trap() {
    // The module exports the host's function under the name that it calls.
    let text = r#"(module
        (import "host" "f" (func $f (param i32) (result i32)))
        (export "down" (func $f)))"#;
    let test = |caller: &mut Caller<'_>, n: i32| {
        let down = caller.engine().call(InstanceAddr(0), "down", &[n.into()]);
        down.map(|results| results[0].i32().unwrap())
    };
    let (mut store, instance) = linked(fuel(30_000), text, test);
    let error = store.call(instance, "down", &[1.into()]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::CallStackExhausted), "{error}");
}

/// `outer` calls the host between two operands and what it does with them, and
/// `inner`, which the host calls back, traps with operands on the stack.
const TRAPS_INSIDE: &str = r#"(module
    (import "host" "f" (func $f (param i32) (result i32)))
    (func $inner (export "inner") (param i32) (result i32)
      i32.const 5
      i32.const 6
      local.get 0
      i32.const 0
      i32.div_u
      i32.add
      i32.add)
    (func $outer (export "outer") (result i32)
      i32.const 100
      i32.const 20
      i32.const 3
      call $f
      i32.sub
      i32.sub)
    (func $later (export "later") (result i32)
      i32.const 3
      call $f
      unreachable))"#;

#[test]
fn a_trap_that_the_host_passes_on_is_told_with_its_own_place() {
    let pass_on = |caller: &mut Caller<'_>, n: i32| -> Result<i32, Error> {
        let results = back(caller, "inner", &[n.into()])?;
        Ok(results[0].i32().unwrap())
    };
    let (mut store, instance) =
        linked(StoreLimits::default(), TRAPS_INSIDE, pass_on);
    let error = store.call(instance, "outer", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "trap: integer divide by zero, in function 1 ($inner), at i32.div_u"
    );
    assert_eq!(error.trap(), Some(Trap::IntegerDivideByZero));
}

#[test]
fn a_trap_that_the_host_swallows_leaves_the_outer_call_as_it_was() {
    let swallow = |caller: &mut Caller<'_>, n: i32| -> i32 {
        for _ in 0..100 {
            let error = back(caller, "inner", &[n.into()]).unwrap_err();
            assert_eq!(error.trap(), Some(Trap::IntegerDivideByZero));
        }
        n
    };
    // There is no room for what a trap would leave behind.
    let limits =
        StoreLimits { operands: 24, calls: 3, ..StoreLimits::default() };
    let (mut store, instance) = linked(limits, TRAPS_INSIDE, swallow);
    for _ in 0..2 {
        let results = store.call(instance, "outer", &[]).unwrap();
        assert_eq!(results, [Value::from(100 - (20 - 3))]);
    }
    // What traps afterwards is told with its own place, not with the inner one.
    let error = store.call(instance, "later", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "trap: unreachable, in function 3 ($later), at unreachable"
    );
}

/// An error that only this host knows.
#[derive(Debug, PartialEq, Eq)]
struct NoSuchFile(i32);

impl fmt::Display for NoSuchFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no file {}", self.0)
    }
}

impl std::error::Error for NoSuchFile {}

#[test]
fn an_error_of_the_host_reaches_the_embedder_as_it_is() {
    // Three calls deep it fails, and each host function passes it on.
    let open = |caller: &mut Caller<'_>, n: i32| -> Result<i32, HostError> {
        match n {
            0 => Err(NoSuchFile(7).into()),
            n => Ok(call_down(caller, n)?),
        }
    };
    let (mut store, instance) = linked(StoreLimits::default(), DOWN, open);
    for depth in [1, 3] {
        let error = store.call(instance, "down", &[depth.into()]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::Host));
        assert_eq!(error.host(), Some(&NoSuchFile(7)));
        assert!(error.host::<fmt::Error>().is_none());
        assert_eq!(
            error.to_string(),
            "trap: host function failed: there is no file 7, in function 1 \
             ($down), at call 0"
        );
    }
    let missing = store.call(instance, "up", &[]).unwrap_err();
    assert!(missing.host::<NoSuchFile>().is_none());
}

#[test]
fn a_host_function_takes_references_and_calls_what_they_refer_to() {
    let text = r#"(module
        (import "host" "f"
          (func $f (param externref funcref i32) (result funcref i32)))
        (type $to_i32 (func (result i32)))
        (table 1 funcref)
        (elem declare func $seven)
        (func $seven (result i32) i32.const 7)
        (func (export "run") (param externref) (result i32 i32)
          (local $number i32)
          i32.const 0
          local.get 0
          ref.func $seven
          i32.const 3
          call $f
          local.set $number
          table.set 0
          i32.const 0
          call_indirect (type $to_i32)
          local.get $number))"#;
    let func_ref = ValType::Ref(RefType::FUNCREF);
    let i32 = Value::from(0).ty();
    let ty = FuncType {
        params: Box::new([ValType::Ref(RefType::EXTERNREF), func_ref, i32]),
        results: Box::new([func_ref, i32]),
    };
    let function = HostFunction::dynamic(ty, |caller, arguments| {
        let [
            Value::ExternRef(Some(Referent::Host(host))),
            Value::FuncRef(Some(function)),
            number,
        ] = arguments
        else {
            return Err(format!("unexpected {arguments:?}").into());
        };
        let seven = caller.engine().invoke(*function, &[])?[0].i32().unwrap();
        let number = number.i32().unwrap();
        let sum = *host as i32 + seven * 10 + number;
        Ok(vec![Value::FuncRef(Some(*function)), sum.into()])
    });
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    let function = store.add_function(function);
    imports.define("host", "f", Extern::Func(function));
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    let argument = Value::ExternRef(Some(Referent::Host(500)));
    let results = store.call(instance, "run", &[argument]).unwrap();
    assert_eq!(results, [Value::from(7), Value::from(573)]);
}

#[test]
fn the_inner_and_the_outer_call_share_the_fuel() {
    // A call takes one, of the host or of the module: down(n) takes 1 + 2n.
    let (mut store, instance) = linked(fuel(100), DOWN, call_down);
    store.call(instance, "down", &[10.into()]).unwrap();
    assert_eq!(store.fuel(), Some(100 - 21));
    let error = store.call(instance, "down", &[1_000.into()]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::OutOfFuel), "{error}");
    assert_eq!(store.fuel(), Some(0));

    // And the host may add some in the middle of a call.
    let refuel = |caller: &mut Caller<'_>, n: i32| {
        assert_eq!(caller.engine().fuel(), Some(0));
        caller.engine().set_fuel(2);
        call_down(caller, n)
    };
    let (mut store, instance) = linked(fuel(2), DOWN, refuel);
    let results = store.call(instance, "down", &[1.into()]).unwrap();
    assert_eq!(results, [1.into()]);
    assert_eq!(store.fuel(), Some(1));
}

#[test]
fn a_module_cannot_be_instantiated_during_a_call() {
    let instantiate = |caller: &mut Caller<'_>| {
        let imports = Imports::new();
        caller.engine().instantiate(b"(module)", &imports).map(|_| ())
    };
    let text = r#"(module
        (import "host" "f" (func $f))
        (func (export "run") call $f))"#;
    let (mut store, instance) =
        linked(StoreLimits::default(), text, instantiate);
    let error = store.call(instance, "run", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a module cannot be instantiated while a call is running"
    );
    store.instantiate(b"(module)", &Imports::new()).unwrap();
}

#[test]
fn a_call_that_cannot_begin_names_its_function() {
    let text = r#"(module
        (import "host" "f" (func $f))
        (func $outer (export "outer") call $f)
        (func $wide (export "wide") (local i32 i32 i32 i32))
        (func $deep (export "deep") block block end end))"#;
    let small = StoreLimits {
        operands: 3,
        labels: 1,
        calls: 1,
        ..StoreLimits::default()
    };
    let call_back =
        |caller: &mut Caller<'_>| back(caller, "wide", &[]).map(|_| ());
    let (mut store, instance) = linked(small, text, call_back);
    let mut trap =
        |name| store.call(instance, name, &[]).unwrap_err().to_string();
    assert_eq!(
        trap("wide"),
        "trap: call stack exhausted, in function 2 ($wide)"
    );
    assert_eq!(
        trap("deep"),
        "trap: call stack exhausted, in function 3 ($deep)"
    );
    assert_eq!(
        trap("outer"),
        "trap: call stack exhausted, in function 2 ($wide)"
    );

    let (mut store, instance) = linked(fuel(0), text, || {});
    let error = store.call(instance, "wide", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "trap: all fuel consumed, in function 2 ($wide)"
    );
}

#[test]
fn an_inner_call_that_cannot_begin_names_its_caller() {
    let text = r#"(module
        (import "host" "f" (func $f))
        (func $wide (local i32 i32 i32 i32))
        (func $outer (export "outer") call $wide))"#;
    let small = StoreLimits { operands: 3, ..StoreLimits::default() };
    let (mut store, instance) = linked(small, text, || {});
    let error = store.call(instance, "outer", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "trap: call stack exhausted, in function 2 ($outer), at call 1"
    );
}
