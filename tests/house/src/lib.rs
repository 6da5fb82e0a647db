//! The rules of the house: who may import whom, and what every crate has to be. See `tests/rules.rs`.
