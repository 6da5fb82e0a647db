//! Every way of leaving a sequence, and the places where each is caught.

use std::thread;

use ch07_values::{Number, Trap};
use ch09_module::Module;
use ch11_control::{MachineLimits, SingleModule, SingleModuleError, Unwind};
use trace::Step;

fn load(text: &str) -> SingleModule {
    SingleModule::new(Module::from_text(text).unwrap()).unwrap()
}

/// Calls the function `run` of a module whose function has this signature and
/// this body.
fn run(
    signature: &str,
    body: &str,
    arguments: &[i32],
) -> Result<Vec<Number>, SingleModuleError> {
    let arguments: Vec<Number> =
        arguments.iter().map(|&argument| argument.into()).collect();
    load(&format!(
        "(module (memory 1) (func (export \"run\") {signature} {body}))"
    ))
    .call("run", &arguments, ())
}

fn trap(outcome: Result<Vec<Number>, SingleModuleError>) -> Option<Trap> {
    match outcome {
        Err(SingleModuleError::Trap(trap, _)) => Some(trap),
        _ => None,
    }
}

#[test]
fn the_outcome_of_a_sequence_fits_a_register() {
    assert_eq!(size_of::<Result<(), Unwind>>(), 8);
}

#[test]
fn a_branch_carries_its_operands_and_drops_the_others() {
    let body = "
        i32.const 1
        block (result i32 i32)
          i32.const 2
          i32.const 3
          block
            i32.const 4
            i32.const 5
            i32.const 6
            br 1
          end
          unreachable
        end";
    let expected = [1, 5, 6].map(Number::I32);
    assert_eq!(run("(result i32 i32 i32)", body, &[]).unwrap(), expected);
}

#[test]
fn a_branch_to_a_block_of_one_result_carries_it() {
    for open in ["block", "i32.const 1 if"] {
        let otherwise = match open {
            "block" => "",
            _ => "else i32.const 0",
        };
        let body = format!(
            "i32.const 7
             {open} (result i32) i32.const 1 i32.const 2 br 0 {otherwise} end
             i32.add"
        );
        let results = run("(result i32)", &body, &[]).unwrap();
        assert_eq!(results, [Number::I32(7 + 2)], "{open}");
    }
}

#[test]
fn a_branch_to_a_loop_carries_its_parameters() {
    let body = "
        i32.const 0
        local.get 0
        loop (param i32 i32) (result i32)
          local.tee 0
          i32.add
          local.get 0
          i32.const 1
          i32.sub
          local.tee 0
          local.get 0
          br_if 0
          drop
        end";
    assert_eq!(
        run("(param i32) (result i32)", body, &[10]).unwrap(),
        [Number::I32(55)]
    );
}

#[test]
fn a_branch_to_the_outermost_label_leaves_the_function() {
    let body = "i32.const 7 block i32.const 8 br 1 end drop i32.const 9";
    assert_eq!(run("(result i32)", body, &[]).unwrap(), [Number::I32(8)]);
}

#[test]
fn return_leaves_all_blocks_at_once() {
    let body = "i32.const 1 block loop i32.const 2 i32.const 3 return end end";
    assert_eq!(run("(result i32)", body, &[]).unwrap(), [Number::I32(3)]);
}

#[test]
fn an_if_without_else_passes_its_parameters_on() {
    let body = "i32.const 5 local.get 0 if (param i32) (result i32) i32.const 1 i32.add end";
    assert_eq!(
        run("(param i32) (result i32)", body, &[1]).unwrap(),
        [Number::I32(6)]
    );
    assert_eq!(
        run("(param i32) (result i32)", body, &[0]).unwrap(),
        [Number::I32(5)]
    );
}

#[test]
fn br_table_reads_its_operand_as_unsigned() {
    let body = "block block block local.get 0 br_table 0 1 2 end i32.const 10 return end i32.const 11 return end i32.const 12";
    for (operand, expected) in
        [(0, 10), (1, 11), (2, 12), (-1, 12), (i32::MIN, 12)]
    {
        let results =
            run("(param i32) (result i32)", body, &[operand]).unwrap();
        assert_eq!(results, [Number::I32(expected)]);
    }
}

