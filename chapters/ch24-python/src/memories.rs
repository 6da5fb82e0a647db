//! The memories of other guests, which Python reads and writes.

use ch22_embed::{Caller, Error, Memory};

use crate::guests::{Outcome, guest, number};
use crate::host::{Host, memory};
use crate::value::{self, Value};

fn other_memory(
    caller: &Caller<'_, Host>,
    name: &str,
) -> Result<Option<Memory>, Error> {
    Ok(guest(caller, name)?.get_memory(caller, "memory"))
}

/// How long a guest's memory is.
pub(crate) fn size(caller: &Caller<'_, Host>, name: &str) -> Outcome {
    let memory = other_memory(caller, name)?;
    let size = memory.map_or(0, |memory| memory.data_size(caller));
    Ok(i32::try_from(size).unwrap_or(i32::MAX))
}

/// Copies bytes between Python's memory and another guest's. Returns 1 if there
/// are no such bytes.
pub(crate) fn copy(
    caller: &mut Caller<'_, Host>,
    name: &str,
    [from, to, length, writes]: [&Value; 4],
) -> Outcome {
    let (from, to, length) = (number(from)?, number(to)?, number(length)?);
    let own = memory(caller)?;
    let Some(other) = other_memory(caller, name)? else { return Ok(1) };
    let [(source, start), (target, end)] = match number(writes)? {
        0 => [(other, from), (own, to)],
        _ => [(own, to), (other, from)],
    };
    let part = value::bytes(source.data(&*caller), start, length);
    let Ok(part) = part.map(<[u8]>::to_vec) else { return Ok(1) };
    Ok(target.write(caller, end as usize, &part).is_err().into())
}
