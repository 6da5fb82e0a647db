//! A host that draws with characters.

use std::f64::consts::TAU;
use std::fmt;

use crate::Host;

/// A picture of characters, wide as the smallest terminal.
#[derive(Clone, Debug)]
pub struct Terminal {
    rows: [[char; Self::COLUMNS]; Self::ROWS],
}

impl Terminal {
    /// Characters in a row.
    pub const COLUMNS: usize = 80;
    /// Rows.
    pub const ROWS: usize = 24;
    /// How wide and high the game should think the picture is, in pixels.
    pub const SIZE: (f64, f64) = (800.0, 480.0);

    /// An empty picture.
    pub fn new() -> Terminal {
        Terminal { rows: [[' '; Self::COLUMNS]; Self::ROWS] }
    }

    /// Puts a character where these pixels are, if that is within the picture.
    fn plot(&mut self, x: f64, y: f64, character: char) {
        let column = (x / Self::SIZE.0 * Self::COLUMNS as f64).floor();
        let row = (y / Self::SIZE.1 * Self::ROWS as f64).floor();
        // A negative number would become 0: what is left of the picture is not
        // in its first column.
        if column >= 0.0
            && row >= 0.0
            && let Some(row) = self.rows.get_mut(row as usize)
            && let Some(cell) = row.get_mut(column as usize)
        {
            *cell = character;
        }
    }
}

impl Default for Terminal {
    fn default() -> Terminal {
        Terminal::new()
    }
}

impl Host for Terminal {
    fn clear_screen(&mut self) {
        *self = Terminal::new();
    }

    fn draw_player(&mut self, x: f64, y: f64, angle: f64) {
        const ARROWS: [char; 8] = ['→', '↘', '↓', '↙', '←', '↖', '↑', '↗'];
        let eighth = (angle / TAU * 8.0).round().rem_euclid(8.0);
        self.plot(x, y, ARROWS[eighth as usize % 8]);
    }

    fn draw_enemy(&mut self, x: f64, y: f64) {
        self.plot(x, y, '@');
    }

    fn draw_bullet(&mut self, x: f64, y: f64) {
        self.plot(x, y, '•');
    }

    fn draw_particle(&mut self, x: f64, y: f64, radius: f64) {
        match radius {
            2.5.. => self.plot(x, y, '*'),
            1.0.. => self.plot(x, y, '+'),
            0.0.. => self.plot(x, y, '.'),
            _ => {}
        }
    }

    fn draw_score(&mut self, score: f64) {
        let text = format!("score {score}");
        for (cell, character) in
            self.rows[0].iter_mut().skip(1).zip(text.chars())
        {
            *cell = character;
        }
    }
}

impl fmt::Display for Terminal {
    /// The rows, without the spaces at their ends.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let row: String = row.iter().collect();
            writeln!(f, "{}", row.trim_end())?;
        }
        Ok(())
    }
}
