//! A store that was frozen elsewhere goes on here.

use ch22_embed::{Caller, Config, Engine, Error, Linker, Store, Strategy, Thawed, Val};

/// A store in the middle of a call, with three of four numbers answered; a test of chapter 22 has recorded it.
const FROZEN: &[u8] = include_bytes!("../../../chapters/ch22-embed/tests/frozen/sum.frozen");

/// Thaws the store on each machine whose calls can be paused, and ends the call.
///
/// # Errors
///
/// What has gone wrong, or another result.
pub(crate) fn check() -> Result<String, String> {
    for strategy in [Strategy::Fast, Strategy::Slots, Strategy::Flat] {
        let results = end(strategy).map_err(|error| format!("{}: {error}", strategy.name()))?;
        if results.first().and_then(Val::i32) != Some(4 * 3000 + 10) {
            return Err(format!("{}: the frozen call returns {results:?}", strategy.name()));
        }
    }
    Ok("a store that was frozen elsewhere goes on".to_owned())
}

fn end(strategy: Strategy) -> Result<Vec<Val>, Error> {
    let engine = Engine::new(Config::new().strategy(strategy).consume_fuel(true));
    let mut linker = Linker::<()>::new(&engine);
    let next = |caller: Caller<'_, ()>| Err::<i32, Error>(caller.suspend("which number is next?"));
    linker.func_wrap("host", "next", next)?;
    let Thawed { mut store, mut calls, .. } = Store::thaw(&engine, (), &linker, FROZEN)?;
    let call = calls.pop().ok_or_else(|| Error::msg("no call was frozen"))?;
    let call = call.answer(&mut store, &[Val::I32(4)])?;
    call.finished().ok_or_else(|| Error::msg("the call hasn't ended"))
}
