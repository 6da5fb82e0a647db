;; A call that can be paused at many kinds of places.
(module
  (import "host" "one" (func $one (param i64) (result i64)))
  (import "host" "none" (func $none (param i64)))
  (type $step (func (param i64) (result i64)))
  (table funcref (elem $half $odd))
  (func $half (type $step) (i64.shr_u (local.get 0) (i64.const 1)))
  (func $odd (type $step)
    (i64.add (i64.mul (local.get 0) (i64.const 3)) (i64.const 1)))
  ;; How many steps it takes from a number to 1, and twice that.
  (func $steps (export "steps") (param $n i64) (result i64)
    (local $count i64) (local $v v128)
    (local.set $v (i64x2.splat (i64.const 7)))
    (i64.const 2)
    (loop $again
      (block $one
        (br_if $one (i64.eq (local.get $n) (i64.const 1)))
        (local.set $count (i64.add (local.get $count) (i64.const 1)))
        (local.set $n
          (call_indirect (type $step)
            (local.get $n)
            (i32.wrap_i64 (i64.and (local.get $n) (i64.const 1)))))
        (if (i64x2.all_true (local.get $v))
          (then
            (block $table
              (br 0)
              (drop (i32.const 1)))
            (br_table $again $again $again (i32.const 1)))
          (else (unreachable)))))
    (i64.mul (local.get $count)))
  (func (export "run") (result i64)
    (call $steps (i64.const 27))
    (i64.const 6)
    (return_call $steps))
  ;; At instruction 1 they are like `run`, but for how many results there are.
  (func (drop (call $steps (i64.const 1))))
  (func (result i64 i64) (call $steps (i64.const 1)) (i64.const 0))
  (func (result i64) (nop) (call 7) (drop)))
