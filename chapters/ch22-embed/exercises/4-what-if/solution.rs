//! A call that is answered more than once.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch22_embed::{
    Caller, Engine, Error, Linker, Module, Paused, Store, Thawed,
};

/// What a call would return, for each answer. The call itself goes on waiting.
///
/// # Errors
///
/// What a call ends in, or that it has another question.
pub fn what_if(
    store: &mut Store<()>,
    linker: &Linker<()>,
    paused: &Paused,
    answers: &[i32],
) -> Result<Vec<i32>, Error> {
    let engine = store.engine().clone();
    let bytes = store.freeze(&[paused])?;
    let mut results = Vec::new();
    for answer in answers {
        let thawed = Store::thaw(&engine, (), linker, &bytes)?;
        let Thawed { mut store, mut calls, .. } = thawed;
        let call = calls.remove(0).answer(&mut store, &[(*answer).into()])?;
        let values = call.finished();
        let values = values.ok_or_else(|| Error::msg("another question"))?;
        results.extend(values.first().and_then(|value| value.i32()));
    }
    Ok(results)
}

/// A guest with one question. What it has been told is in its memory, too.
pub const GUEST: &str = r#"(module
    (import "host" "choose" (func $choose (result i32)))
    (memory 1)
    (func (export "play") (result i32) (local $choice i32)
        (local.set $choice (call $choose))
        (i32.store (i32.const 0)
            (i32.add (i32.load (i32.const 0)) (local.get $choice)))
        (i32.mul (i32.load (i32.const 0))
            (i32.sub (i32.const 9) (local.get $choice)))))"#;

/// A linker whose `choose` is answered later.
///
/// # Errors
///
/// None that we know.
pub fn linker(engine: &Engine) -> Result<Linker<()>, Error> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("host", "choose", |caller: Caller<'_, ()>| {
        Err::<i32, Error>(caller.suspend("which one?"))
    })?;
    Ok(linker)
}

/// The guest's call, at its question.
///
/// # Errors
///
/// None that we know.
pub fn asked(
    engine: &Engine,
    linker: &Linker<()>,
) -> Result<(Store<()>, Paused), Error> {
    let module = Module::new(engine, GUEST)?;
    let mut store = Store::new(engine, ());
    let guest = linker.instantiate(&mut store, &module)?;
    let play = guest.get_func(&store, "play").ok_or(Error::msg("no `play`"))?;
    let call = play.call_resumable(&mut store, &[])?;
    let paused = call.paused().ok_or(Error::msg("it has no question"))?;
    Ok((store, paused))
}

fn main() -> Result<(), Error> {
    let engine = Engine::default();
    let linker = linker(&engine)?;
    let (mut store, paused) = asked(&engine, &linker)?;
    let answers: Vec<i32> = (0..10).collect();
    println!("{:?}", what_if(&mut store, &linker, &paused, &answers)?);
    Ok(())
}
