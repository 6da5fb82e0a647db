;; What is not a module, and what cannot be linked.
(assert_malformed (module quote "(func (i32.konst 7))") "unknown operator")
(assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
(assert_invalid
  (module (func (result i32) f64.const 1 i32.eqz))
  "type mismatch")
(assert_invalid
  (module (func $here br 3))
  "unknown label")
(assert_invalid
  (module (func (drop (i32.load (i32.const 0)))))
  "unknown memory")

(module $counter
  (global $count (mut i32) (i32.const 0))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    global.get $count)
  (global (export "limit") i32 (i32.const 10)))
(register "counter" $counter)

(assert_unlinkable
  (module (import "counter" "previous" (func (result i32))))
  "unknown import")
(assert_unlinkable
  (module (import "counter" "next" (func (result f64))))
  "incompatible import type")
(assert_unlinkable
  (module (import "counter" "limit" (global (mut i32))))
  "incompatible import type")

(module
  (func $next (import "counter" "next") (result i32))
  (func (export "twice") (result i32)
    call $next
    drop
    call $next))
(assert_return (invoke "twice") (i32.const 2))
(assert_return (invoke $counter "next") (i32.const 3))
(assert_return (get $counter "limit") (i32.const 10))
