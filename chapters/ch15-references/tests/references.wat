;; References. Each function returns 42, or ends in the trap that it is named
;; after. The later chapters run this too: their machines have not lost it.
(module
  (type $to_i32 (func (result i32)))
  (type $minus (func (param i32 i32) (result i32)))
  (elem declare func $forty_two $minus)
  (func $forty_two (type $to_i32) (i32.const 42))
  (func $minus (type $minus) (i32.sub (local.get 0) (local.get 1)))

  (func (export "br_on_null branches if it is null, and drops it") (result i32)
    block (result i32)
      i32.const 42
      ref.null func
      br_on_null 0
      drop
      drop
      i32.const 1
    end)
  (func (export "br_on_null goes on with what is not null") (result i32)
    block (result i32)
      i32.const 1
      ref.func $forty_two
      br_on_null 0
      call_ref $to_i32
      br 1
    end)
  (func (export "br_on_non_null branches with what is not null") (result i32)
    block (result (ref $to_i32))
      ref.func $forty_two
      br_on_non_null 0
      i32.const 1
      return
    end
    call_ref $to_i32)
  (func (export "br_on_non_null goes on if it is null, and drops it")
    (result i32)
    block (result (ref $to_i32))
      i32.const 42
      ref.null $to_i32
      br_on_non_null 0
      return
    end
    drop
    i32.const 1)
  ;; Below the reference that is asked about lies another one.
  (func $cast (param funcref) (result i32)
    block (result (ref $to_i32))
      ref.null func
      local.get 0
      br_on_cast 0 funcref (ref $to_i32)
      drop
      drop
      i32.const 2
      return
    end
    call_ref $to_i32)
  (func (export "br_on_cast branches if it is of the type") (result i32)
    (call $cast (ref.func $forty_two)))
  (func (export "br_on_cast goes on if it is not") (result i32)
    (i32.add (i32.const 38)
      (i32.add (call $cast (ref.func $minus)) (call $cast (ref.null func)))))
  (func $cast_fail (param funcref) (result i32)
    block (result funcref)
      ref.null func
      local.get 0
      br_on_cast_fail 0 funcref (ref $to_i32)
      call_ref $to_i32
      return
    end
    drop
    i32.const 2)
  (func (export "br_on_cast_fail goes on if it is of the type") (result i32)
    (call $cast_fail (ref.func $forty_two)))
  (func (export "br_on_cast_fail branches if it is not") (result i32)
    (i32.add (i32.const 38)
      (i32.add (call $cast_fail (ref.func $minus))
        (call $cast_fail (ref.null func)))))
  (func (export "call_ref takes the arguments in order") (result i32)
    (call_ref $minus (i32.const 50) (i32.const 8) (ref.func $minus)))
  (func (export "trap: null function reference") (result i32)
    (call_ref $to_i32 (ref.null $to_i32))))
