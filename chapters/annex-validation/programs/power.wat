(module
  ;; The base, so many times a factor of itself. The product so far stays on
  ;; the operand stack.
  (func $power (export "power")
    (param $base f64) (param $exponent i32) (result f64)
    f64.const 1
    loop $again (param f64) (result f64)
      local.get $exponent
      i32.eqz
      br_if 1
      local.get $base
      f64.mul
      local.get $exponent
      i32.const 1
      i32.sub
      local.set $exponent
      br $again
    end))
