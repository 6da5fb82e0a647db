;; A script that is wrong about its module, on purpose.
(module
  (func (export "half") (param i32) (result i32)
    local.get 0
    i32.const 1
    i32.shr_u)
  (func (export "zero") (result f64)
    f64.const -0))

(assert_return (invoke "half" (i32.const -2)) (i32.const -1))
(assert_return (invoke "zero") (f64.const 0))
(assert_trap (invoke "half" (i32.const 7)) "integer overflow")
(assert_invalid (module (func nop)) "type mismatch")
(assert_return (invoke "third" (i32.const 9)) (i32.const 3))
