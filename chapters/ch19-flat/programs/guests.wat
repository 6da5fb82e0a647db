;; What can be paused: a loop that never ends, one that does, a deep recursion,
;; and a function that waits for the host.
(module
  (import "host" "sleep" (func $sleep (param i32) (result i32)))
  (func (export "forever") (loop $again (br $again)))
  (func (export "count") (param $n i32) (result i32)
    (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i))
  (func $depth (export "depth") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (i32.add
          (i32.const 1)
          (call $depth (i32.sub (local.get $n) (i32.const 1)))))
      (else (i32.const 0))))
  (func (export "nap") (result i32)
    (i32.add (i32.const 100) (call $sleep (i32.const 5)))))
