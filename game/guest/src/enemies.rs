//! Those who hunt the rocket.

use crate::Host;
use crate::geometry::{Field, Vector, turn_towards};
use crate::player::Player;
use crate::pool::Pool;
use crate::random::Random;
use crate::waves::Difficulty;

/// The size that hosts draw, in pixels.
pub const RADIUS: f64 = 10.0;
/// How far out of sight they gather, and how far they may stray.
pub const MARGIN: f64 = 20.0;
/// Where a new enemy may not come from: the surroundings of the rocket, in pixels.
const SAFE: f64 = 260.0;
/// How often a place is drawn by lot in the hope of a safe one.
const DRAWS: usize = 12;
/// How fast two that touch drift apart: parts of their distance in a second.
const SHOVE: f64 = 6.0;

/// One enemy.
#[derive(Clone, Copy, Debug)]
pub struct Enemy {
    /// Where it is.
    pub position: Vector,
    /// Where it goes.
    angle: f64,
    speed: f64,
    /// Radians a second.
    turn: f64,
    /// It flies to where the rocket will be in so many seconds.
    foresight: f64,
}

/// All enemies.
pub type Enemies = Pool<Enemy, { crate::waves::MOST }>;

impl Enemy {
    /// An enemy at the edge of the field, far from the player.
    pub fn arrive(
        host: &mut impl Host,
        random: &mut Random,
        field: Field,
        player: &Player,
        difficulty: Difficulty,
    ) -> Self {
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
        Self {
            position,
            angle: (player.position - position).angle(host),
            speed: difficulty.speed * random.between(0.8, 1.2),
            turn: difficulty.turn,
            foresight: random.between(0.0, difficulty.foresight),
        }
    }

    /// Steers towards the rocket and moves.
    fn hunt(&mut self, host: &mut impl Host, player: &Player, field: Field, seconds: f64) {
        let goal = player.position + player.velocity * self.foresight;
        let wanted = (goal - self.position).angle(host);
        self.angle = turn_towards(self.angle, wanted, self.turn * seconds);
        self.drift(host, field, seconds);
    }

    /// Moves straight on.
    fn drift(&mut self, host: &mut impl Host, field: Field, seconds: f64) {
        let position = self.position + Vector::polar(host, self.angle, self.speed * seconds);
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
    for enemy in enemies.iter_mut() {
        match player {
            Some(player) => enemy.hunt(host, player, field, seconds),
            None => enemy.drift(host, field, seconds),
        }
    }
    // Those that hunt the same rocket would soon fly as one: let them shove each other.
    enemies.for_each_pair(|one, other| {
        if one.position.is_within(2.0 * RADIUS, other.position) {
            let shove = (one.position - other.position) * (SHOVE * seconds);
            one.position += shove;
            other.position = other.position - shove;
        }
    });
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
        Enemy { position: Vector::new(x, y), angle, speed: 100.0, turn: 1.0, foresight: 0.0 }
    }

    #[test]
    fn no_enemy_arrives_near_the_player_not_even_across_an_edge() {
        let mut random = Random::new(3);
        for (x, y) in [(0.0, 0.0), (1024.0, 300.0), (512.0, 5.0), (512.0, 300.0)] {
            let player = Player::new(Vector::new(x, y));
            for _ in 0..200 {
                let difficulty = Difficulty::of_wave(1);
                let Enemy { position, .. } =
                    Enemy::arrive(&mut Silent, &mut random, FIELD, &player, difficulty);
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

    impl Enemy {
        /// An enemy that rests at a point.
        pub(crate) fn at_rest(position: Vector) -> Self {
            Self { speed: 0.0, ..enemy(position.x, position.y, 0.0) }
        }
    }
}
