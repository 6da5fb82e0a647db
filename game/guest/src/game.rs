//! The whole game: one state, moved on by `update` and shown by `draw`.

use core::f64::consts::TAU;

use crate::bullets::{self, Bullets};
use crate::enemies::{self, Enemies, Enemy};
use crate::geometry::{Field, Vector};
use crate::particles::Particles;
use crate::player::{self, Controls, Player};
use crate::random::Random;
use crate::waves::{Event, Waves};
use crate::{Host, pool::Pool};

/// The longest time, in seconds, that one update can pass. A machine that stood still does not cost a life.
const LONGEST_UPDATE: f64 = 0.1;
/// The longest time that is computed in one step: even the fastest bullet flies no further than an enemy is wide.
const LONGEST_STEP: f64 = 0.02;
/// The seconds that a new rocket blinks. They end before the first enemy comes.
const GRACE: f64 = 2.0;
/// The seconds between a death and the next life.
const PAUSE: f64 = 2.0;
/// How often the rocket appears and vanishes in a second of grace.
const BLINK: f64 = 10.0;
/// Points for an enemy.
const ENEMY_POINTS: u32 = 10;
/// Points for the end of a wave, times the number of the wave.
const WAVE_POINTS: u32 = 25;
/// Sparks of an enemy and of the rocket.
const SPARKS: (u32, u32) = (20, 80);

/// Whether there is a rocket to fly.
#[derive(Clone, Copy, Debug)]
enum Life {
    /// It flies, and blinks for so many seconds.
    Flying(f64),
    /// It burst, and the next life begins in so many seconds.
    Over(f64),
}

/// The state of the game.
#[derive(Clone, Debug)]
pub struct Game {
    /// What the player holds down.
    pub controls: Controls,
    field: Field,
    random: Random,
    player: Player,
    life: Life,
    bullets: Bullets,
    enemies: Enemies,
    particles: Particles,
    waves: Waves,
    score: u32,
}

impl Game {
    /// A new game on 1024 by 600 pixels.
    pub const fn new() -> Self {
        let field = Field { width: 1024.0, height: 600.0 };
        Self {
            controls: Controls::RELEASED,
            field,
            random: Random::new(0x0123_4567_89ab_cdef),
            player: Player::new(Vector::new(field.width * 0.5, field.height * 0.5)),
            life: Life::Flying(GRACE),
            bullets: Pool::new(),
            enemies: Pool::new(),
            particles: Particles::new(),
            waves: Waves::new(),
            score: 0,
        }
    }

    /// Stretches the field, and all that is in it, to a new size. What is no size is ignored.
    pub fn resize(&mut self, width: f64, height: f64) {
        let Some(field) = Field::of_size(width, height) else {
            return;
        };
        let old = core::mem::replace(&mut self.field, field);
        let inside = |position, margin| field.clamp(old.stretch(field, position), margin);
        self.player.position = inside(self.player.position, 0.0);
        self.bullets.iter_mut().for_each(|bullet| bullet.position = inside(bullet.position, 0.0));
        self.enemies
            .iter_mut()
            .for_each(|enemy| enemy.position = inside(enemy.position, enemies::MARGIN));
    }

    /// Moves the world on by `seconds`: by nothing when that is no positive number, and by a tenth at most.
    pub fn update(&mut self, host: &mut impl Host, seconds: f64) {
        // A NaN is greater than nothing at all: it passes no time either.
        if seconds > 0.0 {
            let seconds = seconds.min(LONGEST_UPDATE);
            let steps = (seconds / LONGEST_STEP) as u32 + 1;
            (0..steps).for_each(|_| self.step(host, seconds / f64::from(steps)));
        }
    }

    fn step(&mut self, host: &mut impl Host, seconds: f64) {
        bullets::advance(&mut self.bullets, self.field, seconds);
        self.particles.advance(seconds);
        match &mut self.life {
            Life::Flying(grace) => {
                *grace -= seconds;
                self.fly(host, seconds);
                enemies::advance(&mut self.enemies, host, Some(&self.player), self.field, seconds);
                self.follow_the_waves(host, seconds);
                self.shoot_down_enemies(host);
                self.crash(host);
            }
            Life::Over(pause) => {
                *pause -= seconds;
                let is_over = *pause <= 0.0;
                enemies::advance(&mut self.enemies, host, None, self.field, seconds);
                if is_over {
                    self.restart();
                }
            }
        }
    }

    fn fly(&mut self, host: &mut impl Host, seconds: f64) {
        self.player.fly(host, self.controls, self.field, seconds);
        if self.controls.boost {
            self.particles.puff(host, &mut self.random, &self.player);
        }
        if self.controls.shoot
            && let Some(bullet) = self.player.shoot(host)
        {
            self.bullets.push(bullet);
        }
    }

