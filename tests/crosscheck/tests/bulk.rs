//! Bulk instructions, tables and calls through them, near the bounds: where instructions that are drawn at random
//! hardly ever succeed. Each function is one instruction, and what it does is seen by those that come after it.

use crosscheck::{Partner, Rng, Tally, compare};

/// A number that is often within a limit, and now and then around it.
fn near(rng: &mut Rng, limit: u64) -> u64 {
    match rng.next() % 8 {
        0 => limit - rng.next() % 3,
        1 => (limit + rng.next() % 3) & 0xffff_ffff,
        2 => 0,
        _ => rng.next() % limit,
    }
}

/// A body that executes one instruction, and leaves an `i64`.
fn body(rng: &mut Rng) -> String {
    let mut operand = |limit: u64| format!("(i32.const {})", near(rng, limit) as u32 as i32);
    let (address, other) = (operand(65_536), operand(65_536));
    let (length, byte) = (operand(200), operand(256));
    let (element, other_element, count) = (operand(12), operand(12), operand(4));
    let (in_data, in_elem) = (operand(20), operand(4));
    let done = "(i64.const 0)";
    match rng.next() % 15 {
        0 => format!("(memory.fill {address} {byte} {length}) {done}"),
        1 | 2 => format!("(memory.copy {address} {other} {length}) {done}"),
        3 | 4 => format!("(memory.init $d {address} {in_data} {in_data}) {done}"),
        5 if rng.next().is_multiple_of(4) => format!("(data.drop $d) {done}"),
        6 if rng.next().is_multiple_of(4) => format!("(elem.drop $e) {done}"),
        7 => format!("(table.copy {element} {other_element} {count}) {done}"),
        8 => format!("(table.init $e {element} {in_elem} {count}) {done}"),
        9 => format!("(table.fill {element} (ref.func $seven) {count}) {done}"),
        10 => format!("(i64.extend_i32_s (table.grow (ref.func $add) {in_elem}))"),
        11 => format!("(i64.extend_i32_s (memory.grow {in_elem}))"),
        12 => format!("(i64.load {address})"),
        13 => format!("(call_indirect (result i64) {element})"),
        _ => format!("(call_indirect (param i64) (result i64) (i64.const 5) {element})"),
    }
}

fn module(rng: &mut Rng) -> String {
    let functions: String = (0..40)
        .map(|index| format!("(func (export \"{index}\") (result i64) {})\n", body(rng)))
        .collect();
    format!(
        r#"(module
            (import "host" "mix" (func $host (param i32 i64) (result i64)))
            (memory (export "memory") 1 5)
            (table 12 16 funcref)
            (data $d "twenty bytes of data")
            (elem $e func $seven $add $seven $host)
            (func $seven (result i64) i64.const 7)
            (func $add (param i64) (result i64) local.get 0 i64.const 1 i64.add)
            {functions})"#
    )
}

/// How many modules are compared: without optimisation a quarter.
const MODULES: u64 = if cfg!(debug_assertions) { 50 } else { 200 };

#[test]
fn bulk_instructions_do_the_same_near_the_bounds() {
    let mut tally = Tally::default();
    for seed in 0..MODULES {
        let mut rng = Rng::new(seed);
        let text = module(&mut rng);
        for &partner in Partner::ALL {
            let outcome = compare(partner, text.as_bytes(), &mut rng, &mut tally);
            assert_eq!(outcome, Ok(()), "seed {seed}, {partner:?}\n{text}");
        }
    }
    println!("{tally}");
    for trap in ["out of bounds memory access", "undefined element", "indirect call type mismatch"]
    {
        assert!(tally.outcomes[&format!("trap: {trap}")] as u64 > MODULES / 2, "{trap}");
    }
    assert!(tally.outcomes["no trap"] as u64 > 50 * MODULES);
}
