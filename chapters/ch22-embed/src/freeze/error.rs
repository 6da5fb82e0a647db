//! Why a store can't be frozen or thawed.

use annex_embedding::Error;
use ch09_module::ModuleError;

use super::form::VERSION;

/// Why a store can't be frozen or thawed.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// The bytes don't begin as a frozen store does.
    #[error("these bytes aren't a frozen store")]
    NoFrozenStore,
    /// Another version of the format.
    #[error("the store is frozen in version {0}; this is version {VERSION}")]
    Version(u32),
    /// The bytes aren't those that freezing has made; in words.
    #[error("the frozen store is damaged: {0}")]
    Damaged(String),
    /// What the bytes say can't be true of a store; in words.
    #[error("the frozen store is wrong: {0}")]
    Wrong(String),
    /// A value that isn't of the type that it has to have, or a reference to
    /// something that doesn't exist. A store that is frozen has one only where
    /// making an instance has ended in an error: a global or an element that
    /// must not be null, and has not got its value.
    #[error("{place}: {why}")]
    Value {
        /// Where the value is.
        place: String,
        /// What is wrong.
        why: &'static str,
    },
    /// A reference to something of the host. Only the host knows what it is.
    #[error("{place} refers to something of the host, number {number}")]
    HostReference {
        /// Where the reference is.
        place: String,
        /// The number by which the host knows it.
        number: u32,
    },
    /// The log isn't the store's; in words.
    #[error("the log doesn't tell how the store was made: {0}")]
    Log(String),
    /// The store needs more than the terms allow; in words.
    #[error("{0}")]
    TooLarge(String),
    /// What an engine says: of a module, of an import, of a paused call.
    #[error(transparent)]
    Engine(#[from] Error),
}

impl From<ModuleError> for FreezeError {
    fn from(error: ModuleError) -> FreezeError {
        FreezeError::Engine(error.into())
    }
}

/// What the bytes say can't be true.
pub(super) fn wrong(why: impl Into<String>) -> FreezeError {
    FreezeError::Wrong(why.into())
}
