//! Nothing that bytes could be changed to does harm.

use super::*;

/// A module with everything that an operation may refer to.
const TEXT: &str = r#"(module
    (type $binary (func (param i32 i32) (result i32)))
    (type $reference (func (param externref) (result externref)))
    (import "host" "twice" (func $twice (param i32) (result i32)))
    (import "host" "hold" (func $hold (type $reference)))
    (import "host" "level" (global $level (mut i64)))
    (import "host" "limit" (global $limit i32))
    (global $any (mut externref) (ref.null extern))
    (memory 1)
    (table $table 2 funcref)
    (elem (i32.const 0) $add)
    (func $add (type $binary)
        (i32.add (local.get 0) (local.get 1)))
    (func $count (param i32) (result i32) (local $i i32)
        (loop $again
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (local.get 0))))
        (local.get $i))
    (func $calls (param i32) (result i32)
        (call $twice (call $add (local.get 0) (i32.const 2))))
    (func $globals (param i64) (result i64)
        (global.set $level (local.get 0))
        (global.get $level))
    (func $indirect (param i32) (result i32)
        (call_indirect (type $binary)
            (local.get 0) (i32.const 2) (i32.const 0)))
    (func $pick (param i32) (result i32)
        (block (block (block
            (br_table 0 1 2 (local.get 0)))
            (return (i32.const 10)))
            (return (i32.const 20)))
        (i32.const 30))
    (func $kept (type $reference)
        (global.set $any (call $hold (local.get 0)))
        (global.get $any))
    (func $vector (result i32)
        (i32x4.extract_lane 1 (v128.const i32x4 1 2 3 4))))"#;

const FUNCTIONS: [&str; 8] =
    ["add", "count", "calls", "globals", "indirect", "pick", "kept", "vector"];

/// What is read of a function of the text after something has been changed.
fn read(
    name: &str,
    counts_fuel: bool,
    change: impl FnOnce(&mut Fused),
) -> Option<Fused> {
    let module = Module::from_text(TEXT).unwrap();
    let function = FUNCTIONS.iter().position(|known| *known == name).unwrap();
    let function = &module.functions[function];
    let read = |names: &Names<'_>, here: &StoreData| {
        let (mut fused, shape) = names.translate(here, function).unwrap();
        change(&mut fused);
        let bytes = names.write(&fused, &shape).unwrap();
        Some(names.take(&bytes)?.fused)
    };
    at_indices(&module, counts_fuel, read).unwrap()
}

/// The operation of a function that is of a kind.
fn find(code: &mut Fused, is: impl Fn(Work) -> bool) -> &mut Inst {
    let mut insts = code.insts.iter_mut();
    insts.find(|inst| is(inst.work)).expect("there is one")
}

#[test]
fn what_is_written_is_read() {
    for counts_fuel in [false, true] {
        for name in &FUNCTIONS[..6] {
            let mut written = None;
            let read = read(name, counts_fuel, |code| {
                let insts = code.insts.iter();
                let bare = |inst: &Inst| Inst { origin: 0, branch: 0, ..*inst };
                written = Some(insts.map(bare).collect::<Vec<Inst>>());
            });
            assert_eq!(written, read.map(|read| read.insts), "{name}");
        }
    }
}

#[test]
fn only_what_has_numbers_in_its_hands_is_written() {
    let module = Module::from_text(TEXT).unwrap();
    let written = compile(&module, false);
    let written: Vec<bool> = written.iter().map(Option::is_some).collect();
    assert_eq!(written, [true, true, true, true, true, true, false, false]);
}

#[test]
fn a_loop_that_is_not_paid_is_refused() {
    let unpaid = |code: &mut Fused| {
        code.insts.iter_mut().for_each(|inst| inst.paid = false);
    };
    assert!(read("count", true, |_| {}).is_some());
    assert!(read("count", true, unpaid).is_none());
    assert!(read("count", false, unpaid).is_some(), "fuel isn't counted");
}

#[test]
fn the_context_has_the_beginning_of_the_right_loop() {
    for counts_fuel in [false, true] {
        let forgotten = |code: &mut Fused| {
            let around = find(code, |work| work == Work::Around);
            *around = Inst::new(Work::Hold(Class::Int), 0);
            around.a = Place::Slot(0);
        };
        assert!(read("count", counts_fuel, forgotten).is_none());
        let another = |code: &mut Fused| {
            let label = code.labels.len() as u32;
            code.labels.push(0);
            find(code, |work| work == Work::Around).label = label;
        };
        assert!(read("count", counts_fuel, another).is_none());
    }
}

