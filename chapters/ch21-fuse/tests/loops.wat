;; Loops: what is asked ahead, what the accumulators keep, and which way
;; leads back. Before them, what was made one of several.
(module
  (type $one (func (param i32) (result i32)))
  (import "host" "plain" (func $plain (type $one)))
  (import "host" "later" (func $later (type $one)))
  (memory 1)
  (data (i32.const 0) "\03\01\04\01\05\09\02\06\05\03\05\08\09\07\09\03")
  (data (i32.const 64) "\00\00\00\00\00\00\f8\3f\00\00\00\00\00\00\04\c0")
  (func $double (type $one) (i32.mul (local.get 0) (i32.const 2)))

  ;; Two loads, and elements of arrays.
  (func (export "two loads, the first traps") (type $one)
    (i32.add
      (i32.load offset=65533 (local.get 0))
      (i32.load offset=4 (local.get 0))))
  (func (export "two loads, the second traps") (type $one)
    (i32.sub
      (i32.load offset=4 (local.get 0))
      (i32.load offset=65533 (local.get 0))))
  (func (export "two loads far away") (type $one)
    (i32.xor
      (i32.load8_u offset=5 (local.get 0))
      (i32.load8_u offset=70000 (local.get 0))))
  (func (export "two loads, far away and near") (type $one)
    (i32.mul
      (i32.load8_u offset=70000 (local.get 0))
      (i32.load8_u offset=5 (local.get 0))))
  (func (export "two loads from two places") (type $one) (local $p i32)
    (local.set $p (i32.and (i32.add (local.get 0) (i32.const 3)) (i32.const 7)))
    (i32.sub (i32.load8_u (local.get $p)) (i32.load8_u offset=1 (local.get 0))))
  (func (export "two loads of fractions") (type $one)
    (i32.trunc_sat_f64_s
      (f64.mul (f64.load offset=64 (local.get 0))
        (f64.load offset=72 (local.get 0)))))
  (func (export "element") (type $one)
    (i32.load8_u offset=2
      (i32.add (i32.mul (local.get 0) (i32.const 3)) (local.get 0))))
  (func (export "element far away") (type $one)
    (i32.load offset=65533
      (i32.add (i32.shl (local.get 0) (i32.const 1)) (local.get 0))))
  (func (export "element farther away") (type $one)
    (i32.load offset=70000
      (i32.add (i32.shl (local.get 0) (i32.const 1)) (local.get 0))))
  (func (export "element that is stored") (type $one) (local $x i32)
    (local.set $x (i32.const 77))
    (i32.store8 offset=7
      (i32.add (i32.shl (local.get 0) (i32.const 2)) (local.get 0))
      (local.get $x))
    (i32.store8 offset=3
      (i32.add (i32.mul (local.get 0) (i32.const 3)) (local.get $x))
      (i32.const -2))
    (i32.add
      (i32.load8_u offset=7 (i32.mul (local.get 0) (i32.const 5)))
      (i32.load8_u offset=80 (i32.mul (local.get 0) (i32.const 3)))))
  (func (export "element stored far away") (type $one)
    (i32.store offset=65533
      (i32.add (i32.shl (local.get 0) (i32.const 2)) (local.get 0))
      (i32.const 5))
    (i32.const 1))
  (func (export "element stored farther away") (type $one)
    (i32.store offset=70000
      (i32.add (i32.shl (local.get 0) (i32.const 2)) (local.get 0))
      (local.get 0))
    (i32.const 1))

  ;; Two operators, or an operator and a branch.
  (func (export "sixteen bits") (type $one) (local $x i32)
    (local.set $x (i32.sub (i32.mul (local.get 0) (i32.const 0x34567))
      (i32.const 1)))
    (if (i32.gt_u (i32.and (local.get $x) (i32.const 0xffff)) (i32.const 0x5000))
      (then (local.set $x (i32.add (local.get $x) (i32.const 1)))))
    (local.set $x
      (i32.add (i32.and (local.get $x) (i32.const 0xffff)) (local.get 0)))
    (i32.mul (i32.and (local.get $x) (i32.const 0xffff)) (i32.const 3)))
  (func (export "sixty-four bits") (type $one) (local $l i64) (local $m i64)
    (local.set $l (i64.mul (i64.extend_i32_s (local.get 0))
      (i64.const 0x9e3779b97f4a7c15)))
    (local.set $m
      (i64.xor (i64.shr_u (local.get $l) (i64.const 7)) (local.get $l)))
    (local.set $l
      (i64.add (i64.rotl (local.get $m) (i64.const 13)) (local.get $l)))
    (local.set $m
      (i64.or (i64.shl (local.get $l) (i64.const 3)) (i64.const 5)))
    (local.set $l
      (i64.and (i64.add (local.get $m) (local.get $l)) (i64.const -2)))
    (local.set $l
      (i64.xor (i64.mul (local.get $m) (i64.const 77)) (local.get $l)))
    (i32.wrap_i64 (i64.xor (local.get $l)
      (i64.shr_u (local.get $l) (i64.const 32)))))
  (func (export "stores what it compares") (type $one) (local $x i32)
    (if (i32.eq (local.tee $x (i32.and (local.get 0) (i32.const 3)))
        (i32.const 2))
      (then (return (i32.add (local.get $x) (i32.const 100)))))
    (if (i32.lt_u (local.tee $x (i32.load8_u offset=1 (local.get 0)))
        (i32.const 5))
      (then (return (i32.add (local.get $x) (i32.const 200)))))
    (i32.mul (local.get $x) (local.get 0)))
  (func (export "increases and jumps") (type $one) (local $x i32)
    (block $out
      (block $in
        (br_if $in (i32.and (local.get 0) (i32.const 1)))
        (local.set $x (i32.add (local.get $x) (i32.const 3)))
        (br $out))
      (local.set $x
        (i32.add (local.get $x) (i32.rem_u (local.get 0) (i32.const 10)))))
    (i32.mul (local.get $x) (i32.const 5)))
  (func (export "increases and jumps back") (type $one) (local $i i32)
    (block $out
      (loop $next
        (i32.store8 (local.get $i) (i32.const 5))
        (br_if $out (i32.ge_s (local.get $i) (local.get 0)))
        (local.set $i (i32.add (local.get $i) (i32.const 3)))
        (br $next)))
    (local.get $i))

  ;; Loops that ask their condition ahead, at their end.
  (func (export "asks ahead") (type $one) (local $i i32)
    (block $out
      (loop $next
        (br_if $out (i32.ge_s (local.get $i) (local.get 0)))
        (i32.store8 (local.get $i) (i32.const 5))
        (local.set $i (i32.add (local.get $i) (i32.const 3)))
        (br $next)))
    (local.get $i))
  (func (export "asks ahead of two ends") (type $one)
    (local $i i32) (local $x i32)
    (block $out
      (loop $next
        (br_if $out (i32.ge_s (local.get $i) (i32.const 7)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (if (i32.and (local.get $i) (i32.const 1))
          (then
            (local.set $x (i32.add (local.get $x) (local.get 0)))
            (br $next)))
        (local.set $x (i32.xor (local.get $x) (local.get $i)))
        (br $next)))
    (local.get $x))
  (func (export "writes what it asks") (type $one) (local $i i32)
    (block $out
      (loop $next
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $out (i32.lt_s (local.get 0) (i32.const -2)))
        (local.set $i (i32.add (local.get $i) (i32.const 3)))
        (br $next)))
    (i32.add (local.get $i) (local.get 0)))

  ;; What the accumulators keep around a loop.
  (func (export "keeps one of two") (type $one)
    (local $x i32) (local $y i32) (local $i i32)
    (loop $next
      (local.set $i (i32.add (i32.mul (local.get $y) (i32.const 5)) (i32.const 1)))
      (i32.store (i32.const 0) (local.get $i))
      (local.set $x (i32.mul (local.get $i) (local.get $i)))
      (local.set $y (local.get $x))
      (br_if $next (i32.lt_s (local.get $x) (i32.const 900))))
    (i32.xor (local.get $x) (local.get $y)))
  (func (export "keeps fractions") (type $one)
    (local $i i32) (local $f f64) (local $s f32)
    (local.set $f (f64.const 0.5))
    (local.set $s (f32.const 0.25))
    (loop $next
      (f64.store (i32.const 0) (local.get $f))
      (f32.store (i32.const 8) (local.get $s))
      (local.set $f (f64.add (f64.sqrt (local.get $f)) (local.get $f)))
      (local.set $s (f32.mul (f32.add (local.get $s) (f32.const 1.5))
        (local.get $s)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (local.get 0))))
    (i32.xor
      (i32.trunc_sat_f64_s (f64.mul (local.get $f) (f64.const 1e6)))
      (i32.reinterpret_f32 (local.get $s))))
  (func (export "keeps a fraction as a number") (type $one)
    (local $i i32) (local $f f64) (local $g f64)
    (local.set $g (f64.const 2.5))
    (loop $next
      (f64.store (i32.const 0) (local.get $f))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $f (select (local.get $g) (local.get $f) (local.get 0)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 3))))
    (i32.load (i32.const 4)))
  (func (export "keeps a long number") (type $one) (local $l i64) (local $m i64)
    (local.set $l (i64.const 0x123456789))
    (local.set $m (i64.const 0x1700000000))
    (loop $next
      (i64.store (i32.const 0) (local.get $l))
      (local.set $l (i64.add (local.get $l) (i64.const 0x700000001)))
      (br_if $next (i64.lt_u (local.get $l) (local.get $m))))
    (i32.wrap_i64 (i64.shr_u (local.get $l) (i64.const 5))))
  (func (export "two ways back") (type $one) (local $i i32) (local $x i32)
    (loop $next
      (local.set $x (i32.xor (local.get $i) (local.get 0)))
      (local.set $x (i32.mul (local.get $x) (i32.const 3)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.eq (local.get $i) (i32.const 3)))
      (local.set 0 (i32.add (local.get 0) (local.get $x)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 6))))
    (i32.add (local.get $x) (local.get 0)))
  (func (export "two ways back that keep the same") (type $one)
    (local $i i32)
    (loop $next
      (local.set 0 (i32.xor (local.get $i) (local.get 0)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.eq (local.get $i) (i32.const 4)))
      (local.set $i (i32.add (local.get $i) (i32.const 2)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 16))))
    (local.get 0))
  (func (export "a block ends where a loop begins") (type $one)
    (local $i i32)
    (block $in
      (local.set $i (i32.const 40))
      (br_if $in (i32.and (local.get 0) (i32.const 1)))
      (local.set $i (i32.mul (local.get 0) (i32.const 7))))
    (loop $next
      (local.set 0 (i32.xor (local.get $i) (local.get 0)))
      (local.set $i (i32.add (local.get $i) (i32.const 9)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 90))))
    (local.get 0))
  (func (export "writes what it has kept") (type $one)
    (local $i i32) (local $x i32)
    (loop $next
      (i32.store (i32.const 0) (local.get $i))
      (local.set $x (i32.load8_u (i32.const 1)))
      (local.set $x (i32.add (local.get $x) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 300)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 3000))))
    (local.get $x))
  (func (export "two counters keep the second") (type $one)
    (local $i i32) (local $j i32) (local $x i32)
    (loop $next
      (local.set $x (i32.xor (i32.mul (local.get $j) (i32.const 3)) (local.get $x)))
      (i32.store8 (local.get $i) (local.get $x))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (local.set $j (i32.add (local.get $j) (i32.const 5)))
      (br_if $next (i32.lt_s (local.get $i) (local.get 0))))
    (i32.add (local.get $x) (local.get $j)))
  (func (export "keeps past a choice") (type $one)
    (local $i i32) (local $x i32)
    (loop $next
      (local.set $x
        (i32.xor (i32.mul (local.get $x) (i32.const 3)) (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.and (local.get $x) (i32.const 1))
        (then (local.set $x (i32.add (local.get $x) (i32.const 7)))))
      (br_if $next (i32.lt_s (local.get $i) (local.get 0))))
    (local.get $x))

  ;; Which way leads back.
  (func (export "a loop of one operation") (type $one) (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (local.get 0))))
    (local.get $i))
  (func (export "a loop in a loop") (type $one)
    (local $i i32) (local $j i32) (local $x i32)
    (loop $outer
      (local.set $j (i32.const 0))
      (loop $inner
        (local.set $x
          (i32.xor (i32.mul (local.get $x) (i32.const 3)) (local.get $j)))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $inner (i32.lt_s (local.get $j) (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $outer (i32.lt_s (local.get $i) (local.get 0))))
    (local.get $x))
  (func (export "two loops in a loop") (type $one)
    (local $i i32) (local $x i32)
    (loop $outer
      (loop $first
        (local.set $x (i32.add (local.get $x) (i32.const 3)))
        (br_if $first (i32.and (local.get $x) (i32.const 4))))
      (loop $second
        (local.set $x (i32.shr_u (local.get $x) (i32.const 1)))
        (br_if $second (i32.and (local.get $x) (i32.const 1))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $outer (i32.lt_s (local.get $i) (local.get 0))))
    (local.get $x))
  (func (export "two loops begin together") (type $one)
    (local $i i32) (local $x i32)
    (loop $outer
      (loop $inner
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $inner (i32.and (local.get $i) (i32.const 3))))
      (local.set $x (i32.add (local.get $x) (local.get $i)))
      (br_if $outer (i32.lt_s (local.get $x) (i32.const 30))))
    (local.get $x))
  (func (export "a loop that calls") (type $one) (local $i i32)
    (loop $next
      (local.set 0 (call $in_loop (local.get 0)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 3))))
    (local.get 0))
  (func $in_loop (type $one) (local $i i32)
    (loop $next
      (local.set 0 (i32.add (local.get 0) (i32.const 3)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 3))))
    (local.get 0))
  (func (export "a loop that calls a host") (type $one) (local $i i32)
    (loop $next
      (local.set 0 (i32.add (local.get $i) (call $plain (local.get 0))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 3))))
    (local.get 0))
  (func (export "a loop that waits") (type $one) (local $i i32) (local $x i32)
    (loop $next
      (local.set $x (call $later (local.get $i)))
      (local.set 0 (i32.add (local.get 0) (local.get $x)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 3))))
    (local.get 0))
  (func (export "a loop that leaves") (type $one) (local $i i32)
    (loop $next
      (local.set 0 (i32.add (local.get 0) (memory.size)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_s (local.get $i) (i32.const 3))))
    (local.get 0))
  (func (export "a loop that leaves, and one behind it") (type $one)
    (local $i i32)
    (loop $first
      (local.set 0 (i32.add (local.get 0) (memory.size)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $first (i32.lt_s (local.get $i) (i32.const 3))))
    (local.set 0 (i32.add (local.get 0) (memory.size)))
    (loop $second
      (local.set 0 (i32.add (local.get 0) (i32.const 7)))
      (local.set $i (i32.add (local.get $i) (memory.size)))
      (br_if $second (i32.lt_s (local.get $i) (i32.const 6))))
    (local.get 0))
  (func (export "a table leads back") (type $one) (local $i i32)
    (block $out
      (loop $next
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set 0 (i32.add (local.get 0) (local.get $i)))
        (br_if $next (i32.lt_s (local.get $i) (i32.const 3)))
        (br_table $next $next $out
          (i32.sub (local.get $i) (i32.const 3)))))
    (local.get 0))
  (func (export "only a table leads back") (type $one)
    (local $i i32) (local $j i32)
    (loop $outer
      (block $out
        (loop $next
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_table $next $next $out (i32.and (local.get $i) (i32.const 3)))))
      (local.set $j (i32.add (local.get $j) (i32.const 1)))
      (br_if $outer (i32.lt_s (local.get $j) (local.get 0))))
    (local.get $i))
  (func (export "every branch leads back") (type $one)
    (local $i i32) (local $x i32) (local $y i32)
    (block $out
      (loop $next
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set 0 (i32.add (local.get 0) (local.get $i)))
        (br_if $next (i32.and (local.get $i) (i32.const 1)))
        (local.set $y (i32.and (local.get $i) (i32.const 8)))
        (br_if $next (i32.load8_u offset=20 (local.get $i)))
        (br_if $out (i32.gt_s (local.get $i) (i32.const 40)))
        (local.set $x (local.get 0))
        (br_if $next (local.get $y))
        (local.set $x (local.get $i))
        (br $next)))
    (i32.add (local.get 0) (local.get $x)))
  ;; The condition of the loop leads further into it, and not out of it.
  (func (export "a condition leads on inside the loop") (type $one)
    (local $i i32)
    (block $out
      (loop $next
        (block $join
          (block $body
            (br_if $body (i32.and (local.get $i) (i32.const 1)))
            (local.set 0 (i32.add (local.get 0) (i32.const 100)))
            (br_if $out (i32.gt_s (local.get $i) (i32.const 9)))
            (br $join))
          (local.set 0 (i32.mul (local.get 0) (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get 0))
  ;; From the call the inner loop leads back into the outer one's first part.
  (func (export "a call after the branch back") (type $one)
    (local $i i32) (local $j i32)
    (block $out
      (loop $outer
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $out (i32.gt_s (local.get $i) (i32.const 20)))
        (loop $inner
          (local.set $j (i32.add (local.get $j) (i32.const 1)))
          (br_if $outer (i32.eqz (i32.and (local.get $j) (i32.const 3))))
          (local.set 0 (i32.add (local.get 0) (call $in_loop (local.get $j))))
          (br $inner))))
    (local.get 0)))
