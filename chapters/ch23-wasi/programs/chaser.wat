;; A light runs along four pins.
(module
  (import "env" "delay" (func $delay (param i32)))
  (import "env" "pinMode" (func $mode (param i32 i32)))
  (import "env" "digitalWrite" (func $light (param i32 i32)))
  (global $pin (mut i32) (i32.const 2))

  (func (export "setup") (local $pin i32)
    (local.set $pin (i32.const 2))
    (loop $next
      (call $mode (local.get $pin) (i32.const 1))
      (local.set $pin (i32.add (local.get $pin) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $pin) (i32.const 6)))))

  (func (export "loop")
    (call $light (global.get $pin) (i32.const 1))
    (call $delay (i32.const 150))
    (call $light (global.get $pin) (i32.const 0))
    (global.set $pin (i32.add (i32.const 2) (i32.rem_u
      (i32.sub (global.get $pin) (i32.const 1)) (i32.const 4))))))
