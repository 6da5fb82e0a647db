;; A player that bounces between two walls, and a sum. Small, and of everything a little.
(module $bounce
  (type $draw (func (param $x f64)))
  (type $step (func (param f64)))

  (import "env" "draw_player" (func $draw_player (type $draw)))

  (memory $memory 1)
  (table $steps 2 2 funcref)
  (global $x (mut f64) (f64.const 0))
  (global $speed (mut f64) (f64.const 12.5))
  (global $width f64 (f64.const 60))

  (elem (table $steps) (i32.const 0) func $still $move)
  (data (i32.const 16) "\02\03\05\07\0b\0d a few primes, then \"text\"\00")

  (func $still (type $step))

  (func $move (type $step) (param $seconds f64)
    global.get $speed
    local.get $seconds
    f64.mul
    global.get $x
    f64.add
    global.set $x)

  ;; Turns back at either wall.
  (func $bounce
    block $inside
      block $outside
        global.get $x
        f64.const 0
        f64.lt
        br_if $outside
        global.get $x
        global.get $width
        f64.le
        br_if $inside
      end
      global.get $speed
      f64.neg
      global.set $speed
    end)

  (func $update (export "update") (param $seconds f64) (param $moving i32)
    local.get $seconds
    local.get $moving
    call_indirect $steps (type $step)
    call $bounce
    global.get $x
    call $draw_player)

  ;; The sum of so many bytes from an address on.
  (func $sum (export "sum") (param $address i32) (param $count i32) (result i32)
    (local $sum i32)
    loop $next (result i32)
      local.get $count
      i32.eqz
      if (result i32)
        local.get $sum
      else
        local.get $sum
        local.get $address
        i32.load8_u offset=16
        i32.add
        local.set $sum
        local.get $address
        i32.const 1
        i32.add
        local.set $address
        local.get $count
        i32.const 1
        i32.sub
        local.set $count
        br $next
      end
    end)

  (export "memory" (memory $memory)))
