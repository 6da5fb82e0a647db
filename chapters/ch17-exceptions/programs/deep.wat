;; A throw two calls away from its handler.
(module $deep
  (tag $stuck (param i32 i32))

  (func $third
    i32.const 5
    i32.const 6
    i32.const 7
    throw $stuck)

  (func $second (result i32)
    i32.const 4
    call $third)

  (func $first (export "first") (result i32 i32 i32)
    i32.const 1
    block $caught (result i32 i32)
      i32.const 2
      try_table (catch $stuck $caught)
        i32.const 3
        call $second
        unreachable
      end
      unreachable
    end))
