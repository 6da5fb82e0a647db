;; Several results, and floats.
(module
  (func (export "divide") (param $x i32) (param $y i32) (result i32 i32)
    (i32.div_s (local.get $x) (local.get $y))
    (i32.rem_s (local.get $x) (local.get $y)))
  (func (export "half") (param $x f32) (result f64)
    (f64.div (f64.promote_f32 (local.get $x)) (f64.const 2))))
