;; What lies below the operands of an `if` stays there when the local that it came from is written.
(module
  (global $result (export "result") (mut i32) (i32.const 0))
  (func (export "run") (param i32 i64)
    local.get 0
    local.get 1
    i32.wrap_i64
    local.get 1
    i64.eqz
    if (param i32) (result i32)
      local.set 0
      local.get 0
      nop
    end
    drop
    global.get $result
    i32.xor
    global.set $result))
