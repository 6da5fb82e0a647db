//! The room of the store in which exceptions lie: those on their way, and those that somebody has a reference to.
//!
//! Specification: Execution, Runtime Structure, *Exception Instances*.

use ch07_values::Trap;
use ch12_instance::{Handle, NULL, TagAddr, exception};

/// Names an exception of a store, while there is it.
///
/// Specification: Execution, Runtime Structure, *Addresses*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExnAddr(pub u32);

impl ExnAddr {
    /// The place in the room.
    #[inline(always)]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The most values that lie in the room, where an exception counts as one more than it carries.
const MAX_VALUES: usize = 1 << 22;

/// The exceptions of a store.
#[derive(Debug, Default)]
pub struct Exceptions {
    places: Vec<Place>,
    /// The places without an exception.
    free: Vec<u32>,
    /// How many values there are, each exception counted as one more.
    values: usize,
}

/// A place for an exception, and the one that lies there.
#[derive(Debug)]
struct Place {
    /// How many exceptions have been here before.
    generation: u32,
    state: State,
    tag: TagAddr,
    values: Box<[[u64; 2]]>,
}

/// Who knows an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// There is none.
    Free,
    /// Only the `Unwind` that takes it along.
    Thrown,
    /// Whoever has a reference to it.
    Referenced,
    /// The same, and a collector has just seen one of the references.
    Marked,
}

impl Exceptions {
    /// Makes an exception. Each of its values is a slot and what lies beside it: the upper half of a vector.
    ///
    /// # Errors
    ///
    /// Traps if there is no room for another one.
    pub fn make(&mut self, tag: TagAddr, values: Box<[[u64; 2]]>) -> Result<ExnAddr, Trap> {
        if self.values + values.len() >= MAX_VALUES {
            return Err(Trap::OutOfHeap);
        }
        self.values += values.len() + 1;
        let index = self.free.pop().unwrap_or(self.places.len() as u32);
        match self.places.get_mut(index as usize) {
            Some(place) => {
                *place = Place { state: State::Thrown, tag, values, generation: place.generation };
            }
            None => self.places.push(Place { state: State::Thrown, tag, values, generation: 0 }),
        }
        Ok(ExnAddr(index))
    }

    /// The tag that an exception was thrown with.
    pub fn tag(&self, exn: ExnAddr) -> TagAddr {
        self.places[exn.index()].tag
    }

    /// The values that an exception carries.
    pub fn values(&self, exn: ExnAddr) -> &[[u64; 2]] {
        &self.places[exn.index()].values
    }

    /// The slot of a reference to an exception, which from now on is kept.
    pub fn reference(&mut self, exn: ExnAddr) -> u64 {
        let place = &mut self.places[exn.index()];
        place.state = State::Referenced;
        exception(Handle::new(exn.0, place.generation))
    }

    /// The exception that the reference in a slot refers to.
    ///
    /// # Errors
    ///
    /// Traps if the reference is null. What a reference of another store refers to is nothing, too.
    pub fn referent(&self, slot: u64) -> Result<ExnAddr, Trap> {
        let handle = Handle::of_slot(slot);
        let place = self.places.get(handle.index() as usize);
        let is_there = place.is_some_and(|place| {
            place.state != State::Free && Handle::new(handle.index(), place.generation) == handle
        });
        match slot != NULL && is_there {
            true => Ok(ExnAddr(handle.index())),
            false => Err(Trap::NullExceptionReference),
        }
    }

    /// Forgets an exception that has arrived, unless somebody has a reference to it.
    pub fn forget(&mut self, exn: ExnAddr) {
        let place = &mut self.places[exn.index()];
        if place.state == State::Thrown {
            place.state = State::Free;
            place.generation = (place.generation + 1) % Handle::GENERATIONS;
            self.values -= place.values.len() + 1;
            place.values = Box::default();
            self.free.push(exn.0);
        }
    }

    /// How many exceptions there are.
    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// Whether there are no exceptions.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values there are, each exception counted as one more than it carries.
    pub fn weight(&self) -> usize {
        self.values
    }

    /// A collector has seen this reference: the exception stays. When it is seen for the first time, it is handed back, for its
    /// values are seen with it.
    pub fn mark(&mut self, slot: u64) -> Option<ExnAddr> {
        let exn = self.referent(slot).ok()?;
        let place = &mut self.places[exn.index()];
        if place.state != State::Referenced {
            return None;
        }
        place.state = State::Marked;
        Some(exn)
    }

    /// A collector has seen all references that there are: the exceptions that it has not marked are forgotten, and the
    /// marks are gone.
    pub fn sweep(&mut self) {
        for index in 0..self.places.len() as u32 {
            let place = &mut self.places[index as usize];
            match place.state {
                State::Free | State::Thrown => {}
                State::Marked => place.state = State::Referenced,
                State::Referenced => {
                    place.state = State::Thrown;
                    self.forget(ExnAddr(index));
                }
            }
        }
    }
}
