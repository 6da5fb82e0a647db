;; The same numbers without calls: n steps from one to the next, modulo 2^64.
(module
  (func (export "run") (param $n i32) (result i64)
    (local $now i64) (local $next i64) (local $sum i64)
    (local.set $next (i64.const 1))
    (loop $step
      (local.set $sum (i64.add (local.get $now) (local.get $next)))
      (local.set $now (local.get $next))
      (local.set $next (local.get $sum))
      (br_if $step (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $now)))
