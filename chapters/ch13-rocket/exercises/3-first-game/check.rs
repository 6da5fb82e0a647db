//! Boost, release, and round the edge.

use std::cell::RefCell;
use std::rc::Rc;

use ch12_instance::Store;
use ch13_rocket::{Control, HostCall, Rocket};

use super::GAME;

struct Game {
    rocket: Rocket,
    calls: Rc<RefCell<Vec<HostCall>>>,
}

impl Game {
    fn new() -> Game {
        let calls = Rc::default();
        let engine = Box::new(Store::<()>::default());
        let mut rocket =
            Rocket::new(engine, GAME.as_bytes(), Rc::clone(&calls)).unwrap();
        rocket.resize(800.0, 480.0).unwrap();
        Game { rocket, calls }
    }

    fn hold(&mut self, held: bool) {
        self.rocket.toggle(Control::Boost, held).unwrap();
    }

    /// Where the player is after this many seconds.
    fn after(&mut self, seconds: f64) -> (f64, f64) {
        self.rocket.update(seconds).unwrap();
        self.calls.borrow_mut().clear();
        self.rocket.draw().unwrap();
        match self.calls.borrow_mut()[..] {
            [HostCall::ClearScreen, HostCall::DrawPlayer { x, y, .. }] => {
                (x, y)
            }
            ref other => panic!("drawn: {other:?}"),
        }
    }
}

#[test]
fn without_boost_it_stays() {
    assert_eq!(Game::new().after(1.0), (400.0, 240.0));
}

#[test]
fn boost_is_a_hundred_pixels_a_second() {
    let mut game = Game::new();
    game.hold(true);
    assert_eq!(game.after(1.0), (500.0, 240.0));
    assert_eq!(game.after(0.25), (525.0, 240.0));
}

#[test]
fn a_released_key_stops_the_player() {
    let mut game = Game::new();
    game.hold(true);
    game.after(1.0);
    game.hold(false);
    assert_eq!(game.after(2.0), (500.0, 240.0));
}

#[test]
fn a_player_that_leaves_on_the_right_enters_on_the_left() {
    let mut game = Game::new();
    game.hold(true);
    assert_eq!(game.after(4.0), (0.0, 240.0));
    assert_eq!(game.after(7.5), (750.0, 240.0));
    assert_eq!(game.after(1.0), (50.0, 240.0));
}
