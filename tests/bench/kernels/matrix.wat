;; Floats: the product of two square matrices of n rows, and the sum of its elements.
(module
  (memory 16)
  (func $fill (param $at i32) (param $count i32)
    (local $i i32)
    (loop $next
      (f64.store
        (i32.add (local.get $at) (i32.shl (local.get $i) (i32.const 3)))
        (f64.div (f64.convert_i32_s (local.get $i)) (f64.const 7)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $count)))))
  (func (export "run") (param $n i32) (result f64)
    (local $a i32) (local $b i32) (local $row i32) (local $column i32) (local $k i32)
    (local $x i32) (local $y i32) (local $width i32) (local $element f64) (local $sum f64)
    (local.set $b (i32.shl (i32.mul (local.get $n) (local.get $n)) (i32.const 3)))
    (call $fill (local.get $a) (i32.mul (local.get $n) (local.get $n)))
    (call $fill (local.get $b) (i32.mul (local.get $n) (local.get $n)))
    (local.set $width (i32.shl (local.get $n) (i32.const 3)))
    (loop $rows
      (local.set $column (i32.const 0))
      (loop $columns
        (local.set $element (f64.const 0))
        (local.set $k (i32.const 0))
        (local.set $x (i32.add (local.get $a) (i32.mul (local.get $row) (local.get $width))))
        (local.set $y (i32.add (local.get $b) (i32.shl (local.get $column) (i32.const 3))))
        (loop $products
          (local.set $element
            (f64.add (local.get $element) (f64.mul (f64.load (local.get $x)) (f64.load (local.get $y)))))
          (local.set $x (i32.add (local.get $x) (i32.const 8)))
          (local.set $y (i32.add (local.get $y) (local.get $width)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $products (i32.lt_u (local.get $k) (local.get $n))))
        (local.set $sum (f64.add (local.get $sum) (local.get $element)))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $column) (local.get $n))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $row) (local.get $n))))
    (local.get $sum)))
