//! A host that answers later.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::collections::HashMap;
use std::{error, fmt};

use ch22_embed::{
    Caller, Engine, Error, Instance, Linker, Module, ResumableCall, Store, Val,
};

/// Why a call is paused: the price of this is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted(pub u32);

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the price of number {} is wanted", self.0)
    }
}

impl error::Error for Wanted {}

/// Answers a call until it has ended.
///
/// # Errors
///
/// The `Wanted` that has no price, or what the call ends in.
pub fn finish(
    store: &mut Store<()>,
    call: ResumableCall,
    prices: &HashMap<u32, u32>,
) -> Result<Vec<Val>, Error> {
    let _ = (store, call, prices);
    Ok(Vec::new())
}

/// A guest that buys two things.
pub const GUEST: &str = r#"(module
    (import "host" "price" (func $price (param i32) (result i32)))
    (func (export "buy") (param i32 i32) (result i32)
        (i32.add (call $price (local.get 0)) (call $price (local.get 1)))))"#;

/// The guest in a store.
///
/// # Errors
///
/// None that we know.
pub fn guest() -> Result<(Store<()>, Instance), Error> {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "price", |caller: Caller<'_, ()>, of: u32| {
        Err::<u32, Error>(caller.suspend(Wanted(of)))
    })?;
    let module = Module::new(&engine, GUEST)?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module)?;
    Ok((store, instance))
}

fn main() -> Result<(), Error> {
    let (mut store, guest) = guest()?;
    let buy = guest.get_func(&store, "buy").ok_or(Error::msg("no `buy`"))?;
    let call = buy.call_resumable(&mut store, &[1u32.into(), 2u32.into()])?;
    let prices = HashMap::from([(1, 30), (2, 12)]);
    println!("{:?}", finish(&mut store, call, &prices)?);
    Ok(())
}
