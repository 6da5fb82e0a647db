//! The whole game: one state, moved on by `update` and shown by `draw`.

use core::f64::consts::TAU;

use crate::bonuses::{self, Bonus, Bonuses, Gift};
use crate::bullets::{self, Bullets};
use crate::enemies::{self, Enemies, Enemy, Kind};
use crate::geometry::{Field, Vector};
use crate::particles::Particles;
use crate::player::{self, Controls, Player};
use crate::random::Random;
use crate::tables::{Table, event, thing};
use crate::waves::{self, Event, Waves};
use crate::{Host, pool::Pool};

/// The longest time, in seconds, that one update can pass. A machine that stood still does not cost a life.
const LONGEST_UPDATE: f64 = 0.1;
/// The longest time that is computed in one step: even the fastest bullet flies no further than an enemy is wide.
const LONGEST_STEP: f64 = 0.02;
/// The seconds that a new rocket blinks, and nothing harms it. They end before the first enemy comes.
const GRACE: f64 = 2.0;
/// The seconds that a rocket blinks whose shield has taken a blow.
const RECOVERY: f64 = 1.2;
/// The rockets of a game, and the most that can be had.
const ROCKETS: (u32, u32) = (3, 5);
/// The seconds between a death and the next rocket.
const PAUSE: f64 = 2.0;
/// When the last rocket is lost: the seconds until a key begins a new game, and until it begins by itself.
const END: (f64, f64) = (1.5, 10.0);
/// How often the rocket appears and vanishes in a second of grace.
const BLINK: f64 = 10.0;
/// Points for a shield that is picked up by a rocket that has one.
const SHIELD_POINTS: u32 = 50;
/// The seconds of a spread that is picked up.
const SPREAD: f64 = 10.0;
/// The first wave that leaves bonuses behind.
const FIRST_BONUSES: u32 = 2;
/// Points for the end of a wave, times the number of the wave.
const WAVE_POINTS: u32 = 25;
/// The seconds between two sparks that circle.
const SPARK: f64 = 0.05;
/// Sparks of an enemy that is hit, of a shield, and of the rocket.
const SPARKS: (u32, u32, u32) = (4, 30, 80);

/// Whether there is a rocket to fly.
#[derive(Clone, Copy, Debug)]
enum Life {
    /// It flies, and blinks for so many seconds.
    Flying(f64),
    /// It burst, and the next one comes in so many seconds.
    Over(f64),
    /// It was the last one, and burst so many seconds ago.
    Ended(f64),
}

/// The state of the game.
#[derive(Clone, Debug)]
pub struct Game {
    /// What the player holds down.
    pub controls: Controls,
    /// What the player held in the last step.
    held: Controls,
    field: Field,
    random: Random,
    /// The chance that decides who comes and what is left behind: the first wave knows nothing of it.
    fate: Random,
    player: Player,
    rockets: u32,
    life: Life,
    bullets: Bullets,
    enemies: Enemies,
    bonuses: Bonuses,
    /// What the next bonus gives.
    gift: Gift,
    particles: Particles,
    /// The seconds until the next sparks that circle.
    next_spark: f64,
    waves: Waves,
    score: u32,
    /// Whether nothing has happened yet.
    is_new: bool,
    things: Things,
    events: Events,
}

/// A bullet that hits.
struct Hit {
    enemy: Enemy,
    /// Where the bullet is.
    bullet: Vector,
    /// Whether the enemy is gone.
    is_last: bool,
}

/// What there is: all enemies, the hull of a boss or two, the bonuses, and what the rocket has.
type Things = Table<64>;
/// What happened: room for a blow of each bullet, and what comes of it.
type Events = Table<64>;

