;; Calls itself `depth` times, and then calls a leaf `count` times, at that depth.
(module
  (func $run (export "run") (param $depth i32) (param $count i32)
    (if (local.get $depth)
      (then
        (call $run
          (i32.sub (local.get $depth) (i32.const 1))
          (local.get $count)))
      (else
        (if (local.get $count)
          (then
            (loop $again
              (call $leaf)
              (br_if $again
                (local.tee $count
                  (i32.sub (local.get $count) (i32.const 1))))))))))
  (func $leaf))
