//! Host functions that call back, on every engine. They find what they call in a cell: an engine need not tell whose code calls.

use std::cell::OnceCell;
use std::error::Error;
use std::fmt;
use std::rc::Rc;

use annex_embedding::{Caller, Engine, Extern, HostError, Imports, InstanceAddr, Value};
use ch12_instance::StoreLimits;
use engines::ENGINES;
use wasmparser::WasmFeatures;

/// `run(n)` asks the host, which stores `n` in the memory and, unless `n` is 0, calls `run(n - 1)` back; the result is how
/// often the host was asked.
const MODULE: &str = r#"(module
    (import "host" "ask" (func $ask (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "run") (param $n i32) (result i32)
      (local $before i32)
      i32.const 100
      local.set $before
      local.get $n
      call $ask
      local.get $before
      i32.add
      i32.const 99
      i32.sub))"#;

#[derive(Debug, PartialEq)]
struct Broken(i32);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "broken at {}", self.0)
    }
}

impl Error for Broken {}

/// Runs a test on each engine, with an instance whose host fails when it is asked for a number below 0.
fn on_each(test: impl Fn(&'static str, &mut dyn Engine, InstanceAddr)) {
    for row in ENGINES {
        let mut engine = (row.make)(WasmFeatures::WASM2, StoreLimits::default());
        let instance: Rc<OnceCell<InstanceAddr>> = Rc::default();
        let known = Rc::clone(&instance);
        let ask = move |caller: &mut Caller<'_>, n: i32| -> Result<i32, HostError> {
            let instance = *known.get().ok_or("there is no instance")?;
            if n < 0 {
                return Err(Broken(n).into());
            }
            let engine = caller.engine();
            let memory = engine.export(instance, "memory").and_then(Extern::memory);
            engine.memory_mut(memory.ok_or("there is no memory")?)[n as usize] = n as u8;
            match n {
                0 => Ok(0),
                n => {
                    let results = engine.call(instance, "run", &[(n - 1).into()])?;
                    Ok(results[0].i32().ok_or("no number")?)
                }
            }
        };
        let mut imports = Imports::new();
        imports.func(&mut *engine, "host", "ask", ask);
        let made = engine.instantiate(MODULE.as_bytes(), &imports);
        let made = made.unwrap_or_else(|error| panic!("{}: {error}", row.name));
        instance.set(made).expect("it is set once");
        test(row.name, &mut *engine, made);
    }
}

#[test]
fn a_host_function_writes_to_a_memory_and_calls_back_on_every_engine() {
    on_each(|name, engine, instance| {
        for n in [0, 1, 2, 50] {
            let results = engine.call(instance, "run", &[n.into()]);
            assert_eq!(results.unwrap(), [Value::from(n + 1)], "{name}");
        }
        let memory = engine.export(instance, "memory").and_then(Extern::memory).unwrap();
        let bytes: Vec<u8> = (0..=50).collect();
        assert_eq!(engine.memory(memory)[..=50], bytes, "{name}");
    });
}

#[test]
fn an_error_of_the_host_comes_back_as_it_is_on_every_engine() {
    on_each(|name, engine, instance| {
        let error = engine.call(instance, "run", &[(-7).into()]).unwrap_err();
        assert_eq!(error.host::<Broken>(), Some(&Broken(-7)), "{name}: {error}");
        // And the engine goes on.
        assert_eq!(engine.call(instance, "run", &[3.into()]).unwrap(), [Value::from(4)], "{name}");
    });
}