impl Game {
    /// A new game on 1024 by 600 pixels.
    pub const fn new() -> Self {
        let field = Field { width: 1024.0, height: 600.0 };
        Self {
            controls: Controls::RELEASED,
            held: Controls::RELEASED,
            field,
            random: Random::new(0x0123_4567_89ab_cdef),
            fate: Random::new(0xfedc_ba98_7654_3210),
            rockets: ROCKETS.0,
            player: Player::new(Vector::new(field.width * 0.5, field.height * 0.5)),
            life: Life::Flying(GRACE),
            bullets: Pool::new(),
            enemies: Pool::new(),
            bonuses: Pool::new(),
            gift: Gift::Shield,
            particles: Particles::new(),
            next_spark: 0.0,
            waves: Waves::new(),
            score: 0,
            is_new: true,
            things: Table::new(),
            events: Table::new(),
        }
    }

    /// The number of the wave that is here, or comes next.
    pub fn wave(&self) -> u32 {
        self.waves.number()
    }

    /// How many rockets are left, with the one that flies.
    pub fn rockets(&self) -> u32 {
        self.rockets
    }

    /// What happened in the last update.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// What there is now, beginning with a record for each enemy that [`Game::draw`] draws.
    pub fn things(&mut self, host: &mut impl Host) -> &Things {
        let Self { things, enemies, bonuses, player, life, .. } = self;
        let tenths = |seconds: f64| (seconds.max(0.0) * 10.0) as u32;
        things.clear();
        for enemy in enemies.iter() {
            things.push(enemy.kind.thing(), enemy.soundness(), enemy.position);
            enemy.hull(host).for_each(|place| things.push(thing::HULL, 100, place));
        }
        for bonus in bonuses.iter().filter(|bonus| bonus.is_visible()) {
            things.push(bonus.gift.thing(), tenths(bonus.life), bonus.position);
        }
        match *life {
            Life::Flying(_) => {
                if player.is_shielded {
                    things.push(thing::SHIELD, 1, player.position);
                }
                if player.spread > 0.0 {
                    things.push(thing::SPREAD, tenths(player.spread), player.position);
                }
            }
            Life::Over(_) => {}
            Life::Ended(seconds) => {
                if seconds >= END.0 {
                    things.push(thing::WAITING, 1, player.position);
                }
            }
        }
        things
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
        self.bonuses.iter_mut().for_each(|bonus| bonus.position = inside(bonus.position, 0.0));
    }

    /// Moves the world on by `seconds`: by nothing when that is no positive number, and by a tenth at most.
    pub fn update(&mut self, host: &mut impl Host, seconds: f64) {
        // A NaN is greater than nothing at all: it passes no time either.
        if seconds > 0.0 {
            self.events.clear();
            if core::mem::take(&mut self.is_new) {
                self.announce();
            }
            let seconds = seconds.min(LONGEST_UPDATE);
            let steps = (seconds / LONGEST_STEP) as u32 + 1;
            (0..steps).for_each(|_| self.step(host, seconds / f64::from(steps)));
        }
    }

    fn step(&mut self, host: &mut impl Host, seconds: f64) {
        bullets::advance(&mut self.bullets, self.field, seconds);
        self.particles.advance(seconds);
        bonuses::advance(&mut self.bonuses, seconds);
        self.sparkle(host, seconds);
        let held = core::mem::replace(&mut self.held, self.controls);
        match &mut self.life {
            Life::Flying(grace) => {
                *grace -= seconds;
                self.fly(host, seconds);
                enemies::advance(&mut self.enemies, host, Some(&self.player), self.field, seconds);
                self.follow_the_waves(host, seconds);
                self.shoot_down_enemies(host);
                self.pick_up();
                self.crash(host);
            }
            Life::Over(pause) => {
                *pause -= seconds;
                let is_over = *pause <= 0.0;
                enemies::advance(&mut self.enemies, host, None, self.field, seconds);
                if is_over {
                    self.begin_life(host);
                }
            }
            Life::Ended(passed) => {
                *passed += seconds;
                let is_over = *passed >= END.1 || *passed >= END.0 && self.controls.has_news(held);
                enemies::advance(&mut self.enemies, host, None, self.field, seconds);
                if is_over {
                    self.restart();
                }
            }
        }
    }

