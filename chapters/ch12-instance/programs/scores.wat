;; A module that keeps scores: a memory, a global and a table for others to share.
(module $scores
  (memory (export "memory") 1)
  (global $count (export "count") (mut i32) (i32.const 0))
  (table (export "rules") 2 funcref)
  (elem (i32.const 0) func $single $double)
  (data (i32.const 100) "points")
  (func $single (param i32) (result i32) local.get 0)
  (func $double (param i32) (result i32) local.get 0 i32.const 2 i32.mul)
  (func $add (export "add") (param $points i32)
    global.get $count
    i32.const 4
    i32.mul
    local.get $points
    i32.store
    global.get $count
    i32.const 1
    i32.add
    global.set $count))
