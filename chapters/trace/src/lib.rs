//! One trace, many readers.
//!
//! A [`Step`] of an execution is the instruction, where it stands, and what the
//! machine held before it. A machine hands its steps to an [`Observer`]: the
//! terminal prints them, a test snapshots them, the book's stepper plays them
//! forward and back, and two engines are held against each other with them. The
//! observer `()` watches nothing, and costs nothing.

mod fit;
mod located;
mod observer;
mod place;
#[cfg(feature = "serde")]
mod recording;
mod report;
mod rows;
mod step;
mod trail;

pub use fit::fit;
pub use located::Located;
pub use observer::{Counter, Observer, Output, Printer, Recorder};
pub use place::Place;
#[cfg(feature = "serde")]
pub use recording::{End, EndKind, Line, Moment, Recording, Written};
pub use report::report;
pub use step::{Step, Write, number, numbers};
pub use trail::Trail;
