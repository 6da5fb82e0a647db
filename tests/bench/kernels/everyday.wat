;; What everyday programs do, in the manner of CoreMark: n rounds of a linked list that is searched, reversed and sorted,
;; a product of small matrices, a machine of states that reads numbers, and a CRC of all that came out.
(module
  (memory 1)
  ;; Numbers to read, some of them wrong, each with a comma behind it.
  (data (i32.const 0) "5012,1234.5,-874,+122,35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2,-87e+832,+0.6e-12,T0.3e-1F,-T.T++Tq,1T3.4e4z,34.0e-T^,\00")
  ;; From 256 on how often each state was entered, from 1024 on the list, from 4096 on three matrices of 10 times 10.
  (func $crc (param $byte i32) (param $crc i32) (result i32)
    (local $bits i32)
    (local.set $crc (i32.xor (local.get $crc) (i32.and (local.get $byte) (i32.const 255))))
    (local.set $bits (i32.const 8))
    (loop $bit
      (local.set $crc
        (if (result i32) (i32.and (local.get $crc) (i32.const 1))
          (then (i32.xor (i32.shr_u (local.get $crc) (i32.const 1)) (i32.const 0xa001)))
          (else (i32.shr_u (local.get $crc) (i32.const 1)))))
      (br_if $bit (local.tee $bits (i32.sub (local.get $bits) (i32.const 1)))))
    (local.get $crc))
  (func $crc32 (param $word i32) (param $crc i32) (result i32)
    (call $crc (i32.shr_u (local.get $word) (i32.const 24))
      (call $crc (i32.shr_u (local.get $word) (i32.const 16))
        (call $crc (i32.shr_u (local.get $word) (i32.const 8))
          (call $crc (local.get $word) (local.get $crc))))))

  ;; A node of the list has 8 bytes: the next one, and a value.
  (func $list (param $seed i32) (result i32)
    (local $at i32) (local $end i32)
    (local.set $at (i32.const 1024))
    (local.set $end (i32.const 1344))
    (loop $node
      (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 75)) (i32.const 74)))
      (i32.store (local.get $at) (i32.add (local.get $at) (i32.const 8)))
      (i32.store offset=4 (local.get $at) (i32.and (i32.shr_u (local.get $seed) (i32.const 4)) (i32.const 0x3ff)))
      (br_if $node
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
    (i32.store (i32.const 1336) (i32.const 0))
    (i32.const 1024))
  (func $find (param $at i32) (param $value i32) (result i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $at)))
        (br_if $end (i32.eq (i32.load offset=4 (local.get $at)) (local.get $value)))
        (local.set $at (i32.load (local.get $at)))
        (br $next)))
    (local.get $at))
  (func $reverse (param $at i32) (result i32)
    (local $before i32) (local $next i32)
    (loop $node
      (local.set $next (i32.load (local.get $at)))
      (i32.store (local.get $at) (local.get $before))
      (local.set $before (local.get $at))
      (br_if $node (local.tee $at (local.get $next))))
    (local.get $before))
  ;; Sorts by inserting each node where it belongs. The place at 1016 refers to the first one.
  (func $sort (param $at i32) (result i32)
    (local $next i32) (local $place i32) (local $found i32)
    (i32.store (i32.const 1016) (i32.const 0))
    (loop $node
      (local.set $next (i32.load (local.get $at)))
      (local.set $place (i32.const 1016))
      (block $here
        (loop $look
          (br_if $here (i32.eqz (local.tee $found (i32.load (local.get $place)))))
          (br_if $here
            (i32.ge_u (i32.load offset=4 (local.get $found)) (i32.load offset=4 (local.get $at))))
          (local.set $place (local.get $found))
          (br $look)))
      (i32.store (local.get $at) (local.get $found))
      (i32.store (local.get $place) (local.get $at))
      (br_if $node (local.tee $at (local.get $next))))
    (i32.load (i32.const 1016)))
  (func $lists (param $seed i32) (param $crc i32) (result i32)
    (local $list i32) (local $found i32) (local $tries i32)
    (local.set $list (call $list (local.get $seed)))
    (local.set $tries (i32.const 12))
    (loop $try
      (local.set $found
        (call $find (local.get $list) (i32.and (i32.mul (local.get $tries) (local.get $seed)) (i32.const 0x3ff))))
      (local.set $list (call $reverse (local.get $list)))
      (local.set $crc
        (call $crc (if (result i32) (local.get $found) (then (i32.load offset=4 (local.get $found))) (else (i32.const 1)))
          (local.get $crc)))
      (br_if $try (local.tee $tries (i32.sub (local.get $tries) (i32.const 1)))))
    (local.set $list (call $sort (local.get $list)))
    (loop $node
      (local.set $crc (call $crc (i32.load offset=4 (local.get $list)) (local.get $crc)))
      (br_if $node (local.tee $list (i32.load (local.get $list)))))
    (local.get $crc))

  (func $matrices (param $seed i32) (param $crc i32) (result i32)
    (local $i i32) (local $j i32) (local $k i32) (local $sum i32) (local $one i32) (local $other i32)
    (loop $fill
      (i32.store16 offset=4096 (i32.shl (local.get $i) (i32.const 1)) (i32.add (local.get $seed) (local.get $i)))
      (i32.store16 offset=4296 (i32.shl (local.get $i) (i32.const 1)) (i32.xor (local.get $seed) (local.get $i)))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
    (local.set $i (i32.const 0))
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $sum (i32.const 0))
        (local.set $k (i32.const 10))
        (local.set $one (i32.mul (local.get $i) (i32.const 20)))
        (local.set $other (i32.shl (local.get $j) (i32.const 1)))
        (loop $products
          (local.set $sum
            (i32.add
              (local.get $sum)
              (i32.mul (i32.load16_s offset=4096 (local.get $one)) (i32.load16_s offset=4296 (local.get $other)))))
          (local.set $one (i32.add (local.get $one) (i32.const 2)))
          (local.set $other (i32.add (local.get $other) (i32.const 20)))
          (br_if $products (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (i32.store offset=4496
          (i32.shl (i32.add (i32.mul (local.get $i) (i32.const 10)) (local.get $j)) (i32.const 2))
          (local.get $sum))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 10))))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10))))
    (local.set $sum (i32.const 0))
    (local.set $i (i32.const 0))
    (loop $sums
      (local.set $sum
        (i32.add (i32.rotl (local.get $sum) (i32.const 1))
          (i32.and (i32.shr_s (i32.load offset=4496 (local.get $i)) (i32.const 2)) (i32.const 0xffff))))
      (br_if $sums (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 400))))
    (call $crc32 (local.get $sum) (local.get $crc)))

  (func $is_digit (param $byte i32) (result i32)
    (i32.lt_u (i32.sub (local.get $byte) (i32.const 48)) (i32.const 10)))
  ;; The states: 0 start, 1 sign, 2 integer, 3 fraction, 4 exponent, 5 digits of the exponent, 6 wrong.
  (func $next (param $state i32) (param $byte i32) (result i32)
    (if (i32.eq (local.get $byte) (i32.const 44)) (then (return (i32.const 0))))
    (block $wrong
      (block $digits
        (block $exponent
          (block $fraction
            (block $integer
              (block $sign
                (block $start
                  (br_table $start $sign $integer $fraction $exponent $digits $wrong (local.get $state)))
                (if (i32.or (i32.eq (local.get $byte) (i32.const 43)) (i32.eq (local.get $byte) (i32.const 45)))
                  (then (return (i32.const 1)))))
              (if (call $is_digit (local.get $byte)) (then (return (i32.const 2))))
              (br_if $wrong (i32.ne (local.get $byte) (i32.const 46)))
              (return (i32.const 3)))
            (if (i32.eq (local.get $byte) (i32.const 46)) (then (return (i32.const 3)))))
          (if (call $is_digit (local.get $byte)) (then (return (local.get $state))))
          (br_if $wrong (i32.ne (i32.or (local.get $byte) (i32.const 32)) (i32.const 101)))
          (return (i32.const 4)))
        (br_if $digits (call $is_digit (local.get $byte)))
        (br_if $wrong
          (i32.and (i32.ne (local.get $byte) (i32.const 43)) (i32.ne (local.get $byte) (i32.const 45))))
        (return (i32.const 5)))
      (if (call $is_digit (local.get $byte)) (then (return (i32.const 5)))))
    (i32.const 6))
  (func $states (param $seed i32) (param $crc i32) (result i32)
    (local $at i32) (local $byte i32) (local $state i32) (local $count i32)
    (memory.fill (i32.const 256) (i32.const 0) (i32.const 32))
    (block $end
      (loop $byte
        (br_if $end (i32.eqz (local.tee $byte (i32.load8_u (local.get $at)))))
        ;; Now and then a byte is read wrong.
        (if (i32.eqz (i32.rem_u (i32.add (local.get $at) (local.get $seed)) (i32.const 29)))
          (then (local.set $byte (i32.xor (local.get $byte) (i32.const 4)))))
        (local.set $state (call $next (local.get $state) (local.get $byte)))
        (local.set $count (i32.shl (local.get $state) (i32.const 2)))
        (i32.store offset=256 (local.get $count)
          (i32.add (i32.load offset=256 (local.get $count)) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    (local.set $at (i32.const 0))
    (loop $counts
      (local.set $crc (call $crc32 (i32.load offset=256 (local.get $at)) (local.get $crc)))
      (br_if $counts (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const 28))))
    (local.get $crc))

  (func (export "run") (param $n i32) (result i32)
    (local $crc i32)
    (loop $round
      (local.set $crc (call $lists (local.get $n) (local.get $crc)))
      (local.set $crc (call $matrices (local.get $n) (local.get $crc)))
      (local.set $crc (call $states (local.get $n) (local.get $crc)))
      (br_if $round (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $crc)))
