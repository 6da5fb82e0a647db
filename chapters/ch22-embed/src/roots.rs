//! The references that the host holds, which keep objects of the heap alive.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::rc::Rc;

/// How many handles there are of each reference.
#[derive(Debug, Default)]
pub(crate) struct Roots {
    counts: HashMap<u64, usize>,
    /// References that may have no handle any more.
    gone: HashSet<u64>,
}

impl Roots {
    /// The references that have had handles, and have none any more.
    pub(crate) fn take_gone(&mut self) -> Vec<u64> {
        if self.gone.is_empty() {
            return Vec::new();
        }
        let mut gone: Vec<u64> = self.gone.drain().collect();
        gone.retain(|slot| !self.counts.contains_key(slot));
        gone
    }
}

/// A handle of a reference: what it refers to stays as long as one of its
/// handles.
pub(crate) struct Root {
    roots: Rc<RefCell<Roots>>,
    pub(crate) slot: u64,
}

impl Root {
    pub(crate) fn new(roots: &Rc<RefCell<Roots>>, slot: u64) -> Root {
        *roots.borrow_mut().counts.entry(slot).or_default() += 1;
        Root { roots: Rc::clone(roots), slot }
    }
}

impl Clone for Root {
    fn clone(&self) -> Root {
        Root::new(&self.roots, self.slot)
    }
}

impl Drop for Root {
    fn drop(&mut self) {
        let Roots { counts, gone } = &mut *self.roots.borrow_mut();
        let Some(count) = counts.get_mut(&self.slot) else { return };
        *count -= 1;
        if *count == 0 {
            counts.remove(&self.slot);
            gone.insert(self.slot);
        }
    }
}

impl fmt::Debug for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Root({:#x})", self.slot)
    }
}
