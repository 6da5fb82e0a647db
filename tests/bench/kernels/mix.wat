;; Integers: n rounds of a mixing function of 64 bits.
(module
  (func (export "run") (param $n i32) (result i64)
    (local $state i64) (local $z i64) (local $sum i64)
    (loop $next
      (local.set $state (i64.add (local.get $state) (i64.const 0x9e3779b97f4a7c15)))
      (local.set $z (local.get $state))
      (local.set $z (i64.mul
        (i64.xor (local.get $z) (i64.shr_u (local.get $z) (i64.const 30)))
        (i64.const 0xbf58476d1ce4e5b9)))
      (local.set $z (i64.mul
        (i64.xor (local.get $z) (i64.shr_u (local.get $z) (i64.const 27)))
        (i64.const 0x94d049bb133111eb)))
      (local.set $sum (i64.add (local.get $sum)
        (i64.xor (local.get $z) (i64.shr_u (local.get $z) (i64.const 31)))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (local.get $sum)))
