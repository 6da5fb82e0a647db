//! When enemies come, how many, and how good they are.

/// The most enemies of a wave.
pub const MOST: usize = 40;
/// The quiet seconds before each wave.
pub const BREATH: f64 = 2.5;
/// Every wave whose number is a multiple of this has a boss.
const BOSS: u32 = 5;

/// Whether a boss leads this wave.
pub const fn has_boss(number: u32) -> bool {
    number.is_multiple_of(BOSS)
}

/// How hard a wave is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difficulty {
    /// The number of enemies.
    pub enemies: u32,
    /// Seconds between two that arrive.
    pub interval: f64,
    /// Pixels a second, in the mean.
    pub speed: f64,
    /// Radians a second.
    pub turn: f64,
    /// The most seconds that an enemy looks ahead.
    pub foresight: f64,
}

impl Difficulty {
    /// The difficulty of a wave: the first is number 1. Everything grows steadily and ends at a bound.
    pub fn of_wave(number: u32) -> Self {
        let earlier = f64::from(number.saturating_sub(1));
        Self {
            enemies: number.saturating_mul(2).saturating_add(2).min(MOST as u32),
            interval: (1.4 / (1.0 + 0.25 * earlier)).max(0.25),
            speed: (65.0 + 13.0 * earlier).min(250.0),
            turn: (1.1 + 0.1 * earlier).min(2.5),
            foresight: (0.1 * earlier).min(0.8),
        }
    }
}

/// What happens in this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing new.
    Quiet,
    /// One more enemy arrives: the first of its wave, or another one.
    Arrival {
        /// Whether it is the first.
        is_first: bool,
    },
    /// The last enemy of the wave is gone.
    Cleared,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// So many seconds of quiet are left.
    Breath(f64),
    /// So many enemies are still to come, the next in so many seconds.
    Arrivals(u32, f64),
    /// All have arrived.
    Fight,
}

/// The number of enemies of a wave. Half of them stay at home when the boss goes.
fn enemies(number: u32) -> u32 {
    let enemies = Difficulty::of_wave(number).enemies;
    if has_boss(number) { enemies / 2 } else { enemies }
}

/// The course of the waves.
#[derive(Clone, Debug)]
pub struct Waves {
    number: u32,
    phase: Phase,
}

impl Waves {
    /// The quiet before the first wave.
    pub const fn new() -> Self {
        Self { number: 1, phase: Phase::Breath(BREATH) }
    }

    /// The number of the wave that is here, or comes next.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Whether the next wave has not begun yet.
    pub fn is_quiet(&self) -> bool {
        matches!(self.phase, Phase::Breath(_))
    }

    /// Moves time on. `is_clear` says whether no enemy is left.
    pub fn advance(&mut self, seconds: f64, is_clear: bool) -> Event {
        match &mut self.phase {
            Phase::Breath(left) => {
                *left -= seconds;
                if *left <= 0.0 {
                    self.phase = Phase::Arrivals(enemies(self.number), 0.0);
                }
                Event::Quiet
            }
            Phase::Arrivals(0, _) => {
                self.phase = Phase::Fight;
                Event::Quiet
            }
            Phase::Arrivals(to_come, next) => {
                *next -= seconds;
                if *next > 0.0 {
                    return Event::Quiet;
                }
                let is_first = *to_come == enemies(self.number);
                *to_come -= 1;
                *next = Difficulty::of_wave(self.number).interval;
                Event::Arrival { is_first }
            }
            Phase::Fight if is_clear => {
                self.number = self.number.saturating_add(1);
                self.phase = Phase::Breath(BREATH);
                Event::Cleared
            }
            Phase::Fight => Event::Quiet,
        }
    }
}

impl Default for Waves {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of `seconds`, with the moments when they happened.
    fn events(waves: &mut Waves, seconds: f64, is_clear: bool) -> Vec<(f64, Event)> {
        (0..(seconds * 100.0) as u32)
            .map(|tick| (f64::from(tick) / 100.0, waves.advance(0.01, is_clear)))
            .filter(|(_, event)| *event != Event::Quiet)
            .collect()
    }

    #[test]
    fn a_wave_begins_after_a_breath_and_arrives_one_by_one() {
        let events = events(&mut Waves::new(), 30.0, false);
        assert_eq!(events.len(), 4, "{events:?}");
        assert!(events[0].0 >= BREATH - 0.02, "the first came after {} s", events[0].0);
        for pair in events.windows(2) {
            assert!((pair[1].0 - pair[0].0 - 1.4).abs() < 0.02, "{pair:?}");
        }
    }

    #[test]
    fn the_next_wave_waits_for_the_end_of_this_one() {
        let mut waves = Waves::new();
        events(&mut waves, 60.0, false);
        assert_eq!((waves.number(), waves.is_quiet()), (1, false));
        assert_eq!(waves.advance(0.01, true), Event::Cleared);
        assert_eq!((waves.number(), waves.is_quiet()), (2, true));
        assert_eq!(events(&mut waves, 30.0, false).len(), 6);
    }

    #[test]
    fn only_the_first_of_a_wave_is_its_first_and_the_boss_has_half_a_wave() {
        let mut waves = Waves { number: 5, phase: Phase::Breath(0.0) };
        let events = events(&mut waves, 30.0, false);
        let firsts: Vec<bool> =
            events.iter().map(|(_, event)| *event == Event::Arrival { is_first: true }).collect();
        assert_eq!(firsts, [true, false, false, false, false, false]);
        let bosses: Vec<u32> = (0..12).filter(|number| has_boss(*number)).collect();
        assert_eq!(bosses, [0, 5, 10]);
    }

    #[test]
    fn each_wave_is_harder_than_the_one_before_until_the_bounds_are_reached() {
        for number in 1..10 {
            let (this, next) = (Difficulty::of_wave(number), Difficulty::of_wave(number + 1));
            assert!(
                next.enemies > this.enemies
                    && next.interval < this.interval
                    && next.speed > this.speed
            );
            assert!(next.turn > this.turn);
        }
        assert_eq!(Difficulty::of_wave(1000), Difficulty::of_wave(u32::MAX));
        assert_eq!(Difficulty::of_wave(1000).enemies as usize, MOST);
    }
}
