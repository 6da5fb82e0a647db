//! What the operations do: the same as flat code, wherever their operands are,
//! and wherever a call is cut.

use std::sync::{Arc, Mutex};

use annex_embedding::{Engine, FuncAddr, Imports, Progress, Value};
use ch07_values::Trap;
use ch12_instance::{Layer, StoreLimits};
use ch19_flat::FlatLayer;
use ch20_slots::{Pair, Slots, Store, Tally};

type AnyStore<L> = ch12_instance::Store<(), L>;

/// A store with so much fuel, and a module in it.
fn store<L: Layer>(text: &str, fuel: u64) -> AnyStore<L> {
    let limits = StoreLimits { fuel: Some(fuel), ..StoreLimits::default() };
    let mut store = AnyStore::new((), limits);
    store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    store
}

/// What a call of the first function returns, or the words of its error, and
/// the fuel that is left.
fn outcome<L: Layer>(text: &str, arguments: &[i32], fuel: u64) -> String {
    let mut store = store::<L>(text, fuel);
    let arguments: Vec<Value> =
        arguments.iter().map(|argument| (*argument).into()).collect();
    let outcome = match store.invoke(FuncAddr(0), &arguments) {
        Ok(results) => format!("{results:?}"),
        Err(error) => error.to_string(),
    };
    format!("{outcome}, fuel {:?}", store.fuel())
}

/// Both engines, on the same call.
fn check(text: &str, arguments: &[i32], fuel: u64) -> String {
    let slots = outcome::<FlatLayer<Slots>>(text, arguments, fuel);
    assert_eq!(slots, outcome::<FlatLayer>(text, arguments, fuel), "{text}");
    slots
}

