//! What time it is.

use crate::clocks::ClockId;
use crate::context::{Outcome, WasiCtx};
use crate::guest::Guest;

pub(crate) fn clock_res_get(
    _: &mut WasiCtx,
    guest: &mut Guest<'_>,
    clock: u32,
    out: u32,
) -> Outcome {
    ClockId::new(clock)?;
    // A nanosecond, on every system that says something about it.
    Ok(guest.put_u64(out, 1)?)
}

pub(crate) fn clock_time_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    clock: u32,
    _precision: u64,
    out: u32,
) -> Outcome {
    let clock = ClockId::new(clock)?;
    guest.writable(out, 8)?;
    Ok(guest.put_u64(out, wasi.clocks.read(clock))?)
}
