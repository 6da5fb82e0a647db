//! Flames, sparks and debris: they hurt nobody.

use crate::Host;
use crate::geometry::Vector;
use crate::player::Player;
use crate::pool::Pool;
use crate::random::Random;

/// The greatest radius that is drawn, in pixels.
pub const RADIUS: f64 = 4.0;
/// Seconds between two puffs of the exhaust.
const PUFF: f64 = 0.025;

/// One particle. It shrinks to nothing in the course of its life.
#[derive(Clone, Copy, Debug)]
pub struct Particle {
    /// Where it is.
    pub position: Vector,
    velocity: Vector,
    /// The seconds that it had at first, and those that are left.
    life: (f64, f64),
}

impl Particle {
    const fn new(position: Vector, velocity: Vector, life: f64) -> Self {
        Self { position, velocity, life: (life, life) }
    }

    /// How big it is now, in pixels.
    pub fn radius(&self) -> f64 {
        let (whole, left) = self.life;
        RADIUS * (left / whole)
    }
}

/// All particles, and the engine's rhythm.
#[derive(Clone, Debug)]
pub struct Particles {
    pool: Pool<Particle, 256>,
    next_puff: f64,
}

impl Particles {
    /// Clear air.
    pub const fn new() -> Self {
        Self { pool: Pool::new(), next_puff: 0.0 }
    }

    /// All particles.
    pub fn iter(&self) -> impl Iterator<Item = &Particle> {
        self.pool.iter()
    }

    /// Moves the particles and removes those that burnt out.
    pub fn advance(&mut self, seconds: f64) {
        self.next_puff -= seconds;
        self.pool.retain(|particle| {
            particle.position += particle.velocity * seconds;
            particle.life.1 -= seconds;
            particle.life.1 > 0.0
        });
    }

    /// The exhaust of a running engine.
    pub fn puff(&mut self, host: &mut impl Host, random: &mut Random, player: &Player) {
        if self.next_puff > 0.0 {
            return;
        }
        self.next_puff = PUFF;
        let angle = player.angle + random.between(-0.25, 0.25);
        let velocity = player.velocity + Vector::polar(host, angle, -random.between(120.0, 220.0));
        self.pool.push(Particle::new(player.tail(host), velocity, random.between(0.3, 0.6)));
    }

    /// A spark at some distance from a centre, which moves along with it.
    pub fn spark(
        &mut self,
        host: &mut impl Host,
        centre: Vector,
        velocity: Vector,
        distance: f64,
        angle: f64,
    ) {
        let place = centre + Vector::polar(host, angle, distance);
        self.pool.push(Particle::new(place, velocity, 0.35));
    }

    /// An explosion of `size` sparks in all directions, carried on by `velocity`.
    #[inline(never)]
    pub fn burst(
        &mut self,
        host: &mut impl Host,
        random: &mut Random,
        position: Vector,
        velocity: Vector,
        size: u32,
    ) {
        for _ in 0..size {
            let angle = random.between(-core::f64::consts::PI, core::f64::consts::PI);
            let outward = Vector::polar(host, angle, random.between(20.0, 160.0));
            self.pool.push(Particle::new(position, velocity + outward, random.between(0.4, 0.9)));
        }
    }
}

impl Default for Particles {
    fn default() -> Self {
        Self::new()
    }
}
