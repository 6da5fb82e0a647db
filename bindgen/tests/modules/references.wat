(module
  (import "host" "seen" (func $seen (param externref) (result externref)))
  (func (export "pass") (param externref) (result externref)
    (call $seen (local.get 0)))
  (func (export "is_null") (param anyref) (result i32)
    (ref.is_null (local.get 0)))
  (func (export "small") (param $x i32) (result anyref)
    (ref.i31 (local.get $x)))
  ;; A reference that can't be null is no type of Rust here.
  (func $call (export "call") (param $f (ref func)) (result i32)
    (i32.const 7)))
