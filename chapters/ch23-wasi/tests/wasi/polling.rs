//! Waiting, and calls that are suspended meanwhile.

use std::time::{Duration, Instant};

use ch22_embed::{Error, Val};
use ch23_wasi::{
    Clocks, Errno, MemoryInputPipe, Sleep, WasiCtx, WasiCtxBuilder,
};

use crate::guest::{Guest, OUT};

/// What to wait for: a clock.
fn clock(userdata: u64, id: u32, timeout: u64, flags: u16) -> Vec<u8> {
    let mut bytes = userdata.to_le_bytes().to_vec();
    bytes.resize(16, 0);
    bytes.extend(id.to_le_bytes());
    bytes.resize(24, 0);
    bytes.extend(timeout.to_le_bytes());
    bytes.resize(40, 0);
    bytes.extend(flags.to_le_bytes());
    bytes.resize(48, 0);
    bytes
}

/// What to wait for: that something can be read (1) or written (2).
fn ready(userdata: u64, kind: u8, number: u32) -> Vec<u8> {
    let mut bytes = userdata.to_le_bytes().to_vec();
    bytes.push(kind);
    bytes.resize(16, 0);
    bytes.extend(number.to_le_bytes());
    bytes.resize(48, 0);
    bytes
}

const EVENTS: i32 = 0x10000;

fn arguments(guest: &mut Guest, list: &[Vec<u8>]) -> [Val; 4] {
    let [at, _] = guest.put(&list.concat());
    [at, EVENTS.into(), (list.len() as i32).into(), OUT.into()]
}

/// The events: userdata, error, kind.
fn events(guest: &Guest) -> Vec<(u64, u16, u8)> {
    let count = guest.u32(OUT) as i32;
    let event = |index| {
        let at = EVENTS + 32 * index;
        let error = guest.bytes(at + 8, 2);
        let error = u16::from_le_bytes([error[0], error[1]]);
        (guest.u64(at), error, guest.bytes(at + 10, 1)[0])
    };
    (0..count).map(event).collect()
}

fn poll(guest: &mut Guest, list: &[Vec<u8>]) -> Vec<(u64, u16, u8)> {
    let arguments = arguments(guest, list);
    guest.call("poll_oneoff", &arguments);
    events(guest)
}

fn predictable() -> WasiCtxBuilder {
    let mut builder = WasiCtx::builder();
    let (epoch, step) = (Duration::from_secs(1), Duration::from_nanos(1));
    builder.clocks(Clocks::predictable(epoch, step));
    builder
}

#[test]
fn the_first_of_several_clocks_ends_the_waiting() {
    let mut guest = Guest::new(predictable().build());
    let list = [
        clock(1, 1, 5_000, 0),
        clock(2, 0, 1_000_000_100, 1),
        clock(3, 1, 100, 0),
    ];
    assert_eq!(poll(&mut guest, &list), [(2, 0, 0), (3, 0, 0)]);
    guest.call("clock_time_get", &[1.into(), 0_i64.into(), OUT.into()]);
    assert_eq!(guest.u64(OUT), 101, "one look, and a sleep");
    // What is over already.
    let list = [clock(1, 1, 1, 0), clock(2, 0, 5, 1)];
    assert_eq!(poll(&mut guest, &list), [(2, 0, 0)]);
}

#[test]
fn what_is_ready_ends_the_waiting_and_so_do_mistakes() {
    let mut builder = predictable();
    builder.stdin(MemoryInputPipe::new("abc"));
    let mut guest = Guest::new(builder.build());
    let list = [
        clock(1, 1, u64::MAX, 0),
        ready(2, 1, 0),
        ready(3, 2, 1),
        ready(4, 1, 1),
        ready(5, 1, 99),
        clock(6, 9, 0, 0),
        clock(7, 1, 0, 2),
        ready(8, 3, 0),
    ];
    let [denied, badf, inval] =
        [Errno::Notcapable, Errno::Badf, Errno::Inval].map(|it| it as u16);
    let expected = [
        (2, 0, 1),
        (3, 0, 2),
        (4, denied, 1),
        (5, badf, 1),
        (6, inval, 0),
        (7, inval, 0),
        (8, inval, 3),
    ];
    assert_eq!(poll(&mut guest, &list), expected);
    assert_eq!(guest.u64(EVENTS + 16), 3, "bytes that can be read");
}

#[test]
fn a_list_has_an_entry_and_is_not_too_long() {
    let mut guest = Guest::new(predictable().build());
    for count in [0, 5000, -1] {
        let arguments = [0.into(), EVENTS.into(), count.into(), OUT.into()];
        guest.fails("poll_oneoff", &arguments, Errno::Inval);
    }
    let arguments = [(-48).into(), EVENTS.into(), 1.into(), OUT.into()];
    guest.fails("poll_oneoff", &arguments, Errno::Fault);
    let arguments = [0.into(), (-31).into(), 1.into(), OUT.into()];
    guest.fails("poll_oneoff", &arguments, Errno::Fault);
}

