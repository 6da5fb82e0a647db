;; The host finds out what is in a table, and is asked back.
(module
  (import "host" "choose" (func $choose (result i32)))
  (type $op (func (param i32 i32) (result i32)))
  (table (export "operations") 2 2 funcref)
  (elem (i32.const 0) $sum $product)
  (func $sum (type $op) (i32.add (local.get 0) (local.get 1)))
  (func $product (type $op) (i32.mul (local.get 0) (local.get 1)))
  (func (export "compute") (param $x i32) (param $y i32) (result i32)
    (call_indirect (type $op) (local.get $x) (local.get $y) (call $choose))))
