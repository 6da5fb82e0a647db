(module
  (import "base" "two" (global $two i32))
  (global (export "hundred") i32 (i32.const 100))
  (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (global.get $two))))