    /// Sparks circle round what can be picked up, and round a shield: all that a host can draw are sparks.
    fn sparkle(&mut self, host: &mut impl Host, seconds: f64) {
        let Self { bonuses, player, particles, life, next_spark, .. } = self;
        *next_spark -= seconds;
        if *next_spark > 0.0 {
            return;
        }
        *next_spark = SPARK;
        for bonus in bonuses.iter().filter(|bonus| bonus.is_visible()) {
            particles.spark(host, bonus.position, Vector::ZERO, 9.0, bonus.life * 3.0);
        }
        if player.is_shielded
            && let Life::Flying(grace) = *life
        {
            // The grace goes on falling below 0, and so the sparks go round.
            particles.spark(
                host,
                player.position,
                player.velocity,
                20.0,
                player.angle + grace * 9.0,
            );
        }
    }

    /// Tells which wave comes next.
    fn announce(&mut self) {
        let number = self.waves.number();
        self.events.push(event::WAVE, number, self.player.position);
        if waves::has_boss(number) {
            self.events.push(event::BOSS, number, self.player.position);
        }
    }

    /// Adds points, which were won at a place.
    #[inline(never)]
    fn win(&mut self, points: u32, place: Vector) {
        self.score = self.score.saturating_add(points);
        self.events.push(event::POINTS, points, place);
    }

    fn fly(&mut self, host: &mut impl Host, seconds: f64) {
        self.player.fly(host, self.controls, self.field, seconds);
        if self.controls.boost {
            self.particles.puff(host, &mut self.random, &self.player);
        }
        if self.controls.shoot {
            self.player.shoot(host, &mut self.bullets);
        }
    }

    fn follow_the_waves(&mut self, host: &mut impl Host, seconds: f64) {
        let number = self.waves.number();
        match self.waves.advance(seconds, self.enemies.is_empty()) {
            Event::Quiet => {}
            Event::Arrival { is_first } => {
                let kind = Kind::by_lot(&mut self.fate, number, is_first);
                let Self { random, field, player, .. } = self;
                self.enemies.push(Enemy::arrive(host, random, *field, player, kind, number));
            }
            Event::Cleared => {
                self.win(WAVE_POINTS.saturating_mul(number), self.player.position);
                self.announce();
            }
        }
    }

    fn shoot_down_enemies(&mut self, host: &mut impl Host) {
        while !self.enemies.is_empty()
            && let Some(Hit { enemy, bullet, is_last }) = self.next_hit()
        {
            if is_last {
                self.burst(host, enemy);
            } else {
                self.events.push(event::HIT, enemy.kind.thing() as u32, bullet);
                self.particles.burst(host, &mut self.random, bullet, Vector::ZERO, SPARKS.0);
            }
        }
    }

    /// Takes the next bullet that hits away, and the enemy with it if that was the last blow. A bullet hits one enemy.
    fn next_hit(&mut self) -> Option<Hit> {
        let Self { bullets, enemies, .. } = self;
        let mut hit = None;
        bullets.retain(|bullet| {
            if hit.is_some() {
                return true;
            }
            enemies.retain(|enemy| {
                let reach = enemy.radius + bullets::RADIUS;
                if hit.is_some() || !enemy.position.is_within(reach, bullet.position) {
                    return true;
                }
                let is_last = enemy.is_shot_down();
                hit = Some(Hit { enemy: *enemy, bullet: bullet.position, is_last });
                !is_last
            });
            hit.is_none()
        });
        hit
    }

