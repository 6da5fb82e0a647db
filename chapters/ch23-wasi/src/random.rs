//! Random numbers: the system's, or from a seed.

use serde::{Deserialize, Serialize};

use crate::Errno;

/// Where a guest's random numbers come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Random(Kind);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[default]
    System,
    /// How far the generator has come.
    Seed(u64),
}

impl Random {
    /// The system's, which nobody can predict.
    pub fn system() -> Random {
        Random(Kind::System)
    }

    /// The same in each run: for tests and replays, not for keys.
    pub fn seeded(seed: u64) -> Random {
        Random(Kind::Seed(seed))
    }

    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        match &mut self.0 {
            Kind::System => getrandom::fill(buffer).map_err(|_| Errno::Io),
            Kind::Seed(state) => {
                let mut generator = fastrand::Rng::with_seed(*state);
                generator.fill(buffer);
                *state = generator.get_seed();
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_the_same_numbers_each_time_and_never_twice_in_a_row() {
        let [mut one, mut other] = [Random::seeded(7), Random::seeded(7)];
        let [mut first, mut second, mut third] = [[0; 16]; 3];
        one.fill(&mut first).expect("a generator doesn't fail");
        one.fill(&mut second).expect("a generator doesn't fail");
        other.fill(&mut third).expect("a generator doesn't fail");
        assert_ne!(first, second);
        assert_eq!(first, third);
    }
}
