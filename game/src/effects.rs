//! What the game does not draw and a player wants to see: flames, shock waves, a sky that drifts, a screen that shakes.
//! All of it comes from the pictures, from what the player holds, and from what the game tells, if it tells anything.

use std::iter;

use ch13_rocket::Control;

use crate::Flight;
use crate::events::{Record, Told, event, thing};
use crate::motion::{Mover, Tracker};
use crate::scene::{Point, Scene};

/// So many new particles in one picture are an explosion, and so many that of the rocket.
const EXPLOSION: (usize, usize) = (12, 50);
/// The seconds that a shock wave lasts.
pub(crate) const WAVE: f64 = 0.55;
/// The seconds that points are seen where they were won, and that a wave is announced.
pub(crate) const GAIN: f64 = 1.1;
pub(crate) const BANNER: f64 = 2.4;

/// A shock wave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wave {
    pub(crate) place: Point,
    /// Its radius in the end, in pixels.
    pub(crate) radius: f64,
    pub(crate) age: f64,
}

/// What an enemy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Hunter,
    Dart,
    Hulk,
    Boss,
}

/// An enemy: what it is, and how sound, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Nature {
    pub(crate) kind: Kind,
    pub(crate) soundness: f64,
}

impl Nature {
    /// An enemy of a game that does not tell more.
    const PLAIN: Nature = Nature { kind: Kind::Hunter, soundness: 1.0 };

    /// What a record says of an enemy; nothing of a part of one.
    fn of(record: &Record) -> Option<Nature> {
        let kind = match record.kind {
            thing::DART => Kind::Dart,
            thing::HULK => Kind::Hulk,
            thing::BOSS => Kind::Boss,
            thing::HULL => return None,
            _ => Kind::Hunter,
        };
        Some(Nature { kind, soundness: f64::from(record.value.clamp(0, 100)) / 100.0 })
    }
}

/// Something to pick up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bonus {
    pub(crate) place: Point,
    pub(crate) is_shield: bool,
}

/// Words at a place, which fade.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Gain {
    pub(crate) place: Point,
    pub(crate) words: String,
    /// Whether they are more than points for an enemy.
    pub(crate) is_large: bool,
    pub(crate) age: f64,
}

/// The announcement of a wave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Banner {
    pub(crate) wave: i32,
    pub(crate) has_boss: bool,
    pub(crate) age: f64,
}

/// The end of a game.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct End {
    pub(crate) score: f64,
    pub(crate) wave: Option<i32>,
    /// Whether it is better than all before.
    pub(crate) is_best: bool,
    pub(crate) age: f64,
}

/// The state of all effects.
pub(crate) struct Effects {
    /// Seconds since the first picture.
    pub(crate) time: f64,
    pub(crate) enemies: Tracker,
    /// What the enemies are, in the order of `enemies`.
    natures: Vec<Nature>,
    pub(crate) bonuses: Vec<Bonus>,
    /// Whether the rocket has a shield.
    pub(crate) is_shielded: bool,
    /// For how many seconds it shoots a spread.
    pub(crate) spread: f64,
    pub(crate) gains: Vec<Gain>,
    pub(crate) banner: Option<Banner>,
    pub(crate) end: Option<End>,
    /// Whether a key begins a new game.
    pub(crate) is_waiting: bool,
    pub(crate) wave: Option<i32>,
    /// How many rockets are left, with the one that flies.
    pub(crate) lives: Option<i32>,
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
    /// The best score before this game.
    former: f64,
    score: f64,
    particles: usize,
    player: Option<Point>,
}

