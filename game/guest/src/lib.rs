//! The rocket game: what flies inside the interpreter.
//!
//! The game is a WebAssembly module that imports nine functions from `env` and exports eight items. Both lists stand in
//! WebAssembly. Everything is measured in pixels, seconds and radians; y grows downward and the angle 0 points to the
//! right.
//!
//! Two promises hold everywhere. **The same calls give the same game**: chance comes from [`random`] with a fixed seed,
//! and sine, cosine and arc tangent come from the host. **Nothing traps**: no number that a host can pass does any harm,
//! and every list has a fixed capacity, so the module never asks for more memory.
#![cfg_attr(target_arch = "wasm32", no_std)]


pub mod geometry;
pub mod host;
pub mod pool;
pub mod random;

pub use host::Host;
