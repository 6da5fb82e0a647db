;; Bulk memory: n times a range is filled and copied, of another length each time.
(module
  (memory 2)
  (func (export "run") (param $n i32) (result i32)
    (local $length i32) (local $sum i32)
    (loop $next
      (local.set $length
        (i32.add (i32.and (i32.mul (local.get $n) (i32.const 2654435)) (i32.const 2047)) (i32.const 1)))
      (memory.fill (i32.and (local.get $n) (i32.const 4095)) (local.get $n) (local.get $length))
      (memory.copy (i32.const 65536) (local.get $length) (local.get $length))
      (memory.copy (i32.const 1) (i32.const 0) (local.get $length))
      (local.set $sum
        (i32.add (local.get $sum) (i32.load8_u offset=65535 (local.get $length))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
