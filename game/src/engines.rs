//! The engines that can fly the game. A new one is a new row.

use std::io::{self, Write};

use annex_embedding::Engine;
use ch12_instance::StoreLimits;
use ch13_rocket::FUEL;
use trace::Counter;

/// An engine that can be chosen.
pub struct EngineRow {
    /// The name to choose it by.
    pub name: &'static str,
    /// How it works, in a few words.
    pub about: &'static str,
    /// Makes one. It counts fuel, and instructions if that is not what makes it slow.
    pub make: fn() -> Box<dyn Engine>,
}

/// The engine that flies where none is named.
pub const DEFAULT: &str = "fast";

/// All engines.
pub const ENGINES: &[EngineRow] = &[
    EngineRow {
        name: "tree",
        about: "walks the tree of instructions",
        make: || Box::new(ch18_heap::Store::new(Counter::default(), limits())),
    },
    EngineRow {
        name: "flat",
        about: "executes a list of operations, whose branches are positions",
        make: || Box::new(ch19_flat::Store::new(Counter::default(), limits())),
    },
    EngineRow {
        name: "slots",
        about: "executes operations that name their operands",
        make: || Box::new(ch20_slots::Store::new((), limits())),
    },
    EngineRow {
        name: "fast",
        about: "operations that are fused, whose handlers call each other",
        make: || Box::new(ch21_fuse::Store::new((), limits())),
    },
];

fn limits() -> StoreLimits {
    StoreLimits { fuel: Some(FUEL), ..StoreLimits::default() }
}

/// The engine of a name.
pub(crate) fn find(name: &str) -> Result<&'static EngineRow, String> {
    let engine = ENGINES.iter().find(|engine| engine.name == name);
    engine.ok_or_else(|| {
        let names: Vec<&str> = ENGINES.iter().map(|engine| engine.name).collect();
        format!("unknown engine `{name}`: there is {}", names.join(", "))
    })
}

/// Prints a line for each engine.
pub(crate) fn list(out: &mut impl Write) -> io::Result<()> {
    ENGINES.iter().try_for_each(|engine| writeln!(out, "{:8} {}", engine.name, engine.about))
}
