//! What the game asks of the machine that runs it.

/// The nine imports, one method each.
///
/// Positions are in pixels from the top left corner, angles in radians.
pub trait Host {
    /// Wipes the picture: the first call of every frame.
    fn clear_screen(&mut self);
    /// Draws the rocket with its middle at a point and its nose in a direction.
    fn draw_player(&mut self, x: f64, y: f64, angle: f64);
    /// Draws one enemy.
    fn draw_enemy(&mut self, x: f64, y: f64);
    /// Draws one bullet.
    fn draw_bullet(&mut self, x: f64, y: f64);
    /// Draws one spark, flame or dot.
    fn draw_particle(&mut self, x: f64, y: f64, radius: f64);
    /// Shows the score.
    fn draw_score(&mut self, score: f64);
    /// The sine of an angle.
    fn sin(&mut self, angle: f64) -> f64;
    /// The cosine of an angle.
    fn cos(&mut self, angle: f64) -> f64;
    /// The angle, between -π/2 and π/2, that has this tangent.
    fn atan(&mut self, tangent: f64) -> f64;
}

/// A host that draws nothing.
#[cfg(test)]
pub(crate) struct Silent;

#[cfg(test)]
impl Host for Silent {
    fn clear_screen(&mut self) {}
    fn draw_player(&mut self, _: f64, _: f64, _: f64) {}
    fn draw_enemy(&mut self, _: f64, _: f64) {}
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
