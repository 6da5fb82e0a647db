;; Halve a number if it is even, otherwise triple it and add one: how many times, until it is 1?
;; What comes next is a reference to a function.
(module
  (type $next (func (param $n i64) (param $times i64) (result i64)))
  (elem declare func $halve $triple)
  (func (export "collatz") (param $n i64) (result i64)
    local.get $n
    i64.const 0
    return_call $collatz)
  (func $collatz (param $n i64) (param $times i64) (result i64)
    local.get $n
    i64.const 1
    i64.eq
    if
      local.get $times
      return
    end
    local.get $n
    local.get $times
    i64.const 1
    i64.add
    ref.func $triple
    ref.func $halve
    local.get $n
    i32.wrap_i64
    i32.const 1
    i32.and
    select (result (ref $next))
    return_call_ref $next)
  (func $halve (param $n i64) (param $times i64) (result i64)
    local.get $n
    i64.const 1
    i64.shr_u
    local.get $times
    return_call $collatz)
  (func $triple (param $n i64) (param $times i64) (result i64)
    local.get $n
    i64.const 3
    i64.mul
    i64.const 1
    i64.add
    local.get $times
    return_call $collatz))
