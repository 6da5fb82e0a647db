//! A Python becomes bytes in the middle of something, and goes on from them.

use ch22_embed::Module;
use ch23_wasi::DirPerms;
use ch24_python::{Prompt, Python, Settings, Step};

use crate::{Printed, python, python_with};

/// The same Python, made anew of its bytes.
fn again(python: &mut Python, settings: Settings) -> (Python, Printed) {
    let bytes = python.freeze().expect("it can be frozen");
    let printed = Printed::default();
    let settings = settings.output(printed.clone());
    let thawed = Python::thaw(&Python::engine(), settings, &bytes);
    (thawed.expect("it can be thawed"), printed)
}

#[test]
fn what_python_knows_survives() {
    let Some((mut python, _)) = python() else { return };
    python.exec("x = [1, 2]\ndef f(): return x").expect("it runs");
    let module = r#"(module (func (export "one") (result i32) i32.const 1))"#;
    let module = Module::new(&Python::engine(), module).expect("it's valid");
    python.add_module("other", &module).expect("it can be linked");
    python.exec("import other").expect("it's there");
    let (mut python, _) = again(&mut python, Settings::new());
    let value = python.eval("f() + [other.one()]").expect("a value");
    assert_eq!(value, "[1, 2, 1]");
}

/// Every 2000 units of fuel it is another one that goes on, with exceptions
/// on their way through `invoke_*`.
#[test]
fn a_program_goes_on_from_bytes_wherever_it_was() {
    let Some((mut python, mut printed)) = python() else { return };
    let code = "
def deep(n):
    try:
        return deep(n - 1) + 1 if n else [][0]
    except IndexError:
        return 0
total = 0
for n in range(10):
    total += deep(n)
print(total)
";
    python.start(code).expect("there is room");
    let mut moves = 0;
    while let Step::OutOfFuel = python.advance(2000).expect("it goes on") {
        (python, printed) = again(&mut python, Settings::new());
        moves += 1;
    }
    assert!(moves > 3, "{moves}");
    assert_eq!(printed.take(), "45\n");
}

#[test]
fn a_sleep_goes_on_elsewhere() {
    let Some((mut python, _)) = python() else { return };
    let code = "import time\ntime.sleep(0.05)\nprint('awake')";
    python.start(code).expect("there is room");
    loop {
        match python.advance(1_000_000).expect("it goes on") {
            Step::Sleeps(_) => break,
            Step::OutOfFuel => {}
            Step::Ended(_) => panic!("it should sleep"),
        }
    }
    let (mut python, printed) = again(&mut python, Settings::new());
    python.finish().expect("it wakes");
    assert_eq!(printed.take(), "awake\n");
}

#[test]
fn an_open_file_stays_open() {
    let folder = tempfile::tempdir().expect("there is room");
    let settings = || {
        let it = Settings::new();
        let it = it.directory(folder.path(), "/data", DirPerms::ReadWrite);
        it.expect("it's there")
    };
    let Some((mut python, _)) = python_with(settings()) else { return };
    let code = "
import os
os.chdir('/data')
with open('a', 'w') as file: file.write('abcdef')
file = open('a')
file.read(3)
";
    python.exec(code).expect("it runs");
    let (mut python, _) = again(&mut python, settings());
    assert_eq!(python.eval("file.read()").expect("a value"), "'def'");
    assert_eq!(python.eval("open('a').read()").expect("a value"), "'abcdef'");
}

#[test]
fn half_a_statement_survives() {
    let Some((mut python, _)) = python() else { return };
    python.line("if True:").expect("it goes on");
    python.line("    6 *\\").expect("it goes on");
    let (mut python, printed) = again(&mut python, Settings::new());
    assert_eq!(python.wants(), Prompt::More("    ".to_owned()));
    python.line("7").expect("it goes on");
    python.line("").expect("it goes on");
    assert_eq!(printed.take(), "42\n");
}

#[test]
fn other_bytes_are_no_python() {
    for bytes in [&b""[..], b"\0asm", &[7; 1000]] {
        let thawed = Python::thaw(&Python::engine(), Settings::new(), bytes);
        let error = thawed.err().expect("it is none").to_string();
        assert!(error.contains("no frozen Python"), "{error}");
    }
}

#[test]
fn code_that_has_not_begun_is_frozen_too() {
    let Some((mut python, _)) = python() else { return };
    python.start("print(6 * 7)").expect("there is room");
    let (mut python, printed) = again(&mut python, Settings::new());
    python.finish().expect("it goes on");
    assert_eq!(printed.take(), "42\n");
}

/// A clock that began anew would let it sleep for longer, or not at all.
#[test]
fn a_sleep_is_as_long_elsewhere() {
    let Some((mut python, _)) = python() else { return };
    let code = "
import time
begin = time.ticks_ms()
time.sleep(0.2)
print(200 <= time.ticks_ms() - begin < 5000)
";
    python.start(code).expect("there is room");
    while let Step::OutOfFuel = python.advance(100_000).expect("it goes on") {}
    let (mut python, printed) = again(&mut python, Settings::new());
    python.finish().expect("it wakes");
    assert_eq!(printed.take(), "True\n");
}

/// Not even the look that was paused sees another time.
#[test]
fn a_clock_goes_on_elsewhere() {
    let Some((mut python, _)) = python() else { return };
    let code = "
import time
end = time.ticks_ms() + 20
last = 0
while last < end:
    now = time.ticks_ms()
    if now < last:
        print('back from', last, 'to', now)
    last = now
";
    python.start(code).expect("there is room");
    while let Step::OutOfFuel = python.advance(100_000).expect("it goes on") {}
    let (mut python, printed) = again(&mut python, Settings::new());
    python.finish().expect("it ends");
    assert_eq!(printed.take(), "");
}
