;; Calculates what stands in memory: numbers, + - * / and parentheses, and a zero byte at the end.
(module $calculator
  (memory (export "memory") 1)
  ;; Where it reads.
  (global $at (mut i32) (i32.const 0))
  ;; How many parentheses are open.
  (global $open (export "open") (mut i32) (i32.const 0))

  ;; This character has no business here.
  (tag $unexpected (export "unexpected") (param i32))
  (tag $division_by_zero (export "division_by_zero"))
  ;; Nobody catches this one.
  (tag $too_large (export "too_large") (param i64))

  ;; 0, and the result; or 1, and where a character was unexpected; or 2 for a division by zero.
  (func $calculate (export "calculate") (result i32 i64)
    (local $result i64)
    i32.const 0
    global.set $at
    block $zero
      block $character (result i32)
        try_table (result i64) (catch $unexpected $character) (catch $division_by_zero $zero)
          call $sum
          i32.const 0
          call $expect
        end
        local.set $result
        i32.const 0
        local.get $result
        return
      end
      i64.extend_i32_u
      local.set $result
      i32.const 1
      local.get $result
      return
    end
    i32.const 2
    i64.const 0)

  ;; sum = product (("+" | "-") product)*
  (func $sum (result i64)
    (local $result i64)
    call $product
    local.set $result
    loop $more
      i32.const 43
      call $accept
      if
        local.get $result
        call $product
        i64.add
        local.set $result
        br $more
      end
      i32.const 45
      call $accept
      if
        local.get $result
        call $product
        i64.sub
        local.set $result
        br $more
      end
    end
    local.get $result)

  ;; product = factor (("*" | "/") factor)*
  (func $product (result i64)
    (local $result i64)
    call $factor
    local.set $result
    loop $more
      i32.const 42
      call $accept
      if
        local.get $result
        call $factor
        i64.mul
        local.set $result
        br $more
      end
      i32.const 47
      call $accept
      if
        local.get $result
        call $factor
        call $divide
        local.set $result
        br $more
      end
    end
    local.get $result)

  (func $divide (param $x i64) (param $y i64) (result i64)
    local.get $y
    i64.eqz
    if
      throw $division_by_zero
    end
    local.get $x
    local.get $y
    i64.div_s)

  ;; factor = "(" sum ")" | number
  (func $factor (result i64)
    i32.const 40
    call $accept
    if (result i64)
      call $parenthesised
      i32.const 41
      call $expect
    else
      call $number
    end)

  ;; Counts the parenthesis as open meanwhile, however this ends.
  (func $parenthesised (result i64)
    i32.const 1
    call $count
    block $thrown (result exnref)
      try_table (result i64) (catch_all_ref $thrown)
        call $sum
      end
      i32.const -1
      call $count
      return
    end
    i32.const -1
    call $count
    throw_ref)

  (func $count (param $more i32)
    global.get $open
    local.get $more
    i32.add
    global.set $open)

  ;; number = digit digit*
  (func $number (result i64)
    (local $result i64)
    (local $digit i32)
    call $digit
    i64.extend_i32_u
    local.set $result
    loop $more
      global.get $at
      i32.load8_u
      i32.const 48
      i32.sub
      i32.const 10
      i32.lt_u
      if
        local.get $result
        i64.const 10
        i64.mul
        call $digit
        i64.extend_i32_u
        i64.add
        local.tee $result
        i64.const 0x7fffffff
        i64.gt_u
        if
          local.get $result
          throw $too_large
        end
        br $more
      end
    end
    local.get $result)

  (func $digit (result i32)
    (local $digit i32)
    global.get $at
    i32.load8_u
    i32.const 48
    i32.sub
    local.tee $digit
    i32.const 10
    i32.ge_u
    if
      global.get $at
      throw $unexpected
    end
    call $next
    local.get $digit)

  ;; Goes on if the next character is this one, and says whether it is.
  (func $accept (param $character i32) (result i32)
    global.get $at
    i32.load8_u
    local.get $character
    i32.ne
    if
      i32.const 0
      return
    end
    call $next
    i32.const 1)

  (func $expect (param $character i32)
    local.get $character
    call $accept
    i32.eqz
    if
      global.get $at
      throw $unexpected
    end)

  (func $next
    global.get $at
    i32.const 1
    i32.add
    global.set $at))
