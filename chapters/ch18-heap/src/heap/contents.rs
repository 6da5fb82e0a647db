//! What is in the heap, for whoever writes it down and reads it again.

use annex_embedding::Handle;

use super::{Entry, Heap, OVERHEAD, SMALLEST_BUDGET};
use crate::Layout;

/// What decides when garbage is collected next, and what was counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Bytes that may be allocated before the next collection.
    pub budget: u64,
    /// Bytes that were allocated since the last one.
    pub allocated: u64,
    /// How many objects were made.
    pub made: u64,
    /// How many times garbage was collected.
    pub collections: u64,
}

impl Heap {
    /// Each entry in its order: how often it was emptied, and the object that
    /// is in it, as the number of its type and its bytes.
    pub fn contents(
        &self,
    ) -> impl Iterator<Item = (u32, Option<(u32, &[u8])>)> {
        self.entries.iter().map(|entry| {
            let body = entry.body.as_deref();
            (entry.generation, body.map(|bytes| (entry.ty, bytes)))
        })
    }

    /// The empty entries that may be used again: the last one is used first.
    pub fn free(&self) -> &[u32] {
        &self.free
    }

    /// What decides when garbage is collected next.
    pub fn pace(&self) -> Pace {
        Pace {
            budget: self.budget as u64,
            allocated: self.allocated as u64,
            made: self.statistics.made,
            collections: self.statistics.collections,
        }
    }

    /// Replaces all objects. The layout of each one's type is known already.
    /// What the references among the bytes refer to is the caller's to check,
    /// when all objects are there.
    ///
    /// # Errors
    ///
    /// Says what can't be true of a heap with this limit.
    pub fn replace<'bytes>(
        &mut self,
        contents: impl Iterator<Item = (u32, Option<(u32, &'bytes [u8])>)>,
        free: &[u32],
        pace: Pace,
    ) -> Result<(), &'static str> {
        self.entries.clear();
        self.free.clear();
        (self.statistics.bytes, self.statistics.objects) = (0, 0);
        for (generation, object) in contents {
            // An entry that was emptied too often stays empty.
            let lives = Handle::GENERATIONS - u32::from(object.is_some());
            if generation > lives {
                return Err("an entry was emptied too often");
            }
            if u32::try_from(self.entries.len()).is_err() {
                return Err("there are too many entries");
            }
            let mut entry = Entry { generation, ty: 0, body: None };
            if let Some((ty, bytes)) = object {
                let layout = self.layouts.get(ty as usize);
                let fits = match layout.and_then(Option::as_ref) {
                    None => return Err("an object is of no known type"),
                    Some(Layout::Struct { size, .. }) => bytes.len() == *size,
                    Some(Layout::Array(storage)) => {
                        let length = bytes.len() / storage.size();
                        bytes.len().is_multiple_of(storage.size())
                            && u32::try_from(length).is_ok()
                    }
                };
                if !fits {
                    return Err("an object is of another size than its type's");
                }
                let size = bytes.len().saturating_add(OVERHEAD);
                if size > self.limit.saturating_sub(self.statistics.bytes) {
                    return Err("the objects need more bytes than the limit");
                }
                self.statistics.bytes += size;
                self.statistics.objects += 1;
                entry.ty = ty;
                entry.body = Some(bytes.into());
            }
            self.entries.push(entry);
        }
        let mut listed = vec![false; self.entries.len()];
        self.free.reserve(self.entries.len());
        for &index in free {
            let entry = self.entries.get(index as usize);
            let may_be_used = entry.is_some_and(|entry| {
                entry.body.is_none() && entry.generation < Handle::GENERATIONS
            });
            if !may_be_used
                || std::mem::replace(&mut listed[index as usize], true)
            {
                return Err("the list of free entries is wrong");
            }
            self.free.push(index);
        }
        // Whatever these numbers are, adding to them must not overflow.
        let most = isize::MAX as usize;
        let within =
            |bytes: u64| usize::try_from(bytes).map_or(most, |it| it.min(most));
        self.budget = within(pace.budget).max(SMALLEST_BUDGET);
        self.allocated = within(pace.allocated).min(self.limit);
        let most = u64::MAX / 2;
        let objects = self.statistics.objects as u64;
        self.statistics.made = pace.made.clamp(objects, most.max(objects));
        self.statistics.collections = pace.collections.min(most);
        Ok(())
    }
}
