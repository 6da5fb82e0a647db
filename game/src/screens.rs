//! What is written over the picture: the score, the first screen, the figures, the pause, the trap.

use macroquad::prelude::*;

use crate::draw::{Looks, faded};
use crate::effects::Effects;
use crate::{FlightError, Report};

const CYAN: Color = Color::new(0.45, 0.9, 1.0, 1.0);
const PALE: Color = Color::new(0.86, 0.92, 1.0, 1.0);
const DIM: Color = Color::new(0.55, 0.64, 0.8, 1.0);
const AMBER: Color = Color::new(1.0, 0.72, 0.3, 1.0);

/// Where a line of text begins, or ends, or has its middle.
#[derive(Clone, Copy)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
}

/// How much larger than in a window of 800 by 600 everything is written.
pub(crate) fn scale() -> f32 {
    (screen_width() / 800.0).min(screen_height() / 600.0).clamp(0.4, 3.0)
}

/// The pixels of a letter of the built-in type: at other multiples its strokes are of different widths, and letters touch.
const LETTER: f32 = 16.0;

/// The size of letters that are so many times as large as the built-in type, in a window of 800 by 600.
fn type_size(times: f32) -> u16 {
    (LETTER * (times * scale()).round().max(1.0)) as u16
}

/// Writes a line in letters so many times as large as the built-in type; `place` is on its base line.
pub(crate) fn write(text: &str, place: Vec2, times: f32, color: Color, align: Align) {
    let size = type_size(times);
    // Large letters stand apart by one of their pixels, or an M would touch its neighbours.
    let apart = if size >= 4 * LETTER as u16 { f32::from(size) / LETTER } else { 0.0 };
    let letters = text.chars().count().saturating_sub(1) as f32;
    let width = measure_text(text, None, size, 1.0).width + apart * letters;
    let x = match align {
        Align::Left => place.x,
        Align::Middle => place.x - width / 2.0,
        Align::Right => place.x - width,
    };
    let (mut x, y) = (x.round(), place.y.round());
    let shadow = Color::new(0.0, 0.0, 0.05, 0.6 * color.a);
    let offset = (f32::from(size) / 18.0).max(1.0).round();
    let mut draw = |text: &str| {
        draw_text(text, x + offset, y + offset, f32::from(size), shadow);
        let size = draw_text(text, x, y, f32::from(size), color);
        x += size.width + apart;
    };
    match apart > 0.0 {
        true => text.chars().for_each(|letter| draw(letter.encode_utf8(&mut [0; 4]))),
        false => draw(text),
    }
}

/// The score, and the best one.
pub(crate) fn score(score: f64, effects: &Effects) {
    let scale = scale();
    let gain = effects.gain as f32;
    let color = Color::new(0.86 + 0.14 * gain, 0.92 - 0.1 * gain, 1.0 - 0.6 * gain, 1.0);
    let at = |x: f32, y: f32| vec2(x, y) * scale;
    write("SCORE", at(20.0, 28.0), 1.0, DIM, Align::Left);
    write(&format!("{score}"), at(20.0, 64.0), 3.0, color, Align::Left);
    if effects.best > score {
        let right = vec2(screen_width() - 20.0 * scale, 0.0);
        write("BEST", right + at(0.0, 28.0), 1.0, DIM, Align::Right);
        let best = format!("{}", effects.best);
        write(&best, right + at(0.0, 56.0), 2.0, PALE, Align::Right);
    }
}

/// The first screen.
pub(crate) fn title(looks: &Looks, effects: &Effects) {
    let scale = scale();
    let middle = vec2(screen_width() / 2.0, screen_height() / 2.0);
    let at = |x: f32, y: f32| middle + vec2(x, y) * scale;
    // The pilot flies behind the words, and they have to be read.
    looks.cover(Color::new(0.01, 0.01, 0.04, 0.72));
    looks.halo(at(0.0, -120.0), vec2(900.0, 300.0) * scale, Color::new(0.15, 0.4, 0.8, 0.45));
    write("FROM A STACK", at(0.0, -150.0), 5.0, PALE, Align::Middle);
    write("TO A ROCKET", at(0.0, -84.0), 5.0, CYAN, Align::Middle);
    let about = "a game in WebAssembly, run by an interpreter in Rust";
    write(about, at(0.0, -44.0), 1.0, DIM, Align::Middle);
    const KEYS: [(&[&str], &str); 7] = [
        (&["left", "right"], "turn, as A and D do"),
        (&["up"], "boost, as W does"),
        (&["space"], "shoot"),
        (&["P"], "pause, as Esc does"),
        (&["R"], "a new game: hold it"),
        (&["F1"], "figures"),
        (&["F11"], "full screen"),
    ];
    for (row, (keys, what)) in (0_u8..).zip(KEYS) {
        let y = -4.0 + 30.0 * f32::from(row);
        let mut right = at(-14.0, y);
        for label in keys.iter().rev() {
            right.x = key(label, right) - 8.0 * scale;
        }
        write(what, at(14.0, y), 1.0, PALE, Align::Left);
    }
    let pulse = 0.6 + 0.4 * (effects.time as f32 * 3.5).sin();
    write("PRESS ANY KEY", at(0.0, 248.0), 2.0, faded(CYAN, pulse), Align::Middle);
}