    /// An enemy is gone: there are sparks, points, and sometimes a bonus.
    fn burst(&mut self, host: &mut impl Host, enemy: Enemy) {
        let Enemy { kind, position, .. } = enemy;
        self.particles.burst(host, &mut self.random, position, Vector::ZERO, kind.sparks());
        self.events.push(event::DOWN, kind.thing() as u32, position);
        self.win(kind.points(), position);
        if kind == Kind::Boss && self.rockets < ROCKETS.1 {
            self.rockets += 1;
            self.events.push(event::ROCKET, self.rockets, position);
        }
        if self.waves.number() >= FIRST_BONUSES && self.fate.between(0.0, 1.0) < kind.bonus() {
            self.bonuses.push(Bonus::new(self.field.clamp(position, 0.0), self.gift));
            self.gift = self.gift.other();
        }
    }

    /// Picks up what the rocket touches.
    fn pick_up(&mut self) {
        let Self { bonuses, player, events, .. } = self;
        let mut points = 0;
        bonuses.retain(|bonus| {
            let is_touched = bonus.position.is_within(bonuses::REACH, player.position);
            if is_touched {
                events.push(event::BONUS, bonus.gift.thing() as u32, bonus.position);
                match bonus.gift {
                    Gift::Shield if player.is_shielded => points += SHIELD_POINTS,
                    Gift::Shield => player.is_shielded = true,
                    Gift::Spread => player.spread = SPREAD,
                }
            }
            !is_touched
        });
        if points > 0 {
            self.win(points, self.player.position);
        }
    }

    /// Ends the life of a rocket that an enemy touches, unless it has a shield.
    fn crash(&mut self, host: &mut impl Host) {
        let Player { position, velocity, .. } = self.player;
        let touches =
            |enemy: &Enemy| enemy.position.is_within(enemy.radius + player::RADIUS, position);
        if matches!(self.life, Life::Flying(grace) if grace > 0.0)
            || !self.enemies.iter().any(touches)
        {
            return;
        }
        if core::mem::take(&mut self.player.is_shielded) {
            self.events.push(event::SHIELD_LOST, 0, position);
            self.life = Life::Flying(RECOVERY);
            self.particles.burst(host, &mut self.random, position, velocity * 0.5, SPARKS.1);
            return;
        }
        self.rockets = self.rockets.saturating_sub(1);
        self.events.push(event::LOST, self.rockets, position);
        self.particles.burst(host, &mut self.random, position, velocity * 0.5, SPARKS.2);
        self.life = Life::Over(PAUSE);
        if self.rockets == 0 {
            self.life = Life::Ended(0.0);
            self.events.push(event::OVER, self.score, position);
        }
    }

    /// Brings the next rocket. Those who hunted the last one begin again at the edge.
    fn begin_life(&mut self, host: &mut impl Host) {
        self.player = Player::new(self.field.centre());
        self.life = Life::Flying(GRACE);
        self.bullets.clear();
        let Self { fate, field, player, .. } = self;
        self.enemies.iter_mut().for_each(|enemy| enemy.retreat(host, fate, *field, player));
    }

    /// Begins again. What the player holds down stays, and so does the course of chance: no two games are alike.
    fn restart(&mut self) {
        self.player = Player::new(self.field.centre());
        self.life = Life::Flying(GRACE);
        self.rockets = ROCKETS.0;
        self.bullets.clear();
        self.enemies.clear();
        self.bonuses.clear();
        self.waves = Waves::new();
        self.score = 0;
        self.announce();
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
            enemy.draw_hull(host);
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
            Life::Over(_) | Life::Ended(_) => false,
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
        assert_eq!((game.enemies.len(), game.bullets.len(), game.score), (1, 0, 10));
    }

    #[test]
    fn only_an_enemy_that_touches_the_hull_does_harm() {
        let dies = |distance: f64| {
            let mut game = flying();
            game.enemies.push(Enemy::at_rest(game.player.position + Vector::new(distance, 0.0)));
            game.update(&mut Silent, 0.01);
            matches!(game.life, Life::Over(_))
        };
        assert!(dies(15.0) && !dies(17.0));
    }

    /// A game whose rocket does not blink any more.
    fn flying() -> Game {
        Game { life: Life::Flying(0.0), ..Game::new() }
    }

