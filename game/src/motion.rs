//! Who is who from one picture to the next. The game says where things are, not where they go: that is seen here.

use crate::scene::Point;

/// So many things are followed; a crowd beyond that is drawn as it stands.
const MOST: usize = 256;

/// Something that moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mover {
    pub(crate) place: Point,
    /// Pixels a second.
    pub(crate) velocity: Point,
    /// A number of its own.
    pub(crate) id: u32,
    /// The seconds that it has been seen.
    pub(crate) age: f64,
}

/// Follows the things of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Tracker {
    movers: Vec<Mover>,
    next: u32,
    /// Nothing moves further than this many pixels in a second.
    speed: f64,
}

impl Tracker {
    pub(crate) fn new(speed: f64) -> Tracker {
        Tracker { movers: Vec::new(), next: 0, speed }
    }

    /// Those that are there now.
    pub(crate) fn movers(&self) -> &[Mover] {
        &self.movers
    }

    /// Looks at the next picture, some seconds later, and gives those that have vanished.
    pub(crate) fn follow(&mut self, places: &[Point], seconds: f64) -> Vec<Mover> {
        let mut gone = std::mem::take(&mut self.movers);
        let reach = self.speed * seconds;
        for &place in places.iter().take(MOST) {
            let distance = |mover: &Mover| {
                let (x, y) = (
                    mover.place.0 + mover.velocity.0 * seconds,
                    mover.place.1 + mover.velocity.1 * seconds,
                );
                (place.0 - x).hypot(place.1 - y)
            };
            let nearest = (0..gone.len())
                .map(|index| (index, distance(&gone[index])))
                .min_by(|one, other| one.1.total_cmp(&other.1))
                .filter(|(_, distance)| *distance <= reach);
            let mover = match nearest {
                Some((index, _)) => {
                    let before = gone.remove(index);
                    let step = (place.0 - before.place.0, place.1 - before.place.1);
                    let velocity = match seconds > 0.0 {
                        true => (step.0 / seconds, step.1 / seconds),
                        false => before.velocity,
                    };
                    Mover { place, velocity, age: before.age + seconds, ..before }
                }
                None => {
                    self.next += 1;
                    Mover { place, velocity: (0.0, 0.0), id: self.next, age: 0.0 }
                }
            };
            self.movers.push(mover);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_keeps_its_number_and_gets_a_velocity() {
        let mut tracker = Tracker::new(600.0);
        tracker.follow(&[(0.0, 0.0), (100.0, 0.0)], 0.1);
        let gone = tracker.follow(&[(100.0, 10.0), (5.0, 0.0)], 0.1);
        assert_eq!(gone, []);
        let seen: Vec<(u32, Point)> =
            tracker.movers().iter().map(|mover| (mover.id, mover.velocity)).collect();
        assert_eq!(seen, [(2, (0.0, 100.0)), (1, (50.0, 0.0))]);
    }

    #[test]
    fn enemies_that_vanish_are_reported_and_new_ones_get_new_ids() {
        let mut tracker = Tracker::new(600.0);
        tracker.follow(&[(0.0, 0.0)], 0.1);
        let gone = tracker.follow(&[(300.0, 0.0)], 0.1);
        assert_eq!((gone.len(), gone[0].place), (1, (0.0, 0.0)));
        assert_eq!(tracker.movers()[0].id, 2);
    }
}
