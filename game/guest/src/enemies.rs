//! Those who hunt the rocket.

use core::f64::consts::TAU;

use crate::Host;
use crate::geometry::{Field, Vector, normalise, turn_towards};
use crate::player::Player;
use crate::pool::Pool;
use crate::random::Random;
use crate::tables::thing;
use crate::waves::{self, Difficulty};

/// The size that hosts draw for one `draw_enemy`, in pixels.
pub const RADIUS: f64 = 10.0;
/// How far out of sight they gather, and how far they may stray.
pub const MARGIN: f64 = 20.0;
/// Where a new enemy may not come from: the surroundings of the rocket, in pixels.
const SAFE: f64 = 260.0;
/// How often a place is drawn by lot in the hope of a safe one.
const DRAWS: usize = 12;
/// How fast two that touch drift apart: parts of their distance in a second.
const SHOVE: f64 = 6.0;
/// Pixels a second that no enemy exceeds: the rocket is faster.
const FASTEST: f64 = 330.0;
/// Seconds between two darts that a boss lets go, and how many it carries.
const LAUNCH: f64 = 2.4;
const BROOD: u32 = 10;
/// An enemy whose goal is so many radians off has missed it. It flies straight on until it has room, in pixels, and then
/// turns back, so many times faster.
const MISSED: f64 = 1.3;
const ROOM: f64 = 180.0;
const BACK: f64 = 4.0;
/// So few radians off, it has turned back.
const ALIGNED: f64 = 0.15;
/// How much faster a boss is when half of it is shot away.
const RAGE: f64 = 1.6;

/// What an enemy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It follows the rocket.
    Hunter,
    /// It is fast and hardly turns: it charges, misses, and comes back.
    Dart,
    /// It is slow, and takes three bullets.
    Hulk,
    /// It leads a wave, takes many bullets, and lets darts go.
    Boss,
}

/// In what a kind differs from a hunter.
struct Traits {
    radius: f64,
    /// How many times as fast it is, and turns.
    speed: f64,
    turn: f64,
    /// Points for whoever shoots it down.
    points: u32,
    /// The part of its kind that leaves a bonus behind.
    bonus: f64,
    sparks: u32,
}

impl Kind {
    const fn traits(self) -> Traits {
        match self {
            Kind::Hunter => Traits {
                radius: RADIUS,
                speed: 1.0,
                turn: 1.0,
                points: 10,
                bonus: 0.06,
                sparks: 20,
            },
            Kind::Dart => {
                Traits { radius: 8.0, speed: 2.1, turn: 0.5, points: 15, bonus: 0.06, sparks: 16 }
            }
            Kind::Hulk => {
                Traits { radius: 14.0, speed: 0.6, turn: 0.8, points: 30, bonus: 0.5, sparks: 34 }
            }
            Kind::Boss => {
                Traits { radius: 28.0, speed: 0.5, turn: 0.6, points: 200, bonus: 1.0, sparks: 70 }
            }
        }
    }

    /// How many bullets it takes in a wave.
    const fn hits(self, wave: u32) -> u32 {
        match self {
            Kind::Hunter | Kind::Dart => 1,
            Kind::Hulk => 3,
            Kind::Boss => 10 + 2 * if wave < 25 { wave } else { 25 },
        }
    }

    /// The kind of an enemy that arrives. Each new kind leads the first wave that has it.
    pub fn by_lot(fate: &mut Random, wave: u32, is_first: bool) -> Kind {
        let lot = fate.between(0.0, 1.0);
        if is_first && waves::has_boss(wave) {
            return Kind::Boss;
        }
        let part = |from: u32, most: f64| match wave.checked_sub(from) {
            None => 0.0,
            Some(0) if is_first => 1.0,
            Some(later) => (0.10 + 0.03 * f64::from(later)).min(most),
        };
        let (hulks, darts) = (part(3, 0.22), part(2, 0.3));
        if lot < hulks {
            Kind::Hulk
        } else if lot < hulks + darts {
            Kind::Dart
        } else {
            Kind::Hunter
        }
    }

    /// Its size in pixels.
    pub const fn radius(self) -> f64 {
        self.traits().radius
    }

    /// Points for whoever shoots it down.
    pub const fn points(self) -> u32 {
        self.traits().points
    }

    /// The part of its kind that leaves a bonus behind.
    pub const fn bonus(self) -> f64 {
        self.traits().bonus
    }

    /// The sparks that it bursts into.
    pub const fn sparks(self) -> u32 {
        self.traits().sparks
    }

