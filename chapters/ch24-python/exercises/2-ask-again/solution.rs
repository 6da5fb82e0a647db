//! A search that the machine makes for its host.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch22_embed::{
    Caller, Config, Engine, Error, Extern, Linker, Module, ResumableCall,
    Store, Val,
};

/// The first number that the guest likes.
///
/// # Errors
///
/// Whatever goes wrong in `likes`; and what the machine is asked to do.
pub fn first(caller: &mut Caller<'_, ()>) -> Result<u32, Error> {
    let number = match caller.answer() {
        None => 0,
        Some((number, outcome)) => match outcome?[..] {
            [Val::I32(0)] => number + 1,
            _ => return Ok(number as u32),
        },
    };
    let likes = caller.get_export("likes").and_then(Extern::into_func);
    let missing = || Error::msg("the guest exports no `likes`");
    let likes = likes.ok_or_else(missing)?;
    Err(caller.call_first(&likes, &[Val::I32(number as i32)], number))
}

/// Makes a guest with this body of `likes`, whose parameter is `$n`. It
/// searches, by slices of fuel: what it finds, and how often it was paused.
///
/// # Errors
///
/// Whatever the search ends in.
pub fn search(likes: &str, slice: u64) -> Result<(i32, u32), Error> {
    let engine = Engine::new(Config::new().consume_fuel(true));
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "first", |mut caller: Caller<'_, ()>| {
        first(&mut caller)
    })?;
    let text = format!(
        r#"(module (import "host" "first" (func $first (result i32)))
            (func (export "likes") (param $n i32) (result i32) {likes})
            (func (export "run") (result i32) (call $first)))"#
    );
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, text)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let run = instance.get_func(&store, "run").expect("it's exported");
    store.set_fuel(slice)?;
    let mut call = run.call_resumable(&mut store, &[])?;
    let mut pauses = 0;
    loop {
        call = match call {
            ResumableCall::Finished(results) => {
                let found = results.first().and_then(Val::i32);
                return Ok((found.unwrap_or_default(), pauses));
            }
            ResumableCall::Paused(paused) => {
                pauses += 1;
                let left = store.get_fuel()?;
                store.set_fuel(left + slice)?;
                paused.resume(&mut store)?
            }
        };
    }
}

fn main() -> Result<(), Error> {
    let square =
        "(i32.gt_u (i32.mul (local.get $n) (local.get $n)) (i32.const 900))";
    let (found, pauses) = search(square, 5)?;
    println!("found {found}, and paused {pauses} times");
    Ok(())
}
