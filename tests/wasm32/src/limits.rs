//! Nests as deep as the limits allow, on the target that it is built for, and one deeper.
//!
//! On wasm32 the native stack is the one of the browser or of Node.js, and nobody can make another. So the limits are low
//! there, and these programs show that they are low enough. Where the stack is too short, the host reports an error.
//!
//! No Rust call nests in the flat engine, unless the host calls back. So there it may nest as deep as anywhere else.

use annex_embedding::{Caller, Engine, Error, Imports, Value};
use ch07_values::Trap;
use ch12_instance::StoreLimits;

/// An engine, and how much it may have.
#[derive(Clone, Copy)]
struct Machine {
    name: &'static str,
    make: fn(StoreLimits) -> Box<dyn Engine>,
    limits: StoreLimits,
}

/// A module whose function `run` calls itself as often as its argument says, and returns the argument.
struct Program {
    machine: Machine,
    name: &'static str,
    text: String,
    /// The largest argument that does not trap.
    deepest: u32,
}

/// Runs the programs, and says how many there are.
///
/// # Errors
///
/// The first program that did not end as it should.
pub(crate) fn check() -> Result<String, String> {
    let programs = programs();
    match programs.iter().find(|program| !program.holds()) {
        None => Ok(format!("{} programs nest as deep as the limits allow", programs.len())),
        Some(Program { name, machine, .. }) => {
            Err(format!("{name} in the engine `{}` did not end as they should", machine.name))
        }
    }
}

impl Program {
    /// Whether the deepest call returns its argument, and all that are deeper trap; and whether that is so a second time.
    fn holds(&self) -> bool {
        let mut store = (self.machine.make)(self.machine.limits);
        let mut imports = Imports::new();
        // It calls back what calls it: then the host's functions nest, too.
        let host = |caller: &mut Caller<'_>, depth: i32| -> Result<i32, Error> {
            let Some(instance) = caller.instance() else { return Ok(depth) };
            let results = caller.engine().call(instance, "run", &[depth.into()])?;
            Ok(results.first().and_then(|value| value.i32()).unwrap_or_default())
        };
        imports.func(&mut *store, "host", "run", host);
        let Ok(instance) = store.instantiate(self.text.as_bytes(), &imports) else { return false };
        let mut run = |depth: u32| store.call(instance, "run", &[Value::from(depth as i32)]);
        (0..2).all(|_| {
            let deepest = run(self.deepest);
            deepest.is_ok_and(|results| results == [Value::from(self.deepest as i32)])
                && [self.deepest + 1, i32::MAX as u32].into_iter().all(|depth| {
                    run(depth).is_err_and(|error| error.trap() == Some(Trap::CallStackExhausted))
                })
        })
    }
}

/// Recursions of every kind of call, in each engine.
fn programs() -> Vec<Program> {
    let tree = Machine {
        name: "tree",
        make: |limits| Box::new(ch18_heap::Store::new((), limits)),
        limits: StoreLimits::default(),
    };
    let flat = Machine {
        name: "flat",
        make: |limits| Box::new(ch19_flat::Store::new((), limits)),
        limits: StoreLimits::default(),
    };
    let slots = Machine {
        name: "slots",
        make: |limits| Box::new(ch20_slots::Store::new((), limits)),
        limits: StoreLimits::default(),
    };
    let fast = Machine {
        name: "fast",
        make: |limits| Box::new(ch21_fuse::Store::new((), limits)),
        limits: StoreLimits::default(),
    };
    let deep = StoreLimits { calls: 10_000, labels: 100_000, ..StoreLimits::default() };
    let mut programs = recursions(tree);
    for machine in [flat, slots, fast] {
        programs.extend(recursions(machine));
        // Calls of the host do nest in Rust.
        programs.extend(
            recursions(Machine { limits: deep, ..machine })
                .into_iter()
                .filter(|program| program.name != CALLBACKS),
        );
    }
    programs
}

/// The program in which the host calls back.
const CALLBACKS: &str = "calls of the host that calls back";

/// Recursions of every kind of call in one engine. Each call nests one block, and the last one calls a function that nests as
/// many as there are labels left: both limits are reached at once.
fn recursions(machine: Machine) -> Vec<Program> {
    let StoreLimits { calls, labels, .. } = machine.limits;
    let recursion = |name, call: &str, calls_each: usize| {
        let deepest = (calls - 2) / calls_each;
        let left = labels - (deepest + 1);
        let text = format!(
            r#"(module
                (import "host" "run" (func $host (param i32) (result i32)))
                (type $run (func (param i32) (result i32)))
                (table funcref (elem $run))
                (func $run (export "run") (type $run)
                    (block
                        (br_if 0 (local.get 0))
                        (call $nest)
                        (return (i32.const 0)))
                    (i32.add ({call} (i32.sub (local.get 0) (i32.const 1)) {}) (i32.const 1)))
                (func $nest {}{}))"#,
            match name {
                "calls through a table" => "(i32.const 0)",
                "calls by reference" => "(ref.func $run)",
                _ => "",
            },
            "(block ".repeat(left),
            ")".repeat(left),
        );
        Program { machine, name, text, deepest: deepest as u32 }
    };
    vec![
        recursion("calls", "call $run", 1),
        recursion("calls through a table", "call_indirect (type $run)", 1),
        recursion("calls by reference", "call_ref $run", 1),
        recursion(CALLBACKS, "call $host", 2),
    ]
}
