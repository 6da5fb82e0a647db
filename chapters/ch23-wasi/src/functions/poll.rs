//! Waiting, for a time or until something can be read or written.

use std::io::Seek;
use std::time::Duration;

use crate::clocks::{ClockId, nanoseconds};
use crate::context::{Outcome, Stop, WasiCtx};
use crate::descriptors::Kind;
use crate::guest::{Guest, Version, half, long, size, word};
use crate::rights::Rights;
use crate::{Errno, Sleep};

/// The most that one call may wait for.
const MOST: u32 = 4096;

/// Waits until the first of several things happens, and writes an event for
/// each that has.
///
/// Files and outputs are always ready. So a guest really waits only for clocks,
/// and which of them will be first is known beforehand. Its events are written
/// before it sleeps. Therefore a call that is suspended, and perhaps frozen,
/// has nothing left to do when it goes on. (The process's own input may come
/// before any clock. So we wait for it before all that, unless the embedder
/// wants no thread to wait: then it counts as ready.)
pub(crate) fn poll_oneoff(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    input: u32,
    output: u32,
    count: u32,
    out: u32,
) -> Outcome {
    if count == 0 || count > MOST {
        return Err(Errno::Inval.into());
    }
    guest.writable(out, 4)?;
    guest.writable(output, count * EVENT)?;
    let mut waits = read(wasi, guest, input, count)?;
    wait_for_input(wasi, &mut waits)?;
    // There is at least one, so the 0 is never needed.
    let first = waits.iter().map(|wait| wait.remaining).min().unwrap_or(0);
    let events: Vec<_> =
        waits.iter().filter(|wait| wait.remaining == first).collect();
    for (event, at) in events.iter().zip((output..).step_by(EVENT as usize)) {
        guest.write(at, &event.bytes())?;
    }
    guest.put_u32(out, size(events.len())?)?;
    sleep(wasi, Duration::from_nanos(first))
}

fn sleep(wasi: &mut WasiCtx, time: Duration) -> Outcome {
    if time.is_zero() {
        return Ok(());
    }
    if wasi.suspending {
        wasi.clocks.skip(time);
        return Err(Stop::Sleep(Sleep::new(time)));
    }
    wasi.clocks.sleep(time);
    Ok(())
}

/// Waits for the process's input, if somebody waits for it, but no longer than
/// for the first clock. Afterwards what has happened has nothing remaining.
fn wait_for_input(wasi: &mut WasiCtx, waits: &mut Vec<Wait>) -> Outcome {
    let (inputs, others): (Vec<_>, Vec<_>) =
        waits.iter().partition(|wait| wait.is_input);
    if inputs.is_empty() || wasi.suspending {
        return Ok(());
    }
    let first = others.iter().map(|wait| wait.remaining).min();
    let first = first.map(Duration::from_nanos);
    if !wasi.streams.stdin.wait(first)? {
        let time = first.unwrap_or_default();
        wasi.clocks.skip(time);
        waits.retain(|wait| !wait.is_input);
        for wait in waits {
            wait.remaining -= nanoseconds(time);
        }
    }
    Ok(())
}

/// How long an event is.
const EVENT: u32 = 32;

/// What a guest waits for: how many nanoseconds still, and what it's told then.
struct Wait {
    remaining: u64,
    userdata: u64,
    error: Option<Errno>,
    /// 0 is a clock, 1 is reading, 2 is writing.
    kind: u8,
    /// How many bytes can be read or written.
    bytes: u64,
    /// Whether it's the standard input that is to be read.
    is_input: bool,
}

/// What a guest waits for. Whatever can't be waited for happens at once, with
/// an error.
fn read(
    wasi: &mut WasiCtx,
    guest: &Guest<'_>,
    input: u32,
    count: u32,
) -> Result<Vec<Wait>, Errno> {
    let length = match guest.version {
        Version::Preview1 => 48,
        Version::Unstable => 56,
    };
    let bytes = guest.slice(input, count * length)?;
    let mut now = [None; 2];
    let entries = bytes.chunks_exact(length as usize);
    let waits = entries.map(|entry| {
        let (userdata, kind) = (long(entry, 0), entry[8]);
        let wait = match kind {
            0 => remaining(wasi, &mut now, &entry[length as usize - 32..])
                .map(|remaining| (remaining, 0)),
            1 | 2 => {
                ready(wasi, word(entry, 16), kind == 1).map(|bytes| (0, bytes))
            }
            _ => Err(Errno::Inval),
        };
        let is_input = wait.is_ok()
            && kind == 1
            && wasi.descriptors.is_input(word(entry, 16));
        let error = wait.err();
        let (remaining, bytes) = wait.unwrap_or_default();
        Wait { remaining, userdata, error, kind, bytes, is_input }
    });
    Ok(waits.collect())
}

/// How long until a clock shows a time. All subscriptions are compared with
/// the same `now`.
fn remaining(
    wasi: &mut WasiCtx,
    now: &mut [Option<u64>; 2],
    entry: &[u8],
) -> Result<u64, Errno> {
    let clock = ClockId::new(word(entry, 0))?;
    let timeout = long(entry, 8);
    match half(entry, 24) {
        0 => Ok(timeout),
        1 => {
            let now = now[clock as usize]
                .get_or_insert_with(|| wasi.clocks.read(clock));
            Ok(timeout.saturating_sub(*now))
        }
        _ => Err(Errno::Inval),
    }
}

/// How many bytes can be read or written, as far as is known.
fn ready(wasi: &mut WasiCtx, number: u32, reading: bool) -> Result<u64, Errno> {
    let right = match reading {
        true => Rights::FD_READ,
        false => Rights::FD_WRITE,
    };
    let rights = Rights::POLL_FD_READWRITE | right;
    match &mut wasi.descriptors.with(number, rights)?.kind {
        Kind::Stdin => Ok(wasi.streams.stdin.ready() as u64),
        Kind::File(open) if reading => {
            let length = open.file.metadata()?.len();
            Ok(length.saturating_sub(open.file.stream_position()?))
        }
        _ => Ok(1),
    }
}

impl Wait {
    /// The event as a guest gets it.
    fn bytes(&self) -> [u8; EVENT as usize] {
        let mut bytes = [0; EVENT as usize];
        let error = self.error.map_or(0, |error| error as u16);
        bytes[0..8].copy_from_slice(&self.userdata.to_le_bytes());
        bytes[8..10].copy_from_slice(&error.to_le_bytes());
        bytes[10] = self.kind;
        bytes[16..24].copy_from_slice(&self.bytes.to_le_bytes());
        bytes
    }
}
