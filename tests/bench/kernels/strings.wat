;; Strings: n of them are made, sorted by insertion into a linked list of 64 buckets, and hashed.
(module
  (memory 32)
  ;; A bucket is the address of its first string, 0 for none. A string is the address of the next one, its length and its
  ;; bytes.
  (func $bucket (param $first i32) (result i32)
    (i32.shl (i32.and (local.get $first) (i32.const 63)) (i32.const 2)))
  ;; Less than, equal to or greater than 0, as the one is to the other.
  (func $compare (param $one i32) (param $other i32) (result i32)
    (local $shorter i32) (local $i i32) (local $difference i32)
    (local.set $shorter (i32.load8_u offset=4 (local.get $one)))
    (if (i32.lt_u (i32.load8_u offset=4 (local.get $other)) (local.get $shorter))
      (then (local.set $shorter (i32.load8_u offset=4 (local.get $other)))))
    (block $end
      (loop $byte
        (br_if $end (i32.ge_u (local.get $i) (local.get $shorter)))
        (local.set $difference
          (i32.sub
            (i32.load8_u offset=5 (i32.add (local.get $one) (local.get $i)))
            (i32.load8_u offset=5 (i32.add (local.get $other) (local.get $i)))))
        (if (local.get $difference) (then (return (local.get $difference))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $byte)))
    (i32.sub (i32.load8_u offset=4 (local.get $one)) (i32.load8_u offset=4 (local.get $other))))
  (func $insert (param $place i32) (param $string i32)
    (local $next i32)
    (block $found
      (loop $look
        (br_if $found (i32.eqz (local.tee $next (i32.load (local.get $place)))))
        (br_if $found (i32.le_s (call $compare (local.get $string) (local.get $next)) (i32.const 0)))
        (local.set $place (local.get $next))
        (br $look)))
    (i32.store (local.get $string) (local.get $next))
    (i32.store (local.get $place) (local.get $string)))
  ;; FNV-1a, on from what came before.
  (func $hash (param $hash i32) (param $string i32) (result i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $string) (i32.load8_u offset=4 (local.get $string))))
    (loop $byte
      (local.set $hash
        (i32.mul
          (i32.xor (local.get $hash) (i32.load8_u offset=5 (local.get $string)))
          (i32.const 16777619)))
      (local.set $string (i32.add (local.get $string) (i32.const 1)))
      (br_if $byte (i32.lt_u (local.get $string) (local.get $end))))
    (local.get $hash))
  (func (export "run") (param $n i32) (result i32)
    (local $random i32) (local $string i32) (local $length i32) (local $i i32) (local $hash i32)
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 256))
    (local.set $random (i32.const 12345))
    (local.set $string (i32.const 256))
    (loop $strings
      (local.set $random (i32.add (i32.mul (local.get $random) (i32.const 1103515245)) (i32.const 12345)))
      (local.set $length (i32.add (i32.and (i32.shr_u (local.get $random) (i32.const 16)) (i32.const 7)) (i32.const 4)))
      (i32.store8 offset=4 (local.get $string) (local.get $length))
      (local.set $i (i32.const 0))
      (loop $bytes
        (local.set $random (i32.add (i32.mul (local.get $random) (i32.const 1103515245)) (i32.const 12345)))
        (i32.store8 offset=5 (i32.add (local.get $string) (local.get $i))
          (i32.add (i32.and (i32.shr_u (local.get $random) (i32.const 20)) (i32.const 15)) (i32.const 97)))
        (br_if $bytes
          (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $length))))
      (call $insert (call $bucket (i32.load8_u offset=5 (local.get $string))) (local.get $string))
      (local.set $string (i32.add (local.get $string) (i32.const 20)))
      (br_if $strings (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.set $hash (i32.const -2128831035))
    (local.set $i (i32.const 0))
    (loop $buckets
      (local.set $string (i32.load (local.get $i)))
      (block $end
        (loop $list
          (br_if $end (i32.eqz (local.get $string)))
          (local.set $hash (call $hash (local.get $hash) (local.get $string)))
          (local.set $string (i32.load (local.get $string)))
          (br $list)))
      (br_if $buckets (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 256))))
    (local.get $hash)))
