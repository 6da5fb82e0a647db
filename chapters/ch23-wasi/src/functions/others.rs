//! Random numbers, and what is only polite.

use std::time::Duration;

use crate::context::{Outcome, Stop, WasiCtx};
use crate::guest::Guest;
use crate::{Errno, Sleep};

pub(crate) fn random_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    buffer: u32,
    length: u32,
) -> Outcome {
    Ok(wasi.random.fill(guest.slice_mut(buffer, length)?)?)
}

/// Makes way for others, if there are others on this thread.
pub(crate) fn sched_yield(wasi: &mut WasiCtx, _: &mut Guest<'_>) -> Outcome {
    if wasi.suspending {
        return Err(Stop::Sleep(Sleep::new(Duration::ZERO)));
    }
    std::thread::yield_now();
    Ok(())
}

/// There are no signals.
pub(crate) fn proc_raise(
    _: &mut WasiCtx,
    _: &mut Guest<'_>,
    _signal: u32,
) -> Outcome {
    Err(Errno::Notsup.into())
}

/// No descriptor is a socket.
fn no_socket(wasi: &mut WasiCtx, number: u32) -> Outcome {
    wasi.descriptors.get(number)?;
    Err(Errno::Notsock.into())
}

pub(crate) fn sock_accept(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    _flags: u32,
    _out: u32,
) -> Outcome {
    no_socket(wasi, number)
}

pub(crate) fn sock_recv(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    _parts: u32,
    _count: u32,
    _flags: u32,
    _length: u32,
    _out_flags: u32,
) -> Outcome {
    no_socket(wasi, number)
}

pub(crate) fn sock_send(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    _parts: u32,
    _count: u32,
    _flags: u32,
    _length: u32,
) -> Outcome {
    no_socket(wasi, number)
}

pub(crate) fn sock_shutdown(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    _how: u32,
) -> Outcome {
    no_socket(wasi, number)
}
