//! Chance that is the same in every run.

/// A generator of numbers that look random: PCG-XSH-RR with 64 bits of state and 32 bits of output (M. E. O'Neill, 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The generator that `seed` leads to.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u32 {
        let state = self.0;
        self.0 =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let shifted = (((state >> 18) ^ state) >> 27) as u32;
        shifted.rotate_right((state >> 59) as u32)
    }

    /// A number from `low` up to, but not, `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (f64::from(self.next()) / 4_294_967_296.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_to_their_range_and_fill_it() {
        let mut random = Random::new(7);
        let mut hits = [0; 10];
        for _ in 0..10_000 {
            hits[random.between(0.0, 10.0) as usize] += 1;
        }
        assert!(hits.iter().all(|&hits| (900..1100).contains(&hits)), "{hits:?}");
    }

    #[test]
    fn a_seed_gives_the_same_numbers_every_time() {
        let [mut one, mut other] = [Random::new(7), Random::new(7)];
        assert!((0..100).all(|_| one.next() == other.next()));
    }
}
