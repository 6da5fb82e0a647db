//! A host that says in words what is about.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::cell::RefCell;
use std::rc::Rc;

use ch12_instance::Store;
use ch13_rocket::{Host, Rocket, RocketError};

/// Where the player and the enemies are, in the picture that was drawn last.
#[derive(Default)]
pub struct Lookout {
    player: Option<(f64, f64)>,
    enemies: Vec<(f64, f64)>,
}

impl Host for Lookout {
    fn clear_screen(&mut self) {
        *self = Lookout::default();
    }
    fn draw_player(&mut self, x: f64, y: f64, _angle: f64) {
        self.player = Some((x, y));
    }
    fn draw_enemy(&mut self, x: f64, y: f64) {
        self.enemies.push((x, y));
    }
    fn draw_bullet(&mut self, _x: f64, _y: f64) {}
    fn draw_particle(&mut self, _x: f64, _y: f64, _radius: f64) {}
    fn draw_score(&mut self, _score: f64) {}
}

impl Lookout {
    /// What is about.
    pub fn report(&self) -> String {
        match (self.nearest(), self.enemies.len()) {
            (None, _) => "all is quiet".to_owned(),
            (Some(way), 1) => format!("1 enemy at {} o'clock", o_clock(way)),
            (Some(way), count) => {
                format!(
                    "{count} enemies, the nearest at {} o'clock",
                    o_clock(way)
                )
            }
        }
    }

    /// The way from the player to the nearest enemy, if both are there.
    fn nearest(&self) -> Option<(f64, f64)> {
        let (x, y) = self.player?;
        self.enemies.iter().map(|enemy| (enemy.0 - x, enemy.1 - y)).next()
    }
}

/// The hour, from 1 to 12, to which a way leads on the face of a clock.
pub fn o_clock(_way: (f64, f64)) -> i64 {
    12
}

fn main() -> Result<(), RocketError> {
    let lookout = Rc::new(RefCell::new(Lookout::default()));
    let game = include_bytes!("../../../../game/rocket.wasm");
    let engine = Box::new(Store::<()>::default());
    let mut rocket = Rocket::new(engine, game, Rc::clone(&lookout))?;
    rocket.resize(800.0, 480.0)?;
    for second in 1..=12 {
        (0..60).try_for_each(|_| rocket.update(1.0 / 60.0))?;
        rocket.draw()?;
        let lookout = lookout.borrow_mut();
        println!("after {second:2} seconds: {}", lookout.report());
    }
    Ok(())
}
