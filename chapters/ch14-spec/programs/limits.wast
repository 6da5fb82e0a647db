;; What a module may use up, on a store that allows 100 calls, 200 labels, eight pages and 10,000 units of fuel.
(module
  (memory 1)
  (func $deeper (export "deeper") (param i32) (result i32)
    local.get 0
    i32.eqz
    if (result i32)
      i32.const 0
    else
      local.get 0
      i32.const 1
      i32.sub
      call $deeper
    end)
  (func (export "grow") (param i32) (result i32)
    local.get 0
    memory.grow)
  (func (export "forever")
    loop
      br 0
    end))

;; Each turn is one more call inside the calls before it. `deeper(99)` makes a hundred of them.
(assert_return (invoke "deeper" (i32.const 99)) (i32.const 0))
(assert_exhaustion (invoke "deeper" (i32.const 100)) "call stack exhausted")
(assert_return (invoke "deeper" (i32.const 99)) (i32.const 0))

;; A memory that would become too large is no trap. It doesn't grow.
(assert_return (invoke "grow" (i32.const 5)) (i32.const 1))
(assert_return (invoke "grow" (i32.const 5)) (i32.const -1))

(assert_trap (invoke "forever") "all fuel consumed")
