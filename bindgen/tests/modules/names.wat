;; Names that are none in Rust.
(module
  (import "env" "type" (func $type (param $self i32) (result i32)))
  (func (export "fn") (param $match i32) (result i32) (call $type (local.get $match)))
  (func (export "Fn") (result i32) (i32.const 2))
  (func (export "new") (result i32) (i32.const 3))
  (func (export "") (result i32) (i32.const 4))
  (func (export "2d-size") (param $store i32) (param $store2 i32) (result i32) (local.get $store)))