    /// The kinds and the values of what happened in the last update.
    fn events(game: &Game) -> Vec<(i32, i32)> {
        game.events.records().iter().map(|record| (record.kind, record.value)).collect()
    }

    /// A game that is flown into an enemy of this kind.
    fn crashed(mut game: Game, kind: Kind) -> Game {
        game.enemies.push(Enemy::of_kind(kind, game.player.position));
        game.update(&mut Silent, 0.01);
        game
    }

    #[test]
    fn nothing_harms_a_rocket_that_blinks() {
        assert!(matches!(crashed(Game::new(), Kind::Boss).life, Life::Flying(_)));
    }

    #[test]
    fn each_rocket_that_is_lost_is_told_and_the_last_one_ends_the_game() {
        let mut game = flying();
        game.score = 70;
        for left in [2, 1] {
            game = crashed(game, Kind::Hunter);
            assert_eq!(events(&game).last(), Some(&(event::LOST, left)));
            game.enemies.clear();
            (0..21).for_each(|_| game.update(&mut Silent, 0.1));
            assert_eq!((game.score, game.rockets() as i32), (70, left));
            game.life = Life::Flying(0.0);
        }
        game = crashed(game, Kind::Hunter);
        assert_eq!(events(&game), [(event::LOST, 0), (event::OVER, 70)]);
    }

    /// A game that ended so long ago. Its player holds the trigger.
    fn ended(seconds: f64) -> Game {
        let mut game = Game { rockets: 1, score: 5, ..flying() };
        game.controls.shoot = true;
        game = crashed(game, Kind::Boss);
        (0..(seconds * 10.0) as u32).for_each(|_| game.update(&mut Silent, 0.1));
        game
    }

    #[test]
    fn a_key_that_is_pressed_begins_a_new_game_after_a_moment() {
        for (seconds, begins) in [(0.5, false), (1.4, false), (1.7, true)] {
            let mut game = ended(seconds);
            let waits = |game: &mut Game| {
                let things = game.things(&mut Silent).records();
                things.iter().any(|record| record.kind == thing::WAITING)
            };
            assert_eq!(waits(&mut game), begins, "after {seconds} s");
            assert_eq!(game.rockets(), 0, "a key that is held is not news");
            game.controls.turn_left = true;
            game.update(&mut Silent, 0.01);
            assert_eq!(game.rockets(), if begins { 3 } else { 0 }, "after {seconds} s");
            if begins {
                assert_eq!((game.score, events(&game)), (0, vec![(event::WAVE, 1)]));
                assert!(!waits(&mut game));
            }
        }
    }

    #[test]
    fn a_new_game_begins_by_itself_when_nobody_is_there() {
        assert_eq!((ended(9.8).rockets(), ended(10.2).rockets()), (0, 3));
    }

    #[test]
    fn a_shield_takes_one_blow() {
        let mut game = flying();
        game.player.is_shielded = true;
        game = crashed(game, Kind::Hulk);
        assert_eq!(events(&game).last(), Some(&(event::SHIELD_LOST, 0)));
        assert!(matches!(game.life, Life::Flying(grace) if grace > 1.0));
        assert!(!game.player.is_shielded && game.rockets == 3);
        game.life = Life::Flying(0.0);
        game.update(&mut Silent, 0.01);
        assert!(matches!(game.life, Life::Over(_)));
    }

    #[test]
    fn those_who_killed_the_rocket_wait_for_the_next_one_at_the_edge() {
        let mut game = crashed(flying(), Kind::Hunter);
        (0..21).for_each(|_| game.update(&mut Silent, 0.1));
        assert!(matches!(game.life, Life::Flying(_)) && game.enemies.len() == 1);
        let is_near = |enemy: &Enemy| enemy.position.is_within(200.0, game.player.position);
        assert!(!game.enemies.iter().any(is_near));
    }

