;; Calls through a table: n of them, each to a function that the last result chooses.
(module
  (type $step (func (param i32) (result i32)))
  (table funcref (elem $double $add $mix $half))
  (func $double (type $step) (i32.add (i32.shl (local.get 0) (i32.const 1)) (i32.const 1)))
  (func $add (type $step) (i32.add (local.get 0) (i32.const 0x3779)))
  (func $mix (type $step) (i32.xor (local.get 0) (i32.rotl (local.get 0) (i32.const 13))))
  (func $half (type $step) (i32.xor (i32.shr_u (local.get 0) (i32.const 1)) (i32.const 0x5bd1)))
  (func (export "run") (param $n i32) (result i32)
    (local $x i32)
    (local.set $x (local.get $n))
    (loop $next
      (local.set $x
        (call_indirect (type $step)
          (i32.add (local.get $x) (local.get $n))
          (i32.and (i32.shr_u (local.get $x) (i32.const 3)) (i32.const 3))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x)))
