//! What a host may read of the game beside its pictures: lists of records in the memory of the module.
//!
//! A list is 8 bytes, then the records one after the other, all of it little-endian:
//!
//! | bytes | a list | bytes | a record |
//! |---|---|---|---|
//! | 0 to 3 | how many records there are | 0 to 3 | what it is |
//! | 4 to 7 | the bytes of a record: 24 | 4 to 7 | a number that belongs to it |
//! | 8 ... | the records | 8 to 15 | x, in pixels, an `f64` |
//! | | | 16 to 23 | y, in pixels, an `f64` |

use crate::geometry::Vector;

/// One thing that is there, or one that happened.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Record {
    /// What it is: a number of [`thing`] or of [`event`].
    pub kind: i32,
    /// What each number says is written beside the kind.
    pub value: i32,
    /// Where, from the left.
    pub x: f64,
    /// Where, from the top.
    pub y: f64,
}

/// A list of at most `N` records, laid out as a host reads it.
#[repr(C)]
#[derive(Clone, Debug)]
pub struct Table<const N: usize> {
    count: u32,
    size: u32,
    records: [Record; N],
}

impl<const N: usize> Table<N> {
    /// A list without records.
    pub const fn new() -> Self {
        let nothing = Record { kind: 0, value: 0, x: 0.0, y: 0.0 };
        Self { count: 0, size: size_of::<Record>() as u32, records: [nothing; N] }
    }

    /// Adds a record. What does not fit is not told.
    // Called from many places: a copy in each would double the module.
    #[inline(never)]
    pub fn push(&mut self, kind: i32, value: u32, place: Vector) {
        if let Some(record) = self.records.get_mut(self.count as usize) {
            let value = i32::try_from(value).unwrap_or(i32::MAX);
            *record = Record { kind, value, x: place.x, y: place.y };
            self.count += 1;
        }
    }

    /// Forgets all records.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// The records.
    pub fn records(&self) -> &[Record] {
        self.records.get(..self.count as usize).unwrap_or_default()
    }
}

impl<const N: usize> Default for Table<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// What there is. The first records are the enemies: one for each `draw_enemy` of the picture, in the same order.
pub mod thing {
    /// An enemy that hunts the rocket. The value of an enemy is how sound it is, from 100 percent down.
    pub const HUNTER: i32 = 0;
    /// An enemy that is fast and hardly turns.
    pub const DART: i32 = 1;
    /// An enemy that is slow and takes three bullets.
    pub const HULK: i32 = 2;
    /// The boss.
    pub const BOSS: i32 = 3;
    /// A part of the boss: a host that knows how to draw the boss leaves it out.
    pub const HULL: i32 = 4;
    /// A bonus that can be picked up; its value is the tenths of a second that it stays. This one is a shield.
    pub const SHIELD_BONUS: i32 = 10;
    /// A bonus: three bullets at a time, for a while.
    pub const SPREAD_BONUS: i32 = 11;
    /// The rocket has a shield.
    pub const SHIELD: i32 = 20;
    /// The rocket shoots three bullets at a time; the value is the tenths of a second that are left.
    pub const SPREAD: i32 = 21;
    /// The game is over and begins again when a key is pressed.
    pub const WAITING: i32 = 22;
}

/// What happened in the last `update`.
pub mod event {
    /// Points were won: the value says how many.
    pub const POINTS: i32 = 1;
    /// A bullet hit an enemy that flies on; the value is the kind of thing that it is.
    pub const HIT: i32 = 2;
    /// An enemy burst; the value is the kind of thing that it was.
    pub const DOWN: i32 = 3;
    /// The rocket burst; the value is how many are left.
    pub const LOST: i32 = 4;
    /// The shield took a blow and is gone.
    pub const SHIELD_LOST: i32 = 5;
    /// A bonus was picked up; the value is the kind of thing that it was.
    pub const BONUS: i32 = 6;
    /// A wave comes next: its number.
    pub const WAVE: i32 = 7;
    /// A boss leads the wave that comes next: its number.
    pub const BOSS: i32 = 8;
    /// The game is over; the value is the score.
    pub const OVER: i32 = 9;
    /// One more rocket was won; the value is how many there are.
    pub const ROCKET: i32 = 10;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_the_layout_that_is_promised() {
        assert_eq!((size_of::<Record>(), size_of::<Table<3>>()), (24, 8 + 3 * 24));
        let offsets = [
            core::mem::offset_of!(Record, kind),
            core::mem::offset_of!(Record, value),
            core::mem::offset_of!(Record, x),
            core::mem::offset_of!(Record, y),
            core::mem::offset_of!(Table<3>, count),
            core::mem::offset_of!(Table<3>, size),
            core::mem::offset_of!(Table<3>, records),
        ];
        assert_eq!(offsets, [0, 4, 8, 16, 0, 4, 8]);
    }

    #[test]
    fn a_full_table_takes_no_more_and_a_cleared_one_begins_again() {
        let mut table = Table::<2>::new();
        (0..3).for_each(|value| table.push(event::POINTS, value, Vector::ZERO));
        let values =
            |table: &Table<2>| table.records().iter().map(|it| it.value).collect::<Vec<_>>();
        assert_eq!(values(&table), [0, 1]);
        table.clear();
        table.push(event::POINTS, u32::MAX, Vector::ZERO);
        assert_eq!(values(&table), [i32::MAX]);
    }
}
