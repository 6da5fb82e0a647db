//! The rocket that the player flies.

use crate::geometry::{Field, Vector, normalise};
use crate::{Host, bullets};

/// How near an enemy must come to hurt, from middle to middle of the rocket's hull. It is less than what is drawn: a
/// close shave should end well.
pub const RADIUS: f64 = 6.0;
/// From the middle to the nose, where the bullets come out, and to the tail, where the exhaust does.
pub const HALF_LENGTH: f64 = 10.0;
/// Radians a second.
const TURN: f64 = 4.4;
/// Pixels a second, each second, with the engine on.
const THRUST: f64 = 540.0;
/// The part of its speed that a rocket loses in a second, at first. Together with [`THRUST`] it sets the top speed: 400
/// pixels a second.
const DRAG: f64 = 1.35;

/// What the player holds down.
#[derive(Clone, Copy, Debug, Default)]
pub struct Controls {
    /// The trigger.
    pub shoot: bool,
    /// The engine.
    pub boost: bool,
    /// The rudder, counterclockwise.
    pub turn_left: bool,
    /// The rudder, clockwise.
    pub turn_right: bool,
}

impl Controls {
    /// Nothing held.
    pub const RELEASED: Self =
        Self { shoot: false, boost: false, turn_left: false, turn_right: false };
}

/// The rocket.
#[derive(Clone, Copy, Debug)]
pub struct Player {
    /// Where it is.
    pub position: Vector,
    /// Where it goes.
    pub velocity: Vector,
    /// Where its nose points.
    pub angle: f64,
    /// The seconds until it can shoot again.
    reload: f64,
}

impl Player {
    /// A rocket that rests at `position`, its nose up.
    pub const fn new(position: Vector) -> Self {
        Self { position, velocity: Vector::ZERO, angle: -core::f64::consts::FRAC_PI_2, reload: 0.0 }
    }

    /// Turns and moves it for `seconds`.
    pub fn fly(&mut self, host: &mut impl Host, controls: Controls, field: Field, seconds: f64) {
        let rudder = f64::from(i8::from(controls.turn_right) - i8::from(controls.turn_left));
        self.angle = normalise(self.angle + rudder * TURN * seconds);
        if controls.boost {
            self.velocity += Vector::polar(host, self.angle, THRUST * seconds);
        }
        // Divided rather than multiplied: this cannot turn the speed round, however long the step is.
        self.velocity = self.velocity * (1.0 / (1.0 + DRAG * seconds));
        self.position = field.wrap(self.position + self.velocity * seconds);
        self.reload -= seconds;
    }

    /// The bullet that leaves the nose, when the gun is ready for one.
    pub fn shoot(&mut self, host: &mut impl Host) -> Option<bullets::Bullet> {
        if self.reload > 0.0 {
            return None;
        }
        self.reload = bullets::INTERVAL;
        let nose = self.position + Vector::polar(host, self.angle, HALF_LENGTH);
        Some(bullets::Bullet::new(
            nose,
            self.velocity + Vector::polar(host, self.angle, bullets::SPEED),
        ))
    }

    /// Where its tail is.
    pub fn tail(&self, host: &mut impl Host) -> Vector {
        self.position + Vector::polar(host, self.angle, -HALF_LENGTH)
    }
}
