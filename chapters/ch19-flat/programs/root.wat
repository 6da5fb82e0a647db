;; The smallest number whose square is at least $n.
(module
  (func $root (export "root") (param $n i32) (result i32)
    (local $i i32)
    (block $found (result i32)
      (i32.const 1000)
      (loop $next
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $found
          (local.get $i)
          (i32.ge_u
            (i32.mul (local.get $i) (local.get $i))
            (local.get $n)))
        (drop)
        (br $next)))))
