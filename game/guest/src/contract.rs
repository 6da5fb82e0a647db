//! The contract with the host: the imports and the exports of the module, and the only `unsafe` code of the game.
#![allow(unsafe_code)]

use core::cell::RefCell;
use core::panic::PanicInfo;

use crate::player::Controls;
use crate::{Game, Host};

mod env {
    #[link(wasm_import_module = "env")]
    unsafe extern "C" {
        pub safe fn clear_screen();
        pub safe fn draw_player(x: f64, y: f64, angle: f64);
        pub safe fn draw_enemy(x: f64, y: f64);
        pub safe fn draw_bullet(x: f64, y: f64);
        pub safe fn draw_particle(x: f64, y: f64, radius: f64);
        pub safe fn draw_score(score: f64);
        pub safe fn sin(angle: f64) -> f64;
        pub safe fn cos(angle: f64) -> f64;
        #[link_name = "Math_atan"]
        pub safe fn atan(tangent: f64) -> f64;
    }
}

/// The host that the module is linked to.
struct Imports;

impl Host for Imports {
    fn clear_screen(&mut self) {
        env::clear_screen();
    }
    fn draw_player(&mut self, x: f64, y: f64, angle: f64) {
        env::draw_player(x, y, angle);
    }
    fn draw_enemy(&mut self, x: f64, y: f64) {
        env::draw_enemy(x, y);
    }
    fn draw_bullet(&mut self, x: f64, y: f64) {
        env::draw_bullet(x, y);
    }
    fn draw_particle(&mut self, x: f64, y: f64, radius: f64) {
        env::draw_particle(x, y, radius);
    }
    fn draw_score(&mut self, score: f64) {
        env::draw_score(score);
    }
    fn sin(&mut self, angle: f64) -> f64 {
        env::sin(angle)
    }
    fn cos(&mut self, angle: f64) -> f64 {
        env::cos(angle)
    }
    fn atan(&mut self, tangent: f64) -> f64 {
        env::atan(tangent)
    }
}

/// A value for one thread.
struct SingleThreaded<T>(RefCell<T>);

// SAFETY: this module is compiled without threads, so that no two of them can meet here. A second *borrow* is possible,
// when a host calls an export from inside an import; the `RefCell` refuses it.
unsafe impl<T> Sync for SingleThreaded<T> {}

static GAME: SingleThreaded<Game> = SingleThreaded(RefCell::new(Game::new()));

/// Runs `action` on the game; does nothing when the host calls us while we are calling it.
fn with_game(action: impl FnOnce(&mut Game)) {
    if let Ok(mut game) = GAME.0.try_borrow_mut() {
        action(&mut game);
    }
}

fn with_controls(action: impl FnOnce(&mut Controls)) {
    with_game(|game| action(&mut game.controls));
}

/// The size of the picture in pixels.
#[unsafe(no_mangle)]
extern "C" fn resize(width: f64, height: f64) {
    with_game(|game| game.resize(width, height));
}

/// Moves the world on by some seconds.
#[unsafe(no_mangle)]
extern "C" fn update(seconds: f64) {
    with_game(|game| game.update(&mut Imports, seconds));
}

/// Draws the world.
#[unsafe(no_mangle)]
extern "C" fn draw() {
    with_game(|game| game.draw(&mut Imports));
}

/// Holds (not 0) or releases (0) the trigger.
#[unsafe(no_mangle)]
extern "C" fn toggle_shoot(held: i32) {
    with_controls(|controls| controls.shoot = held != 0);
}

/// Holds or releases the engine's switch.
#[unsafe(no_mangle)]
extern "C" fn toggle_boost(held: i32) {
    with_controls(|controls| controls.boost = held != 0);
}

/// Holds or releases the rudder to the left.
#[unsafe(no_mangle)]
extern "C" fn toggle_turn_left(held: i32) {
    with_controls(|controls| controls.turn_left = held != 0);
}

/// Holds or releases the rudder to the right.
#[unsafe(no_mangle)]
extern "C" fn toggle_turn_right(held: i32) {
    with_controls(|controls| controls.turn_right = held != 0);
}

// What follows is no part of the contract: a host may call it after `draw`, and a module may lack it.

/// The number of the wave that is here, or comes next.
#[unsafe(no_mangle)]
extern "C" fn wave() -> i32 {
    asked(|game| game.wave() as i32)
}

/// How many rockets are left, with the one that flies.
#[unsafe(no_mangle)]
extern "C" fn lives() -> i32 {
    asked(|game| game.rockets() as i32)
}

/// The address of the list of what there is: see [`crate::tables`].
#[unsafe(no_mangle)]
extern "C" fn things() -> i32 {
    asked(|game| core::ptr::from_ref(game.things(&mut Imports)).addr() as i32)
}

/// The address of the list of what happened in the last `update`: see [`crate::tables`].
#[unsafe(no_mangle)]
extern "C" fn events() -> i32 {
    asked(|game| core::ptr::from_ref(game.events()).addr() as i32)
}

/// What the game says; 0 when the host asks while we are calling it.
fn asked(question: impl FnOnce(&mut Game) -> i32) -> i32 {
    GAME.0.try_borrow_mut().map_or(0, |mut game| question(&mut game))
}

/// The language asks for this function; the optimiser finds that nothing calls it.
#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
