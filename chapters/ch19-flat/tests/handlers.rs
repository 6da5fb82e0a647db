//! Which handler catches an exception: the innermost that has a clause for it,
//! among those that are over and those that nothing is in.

use annex_embedding::{Engine, Imports};
use ch19_flat::Store;

/// `f(n)` throws at the `n`th place, and returns the number of the handler
/// that has caught it.
const MODULE: &str = r#"(module
  (tag $t) (tag $other)
  (func $at (param $n i32) (param $place i32)
    (if (i32.eq (local.get $n) (local.get $place)) (then (throw $t))))
  (func (export "f") (param $n i32) (result i32)
    (block $one
      (try_table (catch $t $one)
        (try_table (catch $other $one))
        (call $at (local.get $n) (i32.const 0))
        (block $two
          (try_table (catch_all $two)
            (call $at (local.get $n) (i32.const 1))
            (block $three
              (try_table (catch $other $one)
                (try_table (catch $t $three)
                  (call $at (local.get $n) (i32.const 2))
                  (try_table (catch_all $three))))
              (call $at (local.get $n) (i32.const 3))
              (try_table (catch $other $one)
                (call $at (local.get $n) (i32.const 4)))
              (call $at (local.get $n) (i32.const 5))
              (return (i32.const 0)))
            (return (i32.const 3)))
          (call $at (local.get $n) (i32.const 6))
          (unreachable))
        (call $at (local.get $n) (i32.const 7))
        (return (i32.const 2)))
      (unreachable))
    (i32.const 1)))"#;

#[test]
fn the_innermost_handler_with_a_clause_catches() {
    fn caught(mut store: impl Engine) -> Vec<i32> {
        let text = MODULE.as_bytes();
        let instance = store.instantiate(text, &Imports::new()).unwrap();
        let mut f = |n: i32| store.call(instance, "f", &[n.into()]).unwrap();
        (0..8).map(|n| f(n)[0].i32().unwrap()).collect()
    }
    let tree = caught(ch18_heap::Store::<()>::default());
    assert_eq!(tree, [1, 2, 3, 2, 2, 2, 0, 0]);
    assert_eq!(caught(Store::<()>::default()), tree);
}
