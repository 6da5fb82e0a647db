//! A host that remembers what it was asked, and hands to play with.
#![allow(dead_code, reason = "not every test needs all of it")]

use rocket_guest::player::Controls;
use rocket_guest::{Game, Host};

/// A call of the game into its host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Call {
    Clear,
    Player(f64, f64, f64),
    Enemy(f64, f64),
    Bullet(f64, f64),
    Particle(f64, f64, f64),
    Score(f64),
}

/// Remembers the calls that draw.
#[derive(Default)]
pub struct Recorder(pub Vec<Call>);

impl Host for Recorder {
    fn clear_screen(&mut self) {
        self.0.push(Call::Clear);
    }
    fn draw_player(&mut self, x: f64, y: f64, angle: f64) {
        self.0.push(Call::Player(x, y, angle));
    }
    fn draw_enemy(&mut self, x: f64, y: f64) {
        self.0.push(Call::Enemy(x, y));
    }
    fn draw_bullet(&mut self, x: f64, y: f64) {
        self.0.push(Call::Bullet(x, y));
    }
    fn draw_particle(&mut self, x: f64, y: f64, radius: f64) {
        self.0.push(Call::Particle(x, y, radius));
    }
    fn draw_score(&mut self, score: f64) {
        self.0.push(Call::Score(score));
    }
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

/// One drawn frame, sorted.
pub struct Frame {
    pub calls: Vec<Call>,
    pub player: Option<(f64, f64, f64)>,
    pub enemies: Vec<(f64, f64)>,
    pub bullets: Vec<(f64, f64)>,
    pub score: f64,
}

/// Draws `game` and sorts what it drew.
pub fn look(game: &Game) -> Frame {
    let mut recorder = Recorder::default();
    game.draw(&mut recorder);
    let calls = recorder.0;
    Frame {
        player: calls.iter().find_map(|call| match *call {
            Call::Player(x, y, angle) => Some((x, y, angle)),
            _ => None,
        }),
        enemies: calls
            .iter()
            .filter_map(|call| match *call {
                Call::Enemy(x, y) => Some((x, y)),
                _ => None,
            })
            .collect(),
        bullets: calls
            .iter()
            .filter_map(|call| match *call {
                Call::Bullet(x, y) => Some((x, y)),
                _ => None,
            })
            .collect(),
        score: calls
            .iter()
            .find_map(|call| match *call {
                Call::Score(score) => Some(score),
                _ => None,
            })
            .expect("every frame shows the score"),
        calls,
    }
}

/// The frames of a second.
pub const RATE: u32 = 60;

/// Passes `seconds` in frames of a sixtieth.
pub fn pass(game: &mut Game, seconds: f64) {
    for _ in 0..(seconds * f64::from(RATE)).round() as u32 {
        game.update(&mut Recorder::default(), 1.0 / f64::from(RATE));
    }
}

/// Plays until the rocket stays out of sight for half a second or `seconds` have passed; returns how long that took.
pub fn survive(game: &mut Game, seconds: f64, mut steer: impl FnMut(&mut Game, &Frame)) -> f64 {
    let mut unseen = 0;
    for frame in 0..(seconds * f64::from(RATE)) as u32 {
        let picture = look(game);
        unseen = if picture.player.is_some() { 0 } else { unseen + 1 };
        if unseen > RATE / 2 {
            return f64::from(frame) / f64::from(RATE);
        }
        steer(game, &picture);
        game.update(&mut Recorder::default(), 1.0 / f64::from(RATE));
    }
    seconds
}

/// Plays until the last rocket is lost or `seconds` have passed; returns how long that took.
pub fn play(game: &mut Game, seconds: f64, mut steer: impl FnMut(&mut Game, &Frame)) -> f64 {
    for frame in 0..(seconds * f64::from(RATE)) as u32 {
        if game.rockets() == 0 {
            return f64::from(frame) / f64::from(RATE);
        }
        steer(game, &look(game));
        game.update(&mut Recorder::default(), 1.0 / f64::from(RATE));
    }
    seconds
}

/// Presses a key when a game is over, and lets it go in the next one.
pub fn again(game: &mut Game) {
    game.controls = Controls::RELEASED;
    pass(game, 2.0);
    game.controls.turn_left = true;
    pass(game, 1.0 / f64::from(RATE));
    game.controls = Controls::RELEASED;
}

/// The way round to `angle`, between -π and π.
pub fn short_way(angle: f64) -> f64 {
    (angle + std::f64::consts::PI).rem_euclid(std::f64::consts::TAU) - std::f64::consts::PI
}

/// A simple player: turns to the nearest enemy and shoots all the time, but never flies.
pub fn bot(game: &mut Game, picture: &Frame) {
    let Some((x, y, angle)) = picture.player else {
        return;
    };
    let squared = |&(ex, ey): &(f64, f64)| (ex - x).powi(2) + (ey - y).powi(2);
    let nearest =
        picture.enemies.iter().min_by(|one, other| squared(one).total_cmp(&squared(other)));
    let off = nearest.map_or(0.0, |&(ex, ey)| short_way((ey - y).atan2(ex - x) - angle));
    game.controls.shoot = true;
    game.controls.turn_left = off < -0.04;
    game.controls.turn_right = off > 0.04;
}
