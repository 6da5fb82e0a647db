;; The bouncing loop of chapter 5 in the real text format: x at address 0, v at address 8.
(module
  (memory (export "memory") 1)
  (func $update_position (param $x f64) (param $v f64) (param $dt f64) (result f64)
    local.get $x
    local.get $v
    local.get $dt
    f64.mul
    f64.add)
  (func $bounce (export "bounce") (param $x f64) (param $v f64) (result f64 i32)
    (local $turns i32)
    i32.const 0
    local.get $x
    f64.store
    loop $next
      i32.const 0
      i32.const 0
      f64.load
      local.get $v
      f64.const 0.1
      call $update_position
      f64.store
      i32.const 0
      f64.load
      f64.const 70
      f64.ge
      if
        local.get $v
        f64.neg
        local.set $v
        local.get $turns
        i32.const 1
        i32.add
        local.set $turns
      end
      i32.const 0
      f64.load
      f64.const 0
      f64.gt
      br_if $next
    end
    i32.const 0
    f64.load
    local.get $turns))
