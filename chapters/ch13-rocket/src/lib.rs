//! Nine host functions, and the game flies.
//!
//! A [`Host`] draws and knows its trigonometry; a [`Rocket`] is a module that
//! keeps the [contract](IMPORTS) with it. The game moves itself on and calls
//! the host to be seen: the host never looks into the game's memory.

mod contract;
mod host;
mod pilot;
mod rocket;
mod terminal;

pub use contract::{
    Breach, ContractError, Direction, EXPORTS, IMPORTS, Signature,
};
pub use host::{Host, HostCall};
pub use pilot::Pilot;
pub use rocket::{CALLS, Control, FUEL, Rocket, RocketError};
pub use terminal::Terminal;
