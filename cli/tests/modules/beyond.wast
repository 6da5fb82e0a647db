(module (func (export "same") (param externref) (result externref)
  (local.get 0)))
(assert_return (invoke "same" (ref.extern 1)) (ref.extern 1))
(assert_exception (invoke "same" (ref.extern 1)))
(module (func (export "take") (param externref) unreachable))
(assert_trap (invoke "take" (ref.extern 1)) "unreachable")
;; What fails after a call that is skipped may depend on that call.
(module
  (global $kept (mut externref) (ref.null extern))
  (func (export "keep") (param externref) (global.set $kept (local.get 0)))
  (func (export "has") (result i32)
    (i32.eqz (ref.is_null (global.get $kept)))))
(assert_return (invoke "has") (i32.const 0))
(invoke "keep" (ref.extern 1))
(assert_return (invoke "has") (i32.const 1))
;; So may what fails after a call that is only skipped as a part of an assertion.
(module
  (table $t 1 10 externref)
  (func (export "grow") (param i32 externref) (result i32)
    (table.grow $t (local.get 1) (local.get 0)))
  (func (export "size") (result i32) (table.size $t)))
(assert_return (invoke "grow" (i32.const 1) (ref.null extern)) (i32.const 1))
(assert_return (invoke "size") (i32.const 2))
