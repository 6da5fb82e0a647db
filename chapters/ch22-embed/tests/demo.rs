//! What `cargo run -p ch22-embed` prints, and that a store is whole whatever a function of the
//! host does.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::Command;

use ch22_embed::{
    Caller, Config, Engine, Error, Linker, Module, Store, Strategy,
};

#[test]
fn the_demo_prints_this() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_ch22-embed")).output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn the_store_is_whole_after_an_error_and_a_panic() {
    for strategy in Strategy::ALL {
        let engine = Engine::new(Config::new().strategy(strategy));
        let mut linker = Linker::<u32>::new(&engine);
        let end = |mut caller: Caller<'_, u32>, how: u32| {
            *caller.data_mut() += 1;
            match how {
                0 => Ok(()),
                1 => Err(Error::msg("on purpose")),
                // As `panic!`, without a message on the screen.
                _ => resume_unwind(Box::new("on purpose")),
            }
        };
        linker.func_wrap("host", "end", end).unwrap();
        let text = r#"(module
            (import "host" "end" (func $end (param i32)))
            (func (export "run") (param i32) (call $end (local.get 0))))"#;
        let module = Module::new(&engine, text).unwrap();
        let mut store = Store::new(&engine, 0);
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<u32, ()>(&store, "run").unwrap();
        let ends = [0, 1, 2].map(|how| {
            let call = AssertUnwindSafe(|| run.call(&mut store, how));
            catch_unwind(call).map(|outcome| outcome.is_ok()).ok()
        });
        assert_eq!(ends, [Some(true), Some(false), None], "{strategy:?}");
        assert_eq!(*store.data(), 3, "{strategy:?}");
        run.call(&mut store, 0).unwrap();
        assert_eq!(*store.data(), 4, "{strategy:?}");
    }
}
