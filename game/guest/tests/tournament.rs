//! Simple pilots play many games: none of them wins by a trick, and a better pilot scores more.

mod support;

use rocket_guest::player::Controls;
use rocket_guest::tables::thing;
use rocket_guest::{Game, bullets};
use support::{Frame, RATE, Recorder, again, bot, look, play, short_way};

/// A game that lasts longer than this was not fair.
const LONGEST: f64 = 600.0;
/// How many games each pilot plays. They are different games: the course of chance goes on.
const GAMES: usize = 7;

/// What a pilot does in view of a picture, whose number is `frame`.
type Steer = fn(frame: u32, game: &mut Game, picture: &Frame);

#[derive(Clone, Copy, Debug)]
struct Played {
    score: f64,
    seconds: f64,
    wave: u32,
}

/// The games of a pilot, from the worst to the best.
fn games(mut steer: impl FnMut(u32, &mut Game, &Frame)) -> Vec<Played> {
    let mut game = Game::new();
    let mut games: Vec<Played> = (0..GAMES)
        .map(|_| {
            let mut frame = 0;
            let seconds = play(&mut game, LONGEST, |game, picture| {
                frame += 1;
                steer(frame, game, picture);
            });
            let played = Played { score: look(&game).score, seconds, wave: game.wave() };
            again(&mut game);
            played
        })
        .collect();
    games.sort_by(|one, other| one.score.total_cmp(&other.score));
    games
}

/// Holds nothing.
fn nobody(_: u32, _: &mut Game, _: &Frame) {}

/// Turns all the time and shoots.
fn spinner(_: u32, game: &mut Game, _: &Frame) {
    game.controls = Controls { shoot: true, turn_left: true, ..Controls::RELEASED };
}

/// Flies straight on and shoots: over the edge and back again.
fn runner(_: u32, game: &mut Game, _: &Frame) {
    game.controls = Controls { shoot: true, boost: true, ..Controls::RELEASED };
}

/// Flies in circles and shoots.
fn circler(_: u32, game: &mut Game, _: &Frame) {
    game.controls = Controls { shoot: true, boost: true, turn_left: true, ..Controls::RELEASED };
}

/// Flies a zigzag and shoots.
fn weaver(frame: u32, game: &mut Game, _: &Frame) {
    let left = frame % 40 < 20;
    game.controls = Controls { shoot: true, boost: true, turn_left: left, turn_right: !left };
}

/// Four decisions a second, each a tap on a key, and no flight.
fn beginner(frame: u32, game: &mut Game, picture: &Frame) {
    match frame % 15 {
        0 => bot(game, picture),
        5 => game.controls = Controls { shoot: true, ..Controls::RELEASED },
        _ => {}
    }
}

/// Turns to the nearest enemy and shoots, but never flies.
fn turret(_: u32, game: &mut Game, picture: &Frame) {
    bot(game, picture);
}

/// Aims at where an enemy will be, flies out of the way of what comes near, and fetches what is left behind.
struct Ace {
    /// Where the enemies were a picture ago.
    before: Vec<(f64, f64)>,
}

impl Ace {
    /// The nearest enemy, from the rocket, and where to aim.
    fn nearest(&self, picture: &Frame, (x, y): (f64, f64)) -> Option<[(f64, f64); 2]> {
        let from = |place: (f64, f64), other: (f64, f64)| (other.0 - place.0, other.1 - place.1);
        let near = |place: (f64, f64), all: &[(f64, f64)]| {
            let far = |it: &(f64, f64)| (it.0 - place.0).hypot(it.1 - place.1);
            all.iter().copied().min_by(|one, other| far(one).total_cmp(&far(other)))
        };
        let enemy = near((x, y), &picture.enemies)?;
        let step = near(enemy, &self.before).map_or((0.0, 0.0), |before| from(before, enemy));
        // Who has moved further than anything flies was not there.
        let step = if step.0.hypot(step.1) > 8.0 { (0.0, 0.0) } else { step };
        let (x, y) = from((x, y), enemy);
        let pictures = x.hypot(y) / bullets::SPEED * f64::from(RATE);
        Some([(x, y), (x + step.0 * pictures, y + step.1 * pictures)])
    }

    fn steer(&mut self, game: &mut Game, picture: &Frame) {
        let Some((x, y, angle)) = picture.player else {
            return;
        };
        let nearest = self.nearest(picture, (x, y));
        self.before.clone_from(&picture.enemies);
        let bonus = game.things(&mut Recorder::default()).records().iter().find_map(|it| {
            let is_bonus = matches!(it.kind, thing::SHIELD_BONUS | thing::SPREAD_BONUS);
            is_bonus.then_some((it.x - x, it.y - y))
        });
        let turn_to = |(x, y): (f64, f64)| short_way(y.atan2(x) - angle);
        let distance = nearest.map_or(f64::INFINITY, |[(x, y), _]| x.hypot(y));
        let (turn, boost) = match (nearest, bonus) {
            // Too near to be shot in time: past it, at a right angle.
            (Some([enemy, _]), _) if distance < 70.0 => {
                let turn = turn_to(enemy);
                (if turn > 0.0 { turn - 1.6 } else { turn + 1.6 }, true)
            }
            (_, Some(bonus)) if distance > 160.0 => (turn_to(bonus), turn_to(bonus).abs() < 0.4),
            (Some([_, ahead]), _) => (turn_to(ahead), false),
            (None, _) => (0.0, false),
        };
        let (turn_left, turn_right) = (turn < -0.04, turn > 0.04);
        game.controls = Controls { shoot: true, boost, turn_left, turn_right };
    }
}

/// The score in the middle.
fn median(games: &[Played]) -> f64 {
    games[games.len() / 2].score
}

#[test]
fn no_trick_wins_and_a_better_pilot_scores_more() {
    let tricks: [(&str, Steer); 5] = [
        ("nobody", nobody),
        ("spinner", spinner),
        ("runner", runner),
        ("circler", circler),
        ("weaver", weaver),
    ];
    let tricks = tricks.map(|(name, steer)| (name, games(steer)));
    let mut ace = Ace { before: Vec::new() };
    let pilots = [
        ("beginner", games(beginner)),
        ("turret", games(turret)),
        ("ace", games(|_, game, picture| ace.steer(game, picture))),
    ];
    for (name, games) in tricks.iter().chain(&pilots) {
        println!("{name}");
        games.iter().for_each(|game| println!("  {game:?}"));
        assert!(games.iter().all(|game| game.seconds < LONGEST), "{name} lives for ever");
    }

    let [(_, beginner), (_, turret), (_, ace)] = &pilots;
    for (name, trick) in &tricks {
        assert!(median(trick) < median(beginner), "who aims at nothing beats a beginner: {name}");
        assert!(trick[GAMES - 1].score < turret[0].score, "a trick beats those who aim: {name}");
    }
    assert!(2.0 * median(beginner) < median(turret), "quick hands are worth too little");
    assert!(1.2 * median(turret) < median(ace), "to fly well is worth too little");
    assert!(beginner[0].seconds > 30.0 && beginner[0].wave >= 2, "too hard: {:?}", beginner[0]);
    assert!(turret[GAMES - 1].seconds < 300.0, "too easy: {:?}", turret[GAMES - 1]);
    assert!(ace[GAMES - 1].wave > 5, "nobody has beaten a boss: {:?}", ace[GAMES - 1]);
}
