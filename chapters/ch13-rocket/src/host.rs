//! The host: what the game sees of the world.

use std::fmt;

use trace::number;

/// The nine functions that the game calls.
///
/// Lengths are in pixels, angles in radians. y grows downward, so that an angle
/// grows clockwise; 0 points to the right.
///
/// The trigonometry has bodies: the crate `libm` computes the same bits on
/// every platform, so that the same keys lead to the same flight everywhere.
pub trait Host {
    /// Begins a new picture.
    fn clear_screen(&mut self);
    /// Draws the rocket; `angle` is where its nose points.
    fn draw_player(&mut self, x: f64, y: f64, angle: f64);
    /// Draws an enemy.
    fn draw_enemy(&mut self, x: f64, y: f64);
    /// Draws a bullet.
    fn draw_bullet(&mut self, x: f64, y: f64);
    /// Draws a particle. The radius may be slightly negative: that is a
    /// particle too small to be seen.
    fn draw_particle(&mut self, x: f64, y: f64, radius: f64);
    /// Writes the score.
    fn draw_score(&mut self, score: f64);

    /// The sine of an angle.
    fn sin(&mut self, angle: f64) -> f64 {
        libm::sin(angle)
    }
    /// The cosine of an angle.
    fn cos(&mut self, angle: f64) -> f64 {
        libm::cos(angle)
    }
    /// The angle of a tangent, between minus and plus a quarter of a turn. The
    /// game imports it as `Math_atan`.
    fn atan(&mut self, tangent: f64) -> f64 {
        libm::atan(tangent)
    }
}

/// One call of a host function, with its arguments.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is named after a function of `Host`")]
pub enum HostCall {
    ClearScreen,
    DrawPlayer { x: f64, y: f64, angle: f64 },
    DrawEnemy { x: f64, y: f64 },
    DrawBullet { x: f64, y: f64 },
    DrawParticle { x: f64, y: f64, radius: f64 },
    DrawScore { score: f64 },
    Sin { angle: f64 },
    Cos { angle: f64 },
    Atan { tangent: f64 },
}

impl fmt::Display for HostCall {
    /// The name that the game knows the function by, and the arguments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut call = |name: &str, arguments: &[f64]| {
            f.write_str(name)?;
            arguments
                .iter()
                .try_for_each(|&argument| write!(f, " {}", number(argument)))
        };
        match *self {
            HostCall::ClearScreen => call("clear_screen", &[]),
            HostCall::DrawPlayer { x, y, angle } => {
                call("draw_player", &[x, y, angle])
            }
            HostCall::DrawEnemy { x, y } => call("draw_enemy", &[x, y]),
            HostCall::DrawBullet { x, y } => call("draw_bullet", &[x, y]),
            HostCall::DrawParticle { x, y, radius } => {
                call("draw_particle", &[x, y, radius])
            }
            HostCall::DrawScore { score } => call("draw_score", &[score]),
            HostCall::Sin { angle } => call("sin", &[angle]),
            HostCall::Cos { angle } => call("cos", &[angle]),
            HostCall::Atan { tangent } => call("Math_atan", &[tangent]),
        }
    }
}

impl HostCall {
    /// Calls the function of another host.
    pub fn repeat(self, host: &mut impl Host) {
        match self {
            HostCall::ClearScreen => host.clear_screen(),
            HostCall::DrawPlayer { x, y, angle } => {
                host.draw_player(x, y, angle)
            }
            HostCall::DrawEnemy { x, y } => host.draw_enemy(x, y),
            HostCall::DrawBullet { x, y } => host.draw_bullet(x, y),
            HostCall::DrawParticle { x, y, radius } => {
                host.draw_particle(x, y, radius)
            }
            HostCall::DrawScore { score } => host.draw_score(score),
            HostCall::Sin { angle } => drop(host.sin(angle)),
            HostCall::Cos { angle } => drop(host.cos(angle)),
            HostCall::Atan { tangent } => drop(host.atan(tangent)),
        }
    }
}

/// A list keeps a record of the calls, and draws nothing.
impl Host for Vec<HostCall> {
    fn clear_screen(&mut self) {
        self.push(HostCall::ClearScreen);
    }
    fn draw_player(&mut self, x: f64, y: f64, angle: f64) {
        self.push(HostCall::DrawPlayer { x, y, angle });
    }
    fn draw_enemy(&mut self, x: f64, y: f64) {
        self.push(HostCall::DrawEnemy { x, y });
    }
    fn draw_bullet(&mut self, x: f64, y: f64) {
        self.push(HostCall::DrawBullet { x, y });
    }
    fn draw_particle(&mut self, x: f64, y: f64, radius: f64) {
        self.push(HostCall::DrawParticle { x, y, radius });
    }
    fn draw_score(&mut self, score: f64) {
        self.push(HostCall::DrawScore { score });
    }
    fn sin(&mut self, angle: f64) -> f64 {
        self.push(HostCall::Sin { angle });
        libm::sin(angle)
    }
    fn cos(&mut self, angle: f64) -> f64 {
        self.push(HostCall::Cos { angle });
        libm::cos(angle)
    }
    fn atan(&mut self, tangent: f64) -> f64 {
        self.push(HostCall::Atan { tangent });
        libm::atan(tangent)
    }
}
