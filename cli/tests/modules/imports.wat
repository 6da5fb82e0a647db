(module
  (import "env" "double" (func $double (param i32) (result i32)))
  (import "env" "hundred" (global $hundred i32))
  (func (export "f") (param i32) (result i32)
    (i32.add (global.get $hundred) (call $double (local.get 0)))))
