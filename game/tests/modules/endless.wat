;; Keeps the contract, and never comes back: `draw` turns in a loop, with calls of the host while
;; boost is held, and without any otherwise.
(module
  (import "env" "draw_bullet" (func $draw_bullet (param f64 f64)))
  (memory (export "memory") 1)
  (global $boost (mut i32) (i32.const 0))
  (func (export "draw")
    (loop $turn
      (if (global.get $boost)
        (then (call $draw_bullet (f64.const 1) (f64.const 2))))
      (br $turn)))
  (func (export "update") (param f64))
  (func (export "resize") (param f64 f64))
  (func (export "toggle_boost") (param $held i32)
    (global.set $boost (local.get $held)))
  (func (export "toggle_shoot")
    (export "toggle_turn_left") (export "toggle_turn_right") (param i32)))
