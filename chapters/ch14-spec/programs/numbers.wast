;; What a call returns, or why it traps.
(module
  (func (export "gcd") (param $a i32) (param $b i32) (result i32)
    loop $again (result i32)
      local.get $b
      i32.eqz
      if (result i32)
        local.get $a
      else
        local.get $b
        local.get $a
        local.get $b
        i32.rem_u
        local.set $b
        local.set $a
        br $again
      end
    end)
  (func (export "div") (param i32 i32) (result i32)
    local.get 0
    local.get 1
    i32.div_s)
  (func (export "sqrt") (param f64) (result f64)
    local.get 0
    f64.sqrt)
  (func (export "neg") (param f64) (result f64)
    local.get 0
    f64.neg))

(assert_return (invoke "gcd" (i32.const 12) (i32.const 18)) (i32.const 6))
(assert_return (invoke "gcd" (i32.const 7) (i32.const 0)) (i32.const 7))
(assert_return (invoke "div" (i32.const -7) (i32.const 2)) (i32.const -3))
(assert_trap (invoke "div" (i32.const 1) (i32.const 0)) "integer divide by zero")
(assert_trap (invoke "div" (i32.const 0x80000000) (i32.const -1)) "integer overflow")

;; An operator may return any NaN that fits the pattern. `f64.neg` may change only the sign.
(assert_return (invoke "sqrt" (f64.const 2.25)) (f64.const 1.5))
(assert_return (invoke "sqrt" (f64.const -1)) (f64.const nan:canonical))
(assert_return (invoke "sqrt" (f64.const nan:0x4)) (f64.const nan:arithmetic))
(assert_return (invoke "neg" (f64.const nan:0x4)) (f64.const -nan:0x4))