    /// The number by which a host knows it.
    pub const fn thing(self) -> i32 {
        match self {
            Kind::Hunter => thing::HUNTER,
            Kind::Dart => thing::DART,
            Kind::Hulk => thing::HULK,
            Kind::Boss => thing::BOSS,
        }
    }
}

/// How an enemy comes to its goal.
#[derive(Clone, Copy, Debug)]
enum Course {
    /// As one of the first wave: it turns to the goal, whatever happens.
    Green,
    /// It turns to the goal, which is ahead.
    Ahead,
    /// It has missed, and flies straight on, and inward at the edge.
    Past,
    /// It turns back.
    Back,
}

/// One enemy.
#[derive(Clone, Copy, Debug)]
pub struct Enemy {
    /// What it is.
    pub kind: Kind,
    /// Its size in pixels.
    pub radius: f64,
    /// Where it is.
    pub position: Vector,
    /// The bullets that it takes: those that are left, and all.
    hits: (u32, u32),
    /// Where it goes.
    angle: f64,
    speed: f64,
    /// Radians a second.
    turn: f64,
    /// It flies to where the rocket will be in so many seconds.
    foresight: f64,
    course: Course,
    /// The darts that a boss carries, and the seconds until it lets the next one go.
    brood: (u32, f64),
}

/// All enemies.
pub type Enemies = Pool<Enemy, { waves::MOST }>;

impl Enemy {
    /// An enemy at the edge of the field, far from the player.
    pub fn arrive(
        host: &mut impl Host,
        random: &mut Random,
        field: Field,
        player: &Player,
        kind: Kind,
        wave: u32,
    ) -> Self {
        let difficulty = Difficulty::of_wave(wave);
        let position = far_edge(random, field, player);
        let Traits { radius, speed, turn, .. } = kind.traits();
        Self {
            kind,
            radius,
            position,
            hits: (kind.hits(wave), kind.hits(wave)),
            angle: (player.position - position).angle(host),
            speed: (difficulty.speed * random.between(0.8, 1.2) * speed).min(FASTEST),
            turn: difficulty.turn * turn,
            foresight: random.between(0.0, difficulty.foresight),
            course: if wave > 1 { Course::Ahead } else { Course::Green },
            brood: (BROOD, LAUNCH),
        }
    }

    /// Begins again at the edge, for a new rocket.
    pub fn retreat(
        &mut self,
        host: &mut impl Host,
        random: &mut Random,
        field: Field,
        player: &Player,
    ) {
        self.position = far_edge(random, field, player);
        self.angle = (player.position - self.position).angle(host);
    }

    /// Takes a blow, and says whether it was the last one.
    pub fn is_shot_down(&mut self) -> bool {
        self.hits.0 = self.hits.0.saturating_sub(1);
        self.hits.0 == 0
    }

    /// How sound it is, in percent.
    pub fn soundness(&self) -> u32 {
        let (left, whole) = self.hits;
        left * 100 / whole.max(1)
    }

    /// The parts that a boss is drawn of by a host that draws all enemies alike.
    pub fn hull<H: Host>(&self, host: &mut H) -> impl Iterator<Item = Vector> + use<H> {
        const PARTS: usize = 6;
        let parts = if self.kind == Kind::Boss { PARTS } else { 0 };
        let distance = self.radius - RADIUS;
        let mut places = [self.position; PARTS];
        for (part, place) in (0..parts as u32).zip(&mut places) {
            let angle = self.angle + TAU * f64::from(part) / PARTS as f64;
            *place += Vector::polar(host, angle, distance);
        }
        places.into_iter().take(parts)
    }

    /// Draws those parts.
    pub fn draw_hull(&self, host: &mut impl Host) {
        self.hull(host).for_each(|place| host.draw_enemy(place.x, place.y));
    }

    /// The dart that a boss lets go in this moment.
    fn launch(&mut self, seconds: f64) -> Option<Self> {
        let (left, wait) = &mut self.brood;
        if self.kind != Kind::Boss || *left == 0 {
            return None;
        }
        *wait -= seconds;
        if *wait > 0.0 {
            return None;
        }
        (*left, *wait) = (*left - 1, LAUNCH);
        let (dart, boss) = (Kind::Dart.traits(), Kind::Boss.traits());
        Some(Self {
            kind: Kind::Dart,
            radius: dart.radius,
            hits: (1, 1),
            speed: (self.speed * dart.speed / boss.speed).min(FASTEST),
            turn: self.turn * dart.turn / boss.turn,
            ..*self
        })
    }

