//! What the game tells in words: its wave, its rockets, the points where they were won, and its end.

use macroquad::prelude::*;

use crate::draw::{Rocket, View, faded};
use crate::effects::{BANNER, Banner, Effects, End, GAIN};
use crate::screens::{self, Align};

const CYAN: Color = Color::new(0.45, 0.9, 1.0, 1.0);
const PALE: Color = Color::new(0.86, 0.92, 1.0, 1.0);
const DIM: Color = Color::new(0.55, 0.64, 0.8, 1.0);
const AMBER: Color = Color::new(1.0, 0.72, 0.3, 1.0);
const RED: Color = Color::new(1.0, 0.4, 0.38, 1.0);
const GREEN: Color = Color::new(0.55, 1.0, 0.45, 1.0);

/// Writes what there is to tell of a game. `view` is where its picture is.
pub(crate) fn write(effects: &Effects, view: View) {
    let scale = screens::scale();
    for gain in &effects.gains {
        let age = (gain.age / GAIN) as f32;
        let rise = vec2(0.0, -16.0 - 30.0 * age) * view.scale;
        let (times, color) = if gain.is_large { (2.0, CYAN) } else { (1.0, AMBER) };
        let color = faded(color, (2.0 - 2.0 * age).min(1.0));
        // Words at the edge of the window are still read.
        let place = view.at(gain.place) + rise;
        let (least, most) = (vec2(70.0, 24.0) * scale, vec2(screen_width(), screen_height()));
        let place = place.max(least).min(most - vec2(70.0, 10.0) * scale);
        screens::write(&gain.words, place, times, color, Align::Middle);
    }
    if let Some(wave) = effects.wave {
        let top = vec2(screen_width() / 2.0, 28.0 * scale);
        screens::write(&format!("WAVE {wave}"), top, 1.0, DIM, Align::Middle);
    }
    rockets(effects, scale);
    if effects.spread > 0.0 {
        let place = vec2(20.0, 112.0) * scale;
        let words = format!("SPREAD {:.0}", effects.spread.ceil());
        screens::write(&words, place, 1.0, GREEN, Align::Left);
    }
    match (&effects.end, &effects.banner) {
        (Some(end), _) => over(end, effects),
        (None, Some(it)) => banner(it),
        (None, None) => {}
    }
}

/// A small rocket for each one that waits.
fn rockets(effects: &Effects, scale: f32) {
    // More than these would not fit, whoever tells them.
    let waiting = effects.lives.map_or(0, |lives| lives.saturating_sub(1).clamp(0, 9));
    for rocket in 0..waiting {
        let place = vec2(29.0 + 22.0 * rocket as f32, 84.0) * scale;
        let angle = -std::f32::consts::FRAC_PI_2;
        Rocket { place, angle, size: 0.8 * scale, bank: 0.0 }.draw();
    }
}

/// The announcement of a wave: it comes, stays, and goes.
fn banner(banner: &Banner) {
    let scale = screens::scale();
    let age = (banner.age / BANNER) as f32;
    let strength = (age * 8.0).min(1.0) * ((1.0 - age) * 4.0).min(1.0);
    let middle = vec2(screen_width() / 2.0, screen_height() * 0.3);
    let words = format!("WAVE {}", banner.wave);
    screens::write(&words, middle, 4.0, faded(PALE, strength), Align::Middle);
    if banner.has_boss {
        let below = middle + vec2(0.0, 44.0) * scale;
        screens::write("a boss leads it", below, 2.0, faded(RED, strength), Align::Middle);
    }
}

/// The end of a game.
fn over(end: &End, effects: &Effects) {
    let scale = screens::scale();
    let strength = ((end.age as f32 - 0.5) * 2.0).clamp(0.0, 1.0);
    let middle = vec2(screen_width() / 2.0, screen_height() / 2.0);
    let at = |y: f32| middle + vec2(0.0, y) * scale;
    let shade = Color::new(0.01, 0.01, 0.05, 0.6 * strength);
    draw_rectangle(0.0, 0.0, screen_width(), screen_height(), shade);
    let line = |words: &str, y: f32, times: f32, color: Color| {
        screens::write(words, at(y), times, faded(color, strength), Align::Middle);
    };
    line("GAME OVER", -70.0, 5.0, RED);
    line(&format!("{}", end.score), 6.0, 4.0, PALE);
    match end.is_best {
        true => line("the best so far", 42.0, 1.0, AMBER),
        false => line(&format!("best {}", effects.best), 42.0, 1.0, DIM),
    }
    if let Some(wave) = end.wave {
        line(&format!("wave {wave}"), 74.0, 1.0, DIM);
    }
    if effects.is_waiting {
        let pulse = 0.75 + 0.25 * (effects.time as f32 * 3.5).sin();
        line("PRESS ANY KEY", 140.0, 2.0, faded(CYAN, pulse));
    }
}