#[test]
fn a_branch_leads_to_an_operation() {
    let far = |code: &mut Fused| {
        let end = code.insts.len() as u32;
        code.labels.iter_mut().for_each(|label| *label = end + 1);
    };
    assert!(read("count", false, far).is_none());
    let to_the_end = |code: &mut Fused| {
        let end = code.insts.len() as u32;
        code.labels.iter_mut().for_each(|label| *label = end);
    };
    assert!(read("count", false, to_the_end).is_none());
    let without_label = |code: &mut Fused| code.labels.clear();
    assert!(read("count", false, without_label).is_none());
    let without_end = |code: &mut Fused| _ = code.insts.pop();
    assert!(read("add", false, without_end).is_none());
    let greater = |code: &mut Fused| {
        let table = find(code, |work| work == Work::BrTable);
        table.number += 1;
    };
    assert!(read("pick", false, greater).is_none());
}

#[test]
fn a_slot_is_in_the_window() {
    for place in 0..4 {
        let far = |code: &mut Fused| {
            let Inst { to, a, b, c, .. } = &mut code.insts[0];
            *[to, a, b, c][place] = Place::Slot(MOST_SLOTS);
        };
        assert!(read("add", false, far).is_none(), "{place}");
    }
}

#[test]
fn an_index_is_one_of_the_module_and_of_numbers() {
    let call = |work: Work, number: u32| {
        move |code: &mut Fused| {
            let call = find(code, |it| it == Work::Call);
            (call.work, call.number) = (work, number);
        }
    };
    let number_of = |name| {
        let own = FUNCTIONS.iter().position(|known| *known == name);
        2 + own.unwrap() as u32
    };
    let accepts = |change| read("calls", false, change).is_some();
    assert!(accepts(call(Work::Call, number_of("pick"))));
    assert!(!accepts(call(Work::Call, number_of("kept"))), "a reference");
    assert!(!accepts(call(Work::Call, 100)), "no function");
    assert!(!accepts(call(Work::Call, 0)), "an import");
    let accepts = |change| read("calls", false, change).is_some();
    assert!(accepts(call(Work::CallHost, 0)));
    assert!(!accepts(call(Work::CallHost, 1)), "a reference");
    assert!(!accepts(call(Work::CallHost, number_of("add"))), "no import");

    let global = |work: Work, number: u32| {
        move |code: &mut Fused| find(code, |it| it == work).number = number
    };
    let accepts = |change| read("globals", false, change).is_some();
    assert!(accepts(global(Work::GlobalGet, 1)));
    assert!(!accepts(global(Work::GlobalSet, 1)), "it can't be changed");
    assert!(!accepts(global(Work::GlobalGet, 2)), "a reference");
    assert!(!accepts(global(Work::GlobalSet, 2)), "a reference");
    assert!(!accepts(global(Work::GlobalGet, 3)), "no global");

    let indirect = |table: u16, ty: u16| {
        move |code: &mut Fused| {
            let call = find(code, |it| it == Work::CallIndirect);
            (call.b, call.c) = (Place::Slot(table), Place::Slot(ty));
        }
    };
    let accepts = |change| read("indirect", false, change).is_some();
    assert!(accepts(indirect(0, 0)));
    assert!(!accepts(indirect(0, 1)), "a reference");
    assert!(!accepts(indirect(1, 0)), "no table");
}

#[test]
fn each_operation_has_an_opcode_of_its_own() {
    for opcode in 0..=u8::MAX {
        let mut bytes = Reader(&[0, 0]);
        match put_together(opcode, &mut bytes) {
            Some(work) => assert_eq!(take_apart(work).0, opcode),
            None => assert!(opcode > 46, "{opcode}"),
        }
    }
}

#[test]
fn numbers_are_what_they_were() {
    for number in [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u64::MAX >> 1, u64::MAX] {
        let mut bytes = Writer::default();
        bytes.number(number);
        bytes.place(Place::Const(number));
        let mut read = Reader(&bytes.0);
        assert_eq!(read.number(), Some(number));
        assert_eq!(read.place(), Some(Place::Const(number)));
        assert!(read.0.is_empty());
    }
    assert_eq!(Reader(&[0x80]).number(), None, "its end is missing");
    assert_eq!(Reader(&[0xff; 11]).number(), None, "it is too long");
}
