(module
  (import "host" "number" (func $number (result i32)))
  (import "host" "tell" (func $tell (param i32)))

  ;; Halve an even number; triple an odd one and add 1. How often, to reach 1?
  (func (export "run") (result i32)
    (local $n i32) (local $steps i32)
    (local.set $n (call $number))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $n) (i32.const 1)))
        (if (i32.and (local.get $n) (i32.const 1))
          (then (local.set $n
            (i32.add (i32.mul (local.get $n) (i32.const 3)) (i32.const 1))))
          (else (local.set $n (i32.shr_u (local.get $n) (i32.const 1)))))
        (call $tell (local.get $n))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (br $next)))
    (local.get $steps)))
