;; Blinks, and says so now and then.
(module
  (import "wiring" "print" (func $print (param i32 i32)))
  (import "wiring" "millis" (func $millis (result i32)))
  (import "wiring" "delay" (func $delay (param i32)))
  (import "wiring" "pinMode" (func $mode (param i32 i32)))
  (import "wiring" "digitalWrite" (func $light (param i32 i32)))
  (import "wiring" "stopWdt" (func $stop_watchdog))
  (memory (export "memory") 1)
  (data (i32.const 0) "a second")
  (global $next (mut i32) (i32.const 1000))

  (func (export "setup")
    (call $stop_watchdog)
    (call $mode (i32.const 13) (i32.const 1)))

  (func (export "loop")
    (call $light (i32.const 13) (i32.const 1))
    (call $delay (i32.const 200))
    (call $light (i32.const 13) (i32.const 0))
    (call $delay (i32.const 300))
    (if (i32.ge_u (call $millis) (global.get $next))
      (then
        (call $print (i32.const 0) (i32.const 8))
        (global.set $next (i32.add (global.get $next) (i32.const 1000)))))))
