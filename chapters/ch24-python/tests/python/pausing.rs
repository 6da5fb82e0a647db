//! A Python that sleeps, one that is interrupted, and many side by side.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use ch24_python::{Failed, Python, Settings, Step};

use crate::python;

/// It doesn't take the thread's time, but gives it back.
#[test]
fn sleep_suspends_the_call() {
    let Some((mut python, printed)) = python() else { return };
    python.exec("import time").expect("it's there");
    let code = "time.sleep(0.05)\nprint('awake')";
    python.start(code).expect("there is room");
    let begin = Instant::now();
    let mut sleeps = 0;
    loop {
        match python.advance(1_000_000).expect("it goes on") {
            Step::Sleeps(time) => {
                assert!(time <= Duration::from_millis(1), "{time:?}");
                thread::sleep(time);
                sleeps += 1;
            }
            Step::OutOfFuel => {}
            Step::Ended(outcome) => {
                outcome.expect("no exception");
                break;
            }
        }
    }
    assert!(begin.elapsed() >= Duration::from_millis(49));
    assert!(sleeps > 0);
    assert_eq!(printed.take(), "awake\n");
}

/// `invoke_*` is on the stack then, at every depth.
#[test]
fn it_can_be_paused_anywhere() {
    let Some((mut python, printed)) = python() else { return };
    let code = "
def deep(n):
    try:
        return deep(n - 1) + 1 if n else [][0]
    except IndexError:
        return 0
print(deep(20))
";
    python.start(code).expect("there is room");
    let mut pauses = 0;
    while let Step::OutOfFuel = python.advance(1).expect("it goes on") {
        pauses += 1;
    }
    assert!(pauses > 1000, "{pauses}");
    assert_eq!(printed.take(), "20\n");
}

#[test]
fn an_interrupt_raises_an_exception_in_an_endless_loop() {
    let Some((mut python, _)) = python() else { return };
    python.start("while True: pass").expect("there is room");
    for _ in 0..3 {
        let step = python.advance(10_000).expect("it goes on");
        assert!(matches!(step, Step::OutOfFuel), "{step:?}");
    }
    python.interrupt_handle().store(true, Ordering::Relaxed);
    match python.advance(100_000).expect("it goes on") {
        Step::Ended(Err(error)) => {
            assert_eq!(error.class, "KeyboardInterrupt");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_interrupt_ends_a_sleep() {
    let Some((mut python, printed)) = python() else { return };
    let code = "
import time
try:
    while True:
        time.sleep(1000)
except KeyboardInterrupt:
    print('caught')
";
    python.start(code).expect("there is room");
    while let Step::OutOfFuel = python.advance(100_000).expect("it goes on") {}
    python.interrupt_handle().store(true, Ordering::Relaxed);
    match python.advance(100_000).expect("it goes on") {
        Step::Ended(Ok(_)) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(printed.take(), "caught\n");
}

/// Even where the sleep is the last thing in its block, and Python jumps no
/// more in there.
#[test]
fn an_interrupted_sleep_raises_where_it_is() {
    let Some((mut python, printed)) = python() else { return };
    let code = "
import time
def nap():
    time.sleep(1000)
try:
    nap()
except KeyboardInterrupt:
    print('caught')
for _ in range(3):
    time.sleep_ms(1)
print('and slept again')
";
    python.start(code).expect("there is room");
    while let Step::OutOfFuel = python.advance(100_000).expect("it goes on") {}
    python.interrupt_handle().store(true, Ordering::Relaxed);
    python.finish().expect("it's caught");
    assert_eq!(printed.take(), "caught\nand slept again\n");
}

/// The interrupt isn't lost on the way.
#[test]
fn an_interrupted_sleep_is_frozen_before_it_raises() {
    let Some((mut python, _)) = python() else { return };
    python.start("import time\ntime.sleep(1000)").expect("there is room");
    while let Step::OutOfFuel = python.advance(100_000).expect("it goes on") {}
    python.interrupt_handle().store(true, Ordering::Relaxed);
    // It wakes, and no more.
    let step = python.advance(0).expect("it goes on");
    assert!(matches!(step, Step::OutOfFuel), "{step:?}");
    let bytes = python.freeze().expect("it can be frozen");
    let thawed = Python::thaw(&Python::engine(), Settings::new(), &bytes);
    let mut python = thawed.expect("it can be thawed");
    match python.finish() {
        Err(Failed::Exception(error)) => {
            assert_eq!(error.class, "KeyboardInterrupt");
            let lines = error.traceback.lines().count();
            assert_eq!(lines, 3, "nothing of ours: {error}");
        }
        other => panic!("{other:?}"),
    }
}

/// Copying so many bytes takes at once what many slices have.
#[test]
fn a_copy_may_take_more_than_a_slice() {
    let Some((mut python, printed)) = python() else { return };
    let code = "print(len(bytes(bytearray(30_000))))";
    python.start(code).expect("there is room");
    let mut slices = 0;
    while let Step::OutOfFuel = python.advance(1000).expect("it goes on") {
        slices += 1;
        assert!(slices < 10_000, "it should get there");
    }
    assert_eq!(printed.take(), "30000\n");
}

/// One key is one exception.
#[test]
fn an_interrupt_is_raised_once() {
    let Some((mut python, printed)) = python() else { return };
    let code = "
try:
    while True: pass
except KeyboardInterrupt:
    for n in range(100_000): pass
    print(n)
";
    python.start(code).expect("there is room");
    let step = python.advance(10_000).expect("it goes on");
    assert!(matches!(step, Step::OutOfFuel), "{step:?}");
    python.interrupt_handle().store(true, Ordering::Relaxed);
    python.finish().expect("it's caught, and there is no other");
    assert_eq!(printed.take(), "99999\n");
}

/// A `longjmp` leaves functions of C that had room on C's stack.
#[test]
fn exceptions_use_up_nothing() {
    let Some((mut python, printed)) = python() else { return };
    let code = "
def deep(n):
    return deep(n - 1) if n else [][0]
for n in range(3000):
    try:
        deep(10)
    except IndexError:
        pass
print(n)
";
    python.exec(code).expect("there is room for all of them");
    assert_eq!(printed.take(), "2999\n");
}
