//! What the store's limits and its observer mean to the flat engine.

use annex_embedding::{Caller, Engine, HostError, Imports};
use ch07_values::Trap;
use ch12_instance::StoreLimits;
use ch19_flat::Store;
use trace::Counter;

#[test]
fn the_heap_has_what_the_limits_allow() {
    let text = r#"(module
      (type $bytes (array i8))
      (func (export "f") (param i32)
        (drop (array.new_default $bytes (local.get 0)))))"#;
    let limits = StoreLimits { heap_bytes: 10_000, ..StoreLimits::default() };
    let mut store = Store::<()>::new((), limits);
    let one = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    store.call(one, "f", &[1_000.into()]).unwrap();
    let paused = store.export(one, "f").and_then(|item| item.func()).unwrap();
    let error = store.start(paused, &[20_000.into()]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::OutOfHeap));
    let error = store.call(one, "f", &[20_000.into()]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::OutOfHeap));
}

/// Also those that leave no operation: a block and a loop.
#[test]
fn a_counter_counts_the_instructions_of_the_module() {
    fn count(mut store: impl Engine) -> Option<u64> {
        let text = include_bytes!("../programs/root.wat");
        let one = store.instantiate(text, &Imports::new()).unwrap();
        store.call(one, "root", &[9.into()]).unwrap();
        store.instructions()
    }
    let flat = count(Store::<Counter>::default());
    assert_eq!(flat, Some(3 + 13 + 13 + 11));
    assert_eq!(flat, count(ch18_heap::Store::<Counter>::default()));
}

/// A function of the host that calls back has a Rust call around it. So such
/// calls nest on a native stack that suffices for the limit.
#[test]
fn calls_back_nest_as_deep_as_the_limit_on_a_small_stack() {
    let work = || {
        let mut store = Store::<()>::default();
        let mut imports = Imports::new();
        let back = |caller: &mut Caller<'_>| -> Result<(), HostError> {
            let again = caller.export("f").and_then(|item| item.func());
            caller.engine().invoke(again.unwrap(), &[])?;
            Ok(())
        };
        imports.func(&mut store, "host", "back", back);
        let text = r#"(module
          (import "host" "back" (func $back))
          (func (export "f") (call $back)))"#;
        let one = store.instantiate(text.as_bytes(), &imports).unwrap();
        let error = store.call(one, "f", &[]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
    };
    let small = std::thread::Builder::new().stack_size(256 << 10);
    small.spawn(work).unwrap().join().unwrap();
}
