//! Guests that call each of the functions, and guests that try to get out.

mod deterministic;
mod each;
mod escapes;
mod faults;
mod freezing;
mod guest;
mod polling;
mod sandbox;
mod signatures;