/// A function of two parameters, in a module with a memory and a global.
fn body(body: &str) -> String {
    format!(
        "(memory 1) (global $g (mut i32) (i32.const 3))
        (func (param $a i32) (param $b i32) (result i32) {body})
        (data (i32.const 0) \"\\01\\02\\03\\04\\05\\06\\07\\08\\09\\0a\\0b\")"
    )
}

const FORMS: [[&str; 2]; 4] = [
    ["local.get $a", "local.get $b"],
    ["local.get $a", "i32.const 4"],
    ["i32.const 9", "local.get $b"],
    ["i32.const 9", "i32.const 4"],
];

#[test]
fn a_handler_finds_its_operands_in_a_slot_or_in_the_code() {
    let ends = |text: &str, result: i32| {
        let outcome = check(&body(text), &[9, 4], 100);
        let result = Value::from(result);
        assert!(outcome.starts_with(&format!("[{result:?}]")), "{outcome}");
    };
    for [x, y] in FORMS {
        ends(&format!("{x} {y} i32.sub"), 5);
        ends(&format!("{x} {y} i32.store offset=20 i32.const 29 i32.load"), 4);
        for z in ["local.get $b", "i32.const 1"] {
            ends(&format!("{x} {y} {z} select"), 9);
        }
        for z in ["local.get $b local.get $b i32.xor", "i32.const 0"] {
            ends(&format!("{x} {y} {z} select"), 4);
        }
    }
    for x in ["local.get $b", "i32.const 4"] {
        ends(&format!("{x} i32.ctz"), 2);
        ends(&format!("{x} i32.load8_u offset=3"), 8);
        ends(&format!("{x} local.set $a local.get $a"), 4);
        ends(&format!("{x} global.set $g global.get $g"), 4);
        ends(&format!("{x} if i32.const 6 return end i32.const 7"), 6);
        ends(
            &format!("block {x} br_if 0 i32.const 6 return end i32.const 7"),
            7,
        );
        let zero = format!("{x} {x} i32.xor");
        ends(&format!("{zero} if i32.const 6 return end i32.const 7"), 7);
        ends(
            &format!("block {zero} br_if 0 i32.const 6 return end i32.const 7"),
            6,
        );
    }
}

#[test]
fn a_table_of_branches_counts_from_itself() {
    let text = |x: &str| {
        body(&format!(
            "local.get $b drop
            block block block {x} br_table 0 1 2 end
            i32.const 10 return end i32.const 11 return end i32.const 12"
        ))
    };
    for (index, result) in [(0, 10), (1, 11), (2, 12), (3, 12), (-1, 12)] {
        let result = format!("[{:?}]", Value::from(result));
        let slot = check(&text("local.get $a"), &[index, 0], 100);
        assert!(slot.starts_with(&result), "{slot}");
        let constant = check(&text(&format!("i32.const {index}")), &[0, 0], 9);
        assert!(constant.starts_with(&result), "{constant}");
    }
}

/// The operation that traps is named, and not one that it has been put into,
/// or one beside it.
#[test]
fn a_trap_names_its_instruction() {
    let traps = |text: &str, instruction: &str, trap: Trap| {
        let outcome = check(&body(text), &[7, 0], 100);
        assert!(outcome.contains(instruction), "{outcome}");
        assert!(outcome.contains(&trap.to_string()), "{outcome}");
    };
    traps(
        "local.get $a local.get $b i32.div_u local.tee $b local.get $a i32.add",
        ", at i32.div_u, ",
        Trap::IntegerDivideByZero,
    );
    traps(
        "local.get $a i32.clz local.get $b i32.rem_s local.set $a local.get $a",
        ", at i32.rem_s, ",
        Trap::IntegerDivideByZero,
    );
    traps(
        "local.get $a drop i32.const 65533 i32.load local.get $a i32.add",
        ", at i32.load, ",
        Trap::OutOfBoundsMemoryAccess,
    );
    traps(
        "i32.const 4 i32.const 65533 i32.load16_u offset=4294967295 i32.add",
        ", at i32.load16_u offset=4294967295, ",
        Trap::OutOfBoundsMemoryAccess,
    );
    traps(
        "i32.const 65535 local.get $a i32.store16 local.get $a",
        ", at i32.store16, ",
        Trap::OutOfBoundsMemoryAccess,
    );
    traps(
        "local.get $a f32.const nan i32.trunc_f32_s i32.add",
        ", at i32.trunc_f32_s, ",
        Trap::InvalidConversionToInteger,
    );
    traps("local.get $a unreachable", ", at unreachable, ", Trap::Unreachable);
    traps(
        "i32.const 65530 local.get $a i32.const 7 memory.fill local.get $a",
        ", at memory.fill, ",
        Trap::OutOfBoundsMemoryAccess,
    );
}

/// The sum of the squares up to a number, each made by a call while operands
/// wait that are a local, a constant, and neither.
const SUM: &str = "
    (func (param $n i32) (result i32) (local $sum i32)
      local.get $n local.get $n i32.clz i32.const 1000
      loop
        local.get $sum
        local.get $n local.get $n call $square
        i32.add
        local.set $sum
        local.get $n i32.const 1 i32.sub local.tee $n
        br_if 0
      end
      local.get $sum
      i32.add i32.add i32.add)
    (func $square (param i32 i32) (result i32)
      local.get 0 local.get 1 i32.mul)";

#[test]
fn out_of_fuel_is_the_same_trap_at_the_same_branch() {
    // Five calls, and four branches that are taken back.
    let plenty = check(SUM, &[5], 100);
    assert_eq!(plenty, check(SUM, &[5], 100));
    let ends: Vec<String> =
        (0..12).map(|fuel| check(SUM, &[5], fuel)).collect();
    let traps = |end: &&String| end.contains(&Trap::OutOfFuel.to_string());
    assert_eq!(ends.iter().filter(traps).count(), 10);
    assert!(ends.iter().any(|end| end.contains(", at loop, ")), "{ends:?}");
}

/// The machine makes the calls, but the tier goes on at once. So the call that
/// traps is not the one that the machine has given to the tier.
#[test]
fn a_trap_is_in_the_call_that_is_current() {
    let text = |middle: &str| {
        format!(
            "(type $two (func (param i32) (result i32)))
            (type $none (func))
            (memory 1) (table 3 funcref) (elem (i32.const 0) $divide $nothing)
            (func (param $a i32) (result i32)
              i32.const 5 local.get $a call $outer i32.add)
            (func $outer (param $a i32) (result i32)
              i32.const 7 local.get $a call $divide {middle} i32.add)
            (func $divide (param i32) (result i32)
              i32.const 100 local.get 0 i32.div_u)
            (func $nothing)
            (func $deeper (param i32) (result i32)
              local.get 0 call $deeper i32.const 1 i32.add)
            (func $vector (param i32) (result i32)
              local.get 0 i32x4.splat i32x4.extract_lane 2 call $divide)"
        )
    };
    let ends = |middle: &str, argument: i32, ends: &str| {
        let outcome = check(&text(middle), &[argument], 1_000_000);
        assert!(outcome.contains(ends), "{outcome}");
    };
    let plain = "drop local.get $a";
    ends(plain, 4, &format!("[{:?}]", Value::from(16)));
    ends(plain, 0, ", at i32.div_u, ");
    let indirect = |element: u32| {
        format!(
            "drop i32.const 20 i32.const {element} call_indirect (type $two)"
        )
    };
    ends(&indirect(0), 4, &format!("[{:?}]", Value::from(17)));
    ends(&indirect(1), 4, &Trap::IndirectCallTypeMismatch.to_string());
    ends(&indirect(2), 4, &Trap::UninitializedElement.to_string());
    ends(&indirect(3), 4, &Trap::UndefinedElement.to_string());
    ends("call $deeper", 4, &Trap::CallStackExhausted.to_string());
    // A function that stays flat code, between two that don't.
    ends(
        "drop i32.const 10 call $vector",
        4,
        &format!("[{:?}]", Value::from(22)),
    );
    ends("drop i32.const 0 call $vector", 4, ", at i32.div_u, ");
}

/// What takes more fuel than there is does nothing.
#[test]
fn a_range_of_memory_is_paid_for() {
    let text = body(
        "i32.const 64 local.get $a i32.const 10 memory.fill
        i32.const 4 i32.const 64 i32.const 8 memory.copy
        i32.const 0 i32.load offset=2",
    );
    let ends: Vec<String> =
        (0..22).map(|fuel| check(&text, &[0x2a, 0], fuel)).collect();
    let at = |text: &str| ends.iter().filter(|end| end.contains(text)).count();
    // The call takes one, and the ranges ten and eight.
    assert_eq!(at(", at memory.fill, "), 10, "{ends:?}");
    assert_eq!(at(", at memory.copy, "), 8, "{ends:?}");
    let result = Value::from(0x2a2a_0403);
    assert_eq!(at(&format!("[{result:?}], fuel ")), 3, "{ends:?}");
}

/// How a call ends that gets so much fuel each time, and how often it has been
/// paused.
fn in_slices<L: Layer>(text: &str, n: i32, slice: u64) -> (Vec<Value>, u32) {
    let mut store = store::<L>(text, slice);
    let mut progress = store.start(FuncAddr(0), &[n.into()]).unwrap();
    let mut pauses = 0;
    loop {
        match progress {
            Progress::Finished(results) => return (results, pauses),
            Progress::Paused(call) => {
                pauses += 1;
                // Another call uses the same slots meanwhile.
                store.set_fuel(100);
                store.invoke(FuncAddr(0), &[2.into()]).unwrap();
                store.set_fuel(slice);
                progress = store.resume(call).unwrap();
            }
        }
    }
}

#[test]
fn a_call_that_is_paused_goes_on_with_the_same_operands() {
    let expected = 5 + 29 + 1000 + 25 + 16 + 9 + 4 + 1;
    for slice in 1..12 {
        let (results, pauses) = in_slices::<FlatLayer<Slots>>(SUM, 5, slice);
        assert_eq!(results, [expected.into()]);
        let flat = in_slices::<FlatLayer>(SUM, 5, slice);
        assert_eq!((results, pauses), flat, "{slice}");
    }
}

/// One constant and one addition more, and the translation would be too large.
#[test]
fn a_function_with_too_many_operations_stays_flat_code() {
    let text = |count: u32| {
        let adds: String = (0..count)
            .map(|n| format!("i32.const {} i32.add ", 1_000_000 + n))
            .collect();
        format!("(func (param i32) (result i32) local.get 0 {adds})")
    };
    for (count, is_counted) in [((1 << 15) - 2, true), ((1 << 15) - 1, false)] {
        let text = text(count);
        let mut store = store::<FlatLayer<Slots>>(&text, 100);
        let tally = count_in(&mut store);
        let results = store.invoke(FuncAddr(0), &[5.into()]).unwrap();
        let sum = (0..count)
            .fold(5_i32, |sum, n| sum.wrapping_add(1_000_000 + n as i32));
        assert_eq!(results, [sum.into()]);
        assert_eq!(!tally.lock().unwrap().is_empty(), is_counted);
    }
}

/// Lets a store count what it executes.
fn count_in(store: &mut Store) -> Arc<Mutex<Tally>> {
    let tally = Arc::new(Mutex::new(Tally::new()));
    store.layer_mut().tier.tally = Some(Arc::clone(&tally));
    tally
}

#[test]
fn what_is_executed_after_what_is_counted() {
    let text = "(func (param i32)
        loop local.get 0 i32.const 1 i32.sub local.tee 0 br_if 0 end)";
    let mut store = store::<FlatLayer<Slots>>(text, 100);
    let tally = count_in(&mut store);
    store.invoke(FuncAddr(0), &[3.into()]).unwrap();
    let mut pairs: Vec<_> = tally
        .lock()
        .unwrap()
        .iter()
        .map(|(pair, count)| (pair.first, pair.second, *count))
        .collect();
    pairs.sort();
    // Subtract, branch three times, and return.
    let expected =
        [(None, 0, 1), (Some(0), 1, 3), (Some(1), 0, 2), (Some(1), 2, 1)];
    assert_eq!(pairs, expected);
    let first = Pair { function: 0, first: None, second: 0 };
    assert!(tally.lock().unwrap().contains_key(&first));
}
