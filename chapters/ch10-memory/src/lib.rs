//! Pages, bounds, all loads and stores, grow, bulk.
//!
//! The memory of chapter 3 was an array of bytes, and still is. What the
//! standard adds: it is counted in pages and can grow, every access is checked
//! against its end, a load can widen and a store can narrow, and whole ranges
//! are filled and copied by one instruction.

mod access;
mod memory;

pub use memory::MemoryInstance;
