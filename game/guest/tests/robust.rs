//! The same calls give the same game, and no call breaks it.

mod support;

use rocket_guest::Game;
use rocket_guest::random::Random;
use support::{Call, Recorder, look};

/// Presses keys at random for `frames`, and hands over all that is drawn.
fn play(frames: u32, mut seen: impl FnMut(u32, &[Call])) {
    let mut game = Game::new();
    let mut random = Random::new(42);
    for frame in 0..frames {
        if frame % 8 == 0 {
            game.controls.shoot = random.between(0.0, 1.0) < 0.8;
            game.controls.boost = random.between(0.0, 1.0) < 0.4;
            game.controls.turn_left = random.between(0.0, 1.0) < 0.3;
            game.controls.turn_right = random.between(0.0, 1.0) < 0.3;
        }
        game.update(&mut Recorder::default(), random.between(0.0, 0.04));
        seen(frame, &look(&game).calls);
        told(&mut game);
    }
}

/// Reads what the game tells: every number is one that it may be.
fn told(game: &mut Game) {
    let known = |kind: i32| matches!(kind, 0..=4 | 10 | 11 | 20..=22);
    for thing in game.things(&mut Recorder::default()).records() {
        assert!(known(thing.kind) && (0..=120).contains(&thing.value), "{thing:?}");
        assert!(thing.x.is_finite() && thing.y.is_finite(), "{thing:?}");
    }
    for event in game.events().records() {
        assert!((1..=10).contains(&event.kind) && event.value >= 0, "{event:?}");
        assert!(event.x.is_finite() && event.y.is_finite(), "{event:?}");
    }
    assert!(game.rockets() <= 5 && game.wave() >= 1);
}

#[test]
fn the_same_calls_give_the_same_ten_thousand_frames() {
    let mut frames = Vec::new();
    play(10_000, |_, calls| frames.push(calls.to_vec()));
    play(10_000, |frame, calls| assert_eq!(calls, frames[frame as usize], "frame {frame}"));
    assert!(frames.iter().flatten().any(|call| matches!(call, Call::Score(score) if *score > 0.0)));
}

#[test]
fn every_number_is_finite_and_near_the_field_and_the_lists_are_bounded() {
    play(10_000, |frame, calls| {
        assert!(calls.len() < 400, "frame {frame} makes {} calls", calls.len());
        for call in calls {
            let near =
                |x: f64, y: f64| (-400.0..1424.0).contains(&x) && (-400.0..1000.0).contains(&y);
            let is_fine = match *call {
                Call::Clear => true,
                Call::Player(x, y, angle) => near(x, y) && angle.abs() < 3.2,
                Call::Enemy(x, y) | Call::Bullet(x, y) => near(x, y),
                Call::Particle(x, y, radius) => near(x, y) && (0.0..=4.0).contains(&radius),
                Call::Score(score) => (0.0..1e6).contains(&score),
            };
            assert!(is_fine, "frame {frame}: {call:?}");
        }
    });
}

#[test]
fn whoever_reads_what_the_game_tells_changes_nothing() {
    let [mut asked, mut game] = [Game::new(), Game::new()];
    for game in [&mut asked, &mut game] {
        game.controls.shoot = true;
        game.controls.turn_left = true;
    }
    for frame in 0..3_000 {
        told(&mut asked);
        for game in [&mut asked, &mut game] {
            game.update(&mut Recorder::default(), 0.02);
        }
        assert_eq!(look(&asked).calls, look(&game).calls, "frame {frame}");
    }
}

#[test]
fn an_invalid_time_changes_nothing() {
    let mut game = Game::new();
    game.controls.boost = true;
    support::pass(&mut game, 3.0);
    let before = look(&game).calls;
    for seconds in [0.0, -0.0, -1.0, f64::NAN, f64::NEG_INFINITY, f64::MIN] {
        game.update(&mut Recorder::default(), seconds);
        assert_eq!(look(&game).calls, before, "update({seconds})");
    }
}

#[test]
fn a_time_that_is_too_long_counts_as_a_tenth_of_a_second() {
    for seconds in [0.2, 1e300, f64::INFINITY, f64::MAX] {
        let [mut game, mut expected] = [Game::new(), Game::new()];
        game.controls.boost = true;
        expected.controls.boost = true;
        game.update(&mut Recorder::default(), seconds);
        expected.update(&mut Recorder::default(), 0.1);
        assert_eq!(look(&game).calls, look(&expected).calls, "update({seconds})");
    }
}

#[test]
fn the_smallest_time_does_not_stop_the_game() {
    let mut game = Game::new();
    game.update(&mut Recorder::default(), f64::MIN_POSITIVE);
    game.update(&mut Recorder::default(), 5e-324);
    support::pass(&mut game, 4.0);
    assert!(!look(&game).enemies.is_empty());
}

#[test]
fn an_invalid_size_changes_nothing() {
    let mut game = Game::new();
    support::pass(&mut game, 5.0);
    let before = look(&game).calls;
    for size in [0.0, -0.0, -300.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        game.resize(size, 600.0);
        game.resize(1024.0, size);
        assert_eq!(look(&game).calls, before, "resize to {size}");
    }
}

#[test]
fn everything_stays_inside_a_field_of_any_size() {
    let mut game = Game::new();
    let mut random = Random::new(1);
    game.controls.shoot = true;
    game.controls.boost = true;
    game.controls.turn_left = true;
    for _ in 0..2_000 {
        let [width, height] = [(); 2].map(|()| 2_f64.powf(random.between(-3.0, 20.0)));
        game.resize(width, height);
        let [width, height] = [width, height].map(|side| side.clamp(64.0, 16_384.0));
        for call in look(&game).calls {
            if let Call::Player(x, y, _) | Call::Bullet(x, y) = call {
                assert!(
                    (0.0..=width).contains(&x) && (0.0..=height).contains(&y),
                    "{call:?} in {width} by {height}"
                );
            }
            if let Call::Enemy(x, y) = call {
                assert!(
                    (-20.0..=width + 20.0).contains(&x) && (-20.0..=height + 20.0).contains(&y),
                    "{call:?}"
                );
            }
        }
        game.update(&mut Recorder::default(), 0.05);
    }
}
