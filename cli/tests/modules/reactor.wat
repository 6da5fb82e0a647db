;; A library that WASI calls a reactor: `next` counts from what `_initialize` has left.
(module $reactor
  (global $count (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $count (i32.const 40)))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (global.get $count)))