/// Draws a key of a keyboard that ends at `right`, and returns where it begins.
fn key(label: &str, right: Vec2) -> f32 {
    let scale = scale();
    let size = type_size(1.0);
    let width = (measure_text(label, None, size, 1.0).width + 16.0 * scale).max(26.0 * scale);
    let corner = vec2(right.x - width, right.y - 17.0 * scale);
    let height = 24.0 * scale;
    draw_rectangle(corner.x, corner.y, width, height, Color::new(0.1, 0.14, 0.26, 0.9));
    draw_rectangle_lines(corner.x, corner.y, width, height, 2.0 * scale, faded(AMBER, 0.6));
    write(label, vec2(corner.x + width / 2.0, right.y), 1.0, AMBER, Align::Middle);
    corner.x
}

/// How much of the time has passed for which R has to be held, from 0 to 1.
pub(crate) fn restart(part: f32) {
    let scale = scale();
    let (width, height) = (180.0 * scale, 8.0 * scale);
    let corner = vec2((screen_width() - width) / 2.0, screen_height() - 60.0 * scale);
    let above = vec2(screen_width() / 2.0, corner.y - 10.0 * scale);
    write("HOLD R FOR A NEW GAME", above, 1.0, PALE, Align::Middle);
    draw_rectangle(corner.x, corner.y, width, height, faded(DIM, 0.4));
    draw_rectangle(corner.x, corner.y, width * part, height, CYAN);
}

/// A flight that waits.
pub(crate) fn pause(looks: &Looks) {
    let scale = scale();
    let middle = vec2(screen_width() / 2.0, screen_height() / 2.0);
    let at = |y: f32| middle + vec2(0.0, y) * scale;
    looks.cover(Color::new(0.01, 0.01, 0.05, 0.6));
    looks.halo(at(-14.0), vec2(560.0, 220.0) * scale, Color::new(0.15, 0.4, 0.8, 0.4));
    write("PAUSED", at(0.0), 5.0, PALE, Align::Middle);
    let keys = "P goes on     R, held, begins a new game     Esc quits";
    write(keys, at(44.0), 1.0, DIM, Align::Middle);
}

/// The end of a flight that went wrong.
pub(crate) fn trap(looks: &Looks, error: &FlightError) {
    let scale = scale();
    let middle = vec2(screen_width() / 2.0, screen_height() / 2.0);
    let at = |y: f32| middle + vec2(0.0, y) * scale;
    looks.cover(Color::new(0.12, 0.0, 0.03, 0.72));
    looks.halo(at(-90.0), vec2(700.0, 240.0) * scale, Color::new(0.8, 0.15, 0.2, 0.5));
    let red = Color::new(1.0, 0.4, 0.38, 1.0);
    write("THE GAME STOPPED", at(-76.0), 4.0, red, Align::Middle);
    let lines = wrapped(&error.to_string(), screen_width() - 60.0 * scale);
    for (row, line) in (0_u8..12).zip(&lines) {
        let y = -20.0 + 24.0 * f32::from(row);
        write(line, at(y), 1.0, PALE, Align::Middle);
    }
    let y = 24.0 + 24.0 * lines.len().min(12) as f32;
    let what = "It's the module's own mistake, and the machine has stopped it in time. Esc quits";
    write(what, at(y), 1.0, DIM, Align::Middle);
}

/// A text in lines that are no wider than `width`.
fn wrapped(text: &str, width: f32) -> Vec<String> {
    let fits = |line: &str| measure_text(line, None, type_size(1.0), 1.0).width <= width;
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if fits(&longer) {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
    }
    lines
}

/// The figures of the last moments.
pub(crate) fn figures(report: &Report, frames_per_second: f64) {
    let scale = scale();
    let instructions = match report.instructions_per_frame() {
        Some(instructions) => grouped(instructions),
        None => "not counted".to_owned(),
    };
    let rows = [
        ("engine", report.engine.to_owned()),
        ("frames / s", format!("{frames_per_second:.0}")),
        ("ms / frame", format!("{:.3}", report.milliseconds_per_frame())),
        ("instructions / frame", instructions),
    ];
    let size = vec2(292.0, 98.0) * scale;
    let corner = vec2(14.0 * scale, screen_height() - size.y - 14.0 * scale);
    draw_rectangle(corner.x, corner.y, size.x, size.y, Color::new(0.02, 0.04, 0.1, 0.62));
    let border = faded(CYAN, 0.35);
    draw_rectangle_lines(corner.x, corner.y, size.x, size.y, 2.0, border);
    for (row, (name, value)) in (0_u8..).zip(rows) {
        let y = corner.y + (24.0 + 20.0 * f32::from(row)) * scale;
        write(name, vec2(corner.x + 12.0 * scale, y), 1.0, DIM, Align::Left);
        let right = vec2(corner.x + size.x - 12.0 * scale, y);
        write(&value, right, 1.0, PALE, Align::Right);
    }
}

/// A number with a comma after every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let comma = |(index, digit): (usize, char)| {
        let gap = index > 0 && (digits.len() - index).is_multiple_of(3);
        gap.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(comma).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_can_be_read() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1234), "1,234");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(123_456), "123,456");
    }
}
