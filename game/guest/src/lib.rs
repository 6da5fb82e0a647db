//! The rocket game: what flies inside the interpreter.
//!
//! The game is a WebAssembly module that imports nine functions from `env` and exports eight items, and four more that
//! a host may ask for or not. All lists stand in `contract.rs`; the imports stand once more, as a trait, in [`Host`], so that the tests can play the game without any
//! WebAssembly. Everything is measured in pixels, seconds and radians; y grows downward and the angle 0 points to the
//! right.
//!
//! Two promises hold everywhere. **The same calls give the same game**: chance comes from [`random`] with a fixed seed,
//! and sine, cosine and arc tangent come from the host. **Nothing traps**: no number that a host can pass does any harm,
//! and every list has a fixed capacity, so the module never asks for more memory.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod contract;

pub mod bonuses;
pub mod bullets;
pub mod enemies;
pub mod game;
pub mod geometry;
pub mod host;
pub mod particles;
pub mod player;
pub mod pool;
pub mod random;
pub mod tables;
pub mod waves;

pub use game::Game;
pub use host::Host;
