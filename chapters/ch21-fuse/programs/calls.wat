;; Calls that nest: two of each kind, deep ones, and one that is paused.
(module
  (import "host" "sleep" (func $sleep (param i32) (result i32)))
  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else
        (i32.add
          (call $fib (i32.sub (local.get $n) (i32.const 1)))
          (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
  (func $depth (export "depth") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (i32.add
          (i32.const 1)
          (call $depth (i32.sub (local.get $n) (i32.const 1)))))
      (else (i32.const 0))))
  (func $nap (export "nap") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then
        (i32.add
          (i32.const 1)
          (call $nap (i32.sub (local.get $n) (i32.const 1)))))
      (else (call $sleep (i32.const 5))))))
