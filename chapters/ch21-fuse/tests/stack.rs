//! If a handler called the next one, and the call were no jump, a native stack
//! would be full after some thousand operations.

mod kinds;

use std::thread;

use annex_embedding::{Engine, Imports};
use ch21_fuse::Store;
use kinds::{KINDS, module};

/// How many turns of each loop. All loops together are some 300 operations a
/// turn; optimised, that makes more than a billion.
const TURNS: i32 = if cfg!(debug_assertions) { 1000 } else { 4_000_000 };

#[test]
fn a_billion_operations_need_no_more_stack_than_one() {
    let work = || {
        let mut store = Store::<()>::default();
        let mut imports = Imports::new();
        imports.func(&mut store, "host", "plain", |x: i32| x);
        let text = module();
        let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
        for (kind, _) in KINDS {
            let arguments = [TURNS.into(), 8.into()];
            store.call(instance, kind, &arguments).unwrap();
        }
    };
    // Instantiating takes more stack where nothing is optimised.
    let size = if cfg!(debug_assertions) { 512 << 10 } else { 128 << 10 };
    let small = thread::Builder::new().stack_size(size);
    small.spawn(work).unwrap().join().unwrap();
}
