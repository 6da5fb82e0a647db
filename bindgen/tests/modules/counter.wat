(module
  (global $count (export "count") (mut i64) (i64.const 0))
  (global (export "step") i64 (i64.const 3))
  (func (export "advance") (result i64)
    (global.set $count (i64.add (global.get $count) (i64.const 3)))
    (global.get $count)))
