//! A game of your own, in the text format.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::cell::RefCell;
use std::rc::Rc;

use ch12_instance::Store;
use ch13_rocket::{Control, Rocket, RocketError, Terminal};

/// The game.
pub const GAME: &str = r#"(module
  (import "env" "clear_screen" (func $clear_screen))
  (import "env" "draw_player" (func $draw_player (param f64 f64 f64)))
  (memory (export "memory") 1)
  (global $width (mut f64) (f64.const 0))
  (global $x (mut f64) (f64.const 0))
  (global $y (mut f64) (f64.const 0))
  (func (export "resize") (param $w f64) (param $h f64)
    (global.set $width (local.get $w))
    (global.set $x (f64.div (local.get $w) (f64.const 2)))
    (global.set $y (f64.div (local.get $h) (f64.const 2))))
  (func (export "update") (param $seconds f64))
  (func (export "draw")
    (call $clear_screen)
    (call $draw_player (global.get $x) (global.get $y) (f64.const 0)))
  (func (export "toggle_shoot") (param i32))
  (func (export "toggle_boost") (param $held i32))
  (func (export "toggle_turn_left") (param i32))
  (func (export "toggle_turn_right") (param i32)))"#;

fn main() -> Result<(), RocketError> {
    let terminal = Rc::new(RefCell::new(Terminal::new()));
    let engine = Box::new(Store::<()>::default());
    let mut rocket =
        Rocket::new(engine, GAME.as_bytes(), Rc::clone(&terminal))?;
    rocket.resize(Terminal::SIZE.0, Terminal::SIZE.1)?;
    rocket.toggle(Control::Boost, true)?;
    for second in 0..7 {
        rocket.draw()?;
        let picture = terminal.borrow_mut().to_string();
        println!("{second} s |{}", picture.trim_matches('\n'));
        rocket.update(1.0)?;
    }
    Ok(())
}
