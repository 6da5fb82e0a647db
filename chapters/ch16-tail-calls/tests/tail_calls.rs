//! Tail calls: any number of them, of functions in the module, in a table, in
//! another instance, and of the host.

use std::sync::{Arc, Mutex};
use std::thread;

use annex_embedding::{Caller, Engine, Error, Imports, Value};
use ch07_values::Trap;
use ch12_instance::StoreLimits;
use ch16_tail_calls::{Store, Unwind};
use trace::{Observer, Step};

/// More turns than calls may nest deep.
const MANY: i32 = 100_000;

/// More turns than any stack has room for. Without optimisation each takes its
/// time, so that there it is a tenth of them.
const TURNS: i32 = if cfg!(debug_assertions) { 1_000_000 } else { 10_000_000 };

/// Calls the function `run` of a module of these fields.
fn run_in<O: Observer>(
    store: &mut Store<O>,
    imports: &Imports,
    fields: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    let instance = store
        .instantiate(format!("(module {fields})").as_bytes(), imports)
        .unwrap();
    let run =
        store.export(instance, "run").and_then(|item| item.func()).unwrap();
    store.invoke(run, arguments)
}

fn run(fields: &str, arguments: &[Value]) -> Result<Vec<Value>, Error> {
    run_in(&mut Store::<()>::default(), &Imports::new(), fields, arguments)
}

/// A thread of one megabyte, which is what a program begins with on some
/// systems.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn unwind_fits_into_8_bytes() {
    assert_eq!(size_of::<Result<(), Unwind>>(), 8);
}

