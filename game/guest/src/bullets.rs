//! What the rocket shoots.

use crate::geometry::{Field, Vector};
use crate::pool::Pool;

/// The size that hosts draw, in pixels.
pub const RADIUS: f64 = 3.0;
/// Pixels a second, on top of the rocket's own.
pub const SPEED: f64 = 520.0;
/// Seconds between two bullets.
pub const INTERVAL: f64 = 0.2;
/// Seconds until a bullet burns out.
const LIFE: f64 = 0.9;

/// One bullet.
#[derive(Clone, Copy, Debug)]
pub struct Bullet {
    /// Where it is.
    pub position: Vector,
    velocity: Vector,
    life: f64,
}

/// All bullets in the air: more than [`LIFE`] and [`INTERVAL`] allow at a time, even three by three.
pub type Bullets = Pool<Bullet, 20>;

impl Bullet {
    /// A bullet that has just been shot.
    pub const fn new(position: Vector, velocity: Vector) -> Self {
        Self { position, velocity, life: LIFE }
    }
}

/// Moves the bullets and removes those that burnt out or left the field.
pub fn advance(bullets: &mut Bullets, field: Field, seconds: f64) {
    bullets.retain(|bullet| {
        bullet.position += bullet.velocity * seconds;
        bullet.life -= seconds;
        bullet.life > 0.0 && field.contains(bullet.position, RADIUS)
    });
}
