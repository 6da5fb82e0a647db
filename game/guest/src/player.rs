//! The rocket that the player flies.

use crate::Host;
use crate::bullets::{self, Bullet};
use crate::geometry::{Field, Vector, normalise};

/// How near an enemy must come to hurt, from middle to middle of the rocket's hull. It is less than what is drawn: a
/// close shave should end well.
pub const RADIUS: f64 = 6.0;
/// From the middle to the nose, where the bullets come out, and to the tail, where the exhaust does.
pub const HALF_LENGTH: f64 = 10.0;
/// Radians a second.
const TURN: f64 = 4.4;
/// Pixels a second, each second, with the engine on.
const THRUST: f64 = 540.0;
/// Radians between the bullets of a spread.
const SPREAD: f64 = 0.17;
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

    /// Whether something is held that was not held `before`.
    pub fn has_news(self, before: Self) -> bool {
        self.shoot && !before.shoot
            || self.boost && !before.boost
            || self.turn_left && !before.turn_left
            || self.turn_right && !before.turn_right
    }
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
    /// Whether a shield takes the next blow.
    pub is_shielded: bool,
    /// So many seconds longer it shoots three bullets at a time.
    pub spread: f64,
    /// The seconds until it can shoot again.
    reload: f64,
}

impl Player {
    /// A rocket that rests at `position`, its nose up.
    pub const fn new(position: Vector) -> Self {
        Self {
            position,
            velocity: Vector::ZERO,
            angle: -core::f64::consts::FRAC_PI_2,
            is_shielded: false,
            spread: 0.0,
            reload: 0.0,
        }
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
        if self.spread > 0.0 {
            self.spread -= seconds;
        }
    }

    /// Shoots, when the gun is ready: one bullet from the nose, or a spread of three.
    pub fn shoot(&mut self, host: &mut impl Host, bullets: &mut bullets::Bullets) {
        if self.reload > 0.0 {
            return;
        }
        self.reload = bullets::INTERVAL;
        let nose = self.position + Vector::polar(host, self.angle, HALF_LENGTH);
        let angles: &[f64] = if self.spread > 0.0 { &[0.0, -SPREAD, SPREAD] } else { &[0.0] };
        for angle in angles {
            let speed = Vector::polar(host, self.angle + angle, bullets::SPEED);
            bullets.push(Bullet::new(nose, self.velocity + speed));
        }
    }

    /// Where its tail is.
    pub fn tail(&self, host: &mut impl Host) -> Vector {
        self.position + Vector::polar(host, self.angle, -HALF_LENGTH)
    }
}