    /// Flies over a bonus.
    fn picked_up(gift: Gift, prepare: fn(&mut Game)) -> Game {
        let mut game = flying();
        prepare(&mut game);
        game.bonuses.push(Bonus::new(game.player.position, gift));
        game.bonuses.push(Bonus::new(game.player.position + Vector::new(30.0, 0.0), gift));
        game.update(&mut Silent, 0.01);
        assert_eq!(game.bonuses.len(), 1, "one is too far away");
        assert!(events(&game).contains(&(event::BONUS, gift.thing())));
        game
    }

    #[test]
    fn a_bonus_gives_what_it_promises() {
        assert!(picked_up(Gift::Shield, |_| {}).player.is_shielded);
        let game = picked_up(Gift::Shield, |game| game.player.is_shielded = true);
        assert_eq!((game.score, game.player.is_shielded), (SHIELD_POINTS, true));

        let mut game = picked_up(Gift::Spread, |_| {});
        game.controls.shoot = true;
        game.update(&mut Silent, 0.01);
        assert_eq!(game.bullets.len(), 3);
        game.controls.shoot = false;
        for _ in 0..110 {
            game.enemies.clear();
            game.update(&mut Silent, 0.1);
        }
        assert!(game.bullets.is_empty());
        game.controls.shoot = true;
        game.update(&mut Silent, 0.01);
        assert_eq!(game.bullets.len(), 1, "the spread has an end");
    }

    #[test]
    fn a_host_that_only_draws_sees_sparks_round_a_bonus_and_a_shield() {
        let sparks = |prepare: fn(&mut Game)| {
            let mut game = flying();
            prepare(&mut game);
            (0..20).for_each(|_| game.update(&mut Silent, 0.02));
            game.particles.iter().count()
        };
        assert_eq!(sparks(|_| {}), 0);
        let bonus = sparks(|game| game.bonuses.push(Bonus::new(Vector::ZERO, Gift::Shield)));
        let shield = sparks(|game| game.player.is_shielded = true);
        assert!((4..12).contains(&bonus) && (4..12).contains(&shield), "{bonus}, {shield}");
    }

    #[test]
    fn a_bonus_that_nobody_picks_up_blinks_and_is_gone() {
        let mut game = flying();
        game.bonuses.push(Bonus::new(Vector::ZERO, Gift::Spread));
        let mut is_shown = Vec::new();
        for _ in 0..95 {
            let things = game.things(&mut Silent).records();
            is_shown.push(things.iter().any(|record| record.kind == thing::SPREAD_BONUS));
            bonuses::advance(&mut game.bonuses, 0.1);
        }
        is_shown.dedup();
        assert!(is_shown.len() > 10 && is_shown.last() == Some(&false), "{is_shown:?}");
        assert!(game.bonuses.is_empty());
    }

    /// Shoots at an enemy of this kind until it is gone; returns the events of each bullet.
    fn shot_down(game: &mut Game, kind: Kind) -> Vec<Vec<(i32, i32)>> {
        let place = Vector::new(100.0, 100.0);
        game.enemies.push(Enemy::of_kind(kind, place));
        let mut all = Vec::new();
        while !game.enemies.is_empty() {
            game.events.clear();
            game.bullets.push(Bullet::new(place, Vector::ZERO));
            game.shoot_down_enemies(&mut Silent);
            all.push(events(game));
        }
        all
    }

    #[test]
    fn every_kind_tells_its_blows_and_is_worth_its_points() {
        for (kind, blows, points) in
            [(Kind::Hunter, 1, 10), (Kind::Dart, 1, 15), (Kind::Hulk, 3, 30), (Kind::Boss, 12, 200)]
        {
            let mut game = flying();
            let told = shot_down(&mut game, kind);
            assert_eq!((told.len(), game.score as i32), (blows, points));
            for events in &told[..blows - 1] {
                assert_eq!(events, &[(event::HIT, kind.thing())]);
            }
            let last = told.last().unwrap();
            assert_eq!(last[..2], [(event::DOWN, kind.thing()), (event::POINTS, points)]);
        }
    }