    /// Steers towards the rocket and moves.
    fn hunt(&mut self, host: &mut impl Host, player: &Player, field: Field, seconds: f64) {
        let goal = player.position + player.velocity * self.foresight;
        let wanted = (goal - self.position).angle(host);
        let (wanted, turn) = match self.course {
            Course::Green => (wanted, self.turn),
            _ => self.correct(host, goal, wanted, field),
        };
        self.angle = turn_towards(self.angle, wanted, turn * seconds);
        self.drift(host, field, seconds);
    }

    /// The direction to turn to, and how fast, where the goal is in the direction `wanted`. Whoever only kept turning would
    /// circle round a rocket that waits, for ever.
    fn correct(
        &mut self,
        host: &mut impl Host,
        goal: Vector,
        wanted: f64,
        field: Field,
    ) -> (f64, f64) {
        let off = normalise(wanted - self.angle);
        let off = off.max(-off);
        let has_room = !self.position.is_within(ROOM, goal);
        self.course = match self.course {
            Course::Ahead if off > MISSED => Course::Past,
            Course::Past if off < MISSED => Course::Ahead,
            Course::Past if has_room => Course::Back,
            Course::Back if off < ALIGNED => Course::Ahead,
            course => course,
        };
        match self.course {
            Course::Past if field.contains(self.position, 0.0) => (self.angle, 0.0),
            Course::Past => ((field.centre() - self.position).angle(host), self.turn * BACK),
            Course::Back => (wanted, self.turn * BACK),
            Course::Ahead | Course::Green => (wanted, self.turn),
        }
    }

    /// Pixels a second, now.
    fn speed(&self) -> f64 {
        match self.kind {
            Kind::Boss if self.hits.0 * 2 <= self.hits.1 => self.speed * RAGE,
            _ => self.speed,
        }
    }

    /// Moves straight on.
    fn drift(&mut self, host: &mut impl Host, field: Field, seconds: f64) {
        let position = self.position + Vector::polar(host, self.angle, self.speed() * seconds);
        self.position = field.clamp(position, MARGIN);
    }
}

/// Moves the enemies: after the player, or straight on when there is none.
pub fn advance(
    enemies: &mut Enemies,
    host: &mut impl Host,
    player: Option<&Player>,
    field: Field,
    seconds: f64,
) {
    let mut launched = None;
    for enemy in enemies.iter_mut() {
        match player {
            Some(player) => {
                enemy.hunt(host, player, field, seconds);
                launched = enemy.launch(seconds).or(launched);
            }
            None => enemy.drift(host, field, seconds),
        }
    }
    launched.into_iter().for_each(|dart| enemies.push(dart));
    // Those that hunt the same rocket would soon fly as one: let them shove each other.
    enemies.for_each_pair(|one, other| {
        if one.position.is_within(one.radius + other.radius, other.position) {
            let shove = (one.position - other.position) * (SHOVE * seconds);
            // Nobody shoves a boss.
            if one.kind != Kind::Boss {
                one.position += shove;
            }
            if other.kind != Kind::Boss {
                other.position = other.position - shove;
            }
        }
    });
}

/// A point just out of sight and far from the player, if there is one.
#[inline(never)]
fn far_edge(random: &mut Random, field: Field, player: &Player) -> Vector {
    let mut position = edge(random, field);
    for _ in 1..DRAWS {
        // The player can fly over the edge: what counts is the shortest way.
        let distance = field.way_squared(position, player.position);
        if distance >= SAFE * SAFE {
            break;
        }
        let other = edge(random, field);
        if field.way_squared(other, player.position) > distance {
            position = other;
        }
    }
    position
}

