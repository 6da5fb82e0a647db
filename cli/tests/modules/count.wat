(module $counter
    (func $step (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func $count (export "count") (param $to i32) (result i32) (local $i i32)
        (loop $again
            (local.set $i (call $step (local.get $i)))
            (br_if $again (i32.lt_u (local.get $i) (local.get $to))))
        (local.get $i))
    (func (export "fail") (param $to i32) (result i32)
        (drop (call $count (local.get 0)))
        (unreachable)))