/// Each turn leaves an operand and a local behind. The host function, called in
/// the last turn, notes where Rust's stack ends.
#[test]
fn millions_of_turns_need_no_more_stack_than_one() {
    on_small_stack(|| {
        let places = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&places);
        let mut store: Store = Store::default();
        let mut imports = Imports::new();
        imports.func(&mut store, "host", "look", move || {
            let top = 0_u8;
            seen.lock().unwrap().push((&raw const top).addr());
        });
        let fields = "
            (import \"host\" \"look\" (func $look))
            (func $run (export \"run\") (param $turns i32) (result i32)
              (local i64)
              i64.const 8
              local.get $turns
              i32.eqz
              if
                call $look
                i32.const 7
                return
              end
              local.get $turns
              i32.const 1
              i32.sub
              return_call $run)";
        for turns in [0, TURNS] {
            let results =
                run_in(&mut store, &imports, fields, &[turns.into()]).unwrap();
            assert_eq!(results, [7.into()]);
        }
        let places = places.lock().unwrap();
        assert_eq!(places[0], places[1], "the host is called at {places:x?}");
    });
}

#[test]
fn a_callee_can_be_an_element_of_a_table() {
    let fields = "
        (type $turn (func (param i32) (result i32)))
        (table funcref (elem $even $odd))
        (func $even (export \"run\") (type $turn)
          local.get 0
          i32.eqz
          if
            i32.const 1
            return
          end
          local.get 0
          i32.const 1
          i32.sub
          i32.const 1
          return_call_indirect (type $turn))
        (func $odd (type $turn)
          local.get 0
          i32.eqz
          if
            i32.const 0
            return
          end
          local.get 0
          i32.const 1
          i32.sub
          i32.const 0
          return_call_indirect (type $turn))";
    assert_eq!(run(fields, &[MANY.into()]).unwrap(), [1.into()]);
    assert_eq!(run(fields, &[(MANY + 1).into()]).unwrap(), [0.into()]);
}

#[test]
fn a_callee_can_be_a_reference() {
    let fields = "
        (type $turn (func (param i32) (result i32)))
        (elem declare func $even $odd)
        (func $even (export \"run\") (type $turn)
          local.get 0
          i32.eqz
          if
            i32.const 1
            return
          end
          local.get 0
          i32.const 1
          i32.sub
          ref.func $odd
          return_call_ref $turn)
        (func $odd (type $turn)
          local.get 0
          i32.eqz
          if
            i32.const 0
            return
          end
          local.get 0
          i32.const 1
          i32.sub
          ref.func $even
          return_call_ref $turn)";
    assert_eq!(run(fields, &[MANY.into()]).unwrap(), [1.into()]);
    assert_eq!(run(fields, &[(MANY + 1).into()]).unwrap(), [0.into()]);
}

#[test]
fn calling_a_null_reference_is_a_trap() {
    let fields = "
        (type $turn (func))
        (func (export \"run\") ref.null $turn return_call_ref $turn)";
    assert_eq!(
        run(fields, &[]).unwrap_err().trap(),
        Some(Trap::NullFunctionReference)
    );
}

/// The arguments go to where the caller's own few slots are, and over them.
#[test]
fn a_callee_may_have_more_parameters_and_locals_than_its_caller() {
    let fields = "
        (global $turns (mut i32) (i32.const 100000))
        (func $few (export \"run\") (result i32 i32)
          i32.const 1
          i32.const 2
          i32.const 3
          i32.const 4
          i32.const 5
          return_call $many)
        (func $many (param i32 i32 i32 i32 i32) (result i32 i32) (local i32 i32 i32)
          ;; Locals begin as zero, whatever was in their slots.
          local.get 5
          local.get 6
          i32.or
          local.get 7
          i32.or
          if
            unreachable
          end
          i32.const 9
          local.tee 5
          local.tee 6
          local.set 7
          global.get $turns
          i32.const 1
          i32.sub
          global.set $turns
          global.get $turns
          i32.eqz
          if
            ;; 12, if the arguments are in their order.
            local.get 0
            i32.const 10
            i32.mul
            local.get 1
            i32.add
            local.get 4
            return
          end
          return_call $few)";
    assert_eq!(run(fields, &[]).unwrap(), [12.into(), 5.into()]);
}

#[test]
fn arguments_may_overlap_the_slots_that_they_move_to() {
    let fields = "
        (func (export \"run\") (param i32) (result i32)
          local.get 0
          i32.const 2
          i32.const 3
          return_call $digits)
        (func $digits (param i32 i32 i32) (result i32)
          local.get 0
          i32.const 100
          i32.mul
          local.get 1
          i32.const 10
          i32.mul
          i32.add
          local.get 2
          i32.add)";
    assert_eq!(run(fields, &[1.into()]).unwrap(), [123.into()]);
}

/// Labels and what was pushed under them are left behind, and the depth is what
/// it was.
#[test]
fn a_tail_call_leaves_all_blocks_at_once() {
    let blocks = "block loop i32.const 1 if ".repeat(30);
    let ends = "end end end ".repeat(30);
    let fields = format!(
        "(func $run (export \"run\") (param $turns i32) (result i32)
          i32.const 5
          local.get $turns
          i32.eqz
          br_if 0
          i64.const 8
          {blocks}
            i32.const 6
            f64.const 7
            local.get $turns
            i32.const 1
            i32.sub
            return_call $run
          {ends}
          unreachable)"
    );
    on_small_stack(move || {
        assert_eq!(run(&fields, &[1000.into()]).unwrap(), [5.into()])
    });
}

#[test]
fn tail_calls_take_nothing_from_the_limit_of_calls() {
    let fields = "
        (func $deep (export \"run\") (param $levels i32) (result i32)
          local.get $levels
          i32.eqz
          if
            i32.const 0
            return
          end
          local.get $levels
          i32.const 1
          i32.sub
          call $hop
          i32.const 1
          i32.add)
        (func $hop (param i32) (result i32) local.get 0 return_call $skip)
        (func $skip (param i32) (result i32) local.get 0 return_call $jump)
        (func $jump (param i32) (result i32) local.get 0 return_call $deep)";
    let levels = |levels: i32| {
        let limits = StoreLimits { calls: 100, ..StoreLimits::default() };
        let mut store: Store = Store::new((), limits);
        run_in(&mut store, &Imports::new(), fields, &[levels.into()])
    };
    assert_eq!(levels(99).unwrap(), [99.into()]);
    assert_eq!(levels(100).unwrap_err().trap(), Some(Trap::CallStackExhausted));
}

#[test]
fn the_callers_frame_is_unchanged_after_a_tail_call() {
    let fields = "
        (func (export \"run\") (param $x i32) (result i32 i32 i32)
          (local $y i32)
          i32.const 30
          local.set $y
          i32.const 10
          i32.const 1
          call $small
          local.get $x
          local.get $y
          i32.add)
        (func $small (param i32) (result i32)
          local.get 0
          local.get 0
          local.get 0
          local.get 0
          return_call $large)
        (func $large (param i32 i32 i32 i32) (result i32)
          (local i64 i64 i64)
          i64.const -1
          local.tee 4
          local.tee 5
          local.set 6
          local.get 3)";
    assert_eq!(
        run(fields, &[20.into()]).unwrap(),
        [10.into(), 1.into(), 50.into()]
    );
}

#[test]
fn a_tail_call_of_a_host_function_calls_it_and_returns() {
    let fields = "
        (import \"host\" \"less\" (func $less (param i32 i32) (result i32)))
        (type $less (func (param i32 i32) (result i32)))
        (table funcref (elem $less $here))
        (func $here (type $less) i32.const 1 i32.const 50 local.get 0 return_call $less)
        (func (export \"run\") (param $callee i32) (result i32)
          i32.const 1
          block
            i32.const 2
            i32.const 44
            i32.const 2
            local.get $callee
            return_call_indirect (type $less)
          end
          drop
          unreachable)";
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "less", |x: i32, y: i32| x - y);
    for (callee, expected) in [(0, 42), (1, 6)] {
        let results =
            run_in(&mut store, &imports, fields, &[callee.into()]).unwrap();
        assert_eq!(results, [expected.into()]);
    }
}

/// Tail calls a host function, which calls the export `back` of its caller.
fn call_back(back: &str) -> Result<Vec<Value>, Error> {
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    imports.func(
        &mut store,
        "host",
        "call_back",
        |caller: &mut Caller<'_>, x: i32| -> Result<i32, Error> {
            let instance = caller.instance().unwrap();
            let results =
                caller.engine().call(instance, "back", &[x.into()])?;
            Ok(results[0].i32().unwrap())
        },
    );
    let fields = format!(
        "(import \"host\" \"call_back\"
           (func $call_back (param i32) (result i32)))
         (func $run (export \"run\") (param i32) (result i32)
           i32.const 1
           local.get 0
           return_call $call_back)
         (func (export \"back\") (param i32) (result i32) {back})"
    );
    run_in(&mut store, &imports, &fields, &[21.into()])
}

#[test]
fn a_host_function_that_is_tail_called_may_call_back() {
    let doubled = call_back("local.get 0 i32.const 2 i32.mul");
    assert_eq!(doubled.unwrap(), [42.into()]);
}

#[test]
fn tail_calls_through_the_host_nest_and_end_at_the_limit_of_calls() {
    let error = call_back("local.get 0 return_call $run").unwrap_err();
    assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
}

#[test]
fn a_callee_may_belong_to_another_instance() {
    let mut store: Store = Store::default();
    let other = "
        (module
          (global $mine (mut i32) (i32.const 40))
          (func (export \"add\") (param i32) (result i32)
            global.get $mine
            local.get 0
            i32.add
            global.set $mine
            global.get $mine))";
    let other = store.instantiate(other.as_bytes(), &Imports::new()).unwrap();
    let mut imports = Imports::new();
    imports.instance(&store, "other", other);
    let fields = "
        (import \"other\" \"add\" (func $add (param i32) (result i32)))
        (global $mine i32 (i32.const 2))
        (func (export \"run\") (result i32) global.get $mine return_call $add)";
    assert_eq!(run_in(&mut store, &imports, fields, &[]).unwrap(), [42.into()]);
}

#[test]
fn a_trap_names_the_function_that_was_executing() {
    let text = |body: &str| {
        let fields = format!(
            "(type $none (func))
             (table 2 funcref)
             (elem (i32.const 0) $other)
             (func $run (export \"run\") {body})
             (func $last unreachable)
             (func $other (param i32))"
        );
        run(&fields, &[]).unwrap_err().to_string()
    };
    assert_eq!(
        text("return_call $last"),
        "trap: unreachable, in function 1 ($last), at unreachable"
    );
    let of_the_caller = [
        ("i32.const 0", "indirect call type mismatch"),
        ("i32.const 1", "uninitialized element"),
        ("i32.const 2", "undefined element"),
    ];
    for (index, trap) in of_the_caller {
        assert_eq!(
            text(&format!("{index} return_call_indirect (type $none)")),
            format!(
                "trap: {trap}, in function 0 ($run), at return_call_indirect (type 0)"
            )
        );
    }
}

#[test]
fn more_locals_than_there_are_slots_are_a_trap() {
    let locals = "(local i64)".repeat(10_000);
    let fields = format!(
        "(func (export \"run\") call $deep)
         (func $deep call $wide)
         (func $wide return_call $wider)
         (func $wider {locals} call $deep)"
    );
    assert_eq!(
        run(&fields, &[]).unwrap_err().trap(),
        Some(Trap::CallStackExhausted)
    );
}

#[test]
fn an_endless_chain_of_tail_calls_runs_out_of_fuel() {
    let mut store: Store = Store::new(
        (),
        StoreLimits { fuel: Some(100_000), ..StoreLimits::default() },
    );
    let fields = "(func $run (export \"run\") return_call $run)";
    let outcome = run_in(&mut store, &Imports::new(), fields, &[]);
    assert_eq!(outcome.unwrap_err().trap(), Some(Trap::OutOfFuel));
}

#[test]
fn an_observer_sees_one_call_whose_function_changes() {
    let mut store: Store<Vec<Step>> = Store::default();
    let parity =
        include_str!("../programs/parity.wat").replace("\"even\"", "\"run\"");
    let fields = parity.split_once("(module").unwrap().1;
    let fields = fields.trim_end().strip_suffix(')').unwrap();
    run_in(&mut store, &Imports::new(), fields, &[2_i64.into()]).unwrap();
    let lines: Vec<String> = store
        .observer()
        .iter()
        .map(|step| format!("{step} {}", step.labels.join(" ")))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
