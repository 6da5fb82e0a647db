;; Keeps the contract, and traps in its sixth update, after it has drawn a bullet.
(module
  (import "env" "draw_bullet" (func $draw_bullet (param f64 f64)))
  (memory (export "memory") 1)
  (global $updates (mut i32) (i32.const 0))
  (func $burst unreachable)
  (func (export "update") (param $seconds f64)
    (if (i32.eq (global.get $updates) (i32.const 5))
      (then
        (call $draw_bullet (f64.const 1) (f64.const 2))
        (call $burst)))
    (global.set $updates (i32.add (global.get $updates) (i32.const 1))))
  (func (export "resize") (param f64 f64))
  (func (export "draw"))
  (func (export "toggle_shoot") (export "toggle_boost")
    (export "toggle_turn_left") (export "toggle_turn_right") (param i32)))