    fn follow_the_waves(&mut self, host: &mut impl Host, seconds: f64) {
        let number = self.waves.number();
        match self.waves.advance(seconds, self.enemies.is_empty()) {
            Event::Quiet => {}
            Event::Arrival => {
                let difficulty = self.waves.difficulty();
                let enemy =
                    Enemy::arrive(host, &mut self.random, self.field, &self.player, difficulty);
                self.enemies.push(enemy);
            }
            Event::Cleared => {
                self.score = self.score.saturating_add(WAVE_POINTS.saturating_mul(number))
            }
        }
    }

    fn shoot_down_enemies(&mut self, host: &mut impl Host) {
        let Self { bullets, enemies, particles, random, score, .. } = self;
        bullets.retain(|bullet| {
            let mut is_spent = false;
            enemies.retain(|enemy| {
                let is_hit = !is_spent
                    && enemy.position.is_within(enemies::RADIUS + bullets::RADIUS, bullet.position);
                if is_hit {
                    is_spent = true;
                    *score = score.saturating_add(ENEMY_POINTS);
                    particles.burst(host, random, enemy.position, Vector::ZERO, SPARKS.0);
                }
                !is_hit
            });
            !is_spent
        });
    }

    /// Ends the life of a rocket that an enemy touches.
    fn crash(&mut self, host: &mut impl Host) {
        let Player { position, velocity, .. } = self.player;
        let is_touched =
            |enemy: &Enemy| enemy.position.is_within(enemies::RADIUS + player::RADIUS, position);
        if self.enemies.iter().any(is_touched) {
            self.life = Life::Over(PAUSE);
            self.particles.burst(host, &mut self.random, position, velocity * 0.5, SPARKS.1);
        }
    }

    /// Begins again. What the player holds down stays, and so does the course of chance: no two lives are alike.
    fn restart(&mut self) {
        self.player = Player::new(self.field.centre());
        self.life = Life::Flying(GRACE);
        self.bullets.clear();
        self.enemies.clear();
        self.waves = Waves::new();
        self.score = 0;
    }

    /// Shows the world.
    pub fn draw(&self, host: &mut impl Host) {
        host.clear_screen();
        for particle in self.particles.iter() {
            host.draw_particle(particle.position.x, particle.position.y, particle.radius());
        }
        self.announce_the_wave(host);
        for bullet in self.bullets.iter() {
            host.draw_bullet(bullet.position.x, bullet.position.y);
        }
        for enemy in self.enemies.iter() {
            host.draw_enemy(enemy.position.x, enemy.position.y);
        }
        if self.is_player_visible() {
            host.draw_player(self.player.position.x, self.player.position.y, self.player.angle);
        }
        host.draw_score(f64::from(self.score));
    }

    /// Before a wave comes, its number circles the rocket: one dot for the first, two for the second.
    fn announce_the_wave(&self, host: &mut impl Host) {
        /// More dots than this would run into one another.
        const MOST: u32 = 24;
        const DISTANCE: f64 = 34.0;
        const DOT: f64 = 2.0;
        if !matches!(self.life, Life::Flying(_)) || !self.waves.is_quiet() {
            return;
        }
        let dots = self.waves.number().min(MOST);
        for dot in 0..dots {
            let angle = self.player.angle + TAU * f64::from(dot) / f64::from(dots);
            let place = self.player.position + Vector::polar(host, angle, DISTANCE);
            host.draw_particle(place.x, place.y, DOT);
        }
    }

    fn is_player_visible(&self) -> bool {
        match self.life {
            Life::Flying(grace) => ((grace.max(0.0) * BLINK) as u32).is_multiple_of(2),
            Life::Over(_) => false,
        }
    }
}

impl Default for Game {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bullets::Bullet;
    use crate::host::Silent;

    #[test]
    fn a_bullet_hits_one_enemy_only() {
        let mut game = Game::new();
        let place = Vector::new(100.0, 100.0);
        (0..2).for_each(|_| game.enemies.push(Enemy::at_rest(place)));
        game.bullets.push(Bullet::new(place, Vector::ZERO));
        game.shoot_down_enemies(&mut Silent);
        assert_eq!((game.enemies.len(), game.bullets.len(), game.score), (1, 0, ENEMY_POINTS));
    }

    #[test]
    fn only_an_enemy_that_touches_the_hull_does_harm() {
        let dies = |distance: f64| {
            let mut game = Game::new();
            game.enemies.push(Enemy::at_rest(game.player.position + Vector::new(distance, 0.0)));
            game.update(&mut Silent, 0.01);
            matches!(game.life, Life::Over(_))
        };
        assert!(dies(15.0) && !dies(17.0));
    }

    #[test]
    fn the_blinking_ends_before_the_first_enemy_comes() {
        const { assert!(GRACE < crate::waves::BREATH) };
    }
}