#[test]
fn select_keeps_the_first_unless_its_operand_is_zero() {
    let body = "i32.const 1 i32.const 2 local.get 0 select";
    assert_eq!(
        run("(param i32) (result i32)", body, &[-1]).unwrap(),
        [Number::I32(1)]
    );
    assert_eq!(
        run("(param i32) (result i32)", body, &[0]).unwrap(),
        [Number::I32(2)]
    );
}

#[test]
fn locals_begin_as_zero_in_every_call() {
    let module = "
        (module
          (func $dirty (result i32) (local i32 i32) i32.const 7 local.tee 0 local.set 1 local.get 1)
          (func $clean (result i32) (local i32 i32) local.get 0 local.get 1 i32.add)
          (func (export \"run\") (result i32) call $dirty call $clean i32.add))";
    assert_eq!(load(module).call("run", &[], ()).unwrap(), [Number::I32(7)]);
}

#[test]
fn a_trap_says_where_it_came_from() {
    let module = "
        (module
          (func $divide (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
          (func (export \"run\") (result i32) block i32.const 1 i32.const 0 call $divide return end unreachable))";
    let error = load(module).call("run", &[], ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "trap: integer divide by zero, in $divide, at i32.div_s"
    );
}

#[test]
fn a_call_that_cannot_begin_names_its_function() {
    let text = "(module (func $wide (export \"run\") (local i32 i32)))";
    for operands in [0, 1] {
        let mut module = load(text);
        module.limits.operands = operands;
        let error = module.call("run", &[], ()).unwrap_err();
        assert_eq!(error.to_string(), "trap: call stack exhausted, in $wide");
    }
}

#[test]
fn instructions_of_later_chapters_trap() {
    let module = "(module (func $f) (func (export \"run\") return_call $f))";
    assert_eq!(trap(load(module).call("run", &[], ())), Some(Trap::NotYet));
    let vector = run("", "v128.const i64x2 0 0 drop", &[]);
    assert_eq!(trap(vector), Some(Trap::NotYet));
}

#[test]
fn what_a_module_by_itself_cannot_have_is_named() {
    let refused = |fields: &str| {
        let module = Module::from_text(&format!("(module {fields})")).unwrap();
        SingleModule::new(module).unwrap_err().to_string()
    };
    let not_yet = |what| format!("not yet: {what} comes with the next chapter");
    for (fields, what) in [
        (
            "(import \"a\" \"b\" (func))",
            "an import, a global or a start function",
        ),
        (
            "(global i32 (i32.const 0))",
            "an import, a global or a start function",
        ),
        ("(func $f) (start $f)", "an import, a global or a start function"),
        ("(memory 1) (memory 1)", "a second memory or table"),
        ("(table 1 funcref) (table 1 funcref)", "a second memory or table"),
        (
            "(func $f) (table 1 funcref (ref.func $f))",
            "a table that begins with a value",
        ),
        ("(memory 1) (data \"a\")", "a passive segment"),
        ("(func $f) (table 1 funcref) (elem func $f)", "a passive segment"),
        (
            "(memory 1) (data (i32.const 65536) \"a\")",
            "a segment past the end of its memory",
        ),
        (
            "(func $f) (table 1 funcref) (elem (i32.const 1) $f)",
            "a segment past the end of its table",
        ),
        (
            "(memory 1) (data (i32.add (i32.const 1) (i32.const 2)) \"a\")",
            "an offset that has to be computed",
        ),
    ] {
        assert_eq!(refused(fields), not_yet(what), "{fields}");
    }
}

#[test]
fn segments_are_placed_at_their_offsets() {
    let mut module = load(
        "(module
          (memory 1)
          (data (i32.const 65534) \"\\01\\02\")
          (data (i32.const 3) \"\\03\")
          (table 4 funcref)
          (elem (i32.const 2) $two $three)
          (elem (i32.const 0) $zero)
          (func $zero (result i32) i32.const 0)
          (func $two (result i32) i32.const 2)
          (func $three (result i32) i32.const 3)
          (func (export \"load\") (param i32) (result i32)
            local.get 0 i32.load8_u)
          (func (export \"call\") (param i32) (result i32)
            local.get 0 call_indirect (result i32)))",
    );
    for (address, byte) in [(2, 0), (3, 3), (4, 0), (65_534, 1), (65_535, 2)] {
        let loaded = module.call("load", &[address.into()], ()).unwrap();
        assert_eq!(loaded, [Number::I32(byte)], "{address}");
    }
    for element in [0, 2, 3] {
        let called = module.call("call", &[element.into()], ()).unwrap();
        assert_eq!(called, [Number::I32(element)]);
    }
    let mut trapped =
        |element: i32| trap(module.call("call", &[element.into()], ()));
    assert_eq!(trapped(1), Some(Trap::UninitializedElement));
    assert_eq!(trapped(4), Some(Trap::UndefinedElement));
    assert_eq!(trapped(-1), Some(Trap::UndefinedElement));
}

#[test]
fn a_call_through_a_table_needs_a_function_of_the_same_type() {
    let mut module = load(
        "(module
          (type $other (func (param i32) (result i32)))
          (type $same (func (result i32)))
          (table 1 funcref)
          (elem (i32.const 0) $seven)
          (func $seven (result i32) i32.const 7)
          (func (export \"same\") (result i32)
            i32.const 0 call_indirect (type $same))
          (func (export \"other\") (result i32)
            i32.const 1 i32.const 0 call_indirect (type $other)))",
    );
    assert_eq!(module.call("same", &[], ()).unwrap(), [Number::I32(7)]);
    assert_eq!(
        trap(module.call("other", &[], ())),
        Some(Trap::IndirectCallTypeMismatch)
    );
}

#[test]
fn a_call_needs_an_exported_function_and_arguments_of_its_types() {
    let mut module = load(
        "(module
          (memory (export \"memory\") 1)
          (func (export \"f\") (param i32 i64)))",
    );
    let mut refused = |name: &str, arguments: &[Number]| {
        module.call(name, arguments, ()).unwrap_err().to_string()
    };
    for name in ["g", "memory"] {
        let error = refused(name, &[]);
        assert_eq!(error, format!("there is no exported function `{name}`"));
    }
    let (one, two) = (Number::I32(1), Number::I64(2));
    for arguments in [&[][..], &[one], &[two, one], &[one, two, two]] {
        assert_eq!(
            refused("f", arguments),
            "`f` is of type (param i32 i64), and the arguments are not"
        );
    }
    assert_eq!(module.call("f", &[one, two], ()).unwrap(), []);
}

/// Two operands go in and three come out, whichever way the end is reached.
#[test]
fn a_branch_to_a_block_or_an_if_carries_its_results_and_not_its_parameters() {
    for open in ["block", "i32.const 1 if"] {
        let ty = "(param i32 i32) (result i32 i32 i32)";
        let otherwise = match open {
            "block" => "",
            _ => "else i32.const 0",
        };
        for branch in ["", "br 0"] {
            let body = format!(
                "i32.const 1 i32.const 2 i32.const 3
                 {open} {ty} i32.const 4 {branch} {otherwise} end"
            );
            assert_eq!(
                run("(result i32 i32 i32 i32)", &body, &[]).unwrap(),
                [1, 2, 3, 4].map(Number::I32),
                "{open} {branch}"
            );
        }
    }
}

/// Runs `work` in a thread with a stack of one megabyte, as small as a main
/// thread's on some systems.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn runaway_recursion_is_a_trap() {
    on_small_stack(|| {
        let outcome = run("(result i32)", "call 0 i32.const 1 i32.add", &[]);
        assert_eq!(trap(outcome), Some(Trap::CallStackExhausted));
    });
}

#[test]
fn runaway_mutual_recursion_through_a_table_is_a_trap() {
    on_small_stack(|| {
        let module = "
            (module
              (table 2 funcref)
              (elem (i32.const 0) $even $odd)
              (func $even (export \"run\") block loop i32.const 1 call_indirect end end)
              (func $odd i32.const 1 if i32.const 0 call_indirect end))";
        assert_eq!(
            trap(load(module).call("run", &[], ())),
            Some(Trap::CallStackExhausted)
        );
    });
}

#[test]
fn many_locals_in_a_runaway_recursion_are_the_same_trap() {
    on_small_stack(|| {
        let locals = "(local i64)".repeat(10_000);
        assert_eq!(
            trap(run("", &format!("{locals} call 0"), &[])),
            Some(Trap::CallStackExhausted)
        );
    });
}

#[test]
fn ten_thousand_nested_blocks_run() {
    on_small_stack(|| {
        for block in ["block", "loop", "i32.const 1 if"] {
            let body = format!(
                "{} br 9999 {}",
                format!("{block} ").repeat(10_000),
                "end ".repeat(10_000)
            );
            // A branch to the outermost loop begins it again, so here it leaves
            // the function.
            let body = body.replace("br 9999", "br 10000");
            assert_eq!(run("", &body, &[]).unwrap(), [], "{block}");
        }
    });
}

#[test]
fn a_hundred_thousand_nested_blocks_run_and_two_hundred_thousand_trap() {
    on_small_stack(|| {
        let nested = |n| format!("{} {}", "block ".repeat(n), "end ".repeat(n));
        assert_eq!(run("", &nested(100_000), &[]).unwrap(), []);
        assert_eq!(
            trap(run("", &nested(200_000), &[])),
            Some(Trap::CallStackExhausted)
        );
    });
}

#[test]
fn the_native_stack_suffices_for_both_limits_at_once() {
    on_small_stack(|| {
        // 10,000 calls with 12 labels each are 120,000 labels.
        let body =
            format!("{} call 0 {}", "block ".repeat(12), "end ".repeat(12));
        assert_eq!(trap(run("", &body, &[])), Some(Trap::CallStackExhausted));
    });
}

#[test]
fn depth_that_comes_and_goes_is_not_used_up() {
    on_small_stack(|| {
        let module = "
            (module
              (func $deep (param i32)
                local.get 0 if local.get 0 i32.const 1 i32.sub call $deep end)
              (func (export \"run\") (param i32)
                loop
                  i32.const 5000 call $deep
                  local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0
                end))";
        assert_eq!(load(module).call("run", &[20.into()], ()).unwrap(), []);
    });
}

/// The trap of `run`, when its module has these limits.
fn trap_within(
    text: &str,
    set: impl FnOnce(&mut MachineLimits),
) -> Option<Trap> {
    let mut module = load(text);
    set(&mut module.limits);
    trap(module.call("run", &[], ()))
}

#[test]
fn calls_nest_as_deep_as_the_limit_and_no_deeper() {
    let chain = "
        (module
          (func $a) (func $b call $a) (func (export \"run\") call $b call $b))";
    assert_eq!(trap_within(chain, |limits| limits.calls = 3), None);
    assert_eq!(
        trap_within(chain, |limits| limits.calls = 2),
        Some(Trap::CallStackExhausted)
    );
}

#[test]
fn a_branch_needs_no_operand_more_than_it_finds() {
    let text = "
        (module
          (func (export \"run\") (result i32 i32)
            i32.const 1 i32.const 2 i32.const 3 br 0))";
    assert_eq!(trap_within(text, |limits| limits.operands = 3), None);
    assert_eq!(
        trap_within(text, |limits| limits.operands = 2),
        Some(Trap::CallStackExhausted)
    );
}

#[test]
fn a_call_takes_as_many_labels_as_its_blocks_nest_deep() {
    // Two labels of `run` and three of `$a`: the deepest nest, wherever in it
    // the call is, and not the number of blocks.
    let blocks = "
        (module
          (func $a block block block end end end block end)
          (func (export \"run\") call $a call $a block loop end end))";
    assert_eq!(trap_within(blocks, |limits| limits.labels = 5), None);
    assert_eq!(
        trap_within(blocks, |limits| limits.labels = 4),
        Some(Trap::CallStackExhausted)
    );
}

/// How much fuel a function with this body needs.
fn fuel_for(body: &str) -> u64 {
    let text =
        format!("(module (memory 1) (func $f) (func (export \"run\") {body}))");
    let enough =
        |fuel| match trap_within(&text, |limits| limits.fuel = Some(fuel)) {
            None => true,
            trap => {
                assert_eq!(trap, Some(Trap::OutOfFuel));
                false
            }
        };
    (0..1_000).find(|fuel| enough(*fuel)).unwrap()
}

#[test]
fn fuel_counts_calls_and_branches_to_loops_and_the_bytes_of_bulk_instructions()
{
    assert_eq!(fuel_for(""), 1);
    assert_eq!(fuel_for("call $f call $f"), 3);
    let plain = "i32.const 1 if block br 0 end end loop end";
    assert_eq!(fuel_for(plain), 1);
    let rounds = "
        (local i32)
        loop
          local.get 0 i32.const 1 i32.add local.tee 0
          i32.const 5 i32.lt_u br_if 0
        end";
    assert_eq!(fuel_for(rounds), 1 + 4);
    let fill = "i32.const 0 i32.const 0 i32.const 100 memory.fill";
    assert_eq!(fuel_for(fill), 1 + 100);
    assert_eq!(fuel_for("i32.const 0 memory.grow memory.size drop drop"), 1);
}

#[test]
fn a_long_loop_runs_out_of_fuel() {
    let text = "
        (module
          (func (export \"run\") (local i32)
            loop
              local.get 0 i32.const 1 i32.add local.tee 0
              i32.const 1_000_000 i32.lt_u br_if 0
            end))";
    assert_eq!(trap_within(text, |limits| limits.fuel = None), None);
    let trap = trap_within(text, |limits| limits.fuel = Some(1_000));
    assert_eq!(trap, Some(Trap::OutOfFuel));
}

#[test]
fn an_observer_sees_steps_writes_and_labels() {
    let module = "
        (module
          (memory 1)
          (func $run (export \"run\") (param $n i32)
            loop $again
              local.get $n
              local.get $n
              i32.store offset=16
              local.get $n
              i32.const 1
              i32.sub
              local.tee $n
              br_if $again
            end))";
    let mut steps: Vec<Step> = Vec::new();
    load(module).call("run", &[2.into()], &mut steps).unwrap();
    let lines: Vec<String> = steps
        .iter()
        .map(|step| format!("{step} {}", step.labels.join(" ")))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn an_observer_sees_operands_as_small_numbers_or_else_as_their_bits() {
    let operands = "
        i64.const -1 i64.const -65535 i64.const -65536
        i64.const 0x7fffffff i64.const 0x80000000 i64.const 0x100000000";
    let module = format!(
        "(module (func (export \"run\") (result i64 i64 i64 i64 i64 i64)
          {operands} nop))"
    );
    let mut steps: Vec<Step> = Vec::new();
    load(&module).call("run", &[], &mut steps).unwrap();
    let expected = [
        "-1",
        "-65535",
        "0xffffffffffff0000",
        "2147483647",
        "-2147483648",
        "0x0000000100000000",
    ];
    assert_eq!(steps.last().unwrap().stack, expected);
}

#[test]
fn an_observer_sees_how_deep_calls_and_blocks_are_when_they_have_ended_too() {
    let module = "
        (module
          (func $inner block nop end nop)
          (func $run (export \"run\") call $inner block nop end call $inner nop))";
    let mut steps: Vec<Step> = Vec::new();
    load(module).call("run", &[], &mut steps).unwrap();
    let seen: Vec<String> = steps
        .iter()
        .map(|step| {
            let Step { depth, place, instruction, labels, .. } = step;
            let labels = labels.join(" ");
            format!(
                "{depth} {} {:?} {instruction} in {labels}",
                place.function, place.path
            )
        })
        .collect();
    let inner = [
        "1 $inner [0] block in func",
        "1 $inner [0, 0] nop in func block",
        "1 $inner [1] nop in func",
    ];
    let mut expected = vec!["0 $run [0] call 0 in func"];
    expected.extend(inner);
    expected.push("0 $run [1] block in func");
    expected.push("0 $run [1, 0] nop in func block");
    expected.push("0 $run [2] call 0 in func");
    expected.extend(inner);
    expected.push("0 $run [3] nop in func");
    assert_eq!(seen, expected);
}