    #[test]
    fn a_boss_that_is_shot_down_is_worth_a_rocket_up_to_five() {
        let mut game = flying();
        for rockets in [4, 5, 5] {
            shot_down(&mut game, Kind::Boss);
            assert_eq!(game.rockets(), rockets);
        }
    }

    #[test]
    fn the_first_wave_leaves_nothing_behind_and_later_ones_leave_both_gifts_in_turn() {
        let mut game = flying();
        (0..200).for_each(|_| drop(shot_down(&mut game, Kind::Hunter)));
        assert!(game.bonuses.is_empty());
        while game.waves.number() < FIRST_BONUSES {
            game.waves.advance(0.1, true);
        }
        (0..20).for_each(|_| drop(shot_down(&mut game, Kind::Hulk)));
        let gifts: Vec<Gift> = game.bonuses.iter().map(|bonus| bonus.gift).collect();
        assert_eq!(gifts, [Gift::Shield, Gift::Spread, Gift::Shield, Gift::Spread]);
    }

    #[test]
    fn the_things_begin_with_one_record_for_each_enemy_that_is_drawn() {
        let mut game = flying();
        for (x, kind) in (1_u8..).zip([Kind::Hulk, Kind::Boss, Kind::Dart]) {
            game.enemies.push(Enemy::of_kind(kind, Vector::new(100.0 * f64::from(x), 90.0)));
        }
        game.player.is_shielded = true;
        game.player.spread = 1.25;
        game.bonuses.push(Bonus::new(Vector::new(7.0, 8.0), Gift::Shield));
        let mut drawn = Drawn(Vec::new());
        game.draw(&mut drawn);
        let things = game.things(&mut Silent).records();
        let kinds: Vec<i32> = things.iter().map(|record| record.kind).collect();
        let hull = thing::HULL;
        assert_eq!(kinds[..3], [thing::HULK, thing::BOSS, hull]);
        assert_eq!(kinds[8..], [thing::DART, thing::SHIELD_BONUS, thing::SHIELD, thing::SPREAD]);
        let places: Vec<_> = things.iter().map(|record| (record.x, record.y)).collect();
        assert_eq!(places[..9], drawn.0);
        assert_eq!((places[9], things[11].value), ((7.0, 8.0), 12));
    }

    #[test]
    fn a_new_game_announces_its_first_wave_once_and_a_boss_is_announced_too() {
        let mut game = Game::new();
        game.update(&mut Silent, 0.01);
        assert_eq!(events(&game), [(event::WAVE, 1)]);
        game.update(&mut Silent, 0.01);
        assert_eq!(events(&game), []);
        while game.waves.number() < 5 {
            game.waves.advance(0.1, true);
        }
        game.announce();
        assert_eq!(events(&game), [(event::WAVE, 5), (event::BOSS, 5)]);
    }

    /// Where enemies are drawn.
    struct Drawn(Vec<(f64, f64)>);

    impl Host for Drawn {
        fn draw_enemy(&mut self, x: f64, y: f64) {
            self.0.push((x, y));
        }
        fn clear_screen(&mut self) {}
        fn draw_player(&mut self, _: f64, _: f64, _: f64) {}
        fn draw_bullet(&mut self, _: f64, _: f64) {}
        fn draw_particle(&mut self, _: f64, _: f64, _: f64) {}
        fn draw_score(&mut self, _: f64) {}
        fn sin(&mut self, angle: f64) -> f64 {
            angle.sin()
        }
        fn cos(&mut self, angle: f64) -> f64 {
            angle.cos()
        }
        fn atan(&mut self, tangent: f64) -> f64 {
            tangent.atan()
        }
    }

    #[test]
    fn the_blinking_ends_before_the_first_enemy_comes() {
        const { assert!(GRACE < waves::BREATH) };
    }
}
