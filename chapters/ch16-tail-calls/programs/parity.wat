;; Is a number even? If the one before it is odd. Once by calls, once by tail calls: two instructions differ.
(module
  (func $even (export "even") (param $n i64) (result i32)
    local.get $n
    i64.eqz
    if
      i32.const 1
      return
    end
    local.get $n
    i64.const 1
    i64.sub
    return_call $odd)
  (func $odd (export "odd") (param $n i64) (result i32)
    local.get $n
    i64.eqz
    if
      i32.const 0
      return
    end
    local.get $n
    i64.const 1
    i64.sub
    return_call $even)
  (func $even_by_calls (export "even_by_calls") (param $n i64) (result i32)
    local.get $n
    i64.eqz
    if
      i32.const 1
      return
    end
    local.get $n
    i64.const 1
    i64.sub
    call $odd_by_calls)
  (func $odd_by_calls (param $n i64) (result i32)
    local.get $n
    i64.eqz
    if
      i32.const 0
      return
    end
    local.get $n
    i64.const 1
    i64.sub
    call $even_by_calls))