#[test]
fn the_older_version_has_longer_entries() {
    let mut guest = Guest::of_version(predictable().build(), "wasi_unstable");
    let mut entry = clock(7, 1, 50, 0);
    entry.splice(16..16, [9; 8]);
    assert_eq!(poll(&mut guest, &[entry]), [(7, 0, 0)]);
}

#[test]
fn a_thread_sleeps_if_nobody_wants_to_do_it() {
    let mut guest = Guest::new(WasiCtx::builder().build());
    let start = Instant::now();
    assert_eq!(poll(&mut guest, &[clock(1, 1, 20_000_000, 0)]), [(1, 0, 0)]);
    assert!(start.elapsed() >= Duration::from_millis(20));
}

#[test]
fn a_call_is_suspended_until_its_guest_wakes() -> Result<(), Error> {
    let mut builder = predictable();
    let mut guest = Guest::new(builder.suspending(true).build());
    let list = [clock(1, 1, 700, 0), clock(2, 1, 900, 0)];
    let arguments = arguments(&mut guest, &list);
    let function = guest.function("poll_oneoff");
    let call = function.call_resumable(&mut guest.store, &arguments)?;
    let paused = call.paused().expect("it sleeps");
    let sleep = Sleep::of(&paused).expect("it sleeps");
    assert_eq!(sleep.time(), Duration::from_nanos(700));
    let call = Sleep::wake(paused, &mut guest.store)?;
    let results = call.finished().expect("nothing is left to do");
    assert_eq!(results[0].i32(), Some(0));
    assert_eq!(events(&guest), [(1, 0, 0)]);
    guest.call("clock_time_get", &[1.into(), 0_i64.into(), OUT.into()]);
    assert_eq!(guest.u64(OUT), 700, "its clock has moved on");
    // Nothing to wait for: no pause.
    assert_eq!(poll(&mut guest, &[clock(3, 1, 0, 0)]), [(3, 0, 0)]);
    Ok(())
}

#[test]
fn a_yield_is_a_sleep_of_no_time() -> Result<(), Error> {
    let mut builder = predictable();
    let mut guest = Guest::new(builder.suspending(true).build());
    let function = guest.function("sched_yield");
    let call = function.call_resumable(&mut guest.store, &[])?;
    let paused = call.paused().expect("it yields");
    let sleep = Sleep::of(&paused).expect("it yields");
    assert!(sleep.time().is_zero());
    let call = Sleep::wake(paused, &mut guest.store)?;
    assert_eq!(call.finished().expect("it's done")[0].i32(), Some(0));
    Ok(())
}

/// What tells the test's program that it is the guest's process.
#[cfg(unix)]
const CHILD: &str = "CH23_POLLS";

/// Waits for the process's input in another process, whose input is a pipe.
#[cfg(unix)]
#[test]
fn the_input_of_the_process_is_waited_for() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::{Command, Stdio};

    if std::env::var_os(CHILD).is_some() {
        return poll_the_input();
    }
    let program = std::env::current_exe().expect("it runs");
    let name = "polling::the_input_of_the_process_is_waited_for";
    let mut child = Command::new(program)
        .args([name, "--exact", "--nocapture"])
        .env(CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("it's piped");
    let output = BufReader::new(child.stdout.take().expect("it's piped"));
    let mut lines = output
        .lines()
        .map(|line| line.expect("it's text"))
        .filter(|line| line.starts_with('['));
    let mut next = || lines.next().expect("a line");
    assert_eq!(next(), "[(1, 0, 0)] []", "nothing comes");
    input.write_all(b"abc").expect("it reads");
    assert_eq!(next(), "[(2, 0, 1)] [97]");
    assert_eq!(next(), "[(2, 0, 1)] [98, 99]", "what is buffered");
    assert_eq!(next(), "[(1, 0, 0)] []", "nothing more");
    drop(input);
    assert_eq!(next(), "[(2, 0, 1)] []", "the end");
    assert!(child.wait().expect("it ends").success());
}

#[cfg(unix)]
fn poll_the_input() {
    let mut builder = WasiCtx::builder();
    let mut guest =
        Guest::new(builder.stdin(ch23_wasi::Stdin::Inherit).build());
    let [long, short] = [3_600_000_000_000, 50_000_000];
    let steps = [(short, 0), (long, 1), (long, 9), (short, 0), (long, 9)];
    for (time, length) in steps {
        let list = [clock(1, 1, time, 0), ready(2, 1, 0)];
        let events = poll(&mut guest, &list);
        let bytes = match length {
            0 => Vec::new(),
            length => guest.read(0, length),
        };
        println!("\n{events:?} {bytes:?}");
    }
}
