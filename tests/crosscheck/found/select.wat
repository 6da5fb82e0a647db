;; A comparison decides for the `select` after it, whatever was computed before.
(module
  (func (export "eqz") (param i32) (result i32)
    i32.const 7
    local.get 0
    local.get 0
    i32.eqz
    select)
  (func (export "ne") (param i32 i32) (result i32)
    local.get 1
    i32.const 7
    local.get 0
    i32.const 0
    i32.ne
    select)
  (func (export "divisor") (param i32) (result i32) (local i32)
    i32.const 5
    local.get 0
    local.set 1
    i32.const 1
    local.get 1
    local.get 1
    i32.eqz
    select
    i32.rem_u))
