//! Marking: finding what can be reached.

use annex_embedding::Referent;
use ch17_exceptions::{Exceptions, ExnAddr};

use crate::{Heap, Layout, Storage};

/// The first half of a collection: which objects can be reached.
///
/// It only reads the heap, and Rust makes sure that nobody writes meanwhile.
#[derive(Debug)]
pub struct Marking<'store> {
    heap: &'store Heap,
    exceptions: &'store mut Exceptions,
    /// For each entry of the heap, whether it was reached.
    marked: Vec<bool>,
    /// What was reached, and whose own references were not looked at yet.
    work: Vec<Reached>,
    /// How many slots were looked at.
    slots: usize,
}

/// What can refer to something.
#[derive(Clone, Copy, Debug)]
enum Reached {
    /// The object at this position.
    Object(usize),
    /// An exception, which carries values.
    Exception(ExnAddr),
}

impl<'store> Marking<'store> {
    /// Nothing is reached yet. Returns `None` if the system can't give the
    /// memory for the marks and for all that may be left to do.
    pub fn new(
        heap: &'store Heap,
        exceptions: &'store mut Exceptions,
    ) -> Option<Marking<'store>> {
        let mut work = Vec::new();
        let most = heap.entries() + exceptions.len();
        work.try_reserve_exact(most).ok()?;
        let mut marked = Vec::new();
        marked.try_reserve_exact(heap.entries()).ok()?;
        marked.resize(heap.entries(), false);
        Some(Marking { heap, exceptions, marked, work, slots: 0 })
    }

    /// This slot is reached. What it refers to, if it does, is reached too.
    #[inline]
    pub fn reach(&mut self, slot: u64) {
        self.slots += 1;
        match Referent::from_slot(slot) {
            Some(Referent::Struct(handle) | Referent::Array(handle)) => {
                if let Some(position) = self.heap.find(handle)
                    && !self.marked[position]
                {
                    self.marked[position] = true;
                    self.work.push(Reached::Object(position));
                }
            }
            Some(Referent::Exn(handle)) => {
                let exn = self.exceptions.mark(handle);
                self.work.extend(exn.map(Reached::Exception));
            }
            _ => {}
        }
    }

    /// These slots are reached.
    pub fn reach_all<'slots>(
        &mut self,
        slots: impl IntoIterator<Item = &'slots u64>,
    ) {
        slots.into_iter().for_each(|slot| self.reach(*slot));
    }

    /// Reaches whatever can be reached from what is.
    ///
    /// A list of what is left to do replaces a recursion, which would need a
    /// native stack as long as the longest list in the heap.
    pub fn trace(&mut self) {
        while self.trace_next() {}
    }

    /// Looks at what the last one on the list refers to, and says whether there
    /// was one.
    pub fn trace_next(&mut self) -> bool {
        let Some(reached) = self.work.pop() else { return false };
        match reached {
            Reached::Object(position) => self.trace_object(position),
            Reached::Exception(exn) => {
                for [slot, _] in self.exceptions.values(exn).to_vec() {
                    self.reach(slot);
                }
            }
        }
        true
    }

    fn trace_object(&mut self, position: usize) {
        match self.heap.object(position) {
            Some((Layout::Struct { references, .. }, bytes)) => {
                for &offset in references {
                    self.reach(
                        Storage::Reference.read(&bytes[offset as usize..])
                            as u64,
                    );
                }
            }
            Some((Layout::Array(Storage::Reference), bytes)) => {
                for element in bytes.chunks_exact(Storage::Reference.size()) {
                    self.reach(Storage::Reference.read(element) as u64);
                }
            }
            _ => {}
        }
    }

    /// For each entry of the heap, whether it was reached so far.
    pub fn marked(&self) -> &[bool] {
        &self.marked
    }

    /// The positions of the objects whose own references were not looked at
    /// yet. The last one is next.
    pub fn work(&self) -> impl Iterator<Item = usize> {
        self.work.iter().filter_map(|reached| match reached {
            Reached::Object(position) => Some(*position),
            Reached::Exception(_) => None,
        })
    }

    /// For each entry, whether it was reached, and how many slots were looked
    /// at to find out.
    pub fn finish(mut self) -> (Vec<bool>, usize) {
        self.trace();
        (self.marked, self.slots)
    }
}
