;; A loop that takes two operands, and a branch that carries two.
(module
  (func $gcd (export "gcd") (param $x i32) (param $y i32) (result i32)
    local.get $x
    local.get $y
    loop $again (param i32 i32) (result i32)
      local.set $y
      local.set $x
      local.get $y
      if (result i32)
        local.get $y
        local.get $x
        local.get $y
        i32.rem_u
        br $again
      else
        local.get $x
      end
    end))
