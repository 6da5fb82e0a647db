//! Modules that do not keep the contract, and what they are told.

use std::cell::RefCell;
use std::rc::Rc;

use ch12_instance::Store;
use ch13_rocket::{HostCall, Rocket, RocketError};

fn rocket(module: &str) -> Result<Rocket, RocketError> {
    let calls = Rc::new(RefCell::new(Vec::<HostCall>::new()));
    Rocket::new(Box::new(Store::<()>::default()), module.as_bytes(), calls)
}

fn error(module: &str) -> String {
    rocket(module).err().unwrap().to_string()
}

/// A module that keeps the contract, with one part replaced.
fn module(part: &str, replacement: &str) -> String {
    const MODULE: &str = r#"(module
        (import "env" "sin" (func (param f64) (result f64)))
        (memory (export "memory") 1)
        (func (export "resize") (param f64 f64))
        (func (export "update") (param f64))
        (func (export "draw"))
        (func (export "toggle_shoot") (export "toggle_boost")
            (export "toggle_turn_left") (export "toggle_turn_right") (param i32)))"#;
    assert!(MODULE.contains(part));
    MODULE.replace(part, replacement)
}

#[test]
fn a_game_need_not_import_every_function() {
    assert!(rocket(&module("", "")).is_ok());
}

#[test]
fn one_error_names_everything() {
    insta::assert_snapshot!(error(
        r#"(module
            (import "env" "draw_enemy" (func (param f32 f32)))
            (import "env" "draw_score" (func (param f64)))
            (import "env" "sin" (global f64))
            (import "env" "play_sound" (func (param i32)))
            (import "browser" "cos" (func (param f64) (result f64)))
            (func (export "update") (param f32))
            (func (export "draw"))
            (global (export "memory") i32 (i32.const 0)))"#
    ), @r"
    the module does not keep the rocket's contract:
      import `env` `draw_enemy`: expected func (param f32 f32), found func (param f64 f64)
      import `env` `sin`: expected global f64, found func (param f64) (result f64)
      import `env` `play_sound`: expected func (param i32), found no such import
      import `browser` `cos`: expected func (param f64) (result f64), found no such import
      export `resize`: expected func (param f64 f64), found no such export
      export `update`: expected func (param f64), found func (param f32)
      export `toggle_shoot`: expected func (param i32), found no such export
      export `toggle_boost`: expected func (param i32), found no such export
      export `toggle_turn_left`: expected func (param i32), found no such export
      export `toggle_turn_right`: expected func (param i32), found no such export
      export `memory`: expected memory, found global
    ");
}

#[test]
fn every_part_counts() {
    for part in [
        r#"(memory (export "memory") 1)"#,
        r#"(func (export "resize") (param f64 f64))"#,
        r#"(func (export "update") (param f64))"#,
        r#"(func (export "draw"))"#,
        r#"(export "toggle_shoot")"#,
        r#"(export "toggle_boost")"#,
        r#"(export "toggle_turn_left")"#,
        r#"(export "toggle_turn_right")"#,
    ] {
        let message = error(&module(part, ""));
        assert_eq!(message.lines().count(), 2, "{message}");
    }
}

#[test]
fn a_file_that_is_not_a_module_is_reported() {
    insta::assert_snapshot!(error("(module (func (export \"draw\") i32.add))"), @"type mismatch: expected i32 but nothing on stack, in function 0, at byte 0x21 of its binary form");
}

#[test]
fn a_start_function_that_traps_does_not_fly() {
    let module = module(
        r#"(func (export "draw"))"#,
        r#"(func (export "draw")) (func $ignite unreachable) (start $ignite)"#,
    );
    let error = error(&module);
    assert!(error.starts_with("trap: unreachable, in function 4 "), "{error}");
}
