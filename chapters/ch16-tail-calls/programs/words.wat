;; How many words are there? A machine of two states: each is a function, and which comes next is looked up in a table.
(module
  (type $state (func (param $at i32) (param $words i32) (result i32)))
  (memory (export "memory") 17)
  (data (i32.const 0) "a tail call is a jump with arguments")
  (table funcref (elem $between $within))
  ;; Whether there is a letter at an address, that is anything but a blank.
  (func $is_letter (param $at i32) (result i32)
    local.get $at
    i32.load8_u
    i32.const 32
    i32.gt_u)
  ;; Calls the state that this byte leads to, or ends at a zero.
  (func $next (type $state) (param $at i32) (param $words i32) (result i32)
    local.get $at
    i32.load8_u
    if (result i32)
      local.get $at
      i32.const 1
      i32.add
      local.get $words
      local.get $at
      call $is_letter
      return_call_indirect (type $state)
    else
      local.get $words
    end)
  ;; A letter begins a word.
  (func $between (type $state) (param $at i32) (param $words i32) (result i32)
    local.get $at
    local.get $words
    local.get $at
    call $is_letter
    i32.add
    return_call $next)
  (func $within (type $state) (param $at i32) (param $words i32) (result i32)
    local.get $at
    local.get $words
    return_call $next)
  (func (export "words") (result i32)
    i32.const 0
    i32.const 0
    return_call $between))
