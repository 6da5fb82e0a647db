//! The game as a player meets it: everything here goes through the controls, the time, the picture, and what the game
//! tells.

mod support;

use rocket_guest::waves::BREATH;
use rocket_guest::{Game, player};
use support::{Call, again, bot, look, pass, play, survive};

/// Ten frames: the blinking rocket is in sight after the first and after the second.
const SHORT: f64 = 10.0 / 60.0;

fn place(game: &Game) -> (f64, f64) {
    let (x, y, _) = look(game).player.expect("the rocket is in sight");
    (x, y)
}

#[test]
fn the_engine_gives_momentum_and_the_drag_takes_it() {
    let mut game = Game::new();
    let (x, start) = place(&game);
    game.controls.boost = true;
    pass(&mut game, SHORT);
    let (_, boosted) = place(&game);
    assert!(boosted < start, "the nose points up, so the rocket climbs");
    game.controls.boost = false;
    pass(&mut game, SHORT);
    let (same_x, coasted) = place(&game);
    assert!(coasted < boosted - 5.0, "the rocket coasts: {start}, {boosted}, {coasted}");
    assert!((same_x - x).abs() < 1e-6, "it does not drift aside");
    pass(&mut game, 5.0);
    let (_, early) = look(&game).player.map(|(x, y, _)| (x, y)).unwrap_or_default();
    pass(&mut game, SHORT);
    let (_, late) = look(&game).player.map(|(x, y, _)| (x, y)).unwrap_or_default();
    assert!((early - late).abs() < 0.1, "the drag stops it: {early}, {late}");
}

#[test]
fn the_rudder_turns_both_ways_and_not_at_all_when_held_both_ways() {
    let turned = |left, right| {
        let mut game = Game::new();
        let (.., before) = look(&game).player.unwrap();
        game.controls.turn_left = left;
        game.controls.turn_right = right;
        pass(&mut game, SHORT);
        look(&game).player.unwrap().2 - before
    };
    assert!(turned(true, false) < -0.3);
    assert!(turned(false, true) > 0.3);
    assert_eq!(turned(true, true), 0.0);
}

#[test]
fn the_rocket_leaves_by_one_edge_and_comes_back_by_the_other() {
    let mut game = Game::new();
    game.resize(200.0, 200.0);
    game.controls.boost = true;
    let mut heights = Vec::new();
    for _ in 0..120 {
        pass(&mut game, 1.0 / 60.0);
        if let Some((x, y, _)) = look(&game).player {
            assert!(
                (0.0..=200.0).contains(&x) && (0.0..=200.0).contains(&y),
                "({x}, {y}) is out of the field"
            );
            heights.push(y);
        }
    }
    assert!(
        heights.windows(2).any(|pair| pair[1] > pair[0] + 100.0),
        "it never wrapped: {heights:?}"
    );
}

#[test]
fn a_frame_is_painted_from_back_to_front() {
    let mut game = Game::new();
    game.controls.shoot = true;
    game.controls.boost = true;
    game.resize(4000.0, 4000.0);
    pass(&mut game, BREATH + 0.5);
    let layer = |call: &Call| match call {
        Call::Clear => 0,
        Call::Particle(..) => 1,
        Call::Bullet(..) => 2,
        Call::Enemy(..) => 3,
        Call::Player(..) => 4,
        Call::Score(_) => 5,
    };
    let layers: Vec<_> = look(&game).calls.iter().map(layer).collect();
    assert!(layers.is_sorted(), "{layers:?}");
    let mut seen = layers.clone();
    seen.dedup();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn the_gun_fires_five_times_a_second() {
    let mut game = Game::new();
    game.controls.shoot = true;
    game.resize(4000.0, 4000.0);
    pass(&mut game, 0.7);
    assert_eq!(look(&game).bullets.len(), 4);
    game.controls.shoot = false;
    pass(&mut game, 1.0);
    assert_eq!(look(&game).bullets.len(), 0, "bullets burn out");
}

#[test]
fn a_quiet_start_then_enemies_that_come_from_afar() {
    let mut game = Game::new();
    pass(&mut game, BREATH - 0.1);
    assert_eq!(look(&game).enemies.len(), 0);
    for _ in 0..300 {
        let before = look(&game).enemies.len();
        pass(&mut game, 1.0 / 60.0);
        let frame = look(&game);
        if frame.enemies.len() > before {
            let (x, y) = place(&game);
            for &(ex, ey) in &frame.enemies[before..] {
                assert!(
                    (ex - x).hypot(ey - y) > 250.0,
                    "an enemy came at ({ex}, {ey}), the rocket is at ({x}, {y})"
                );
            }
        }
    }
    assert!(!look(&game).enemies.is_empty());
}

#[test]
fn an_idle_player_loses_three_rockets_and_starts_again_without_points() {
    let mut game = Game::new();
    let died = survive(&mut game, 60.0, |_, _| {});
    assert!((6.0..40.0).contains(&died), "died after {died} s");
    assert_eq!(game.rockets(), 2);
    let died = play(&mut game, 120.0, |_, _| {});
    assert!((10.0..100.0).contains(&died), "the game lasted {died} s longer");
    let frame = look(&game);
    assert!(frame.player.is_none() && !frame.enemies.is_empty());
    assert!(
        frame.calls.iter().filter(|call| matches!(call, Call::Particle(..))).count() > 20,
        "no explosion"
    );

    again(&mut game);
    let frame = look(&game);
    assert_eq!((frame.enemies.len(), frame.score), (0, 0.0));
    assert!((0..30).any(|_| {
        pass(&mut game, 1.0 / 60.0);
        look(&game).player.is_some()
    }));
    assert_eq!(place(&game), (512.0, 300.0));
}

#[test]
fn the_score_outlives_the_rockets_until_the_next_game() {
    let mut game = Game::new();
    survive(&mut game, 600.0, bot);
    let score = look(&game).score;
    assert!(score >= 10.0, "the score is still shown in the pause");
    game.controls = player::Controls::RELEASED;
    pass(&mut game, 2.5);
    assert_eq!(look(&game).score, score, "there is another rocket");
    play(&mut game, 600.0, |_, _| {});
    pass(&mut game, 2.5);
    assert_eq!(look(&game).score, score, "nobody has pressed a key");
    again(&mut game);
    assert_eq!(look(&game).score, 0.0);
}

#[test]
fn a_shot_enemy_is_worth_ten_points_and_a_wave_more() {
    let mut game = Game::new();
    let mut scores = vec![0.0];
    survive(&mut game, 60.0, |game, picture| {
        if scores.last() != Some(&picture.score) {
            scores.push(picture.score);
        }
        bot(game, picture);
    });
    assert!(scores.starts_with(&[0.0, 10.0, 20.0, 30.0]), "{scores:?}");
    assert!(
        scores.windows(2).any(|pair| pair[1] - pair[0] >= 25.0),
        "no wave was cleared: {scores:?}"
    );
}
