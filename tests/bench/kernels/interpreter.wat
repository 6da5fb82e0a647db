;; An interpreter in the interpreter: a machine of one register whose program counts down from n, with a `br_table` for
;; each of its instructions. An instruction is a byte, and what it needs is the next one.
(module
  (memory 1)
  ;; sum += counter; sum ^= 7; counter -= 1; if counter goto 0; end
  (data (i32.const 0) "\00\00\01\07\02\01\03\00\04\00")
  (func (export "run") (param $counter i32) (result i32)
    (local $at i32) (local $sum i32) (local $operand i32)
    (loop $next
      (local.set $operand (i32.load8_u offset=1 (local.get $at)))
      (block $end
        (block $jump
          (block $subtract
            (block $xor
              (block $add
                (br_table $add $xor $subtract $jump $end (i32.load8_u (local.get $at))))
              (local.set $sum (i32.add (local.get $sum) (local.get $counter)))
              (local.set $at (i32.add (local.get $at) (i32.const 2)))
              (br $next))
            (local.set $sum (i32.xor (local.get $sum) (local.get $operand)))
            (local.set $at (i32.add (local.get $at) (i32.const 2)))
            (br $next))
          (local.set $counter (i32.sub (local.get $counter) (local.get $operand)))
          (local.set $at (i32.add (local.get $at) (i32.const 2)))
          (br $next))
        (local.set $at
          (select (local.get $operand) (i32.add (local.get $at) (i32.const 2)) (local.get $counter)))
        (br $next))
      (return (local.get $sum)))
    (unreachable)))
