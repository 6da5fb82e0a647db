//! What the game does not tell and a player wants to see: flames, shock waves, a sky that drifts, a screen that shakes.
//! All of it is drawn from the pictures, and from what the player holds.

use ch13_rocket::Control;

use crate::Flight;
use crate::motion::Tracker;
use crate::scene::{Point, Scene};

/// So many new particles in one picture are an explosion, and so many that of the rocket.
const EXPLOSION: (usize, usize) = (12, 50);
/// The seconds that a shock wave lasts.
pub(crate) const WAVE: f64 = 0.55;

/// A shock wave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wave {
    pub(crate) place: Point,
    /// Its radius in the end, in pixels.
    pub(crate) radius: f64,
    pub(crate) age: f64,
}

/// The state of all effects.
pub(crate) struct Effects {
    /// Seconds since the first picture.
    pub(crate) time: f64,
    pub(crate) enemies: Tracker,
    pub(crate) bullets: Tracker,
    pub(crate) waves: Vec<Wave>,
    /// How much flame there is, from 0 to 1.
    pub(crate) thrust: f64,
    /// How far the rocket leans, from -1, to the left, to 1.
    pub(crate) bank: f64,
    /// How far the rocket has travelled, in pixels, over all edges.
    pub(crate) travelled: Point,
    /// How much the screen shakes, from 0 to 1.
    pub(crate) shake: f64,
    /// How bright the sky flashes, from 0 to 1.
    pub(crate) flash: f64,
    /// How new the score is, from 1 down to 0.
    pub(crate) gain: f64,
    /// The best score so far.
    pub(crate) best: f64,
    score: f64,
    particles: usize,
    player: Option<Point>,
}

impl Effects {
    pub(crate) fn new() -> Effects {
        Effects {
            time: 0.0,
            enemies: Tracker::new(900.0),
            bullets: Tracker::new(1800.0),
            waves: Vec::new(),
            thrust: 0.0,
            bank: 0.0,
            travelled: (0.0, 0.0),
            shake: 0.0,
            flash: 0.0,
            gain: 0.0,
            best: 0.0,
            score: 0.0,
            particles: 0,
            player: None,
        }
    }

    /// Ends all that belongs to one game, when the next one begins.
    pub(crate) fn restart(&mut self) {
        *self = Effects {
            time: self.time,
            travelled: self.travelled,
            best: self.best,
            ..Effects::new()
        };
    }

    /// Lets time pass while nothing is flown.
    pub(crate) fn idle(&mut self, seconds: f64) {
        self.time += seconds;
        self.travelled.0 += 14.0 * seconds;
        self.travelled.1 -= 9.0 * seconds;
    }

    /// Looks at the next picture of a flight, some seconds later.
    pub(crate) fn follow(&mut self, scene: &Scene, flight: &Flight, seconds: f64) {
        self.time += seconds;
        let fade = |value: &mut f64, rate: f64| *value = (*value - rate * seconds).max(0.0);
        fade(&mut self.shake, 1.6);
        fade(&mut self.flash, 3.0);
        fade(&mut self.gain, 2.5);
        self.waves.iter_mut().for_each(|wave| wave.age += seconds);
        self.waves.retain(|wave| wave.age < WAVE);

        self.fly(scene, flight, seconds);
        self.explode(scene, seconds);
        if scene.score > self.score {
            self.gain = 1.0;
        }
        self.score = scene.score;
        self.best = self.best.max(scene.score);
        self.bullets.follow(&scene.bullets, seconds);
    }

    fn fly(&mut self, scene: &Scene, flight: &Flight, seconds: f64) {
        let approach = |value: &mut f64, goal: f64, rate: f64| {
            *value += (goal - *value) * (1.0 - (-rate * seconds).exp());
        };
        let held = |control| f64::from(u8::from(flight.holds(control)));
        approach(&mut self.thrust, held(Control::Boost), 18.0);
        let turn = held(Control::TurnRight) - held(Control::TurnLeft);
        approach(&mut self.bank, turn, 10.0);

        let Some((place, _)) = scene.player else {
            return;
        };
        if let Some(before) = self.player {
            // Over an edge the rocket comes back at the other one: it has not travelled back there.
            let (width, height) = flight.size();
            let step = (place.0 - before.0, place.1 - before.1);
            if step.0.abs() < width / 3.0 && step.1.abs() < height / 3.0 {
                self.travelled.0 += step.0;
                self.travelled.1 += step.1;
            }
        }
        self.player = Some(place);
    }

    fn explode(&mut self, scene: &Scene, seconds: f64) {
        let new = scene.particles.len().saturating_sub(self.particles);
        self.particles = scene.particles.len();
        let gone = self.enemies.follow(&scene.enemies, seconds);
        if new < EXPLOSION.0 {
            return;
        }
        let wave = |place, radius| Wave { place, radius, age: 0.0 };
        if new >= EXPLOSION.1 {
            self.shake = 1.0;
            self.flash = 1.0;
            self.waves.extend(self.player.map(|place| wave(place, 190.0)));
        } else {
            self.shake = (self.shake + 0.42).min(1.0);
            self.flash = self.flash.max(0.25);
            self.waves.extend(gone.iter().map(|enemy| wave(enemy.place, 64.0)));
        }
    }
}
