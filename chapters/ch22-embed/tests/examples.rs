//! The examples print what they should.

use std::error::Error;

#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/compiled.rs"]
mod compiled;
#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/hello.rs"]
mod hello;
#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/host_function.rs"]
mod host_function;
#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/limits.rs"]
mod limits;
#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/memory.rs"]
mod memory;
#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/modules.rs"]
mod modules;
#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/pausing.rs"]
mod pausing;
#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/plugins.rs"]
mod plugins;
#[allow(dead_code, reason = "nobody calls an example's `main`")]
#[path = "../examples/views.rs"]
mod views;

fn output(run: impl Fn(&mut Vec<u8>) -> Result<(), Box<dyn Error>>) -> String {
    let mut out = Vec::new();
    run(&mut out).expect("the example succeeds");
    String::from_utf8(out).expect("it prints text")
}

#[test]
fn compiled_prints() {
    let wanted = "\
compiled: true
with code for this engine: true
sum(5, 37) = 42
the compiled module is damaged: its checksum doesn't match
";
    assert_eq!(output(compiled::run), wanted);
}

#[test]
fn hello_prints() {
    let wanted = "\
2 + 40 = 42
the exported function `add`: the function is (i32, i32) -> (i32), and not (f64) -> (f64)
";
    assert_eq!(output(hello::run), wanted);
}

#[test]
fn host_function_prints() {
    let wanted = "\
noted: [12, 24]
the host says: there is no day 40 (day 40)
noted: [12, 24, 20]
";
    assert_eq!(output(host_function::run), wanted);
}

#[test]
fn memory_prints() {
    let wanted = "\
NOPQRSTUVWXYZ
[0, 0, 78, 79]
out of bounds memory access
pages before: 1
pages now: 3
";
    assert_eq!(output(memory::run), wanted);
}

#[test]
fn views_prints() {
    let wanted = "\
sum: 7.25
all: [1.5, 2.5, 3.0, 0.25]
largest: 3, fifth: None
bits: 0x3fc00000
";
    assert_eq!(output(views::run), wanted);
}

#[test]
fn limits_prints() {
    let wanted = "\
wasm trap: all fuel consumed; fuel left: 0
wasm trap: call stack exhausted: true
grown from 1 page, then -1: refused
interrupted: true
";
    assert_eq!(output(limits::run), wanted);
}

#[test]
fn modules_prints() {
    let wanted = "\
type mismatch: expected i32, found i64, in function 0, at byte 0x1a of its binary form
needs env.log: func (i32) -> ()
needs env.memory: memory 1 8
shows answer: global (mut i64)
shows table: table 2 funcref
shows add: func (i32, i32) -> (i32)
has a section origin: made by hand
simple.add(3, 4) = 7
";
    assert_eq!(output(modules::run), wanted);
}

#[test]
fn pausing_prints() {
    let wanted = "\
50 is done
150 is done
250 is done
number 1 is 20
number 2 is 40
sum: 60
";
    assert_eq!(output(pausing::run), wanted);
}

#[test]
fn plugins_prints() {
    let wanted = "\
shout: 200 [\"shout: doubling\"]
broken has failed: wasm trap: integer divide by zero
wasm backtrace:
    0:     0x29 - <unknown>!divide
    1:     0x2f - <unknown>!price
broken: 200 []
greedy has failed: wasm trap: all fuel consumed
wasm backtrace:
    0:     0x26 - <unknown>!price
greedy: 200 []
";
    assert_eq!(output(plugins::run), wanted);
}
