//! The unwinding happens before the program runs.
//!
//! In the tree machine a branch is an `Err` on its way out, and each label
//! looks whether it is meant. But the tree already says how many labels that
//! will be, and how many operands lie between. So [`flatten`] follows every
//! branch once, when a function is first called, and what is left of it is a
//! position in a list: [`Op::Br`]. `block`, `loop` and `end` leave nothing at
//! all.
//!
//! [`Machine`] executes the list in a loop. A call doesn't nest either: the
//! caller's frame waits in a list, and is data.

mod continuation;
mod effect;
mod execute;
mod flatten;
mod host;
mod layer;
mod machine;
mod op;
mod paused;
mod places;
mod text;
mod tier;
mod unwind;

pub use continuation::{Activation, Continuation, Next};
pub use effect::effect;
pub use flatten::flatten;
pub use layer::{FlatLayer, Store};
pub use machine::{Call, Caller, Machine, Stop, Then};
pub use op::{Branch, FlatCode, Handler, Mark, Op};
pub use tier::{Alone, Tier};
