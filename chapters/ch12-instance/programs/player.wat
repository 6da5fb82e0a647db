;; A module that plays: it shares the other's memory, global and table, and calls
;; it and the host.
(module $player
  (type $rule (func (param i32) (result i32)))
  (import "scores" "memory" (memory 1))
  (import "scores" "count" (global $count (mut i32)))
  (import "scores" "rules" (table 2 funcref))
  (import "scores" "add" (func $add (param i32)))
  (import "host" "cheer" (func $cheer (param i32) (result f64)))
  (global $loudest (mut f64) (f64.const 0))
  (start $warm_up)
  (func $warm_up
    i32.const 1
    call $add)
  (func $play (export "play") (param $points i32) (param $rule i32) (result f64)
    local.get $points
    local.get $rule
    call_indirect (type $rule)
    call $add
    call $total
    call $cheer
    global.set $loudest
    global.get $loudest)
  (func $total (export "total") (result i32)
    (local $i i32) (local $sum i32)
    loop $next
      local.get $sum
      local.get $i
      i32.const 4
      i32.mul
      i32.load
      i32.add
      local.set $sum
      local.get $i
      i32.const 1
      i32.add
      local.tee $i
      global.get $count
      i32.lt_u
      br_if $next
    end
    local.get $sum))
