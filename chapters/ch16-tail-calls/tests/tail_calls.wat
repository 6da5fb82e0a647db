;; Tail calls. Each function returns 42, or ends in the trap that it is named
;; after. The later chapters run this too: their machines have not lost it.
(module
  (type $minus (func (param i32 i32) (result i32)))
  (table $table 3 funcref)
  (elem (table $table) (i32.const 1) func $minus $plain)
  (func $minus (type $minus) (i32.sub (local.get 0) (local.get 1)))
  (func $plain)

  (func (export "return_call leaves the caller") (result i32)
    i32.const 1
    block
      i32.const 2
      i32.const 50
      i32.const 8
      return_call $minus
    end
    drop
    i32.const 3)
  (func (export "return_call_indirect leaves the caller") (result i32)
    i32.const 1
    block
      i32.const 2
      i32.const 50
      i32.const 8
      i32.const 1
      return_call_indirect (type $minus)
    end
    drop
    i32.const 3)
  (func (export "return_call_ref leaves the caller") (result i32)
    i32.const 1
    block
      i32.const 2
      i32.const 50
      i32.const 8
      ref.func $minus
      return_call_ref $minus
    end
    drop
    i32.const 3)
  (func $down (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 42))))
    (return_call $down (i32.sub (local.get $n) (i32.const 1))))
  (func (export "a hundred thousand tail calls nest no deeper than one")
    (result i32)
    (call $down (i32.const 100000)))

  (func (export "trap: undefined element") (result i32)
    (return_call_indirect (type $minus)
      (i32.const 0) (i32.const 0) (i32.const 3)))
  (func (export "trap: uninitialized element") (result i32)
    (return_call_indirect (type $minus)
      (i32.const 0) (i32.const 0) (i32.const 0)))
  (func (export "trap: indirect call type mismatch") (result i32)
    (return_call_indirect (type $minus)
      (i32.const 0) (i32.const 0) (i32.const 2)))
  (func (export "trap: null function reference") (result i32)
    (return_call_ref $minus
      (i32.const 0) (i32.const 0) (ref.null $minus))))
