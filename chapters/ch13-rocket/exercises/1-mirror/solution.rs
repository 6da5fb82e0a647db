//! A host that shows what the game draws in a mirror.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::cell::RefCell;
use std::f64::consts::PI;
use std::rc::Rc;

use ch12_instance::Store;
use ch13_rocket::{Control, Host, Rocket, RocketError, Terminal};

/// Passes on the game's calls to another host, left and right exchanged.
pub struct Mirror<H> {
    /// The other host.
    pub host: H,
    /// How wide its picture is.
    pub width: f64,
}

impl<H: Host> Host for Mirror<H> {
    fn clear_screen(&mut self) {
        self.host.clear_screen();
    }
    fn draw_player(&mut self, x: f64, y: f64, angle: f64) {
        self.host.draw_player(self.width - x, y, PI - angle);
    }
    fn draw_enemy(&mut self, x: f64, y: f64) {
        self.host.draw_enemy(self.width - x, y);
    }
    fn draw_bullet(&mut self, x: f64, y: f64) {
        self.host.draw_bullet(self.width - x, y);
    }
    fn draw_particle(&mut self, x: f64, y: f64, radius: f64) {
        self.host.draw_particle(self.width - x, y, radius);
    }
    fn draw_score(&mut self, score: f64) {
        self.host.draw_score(score);
    }

    fn sin(&mut self, angle: f64) -> f64 {
        self.host.sin(angle)
    }
    fn cos(&mut self, angle: f64) -> f64 {
        self.host.cos(angle)
    }
    fn atan(&mut self, tangent: f64) -> f64 {
        self.host.atan(tangent)
    }
}

fn main() -> Result<(), RocketError> {
    let (width, height) = Terminal::SIZE;
    let mirror = Mirror { host: Terminal::new(), width };
    let mirror = Rc::new(RefCell::new(mirror));
    let game = include_bytes!("../../../../game/rocket.wasm");
    let engine = Box::new(Store::<()>::default());
    let mut rocket = Rocket::new(engine, game, Rc::clone(&mirror))?;
    rocket.resize(width, height)?;
    rocket.toggle(Control::Boost, true)?;
    rocket.toggle(Control::TurnRight, true)?;
    (0..12).try_for_each(|_| rocket.update(1.0 / 60.0))?;
    rocket.toggle(Control::TurnRight, false)?;
    (0..45).try_for_each(|_| rocket.update(1.0 / 60.0))?;
    rocket.draw()?;
    println!("A turn to the right, seen in a mirror:");
    println!("{}", mirror.borrow().host);
    Ok(())
}