/// A point just out of sight, anywhere around the field.
fn edge(random: &mut Random, field: Field) -> Vector {
    let along = random.between(0.0, field.width + field.height);
    let far = random.between(0.0, 1.0) < 0.5;
    if along < field.width {
        Vector::new(along, if far { field.height + MARGIN } else { -MARGIN })
    } else {
        Vector::new(if far { field.width + MARGIN } else { -MARGIN }, along - field.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Silent;

    const FIELD: Field = Field { width: 1024.0, height: 600.0 };

    fn enemy(x: f64, y: f64, angle: f64) -> Enemy {
        Enemy {
            kind: Kind::Hunter,
            radius: RADIUS,
            position: Vector::new(x, y),
            hits: (1, 1),
            angle,
            speed: 100.0,
            turn: 1.0,
            foresight: 0.0,
            course: Course::Green,
            brood: (2, LAUNCH),
        }
    }

    #[test]
    fn no_enemy_arrives_near_the_player_not_even_across_an_edge() {
        let mut random = Random::new(3);
        for (x, y) in [(0.0, 0.0), (1024.0, 300.0), (512.0, 5.0), (512.0, 300.0)] {
            let player = Player::new(Vector::new(x, y));
            for _ in 0..200 {
                let Enemy { position, .. } =
                    Enemy::arrive(&mut Silent, &mut random, FIELD, &player, Kind::Hunter, 1);
                assert!(
                    FIELD.way_squared(position, player.position) >= SAFE * SAFE,
                    "{position:?} at ({x}, {y})"
                );
                assert!(
                    FIELD.contains(position, MARGIN) && !FIELD.contains(position, 0.0),
                    "{position:?}"
                );
            }
        }
    }

    #[test]
    fn an_enemy_turns_no_faster_than_its_limit_and_hits_a_player_who_waits() {
        let player = Player::new(Vector::new(500.0, 300.0));
        let mut enemy = enemy(200.0, 300.0, core::f64::consts::PI);
        enemy.hunt(&mut Silent, &player, FIELD, 0.1);
        assert!((enemy.angle.abs() - core::f64::consts::PI + 0.1).abs() < 1e-9, "{}", enemy.angle);
        let reaches = (0..600).any(|_| {
            enemy.hunt(&mut Silent, &player, FIELD, 0.02);
            enemy.position.is_within(RADIUS, player.position)
        });
        assert!(reaches, "{enemy:?}");
    }

    #[test]
    fn two_that_touch_drift_apart_and_two_that_do_not_stay() {
        let distance = |gap: f64| {
            let mut enemies = Enemies::new();
            enemies.push(enemy(300.0, 300.0, 0.0));
            enemies.push(enemy(300.0, 300.0 + gap, 0.0));
            advance(&mut enemies, &mut Silent, None, FIELD, 0.02);
            let places: Vec<_> = enemies.iter().map(|enemy| enemy.position).collect();
            (places[1].y - places[0].y, (places[0].y + places[1].y) / 2.0)
        };
        assert!(distance(10.0).0 > 11.0, "{:?}", distance(10.0));
        assert_eq!(distance(10.0).1, 305.0, "both give way alike");
        assert_eq!(distance(30.0).0, 30.0);
    }

    #[test]
    fn each_new_kind_leads_its_first_wave_and_none_comes_before() {
        let mut fate = Random::new(5);
        let mut kinds = |wave, is_first| -> Vec<Kind> {
            let mut kinds = Vec::new();
            for _ in 0..300 {
                let kind = Kind::by_lot(&mut fate, wave, is_first);
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            kinds.sort_by_key(|kind| kind.thing());
            kinds
        };
        use Kind::{Boss, Dart, Hulk, Hunter};
        assert_eq!(kinds(1, true), [Hunter]);
        assert_eq!(kinds(1, false), [Hunter]);
        assert_eq!(kinds(2, true), [Dart]);
        assert_eq!(kinds(2, false), [Hunter, Dart]);
        assert_eq!(kinds(3, true), [Hulk]);
        assert_eq!(kinds(4, true), [Hunter, Dart, Hulk]);
        assert_eq!(kinds(5, true), [Boss]);
        assert_eq!(kinds(5, false), [Hunter, Dart, Hulk]);
        assert_eq!(kinds(u32::MAX, true), [Boss]);
        assert_eq!(kinds(1_000_001, false), [Hunter, Dart, Hulk]);
    }

    fn arrived(kind: Kind, wave: u32) -> Enemy {
        let player = Player::new(FIELD.centre());
        Enemy::arrive(&mut Silent, &mut Random::new(3), FIELD, &player, kind, wave)
    }

    #[test]
    fn a_dart_is_fast_a_hulk_is_slow_and_the_rocket_outruns_both() {
        for wave in [1, 3, 10, 1000] {
            let [hunter, dart, hulk] =
                [Kind::Hunter, Kind::Dart, Kind::Hulk].map(|kind| arrived(kind, wave));
            assert!(dart.speed > hunter.speed && hulk.speed < hunter.speed);
            assert!(dart.turn < hunter.turn);
            assert!(dart.speed <= FASTEST);
        }
    }

    #[test]
    fn a_hulk_takes_three_bullets_and_says_how_sound_it_is() {
        let mut hulk = arrived(Kind::Hulk, 3);
        let blows = [(); 3].map(|()| (hulk.soundness(), hulk.is_shot_down()));
        assert_eq!(blows, [(100, false), (66, false), (33, true)]);
        assert!(arrived(Kind::Hunter, 9).is_shot_down());
    }

    #[test]
    fn a_boss_grows_with_the_waves_up_to_a_bound() {
        let blows = |wave| {
            let mut boss = arrived(Kind::Boss, wave);
            (1..).find(|_| boss.is_shot_down()).unwrap()
        };
        assert_eq!([5, 10, 25, u32::MAX].map(blows), [20, 30, 60, 60]);
    }

    #[test]
    fn a_boss_lets_its_darts_go_one_by_one_until_it_has_none() {
        let mut enemies = Enemies::new();
        enemies.push(Enemy { kind: Kind::Boss, ..enemy(20.0, 20.0, 0.0) });
        let player = Player::new(FIELD.centre());
        let mut counts = Vec::new();
        for _ in 0..500 {
            advance(&mut enemies, &mut Silent, Some(&player), FIELD, 0.02);
            counts.push(enemies.len());
        }
        counts.dedup();
        assert_eq!(counts, [1, 2, 3], "two, as many as it carries");
        let is_fast = |enemy: &&Enemy| enemy.kind == Kind::Dart && enemy.speed > 300.0;
        assert_eq!(enemies.iter().filter(is_fast).count(), 2);
        advance(&mut enemies, &mut Silent, None, FIELD, 100.0);
        assert_eq!(enemies.len(), 3, "nobody is there to be hunted");
    }

    #[test]
    fn whoever_has_missed_comes_back_and_does_not_circle_for_ever() {
        let places = [FIELD.centre(), Vector::new(30.0, 200.0), Vector::new(1000.0, 590.0)];
        for (kind, wave) in [Kind::Hunter, Kind::Dart, Kind::Hulk, Kind::Boss]
            .into_iter()
            .flat_map(|kind| [2, 8, 40].map(|wave| (kind, wave)))
        {
            for (direction, place) in (0..12).flat_map(|it| places.map(|place| (it, place))) {
                let player = Player::new(place);
                let mut enemy = arrived(kind, wave);
                // At a right angle, and just as far away as its circle is wide.
                let radius = enemy.speed / enemy.turn;
                let angle = normalise(f64::from(direction) * 0.5);
                let position = place + Vector::polar(&mut Silent, angle, radius);
                enemy.position = FIELD.clamp(position, MARGIN);
                enemy.angle = normalise(angle + 1.57);
                let hits = (0..1500).any(|_| {
                    enemy.hunt(&mut Silent, &player, FIELD, 0.02);
                    enemy.position.is_within(kind.radius() + 6.0, place)
                });
                assert!(hits, "{enemy:?} in wave {wave}, {player:?}");
            }
        }
    }

    #[test]
    fn a_boss_in_a_rage_is_faster() {
        let boss = |hits| Enemy { kind: Kind::Boss, hits, ..enemy(0.0, 0.0, 0.0) }.speed();
        assert_eq!((boss((3, 4)), boss((2, 4))), (100.0, 160.0));
    }

    #[test]
    fn nobody_shoves_a_boss() {
        let mut enemies = Enemies::new();
        let still = enemy(300.0, 300.0, 0.0);
        enemies.push(Enemy { speed: 0.0, kind: Kind::Boss, radius: 28.0, ..still });
        enemies.push(Enemy { speed: 0.0, position: Vector::new(320.0, 300.0), ..still });
        advance(&mut enemies, &mut Silent, None, FIELD, 0.02);
        let places: Vec<_> = enemies.iter().map(|enemy| enemy.position.x).collect();
        assert!(places[0] == 300.0 && places[1] > 322.0, "{places:?}");
    }

    #[test]
    fn who_retreats_begins_again_far_from_the_rocket() {
        let player = Player::new(FIELD.centre());
        let mut enemy = enemy(player.position.x, player.position.y, 0.0);
        enemy.retreat(&mut Silent, &mut Random::new(1), FIELD, &player);
        assert!(!enemy.position.is_within(SAFE, player.position), "{enemy:?}");
    }

    impl Enemy {
        /// An enemy that rests at a point.
        pub(crate) fn at_rest(position: Vector) -> Self {
            Self { speed: 0.0, ..enemy(position.x, position.y, 0.0) }
        }

        /// An enemy of another kind that rests at a point.
        pub(crate) fn of_kind(kind: Kind, position: Vector) -> Self {
            let hits = (kind.hits(1), kind.hits(1));
            Self { kind, radius: kind.radius(), hits, ..Self::at_rest(position) }
        }
    }
}
