;; Hardly anything but the loop itself: n turns.
(module
  (func (export "run") (param $n i32) (result i32)
    (local $i i32)
    (loop $turn
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $turn (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i)))
