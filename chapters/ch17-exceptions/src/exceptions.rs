//! The exceptions of a store: those on their way, and those that something
//! refers to.
//!
//! Specification: Execution, Runtime Structure, *Exception Instances*.

mod contents;

use annex_embedding::{Handle, Referent, TagAddr};
use ch07_values::Trap;
use ch09_module::HeapType;
use ch12_instance::Uncaught;

/// Names an exception of a store for as long as it exists.
///
/// Specification: Execution, Runtime Structure, *Addresses*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExnAddr(pub u32);

impl ExnAddr {
    /// The position in the list.
    #[inline(always)]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The most values that the exceptions of a store may carry together. An
/// exception itself counts as one more.
const MAX_VALUES: usize = 1 << 22;

/// The exceptions of a store.
#[derive(Debug, Default)]
pub struct Exceptions {
    places: Vec<Place>,
    /// The places without an exception.
    free: Vec<u32>,
    /// How many values they carry, plus one for each exception.
    values: usize,
}

/// A place in the list, with the exception that is in it.
#[derive(Debug)]
struct Place {
    /// How many exceptions this place has had before.
    generation: u32,
    state: State,
    tag: TagAddr,
    values: Box<[[u64; 2]]>,
}

/// What can still reach an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing: there is no exception in this place.
    Free,
    /// Only the `Unwind` that carries its address.
    Thrown,
    /// Perhaps a reference.
    Referenced,
    /// A reference that a collector has just found.
    Marked,
}

impl Exceptions {
    /// Makes an exception. Each of its values is a slot and the upper half of
    /// a vector, which is 0 for all other types.
    ///
    /// # Errors
    ///
    /// Traps with `out of heap` if there are too many values already, or if the
    /// system can't give the memory.
    pub fn make(
        &mut self,
        tag: TagAddr,
        values: Box<[[u64; 2]]>,
    ) -> Result<ExnAddr, Trap> {
        if self.values + values.len() >= MAX_VALUES {
            return Err(Trap::OutOfHeap);
        }
        let index = match self.free.pop() {
            Some(index) => index,
            None => self.add_place(tag).ok_or(Trap::OutOfHeap)?,
        };
        self.values += values.len() + 1;
        let place = &mut self.places[index as usize];
        place.state = State::Thrown;
        place.tag = tag;
        place.values = values;
        Ok(ExnAddr(index))
    }

    /// Appends a place without an exception and returns its position; `None` if
    /// the system can't give the memory. With the place comes one in the list
    /// of free ones, so that forgetting an exception doesn't need memory.
    fn add_place(&mut self, tag: TagAddr) -> Option<u32> {
        self.places.try_reserve(1).ok()?;
        self.free.try_reserve(self.places.len() + 1 - self.free.len()).ok()?;
        self.places.push(Place {
            generation: 0,
            state: State::Free,
            tag,
            values: Box::default(),
        });
        Some(self.places.len() as u32 - 1)
    }

    /// The tag that an exception was thrown with.
    pub fn tag(&self, exn: ExnAddr) -> TagAddr {
        self.places[exn.index()].tag
    }

    /// The values that an exception carries.
    pub fn values(&self, exn: ExnAddr) -> &[[u64; 2]] {
        &self.places[exn.index()].values
    }

    /// The slot of a reference to an exception. From now on the exception is
    /// kept.
    pub fn reference(&mut self, exn: ExnAddr) -> u64 {
        let place = &mut self.places[exn.index()];
        place.state = State::Referenced;
        Referent::Exn(Handle::new(exn.0, place.generation)).to_slot()
    }

    /// The exception that the reference in a slot refers to.
    ///
    /// # Errors
    ///
    /// Traps if the reference is null, or if it refers to an exception that no
    /// longer exists.
    pub fn referent(&self, slot: u64) -> Result<ExnAddr, Trap> {
        match Referent::from_slot(slot) {
            Some(Referent::Exn(handle)) => self.find(handle),
            _ => None,
        }
        .ok_or(Trap::NullExceptionReference)
    }

    /// The exception of a handle, if it still exists.
    fn find(&self, handle: Handle) -> Option<ExnAddr> {
        let place = self.places.get(handle.index() as usize)?;
        let exists = place.state != State::Free
            && Handle::new(handle.index(), place.generation) == handle;
        exists.then_some(ExnAddr(handle.index()))
    }

    /// `exn`, if this refers to an exception that still exists.
    pub fn heap_type(&self, referent: Referent) -> Option<HeapType> {
        match referent {
            Referent::Exn(handle) => self.find(handle).map(|_| HeapType::Exn),
            _ => None,
        }
    }

    /// What the embedder is told about an exception that was not caught. The
    /// exception is forgotten.
    pub fn uncaught(&mut self, exn: ExnAddr) -> Uncaught {
        let Place { tag, values, .. } = &self.places[exn.index()];
        let uncaught = Uncaught::Exception(*tag, values.clone());
        self.forget(exn);
        uncaught
    }

    /// Forgets an exception that was caught, unless something refers to it.
    pub fn forget(&mut self, exn: ExnAddr) {
        let place = &mut self.places[exn.index()];
        if place.state != State::Thrown {
            return;
        }
        place.state = State::Free;
        place.generation = (place.generation + 1) % Handle::GENERATIONS;
        self.values -= place.values.len() + 1;
        place.values = Box::default();
        self.free.push(exn.0);
    }

    /// How many exceptions there are.
    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// Whether there are no exceptions.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values the exceptions carry, plus one for each exception.
    pub fn size(&self) -> usize {
        self.values
    }
}
