;; Control. Each function returns 42, or ends in the trap that it is named
;; after. The later chapters run this too: their machines have not lost it.
(module
  (type $to_i32 (func (result i32)))
  (type $other (func))
  (type $super (sub (func (result i32))))
  (type $sub (sub $super (func (result i32))))
  (table $table 4 funcref)
  (elem (table $table) (i32.const 1) func $seven $forty_two)
  (table $subtypes 2 funcref)
  (elem (table $subtypes) (i32.const 0) func $of_super $of_sub)
  (func $of_super (type $super) (i32.const 12))
  (func $of_sub (type $sub) (i32.const 30))
  (func $seven (result i32) (i32.const 7))
  (func $forty_two (result i32) (i32.const 42))
  (func $minus (param i32 i32) (result i32)
    (i32.sub (local.get 0) (local.get 1)))

  (func (export "a block ends with its results") (result i32)
    i32.const 40
    block (result i32) i32.const 2 end
    i32.add)
  (func (export "a block takes its parameters") (result i32)
    i32.const 44
    i32.const 2
    block (param i32 i32) (result i32) i32.sub end)
  (func (export "a branch carries the results of its block") (result i32)
    i32.const 50
    block (result i32 i32)
      i32.const 1
      i32.const 10
      i32.const 2
      br 0
    end
    i32.sub
    i32.sub)
  (func (export "a branch leaves as many blocks as it says") (result i32)
    block
      block
        block
          br 1
        end
        i32.const 1
        return
      end
      i32.const 42
      return
    end
    i32.const 2)
  (func (export "a branch to the function returns") (result i32)
    i32.const 1
    block
      i32.const 42
      br 1
    end
    drop
    i32.const 2)
  (func (export "return leaves everything") (result i32)
    i32.const 1
    loop block i32.const 42 return end end)
  (func (export "a loop goes on while a branch goes back") (result i32)
    (local $n i32)
    i32.const 0
    loop (param i32) (result i32)
      i32.const 6
      i32.add
      local.get $n
      i32.const 1
      i32.add
      local.tee $n
      i32.const 7
      i32.lt_u
      br_if 0
    end)
  (func (export "br_if goes on if its operand is zero") (result i32)
    block (result i32)
      i32.const 42
      i32.const 0
      br_if 0
      drop
      i32.const 42
    end)
  (func (export "br_if branches if its operand is not zero") (result i32)
    block (result i32)
      i32.const 42
      i32.const 2
      br_if 0
      drop
      i32.const 1
    end)
  (func $br_table (param i32) (result i32)
    block block block
      local.get 0
      br_table 1 0 2
    end
    i32.const 3
    return
    end
    i32.const 5
    return
    end
    i32.const 7)
  (func (export "br_table picks by its operand, or else the last") (result i32)
    ;; 5 + 3 + 7 + 7, and 20.
    (call $br_table (i32.const 0))
    (i32.add (call $br_table (i32.const 1)))
    (i32.add (call $br_table (i32.const 2)))
    (i32.add (call $br_table (i32.const -1)))
    (i32.add (i32.const 20)))
  (func (export "if takes the first branch unless it is zero") (result i32)
    (if (result i32) (i32.const 8)
      (then (i32.const 42)) (else (i32.const 1))))
  (func (export "if takes the second branch if it is zero") (result i32)
    (if (result i32) (i32.const 0)
      (then (i32.const 1)) (else (i32.const 42))))
  (func (export "a branch carries the results of its if") (result i32)
    i32.const 50
    i32.const 3
    i32.const 1
    if (param i32) (result i32 i32)
      drop
      i32.const 1
      i32.const 10
      i32.const 2
      br 0
    else
      i32.const 0
    end
    i32.sub
    i32.sub)
  (func (export "a call takes its arguments in order") (result i32)
    (call $minus (i32.const 50) (i32.const 8)))
  (func (export "a call by way of the table") (result i32)
    (i32.sub
      (i32.mul (call_indirect (type $to_i32) (i32.const 1)) (i32.const 12))
      (call_indirect (type $to_i32) (i32.const 2))))
  (func (export "a function of a subtype may be called") (result i32)
    (i32.add
      (call_indirect $subtypes (type $super) (i32.const 0))
      (call_indirect $subtypes (type $super) (i32.const 1))))
  (func (export "locals are zero at first, in each call") (result i32)
    (i32.add (call $dirty) (call $dirty)))
  (func $dirty (result i32) (local i32)
    (local.set 0 (i32.add (local.get 0) (i32.const 21)))
    (local.get 0))

  (func $nested
    block block block block block block block block block block block block
    end end end end end end end end end end end end)
  (func (export "what a call takes of the limits comes back") (result i32)
    (local $n i32)
    loop
      call $nested
      local.get $n
      i32.const 1
      i32.add
      local.tee $n
      i32.const 12000
      i32.lt_u
      br_if 0
    end
    i32.const 42)

  (func (export "trap: unreachable") unreachable)
  (func (export "trap: integer divide by zero") (result i32)
    (block (result i32) (i32.div_u (i32.const 1) (i32.const 0))))
  (func (export "trap: undefined element") (result i32)
    (call_indirect (type $to_i32) (i32.const 4)))
  (func (export "trap: uninitialized element") (result i32)
    (call_indirect (type $to_i32) (i32.const 3)))
  (func (export "trap: indirect call type mismatch")
    (call_indirect (type $other) (i32.const 1)))
  (func $deep (export "trap: call stack exhausted") (call $deep)))
