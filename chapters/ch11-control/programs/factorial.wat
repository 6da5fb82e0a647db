;; A call is a Rust call: the recursion is Rust's.
(module
  (func $factorial (export "factorial") (param $n i64) (result i64)
    local.get $n
    i64.eqz
    if (result i64)
      i64.const 1
    else
      local.get $n
      local.get $n
      i64.const 1
      i64.sub
      call $factorial
      i64.mul
    end))