impl Effects {
    pub(crate) fn new() -> Effects {
        Effects {
            time: 0.0,
            enemies: Tracker::new(900.0),
            natures: Vec::new(),
            bonuses: Vec::new(),
            is_shielded: false,
            spread: 0.0,
            gains: Vec::new(),
            banner: None,
            end: None,
            is_waiting: false,
            wave: None,
            lives: None,
            bullets: Tracker::new(1800.0),
            waves: Vec::new(),
            thrust: 0.0,
            bank: 0.0,
            travelled: (0.0, 0.0),
            shake: 0.0,
            flash: 0.0,
            gain: 0.0,
            best: 0.0,
            former: 0.0,
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

        self.gains.iter_mut().for_each(|gain| gain.age += seconds);
        self.gains.retain(|gain| gain.age < GAIN);
        self.banner.iter_mut().for_each(|banner| banner.age += seconds);
        self.banner = self.banner.filter(|banner| banner.age < BANNER);
        self.end.iter_mut().for_each(|end| end.age += seconds);

        let told = flight.told();
        self.fly(scene, flight, seconds);
        let gone = self.meet(scene, &told, seconds);
        match &told.events {
            Some(events) => events.iter().for_each(|event| self.happen(event, &told)),
            None => self.explode(scene, &gone),
        }
        self.particles = scene.particles.len();
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

    /// The enemies that there are, each with what it is.
    pub(crate) fn enemies(&self) -> impl Iterator<Item = (&Mover, Nature)> {
        let natures = self.natures.iter().copied().chain(iter::repeat(Nature::PLAIN));
        self.enemies.movers().iter().zip(natures)
    }

    /// Looks at what there is, and gives the enemies that have vanished.
    fn meet(&mut self, scene: &Scene, told: &Told, seconds: f64) -> Vec<Mover> {
        self.wave = told.wave;
        self.lives = told.lives;
        let things = told.things.as_deref().unwrap_or_default();
        let has = |kind| things.iter().find(|thing| thing.kind == kind);
        self.is_shielded = has(thing::SHIELD).is_some();
        self.spread = has(thing::SPREAD).map_or(0.0, |thing| f64::from(thing.value) / 10.0);
        self.is_waiting = has(thing::WAITING).is_some();
        self.bonuses.clear();
        let bonuses =
            things.iter().filter(|it| matches!(it.kind, thing::SHIELD_BONUS | thing::SPREAD_BONUS));
        self.bonuses.extend(bonuses.map(|thing| Bonus {
            place: thing.place,
            is_shield: thing.kind == thing::SHIELD_BONUS,
        }));
        let natures = things.iter().map(Nature::of).chain(iter::repeat(Some(Nature::PLAIN)));
        let enemies = scene.enemies.iter().zip(natures);
        let (places, natures): (Vec<Point>, Vec<Nature>) =
            enemies.filter_map(|(place, nature)| Some((*place, nature?))).unzip();
        self.natures = natures;
        self.enemies.follow(&places, seconds)
    }

    /// Shows what the game says has happened.
    fn happen(&mut self, event: &Record, told: &Told) {
        let &Record { kind, value, place } = event;
        match kind {
            event::POINTS => self.gain(place, format!("+{value}"), value >= 100),
            event::HIT => self.waves.push(Wave { place, radius: 22.0, age: 0.0 }),
            event::DOWN => {
                let (radius, shake) = match value {
                    thing::HULK => (90.0, 0.55),
                    thing::BOSS => (260.0, 1.0),
                    _ => (64.0, 0.42),
                };
                self.shake = (self.shake + shake).min(1.0);
                self.flash = self.flash.max(shake * 0.6);
                self.waves.push(Wave { place, radius, age: 0.0 });
            }
            event::LOST => {
                self.shake = 1.0;
                self.flash = 1.0;
                self.waves.push(Wave { place, radius: 190.0, age: 0.0 });
            }
            event::SHIELD_LOST => {
                self.shake = self.shake.max(0.7);
                self.waves.push(Wave { place, radius: 110.0, age: 0.0 });
            }
            event::BONUS => {
                let words = if value == thing::SHIELD_BONUS { "SHIELD" } else { "SPREAD" };
                self.gain(place, words.to_owned(), true);
            }
            event::ROCKET => self.gain(place, "ONE MORE ROCKET".to_owned(), true),
            event::WAVE => {
                self.end = None;
                if value == 1 {
                    self.former = self.best;
                }
                self.banner = Some(Banner { wave: value, has_boss: false, age: 0.0 });
            }
            event::BOSS => {
                self.banner = Some(Banner { wave: value, has_boss: true, age: 0.0 });
            }
            event::OVER => {
                let score = f64::from(value);
                let is_best = score > self.former;
                self.end = Some(End { score, wave: told.wave, is_best, age: 0.0 });
            }
            _ => {}
        }
    }

    /// Words at a place, above those that are there already.
    fn gain(&mut self, place: Point, words: String, is_large: bool) {
        let is_near = |gain: &&Gain| {
            gain.age < 0.3 && (gain.place.0 - place.0).hypot(gain.place.1 - place.1) < 60.0
        };
        let above = self.gains.iter().filter(is_near).count().min(8) as f64;
        let place = (place.0, place.1 - 20.0 * above);
        self.gains.push(Gain { place, words, is_large, age: 0.0 });
    }

    /// Guesses what has burst, where the game does not say it.
    fn explode(&mut self, scene: &Scene, gone: &[Mover]) {
        let new = scene.particles.len().saturating_sub(self.particles);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: i32, value: i32) -> Record {
        Record { kind, value, place: (5.0, 6.0) }
    }

    fn scene(enemies: &[Point]) -> Scene {
        Scene { enemies: enemies.to_vec(), ..Scene::default() }
    }

    const PLACES: [Point; 4] = [(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (300.0, 0.0)];

    #[test]
    fn each_enemy_is_what_its_record_says_and_a_hull_is_none() {
        let mut effects = Effects::new();
        let things = [
            record(thing::HULK, 66),
            record(thing::BOSS, 100),
            record(thing::HULL, 100),
            record(thing::DART, 100),
        ];
        let told = Told { things: Some(things.to_vec()), ..Told::default() };
        effects.meet(&scene(&PLACES), &told, 0.1);
        let seen: Vec<_> =
            effects.enemies().map(|(mover, nature)| (mover.place.0, nature.kind)).collect();
        assert_eq!(seen, [(0.0, Kind::Hulk), (100.0, Kind::Boss), (300.0, Kind::Dart)]);
        assert_eq!(effects.enemies().next().unwrap().1.soundness, 0.66);
    }

    #[test]
    fn what_is_not_told_is_a_hunter_and_what_is_told_too_much_is_nothing() {
        let mut effects = Effects::new();
        effects.meet(&scene(&PLACES), &Told::default(), 0.1);
        let is_plain = |(_, nature): (&Mover, Nature)| nature == Nature::PLAIN;
        assert!(effects.enemies().count() == 4 && effects.enemies().all(is_plain));

        let things = vec![record(-7, i32::MIN); 9];
        effects.meet(&scene(&PLACES), &Told { things: Some(things), ..Told::default() }, 0.1);
        assert_eq!(effects.enemies().count(), 4);
        assert!(effects.enemies().all(|(_, nature)| nature.soundness == 0.0));
    }

    #[test]
    fn what_the_rocket_has_is_told_each_time() {
        let mut effects = Effects::new();
        let things = vec![
            record(thing::SPREAD_BONUS, 1),
            record(thing::SHIELD, 1),
            record(thing::SPREAD, 15),
            record(thing::WAITING, 1),
        ];
        let told = Told { things: Some(things), lives: Some(2), ..Told::default() };
        effects.meet(&scene(&[]), &told, 0.1);
        assert_eq!(effects.bonuses, [Bonus { place: (5.0, 6.0), is_shield: false }]);
        assert!(effects.is_shielded && effects.is_waiting);
        assert_eq!((effects.spread, effects.lives), (1.5, Some(2)));
        effects.meet(&scene(&[]), &Told::default(), 0.1);
        assert!(effects.bonuses.is_empty() && !effects.is_shielded && !effects.is_waiting);
        assert_eq!((effects.spread, effects.lives), (0.0, None));
    }

    #[test]
    fn points_appear_where_they_are_won_and_do_not_cover_each_other() {
        let mut effects = Effects::new();
        (0..2).for_each(|_| effects.happen(&record(event::POINTS, 15), &Told::default()));
        let gains: Vec<_> =
            effects.gains.iter().map(|gain| (gain.place, gain.words.as_str())).collect();
        assert_eq!(gains, [((5.0, 6.0), "+15"), ((5.0, -14.0), "+15")]);
    }

    #[test]
    fn a_game_that_is_over_is_shown_until_the_next_one_begins() {
        let mut effects = Effects::new();
        let told = Told { wave: Some(4), ..Told::default() };
        for (score, is_best) in [(380, true), (380, false), (381, true)] {
            effects.happen(&record(event::OVER, score), &told);
            let score = f64::from(score);
            let end = End { score, wave: Some(4), is_best, age: 0.0 };
            assert_eq!(effects.end, Some(end));
            effects.best = effects.best.max(score);
            effects.happen(&record(event::WAVE, 1), &told);
            assert_eq!(effects.end, None);
            assert_eq!(effects.banner.map(|banner| banner.wave), Some(1));
        }
    }

    #[test]
    fn unknown_events_are_ignored() {
        let mut effects = Effects::new();
        for kind in [i32::MIN, -1, 0, 11, 99, i32::MAX] {
            effects.happen(&record(kind, i32::MIN), &Told::default());
        }
        assert!(effects.gains.is_empty() && effects.waves.is_empty() && effects.end.is_none());
    }
}
