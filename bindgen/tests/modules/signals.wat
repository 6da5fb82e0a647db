;; A tag, and a memory that is imported.
(module
  (import "env" "memory" (memory 1))
  (import "env" "log" (func $log (param i32)))
  (tag $signal (export "signal") (param i32))
  (func (export "peek") (param $address i32) (result i32)
    (call $log (local.get $address))
    (i32.load8_u (local.get $address)))
  (func (export "raise") (param $x i32)
    (throw $signal (local.get $x))))
