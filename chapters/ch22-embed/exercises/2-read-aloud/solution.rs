//! A text in the memory of a stranger.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch22_embed::{
    Caller, Engine, Error, Extern, Linker, MemoryAccessError, Module, Store,
};

/// Reads a text in the caller's memory, and adds it to what has been said.
///
/// # Errors
///
/// The caller exports no memory, or the bytes aren't there, or are no text.
pub fn say(
    mut caller: Caller<'_, Vec<String>>,
    at: u32,
    length: u32,
) -> Result<(), Error> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    let memory = memory.ok_or_else(|| Error::msg("no memory is exported"))?;
    let (at, length) = (at as usize, length as usize);
    let bytes = at
        .checked_add(length)
        .and_then(|end| memory.data(&caller).get(at..end))
        .ok_or(MemoryAccessError)?;
    let text = str::from_utf8(bytes).map_err(Error::new)?.to_owned();
    caller.data_mut().push(text);
    Ok(())
}

/// What a module says that calls `say`.
///
/// # Errors
///
/// It isn't valid, or the call fails.
pub fn listen(text: &str) -> Result<Vec<String>, Error> {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "say", say)?;
    let module = Module::new(&engine, text)?;
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker.instantiate(&mut store, &module)?;
    let run = instance.get_typed_func::<(), ()>(&store, "run")?;
    run.call(&mut store, ())?;
    Ok(store.into_data())
}

fn main() -> Result<(), Error> {
    let said = listen(
        r#"(module
            (import "host" "say" (func $say (param i32 i32)))
            (memory (export "memory") 1)
            (data (i32.const 8) "the rocket flies")
            (func (export "run") (call $say (i32.const 8) (i32.const 16))))"#,
    )?;
    println!("{said:?}");
    Ok(())
}
