;; What lies below the operands of a loop stays there while the loop makes others.
(module
  (memory 1)
  (global $result (export "result") (mut i32) (i32.const 0))
  (global $other (export "other") (mut i64) (i64.const 0))
  (func (export "run") (param i32 i64)
    memory.size
    local.tee 0
    local.get 1
    i64.const 3
    i64.const 65538
    loop (param i64) (result i32 i64)
      memory.size
      drop
      drop
      i32.const 0
      i64.const 0
    end
    drop
    drop
    drop
    global.get $other
    i64.xor
    global.set $other
    global.get $result
    i32.xor
    global.set $result))
