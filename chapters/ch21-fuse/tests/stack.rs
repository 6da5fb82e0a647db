//! If a handler called the next one, and the call were no jump, a native stack
//! would be full after some thousand operations.

mod kinds;

use std::thread;

use annex_embedding::{Engine, Imports};
use ch12_instance::StoreLimits;
use ch21_fuse::Store;
use kinds::{module, names};

/// How many turns of each loop. All loops together are some 400 operations a
/// turn; optimised, that makes more than a billion. Once more, they are paid.
const TURNS: i32 = if cfg!(debug_assertions) { 1000 } else { 4_000_000 };

#[test]
fn a_billion_operations_need_no_more_stack_than_one() {
    for fuel in [None, Some(u64::MAX)] {
        let work = move || {
            let limits = StoreLimits { fuel, ..StoreLimits::default() };
            let mut store = Store::<()>::new((), limits);
            let mut imports = Imports::new();
            imports.func(&mut store, "host", "plain", |x: i32| x);
            let text = module();
            let instance =
                store.instantiate(text.as_bytes(), &imports).unwrap();
            for name in names() {
                let arguments = [TURNS.into(), 8.into()];
                store.call(instance, &name, &arguments).unwrap();
            }
        };
        // Instantiating takes more stack where nothing is optimised.
        let size = if cfg!(debug_assertions) { 512 << 10 } else { 128 << 10 };
        let small = thread::Builder::new().stack_size(size);
        small.spawn(work).unwrap().join().unwrap();
    }
}
