;; The middle of two numbers: no label, no call, nothing but operands.
(module
  (func $middle (export "middle") (param $x f64) (param $y f64) (result f64)
    local.get $x
    local.get $y
    f64.add
    f64.const 2
    f64.div))
