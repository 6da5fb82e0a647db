//! Programs on microcontrollers.

use std::time::Duration;

use ch22_embed::{Config, Engine, Module};
use ch23_wasi::{Pin, Sketch};

fn sketch(engine: &Engine, text: &str) -> Sketch {
    let module = Module::new(engine, text).expect("it's valid");
    Sketch::new(engine, &module).expect("all imports are there")
}

#[test]
fn a_board_blinks_and_its_clock_moves_while_it_sleeps() {
    let text = include_str!("../programs/blink.wat");
    let mut blink = sketch(&Engine::default(), text);
    assert!(blink.advance().expect("it runs").is_zero(), "`setup` is over");
    let low = Pin { is_output: true, is_high: false };
    assert_eq!(blink.board().pins().get(&13), Some(&low));
    let mut sleeps = Vec::new();
    for _ in 0..6 {
        sleeps.push(blink.advance().expect("it runs").as_millis());
    }
    assert_eq!(sleeps, [200, 300, 0, 200, 300, 0]);
    assert_eq!(blink.board().now(), Duration::from_secs(1));
    assert_eq!(blink.board_mut().take_output(), b"a second");
    assert_eq!(blink.board_mut().take_output(), b"");
}

#[test]
fn a_board_that_never_sleeps_leaves_the_others_their_turns() {
    let engine = Engine::new(Config::new().consume_fuel(true));
    let text = r#"(module (func (export "setup"))
        (func (export "loop") (loop (br 0))))"#;
    let mut busy = sketch(&engine, text);
    let mut blink = sketch(&engine, include_str!("../programs/blink.wat"));
    for _ in 0..100 {
        for board in [&mut busy, &mut blink] {
            board.set_fuel(100).expect("it's counted");
            board.advance().expect("it runs");
        }
    }
    assert!(blink.board().now() >= Duration::from_secs(10));
}

#[test]
fn a_text_out_of_bounds_is_an_error() {
    let text = r#"(module
        (import "env" "print" (func $print (param i32 i32)))
        (memory (export "memory") 1)
        (func (export "setup") (call $print (i32.const -1) (i32.const 2)))
        (func (export "loop")))"#;
    let mut wrong = sketch(&Engine::default(), text);
    let error = wrong.advance().expect_err("there is no such memory");
    assert_eq!(error.to_string(), "`print` is out of bounds");
    wrong.advance().expect("`loop` is all right");
}

#[test]
fn a_program_needs_both_functions() {
    let engine = Engine::default();
    let text = r#"(module (func (export "setup")))"#;
    let module = Module::new(&engine, text).expect("it's valid");
    assert!(Sketch::new(&engine, &module).is_err());
}
