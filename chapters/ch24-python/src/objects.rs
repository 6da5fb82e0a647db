//! What Python may ask of its host: the module `_host`, whose functions take
//! and return texts and whole numbers.
//!
//! MicroPython thinks that its host is JavaScript. It knows objects of the host
//! by numbers, looks their attributes up by name, and calls them.

use ch22_embed::{AsContextMut, Caller, Error, Linker};

use crate::guests::{self, Outcome};
use crate::host::{Host, memory};
use crate::value::{self, SIZE, Value};
use crate::{memories, missing};

/// The number of the module. (0 is JavaScript itself.)
pub(crate) const HOST: u32 = 2;

/// The numbers of its functions begin here.
const FIRST: u32 = 16;

/// Its functions.
const FUNCTIONS: [&str; 5] = ["signature", "call", "copy", "size", "tell"];

/// Defines how Python looks attributes up, and calls.
pub(crate) fn add(linker: &mut Linker<Host>) -> Result<(), Error> {
    type It<'a> = Caller<'a, Host>;
    linker.func_wrap("env", "lookup_attr", look_up)?;
    linker.func_wrap("env", "has_attr", has)?;
    linker.func_wrap("env", "call0", |mut it: It<'_>, f: u32, out: u32| {
        call(&mut it, f, &[], out).map(|_| ())
    })?;
    linker.func_wrap(
        "env",
        "call1",
        |mut it: It<'_>, f: u32, _: u32, a: u32, out: u32| {
            call(&mut it, f, &[a], out)
        },
    )?;
    linker.func_wrap(
        "env",
        "call2",
        |mut it: It<'_>, f: u32, _: u32, a: u32, b: u32, out: u32| {
            call(&mut it, f, &[a, b], out)
        },
    )?;
    linker.func_wrap(
        "env",
        "calln",
        |mut it: It<'_>, f: u32, _: u32, count: u32, list: u32, out: u32| {
            let arguments: Vec<u32> =
                (0..count).map(|index| list + index * SIZE).collect();
            call(&mut it, f, &arguments, out)
        },
    )?;
    // Its objects are there as long as it is.
    linker.func_wrap("env", "proxy_js_free_obj", |_: u32| {})?;
    linker.func_wrap("env", "js_check_existing", |_: u32| -1)?;
    missing::add(linker)
}

/// The number of an attribute.
fn attribute(
    caller: &mut Caller<'_, Host>,
    object: u32,
    name: u32,
) -> Result<Option<u32>, Error> {
    let name = value::c_text(memory(caller)?.data(&*caller), name)?;
    let index = FUNCTIONS.iter().position(|it| *it == name);
    let index = index.filter(|_| object == HOST);
    Ok(index.map(|index| FIRST + index as u32))
}

fn has(
    mut caller: Caller<'_, Host>,
    object: u32,
    name: u32,
) -> Result<u32, Error> {
    Ok(attribute(&mut caller, object, name)?.is_some().into())
}

fn look_up(
    mut caller: Caller<'_, Host>,
    object: u32,
    name: u32,
    out: u32,
) -> Result<u32, Error> {
    match attribute(&mut caller, object, name)? {
        Some(number) => {
            let memory = memory(&mut caller)?;
            value::write(memory.data_mut(&mut caller), out, [7, number, 0])?;
            Ok(1)
        }
        None => Ok(0),
    }
}

/// Calls one of the functions.
fn call(
    caller: &mut Caller<'_, Host>,
    function: u32,
    arguments: &[u32],
    out: u32,
) -> Result<u32, Error> {
    caller.data_mut().clock.forget();
    let bytes = memory(caller)?.data(&*caller);
    let mut values = Vec::new();
    for argument in arguments {
        values.push(value::read(bytes, *argument)?.map_err(Error::new)?);
    }
    let index = function.wrapping_sub(FIRST) as usize;
    let name = FUNCTIONS.get(index).copied().unwrap_or_default();
    let answer: Outcome = match (name, &values[..]) {
        ("tell", [text]) => {
            caller.data_mut().told = Some(text.to_string());
            Ok(0)
        }
        ("size", [Value::Str(guest)]) => memories::size(caller, guest),
        ("signature", [Value::Str(guest), Value::Str(name), at, room]) => {
            guests::signature(caller, guest, name, [at, room])
        }
        ("copy", [Value::Str(guest), from, to, length, writes]) => {
            memories::copy(caller, guest, [from, to, length, writes])
        }
        ("call", [Value::Str(guest), Value::Str(name), slots, room]) => {
            guests::call(caller, guest, name, [slots, room])
        }
        _ => Err(Error::msg(format!(
            "`_host.{name}` takes other arguments than these: {values:?}"
        ))),
    };
    let words = value::words(&Value::Int(answer?), 0);
    let memory = memory(caller)?;
    value::write(memory.data_mut(caller.as_context_mut()), out, words)?;
    Ok(0)
}
