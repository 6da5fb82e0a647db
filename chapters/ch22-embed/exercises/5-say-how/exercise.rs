//! A log by hand.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{
    Engine, Error, Extern, HostFunction, Imports, InstanceAddr,
};
use ch09_module::{AddressType, Bytes, Limits, MemoryType};
use ch12_instance::StoreLimits;
use ch19_flat::Store;
use ch22_embed::freeze::{FreezeError, Made, freeze};

/// The log of the store that `made` makes.
pub fn log(store: &Store, [meter, shop]: [InstanceAddr; 2]) -> Vec<Made> {
    let _ = (store, meter, shop);
    vec![
        Made::Instance { module: 0, imports: vec![] },
        Made::Instance { module: 1, imports: vec![] },
    ]
}

/// Counts in a memory that is imported.
pub const METER: &str = r#"(module
    (import "env" "memory" (memory 1))
    (func (export "total") (param $more i32) (result i32)
        (i32.store (i32.const 0)
            (i32.add (i32.load (i32.const 0)) (local.get $more)))
        (i32.load (i32.const 0))))"#;

/// Asks the host for a price, and the meter for the total.
pub const SHOP: &str = r#"(module
    (import "host" "price" (func $price (param i32) (result i32)))
    (import "meter" "total" (func $total (param i32) (result i32)))
    (func (export "buy") (param i32) (result i32)
        (call $total (call $price (local.get 0)))))"#;

/// The type of the memory.
pub fn page() -> MemoryType {
    let limits = Limits { min: 1, max: None };
    MemoryType { address: AddressType::I32, limits, page_size: 1 << 16 }
}

/// The host's function `price`: everything costs ten times its number.
pub fn price() -> HostFunction {
    HostFunction::new(|number: i32| number.wrapping_mul(10))
}

/// Makes the store, with the meter and the shop in it.
///
/// # Errors
///
/// None that we know.
pub fn made() -> Result<(Store, [Bytes; 2], [InstanceAddr; 2]), Error> {
    let files = [METER, SHOP].map(|text| {
        Bytes::from(wat::parse_str(text).expect("the text is a module"))
    });
    let mut store = Store::new((), StoreLimits::default());
    let mut imports = Imports::new();

    let memory = store.add_memory(page())?;
    imports.define("env", "memory", Extern::Memory(memory));
    let meter = store.instantiate(&files[0], &imports)?;

    let price = store.add_function(price());
    imports.define("host", "price", Extern::Func(price));
    let total = store.export(meter, "total").expect("it's exported");
    imports.define("meter", "total", total);
    let shop = store.instantiate(&files[1], &imports)?;

    Ok((store, files, [meter, shop]))
}

/// The store as bytes.
///
/// # Errors
///
/// The log isn't the store's.
pub fn frozen(
    store: &mut Store,
    files: &[Bytes],
    instances: [InstanceAddr; 2],
) -> Result<Vec<u8>, FreezeError> {
    let log = log(store, instances);
    freeze(store, &log, files, &[])
}

fn main() -> Result<(), FreezeError> {
    let (mut store, files, instances) = made()?;
    let bytes = frozen(&mut store, &files, instances)?;
    println!("{} bytes", bytes.len());
    Ok(())
}
