//! What later chapters do with the list of exceptions: a collector marks and
//! sweeps it, and a frozen store writes it down and reads it again.

use annex_embedding::{Handle, TagAddr};

use super::{Exceptions, ExnAddr, MAX_VALUES, Place, State};

/// What an exception consists of: its tag and its values. Each value is a slot
/// and the half beside it.
type Parts<Values> = (TagAddr, Values);

impl Exceptions {
    /// Marks an exception that a collector has reached. Returns it the first
    /// time, so that the collector goes on with its values.
    pub fn mark(&mut self, handle: Handle) -> Option<ExnAddr> {
        let exn = self.find(handle)?;
        let place = &mut self.places[exn.index()];
        if place.state != State::Referenced {
            return None;
        }
        place.state = State::Marked;
        Some(exn)
    }

    /// Forgets the exceptions with references that a collector has not marked,
    /// and clears the marks of the others.
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

    /// Each place in its order: how many exceptions it has had before, and the
    /// exception that is in it. An exception that no reference refers to is
    /// left out: between two calls nothing can reach it.
    pub fn places(
        &self,
    ) -> impl Iterator<Item = (u32, Option<Parts<&[[u64; 2]]>>)> {
        self.places.iter().map(|place| {
            let kept = matches!(place.state, State::Referenced);
            (place.generation, kept.then_some((place.tag, &*place.values)))
        })
    }

    /// The places without an exception, in the order in which they were left:
    /// the last one is used first.
    pub fn free(&self) -> &[u32] {
        &self.free
    }

    /// Replaces all exceptions. Something refers to each of them. The places
    /// that are missing in `free` but have no exception are added to it.
    ///
    /// # Errors
    ///
    /// Says what can't be true of a list of exceptions.
    pub fn replace(
        &mut self,
        places: impl Iterator<Item = (u32, Option<Parts<Box<[[u64; 2]]>>>)>,
        free: &[u32],
    ) -> Result<(), &'static str> {
        let mut new = Exceptions::default();
        for (generation, exception) in places {
            if generation >= Handle::GENERATIONS {
                return Err("a place has had too many exceptions");
            }
            let (state, (tag, values)) = match exception {
                Some(parts) => (State::Referenced, parts),
                None => (State::Free, (TagAddr(0), Box::default())),
            };
            if state == State::Referenced {
                new.values += values.len() + 1;
            }
            if new.values > MAX_VALUES {
                return Err("the exceptions carry too many values");
            }
            new.places.push(Place { generation, state, tag, values });
        }
        // Which of the places are in the list already.
        let mut listed = vec![false; new.places.len()];
        new.free.reserve(new.places.len());
        for &index in free {
            let place = new.places.get(index as usize);
            if place.is_none_or(|place| place.state != State::Free)
                || std::mem::replace(&mut listed[index as usize], true)
            {
                return Err("the list of free places is wrong");
            }
            new.free.push(index);
        }
        for (index, place) in new.places.iter().enumerate() {
            if place.state == State::Free && !listed[index] {
                new.free.push(index as u32);
            }
        }
        *self = new;
        Ok(())
    }
}
