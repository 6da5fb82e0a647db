//! What some enemies leave behind: a shield, or a better gun.

use crate::geometry::Vector;
use crate::pool::Pool;
use crate::tables::thing;

/// How near the rocket must come to pick one up, in pixels.
pub const REACH: f64 = 24.0;
/// Seconds until it is gone.
const LIFE: f64 = 9.0;
/// The seconds at its end in which it blinks.
const FADING: f64 = 2.5;

/// What a bonus gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gift {
    /// It takes the next blow.
    Shield,
    /// Three bullets at a time, for some seconds.
    Spread,
}

impl Gift {
    /// The number by which a host knows it.
    pub const fn thing(self) -> i32 {
        match self {
            Gift::Shield => thing::SHIELD_BONUS,
            Gift::Spread => thing::SPREAD_BONUS,
        }
    }

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Gift::Shield => Gift::Spread,
            Gift::Spread => Gift::Shield,
        }
    }
}

/// Something to pick up.
#[derive(Clone, Copy, Debug)]
pub struct Bonus {
    /// Where it is.
    pub position: Vector,
    /// What it gives.
    pub gift: Gift,
    /// The seconds that are left.
    pub life: f64,
}

/// All that can be picked up.
pub type Bonuses = Pool<Bonus, 4>;

impl Bonus {
    /// A bonus that has just been left behind.
    pub const fn new(position: Vector, gift: Gift) -> Self {
        Self { position, gift, life: LIFE }
    }

    /// Whether it is in sight: at the end of its life it comes and goes.
    pub fn is_visible(&self) -> bool {
        self.life > FADING || ((self.life * 6.0) as u32).is_multiple_of(2)
    }
}

/// Lets time pass, and removes what has waited too long.
pub fn advance(bonuses: &mut Bonuses, seconds: f64) {
    bonuses.retain(|bonus| {
        bonus.life -= seconds;
        bonus.life > 0.0
    });
}
