//! The other guests of the store, as Python reaches them: it calls what they
//! export.

use ch22_embed::{AsContextMut, Caller, Error, Func, Instance, Val, ValType};
use ch23_wasi::I32Exit;

use crate::host::{Host, memory};
use crate::value::{self, Value};

/// What a function of `_host` returns to Python.
pub(crate) type Outcome = Result<i32, Error>;

pub(crate) fn guest(
    caller: &Caller<'_, Host>,
    name: &str,
) -> Result<Instance, Error> {
    let mut guests = caller.data().guests.iter();
    let found = guests.find(|(it, _)| it == name);
    let found = found.map(|(_, instance)| *instance);
    found.ok_or_else(|| Error::msg(format!("there is no guest `{name}`")))
}

pub(crate) fn number(value: &Value) -> Result<u32, Error> {
    match value {
        Value::Int(it) => Ok(*it as u32),
        other => Err(Error::msg(format!("{other} is no whole number"))),
    }
}

/// A letter for each type, as Python's `struct` has them.
fn letters(types: &[ValType]) -> Option<String> {
    let letter = |ty: &ValType| {
        Some(match ty {
            ValType::I32 => 'i',
            ValType::I64 => 'q',
            ValType::F32 => 'f',
            ValType::F64 => 'd',
            _ => return None,
        })
    };
    types.iter().map(letter).collect()
}

/// Writes the types of a function, and returns how long they are; or -1.
pub(crate) fn signature(
    caller: &mut Caller<'_, Host>,
    name: &str,
    function: &str,
    [at, room]: [&Value; 2],
) -> Outcome {
    let function = guest(caller, name)?.get_func(&*caller, function);
    let Some(function) = function else { return Ok(-1) };
    let ty = function.ty(&*caller);
    let types = letters(ty.params()).zip(letters(ty.results()));
    let Some((params, results)) = types else { return Ok(-1) };
    tell(caller, &format!("{params}:{results}"), number(at)?, number(room)?)
}

/// Writes a text into Python's memory, as far as there is room. Returns how
/// long it is.
fn tell(
    caller: &mut Caller<'_, Host>,
    text: &str,
    at: u32,
    room: u32,
) -> Outcome {
    let end = text.floor_char_boundary(text.len().min(room as usize));
    let memory = memory(caller)?;
    memory.write(caller, at as usize, &text.as_bytes()[..end])?;
    Ok(end as i32)
}

/// Calls a function of another guest. Returns 0, or how long the text is that
/// says why it has failed.
///
/// We don't make the call ourselves: the machine does, and asks us again. So
/// the guest may run out of fuel or sleep, and Python with it.
pub(crate) fn call(
    caller: &mut Caller<'_, Host>,
    name: &str,
    function: &str,
    [slots, room]: [&Value; 2],
) -> Outcome {
    let (slots, room) = (number(slots)?, number(room)?);
    match caller.answer() {
        None => {
            let function = guest(caller, name)?.get_func(&*caller, function);
            let gone = || Error::msg("the function is gone");
            let function = function.ok_or_else(gone)?;
            let arguments = arguments(caller, function, slots)?;
            Err(caller.call_first(&function, &arguments, 0))
        }
        Some((_, Ok(results))) => {
            let memory = memory(caller)?;
            for (at, result) in (slots..).step_by(8).zip(&results) {
                let bytes = bits(result).to_le_bytes();
                let mut store = caller.as_context_mut();
                memory.write(&mut store, at as usize, &bytes)?;
            }
            Ok(0)
        }
        Some((_, Err(error))) if error.is::<I32Exit>() => Err(error),
        Some((_, Err(error))) => tell(caller, &error.to_string(), slots, room),
    }
}

fn arguments(
    caller: &mut Caller<'_, Host>,
    function: Func,
    slots: u32,
) -> Result<Vec<Val>, Error> {
    let ty = function.ty(&*caller);
    let bytes = memory(caller)?.data(&*caller);
    let mut values = Vec::new();
    for (at, ty) in (slots..).step_by(8).zip(ty.params()) {
        let low = value::word(bytes, at)?;
        let long = u64::from(value::word(bytes, at + 4)?) << 32;
        let long = long | u64::from(low);
        values.push(match ty {
            ValType::I32 => Val::I32(low as i32),
            ValType::I64 => Val::I64(long as i64),
            ValType::F32 => Val::F32(low),
            _ => Val::F64(long),
        });
    }
    Ok(values)
}

fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(it) => u64::from(*it as u32),
        Val::I64(it) => *it as u64,
        Val::F32(it) => (*it).into(),
        Val::F64(it) => *it,
        _ => 0,
    }
}
