//! A Python that sleeps, one that is interrupted, and many side by side.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use ch24_python::{Failed, Step};

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
    let Some((mut python, printed)) = python() else { return };
    let handle = python.interrupt_handle();
    let waiting = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        handle.store(true, Ordering::Relaxed);
    });
    match python.exec("while True: pass") {
        Err(Failed::Exception(error)) => {
            assert_eq!(error.class, "KeyboardInterrupt");
        }
        other => panic!("{other:?}"),
    }
    waiting.join().expect("it has ended");
    // It's over, and it can be caught.
    python.interrupt_handle().store(true, Ordering::Relaxed);
    let code = "
import time
try:
    time.sleep(1000)
except KeyboardInterrupt:
    print('caught')
";
    python.exec(code).expect("it's caught");
    assert_eq!(printed.take(), "caught\n");
}
