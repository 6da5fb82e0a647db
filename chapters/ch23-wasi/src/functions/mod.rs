//! The functions, a file for each group of them. All have the same form: the
//! context, the guest's memory, and the arguments; they answer with nothing, or
//! say why not.
#![expect(clippy::too_many_arguments, reason = "the specification has so many")]

pub(crate) mod clock;
pub(crate) mod directory;
pub(crate) mod environment;
pub(crate) mod fd;
pub(crate) mod io;
pub(crate) mod open;
pub(crate) mod others;
pub(crate) mod path;
pub(crate) mod poll;
pub(crate) mod stat;
