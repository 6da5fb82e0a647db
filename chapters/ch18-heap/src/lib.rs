//! Structures and arrays live in a heap, and a collector finds those that the
//! program cannot reach any more.
//!
//! A reference is a handle: the number of an entry in a list, and which of the
//! entry's lives is meant. So no reference can dangle, and no `unsafe` is
//! needed. The collector begins at the *roots*, which are what the code can
//! name directly, marks whatever it reaches from there, and sweeps the rest.
//! Where types are known it looks at references only. The operand stack has no
//! types, so there whatever looks like a reference is taken for one.

mod aggregate;
mod heap;
mod layer;
mod layout;
mod marking;
mod objects;
mod roots;

pub use heap::{Heap, Pace, Statistics};
pub use layer::{HeapLayer, Store};
pub use layout::{Field, Layout, Storage};
pub use marking::Marking;
