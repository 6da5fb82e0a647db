//! What a flying game and its host tell each other.

use std::cell::RefCell;
use std::f64::consts::{FRAC_PI_2, PI};
use std::rc::Rc;

use ch12_instance::Store;
use ch13_rocket::{Control, Host, HostCall, Rocket, RocketError, Terminal};

/// Counts what it is told, and passes it all on to the nine host functions.
const ECHO: &str = r#"(module
    (import "env" "clear_screen" (func $clear_screen))
    (import "env" "draw_player" (func $draw_player (param f64 f64 f64)))
    (import "env" "draw_enemy" (func $draw_enemy (param f64 f64)))
    (import "env" "draw_bullet" (func $draw_bullet (param f64 f64)))
    (import "env" "draw_particle" (func $draw_particle (param f64 f64 f64)))
    (import "env" "draw_score" (func $draw_score (param f64)))
    (import "env" "sin" (func $sin (param f64) (result f64)))
    (import "env" "cos" (func $cos (param f64) (result f64)))
    (import "env" "Math_atan" (func $atan (param f64) (result f64)))
    (memory (export "memory") 1)
    (global $time (mut f64) (f64.const 0))
    (global $held (mut i32) (i32.const 0))
    (func (export "resize") (param f64 f64) (call $draw_enemy (local.get 0) (local.get 1)))
    (func (export "update") (param f64)
        (if (f64.lt (local.get 0) (f64.const 0)) (then unreachable))
        (global.set $time (f64.add (global.get $time) (local.get 0))))
    (func $hold (param $bit i32) (param $held i32)
        (global.set $held (i32.xor (global.get $held) (i32.shl (local.get $held) (local.get $bit)))))
    (func (export "toggle_shoot") (param i32) (call $hold (i32.const 0) (local.get 0)))
    (func (export "toggle_boost") (param i32) (call $hold (i32.const 1) (local.get 0)))
    (func (export "toggle_turn_left") (param i32) (call $hold (i32.const 2) (local.get 0)))
    (func (export "toggle_turn_right") (param i32) (call $hold (i32.const 3) (local.get 0)))
    (func (export "draw")
        (call $clear_screen)
        (call $draw_player (f64.const 1) (f64.const 2.5) (f64.const -0.1))
        (call $draw_bullet (f64.const 1e300) (f64.const nan))
        (call $draw_particle (call $sin (f64.const 1)) (call $cos (f64.const 1)) (call $atan (f64.const 1)))
        (call $draw_score (f64.convert_i32_s (global.get $held)))
        (call $draw_score (global.get $time))))"#;

type Calls = Rc<RefCell<Vec<HostCall>>>;

fn echo() -> Result<(Rocket, Calls), RocketError> {
    let calls = Calls::default();
    let engine = Box::new(Store::<()>::default());
    let rocket = Rocket::new(engine, ECHO.as_bytes(), Rc::clone(&calls))?;
    Ok((rocket, calls))
}

fn lines(calls: &Calls) -> String {
    let lines: Vec<String> =
        calls.borrow_mut().drain(..).map(|call| call.to_string()).collect();
    lines.join("\n")
}

#[test]
fn each_function_reaches_the_other_side_with_its_arguments()
-> Result<(), RocketError> {
    let (mut rocket, calls) = echo()?;
    rocket.resize(800.0, 600.0)?;
    rocket.update(0.25)?;
    rocket.update(0.5)?;
    rocket.toggle(Control::Boost, true)?;
    rocket.toggle(Control::TurnRight, true)?;
    rocket.draw()?;
    insta::assert_snapshot!(lines(&calls), @r"
    draw_enemy 800 600
    clear_screen
    draw_player 1 2.5 -0.1
    draw_bullet 1e300 NaN
    sin 1
    cos 1
    Math_atan 1
    draw_particle 0.8414709848078965 0.5403023058681398 0.7853981633974483
    draw_score 10
    draw_score 0.75
    ");
    Ok(())
}

#[test]
fn each_control_has_its_own_bit() -> Result<(), RocketError> {
    for (bit, control) in
        [Control::Shoot, Control::Boost, Control::TurnLeft, Control::TurnRight]
            .into_iter()
            .enumerate()
    {
        let (mut rocket, calls) = echo()?;
        rocket.toggle(control, true)?;
        rocket.draw()?;
        let held = HostCall::DrawScore { score: f64::from(1 << bit) };
        assert!(calls.borrow_mut().contains(&held), "{control:?}");
    }
    Ok(())
}

#[test]
fn a_trap_says_where_it_was() -> Result<(), RocketError> {
    let (mut rocket, _) = echo()?;
    let error = rocket.update(-1.0).unwrap_err().to_string();
    assert!(error.starts_with("trap: unreachable, in function 10"), "{error}");
    assert!(rocket.update(1.0).is_ok(), "a trap ends a call, not a game");
    Ok(())
}

#[test]
fn a_repeated_record_is_the_same_record() -> Result<(), RocketError> {
    let (mut rocket, calls) = echo()?;
    rocket.draw()?;
    let first = calls.borrow_mut().clone();
    let mut second = Vec::new();
    first.iter().for_each(|call| call.repeat(&mut second));
    // By their text: a NaN is not equal to itself.
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
    Ok(())
}

#[test]
fn the_trigonometry_is_the_same_for_every_host() {
    let (mut record, mut terminal) = (Vec::<HostCall>::new(), Terminal::new());
    for x in [0.0, 1e-300, 0.5, 2.0, 1e9, -3.7] {
        assert_eq!(record.sin(x).to_bits(), terminal.sin(x).to_bits());
        assert_eq!(record.cos(x).to_bits(), terminal.cos(x).to_bits());
        assert_eq!(record.atan(x).to_bits(), terminal.atan(x).to_bits());
    }
}

/// The only line of a picture that is not empty, without the spaces before it.
fn line(draw: impl FnOnce(&mut Terminal)) -> String {
    let mut terminal = Terminal::new();
    draw(&mut terminal);
    terminal.to_string().trim().to_owned()
}

#[test]
fn the_arrow_points_where_the_nose_does() {
    let arrow =
        |angle| line(|terminal| terminal.draw_player(400.0, 240.0, angle));
    assert_eq!(arrow(0.0), "→");
    assert_eq!(arrow(FRAC_PI_2), "↓");
    assert_eq!(arrow(PI), "←");
    assert_eq!(arrow(-FRAC_PI_2), "↑");
    assert_eq!(arrow(-0.8), "↗");
    assert_eq!(arrow(20.0 * PI + 0.8), "↘");
    assert_eq!(arrow(f64::NAN), "→");
}

#[test]
fn nothing_is_drawn_outside_the_frame() {
    for (x, y) in [
        (-1.0, 5.0),
        (5.0, -1.0),
        (800.0, 5.0),
        (5.0, 480.0),
        (f64::NAN, 5.0),
        (5.0, f64::INFINITY),
    ] {
        assert_eq!(line(|terminal| terminal.draw_enemy(x, y)), "", "{x} {y}");
    }
    assert_eq!(line(|terminal| terminal.draw_enemy(799.9, 479.9)), "@");
    assert_eq!(line(|terminal| terminal.draw_particle(5.0, 5.0, -0.1)), "");
}
