//! Traps: why a computation had to stop.

use std::{error, fmt};

/// Why execution cannot go on. A module cannot catch a trap; the embedder is
/// told.
///
/// The text is the one that the official test suite expects.
///
/// Specification: Execution, Runtime Structure, *Results* (`trap`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trap {
    /// The instruction `unreachable` was reached.
    Unreachable,
    /// An integer was divided by zero.
    IntegerDivideByZero,
    /// A quotient, or a float cut to an integer, does not fit the type.
    IntegerOverflow,
    /// A NaN has no integer.
    InvalidConversionToInteger,
    /// A load, store or bulk instruction reached past the end of a memory or of
    /// a data segment.
    OutOfBoundsMemoryAccess,
    /// A table instruction reached past the end of a table or of an element
    /// segment.
    OutOfBoundsTableAccess,
    /// `call_indirect` named an element past the end of its table.
    UndefinedElement,
    /// `call_indirect` found a null in its table.
    UninitializedElement,
    /// `call_indirect` found a function of another type than it named.
    IndirectCallTypeMismatch,
    /// An access reached past the end of an array of the heap.
    OutOfBoundsArrayAccess,
    /// A reference was null where none may be.
    NullReference,
    /// A call found a null instead of a function.
    NullFunctionReference,
    /// A structure was wanted, and there was a null.
    NullStructureReference,
    /// An array was wanted, and there was a null.
    NullArrayReference,
    /// An integer of 31 bits was wanted, and there was a null.
    NullI31Reference,
    /// An exception was wanted, and there was a null.
    NullExceptionReference,
    /// `ref.cast` found a reference of another type.
    CastFailure,
    /// The heap is full, also after a collection.
    OutOfHeap,
    /// As many instructions were executed as the embedder allowed.
    OutOfFuel,
    /// Calls and blocks are nested deeper than the machine allows.
    CallStackExhausted,
    /// A host function reported a failure.
    Host,
    /// The instruction is valid, and this machine does not know it yet.
    NotYet,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Trap::Unreachable => "unreachable",
            Trap::IntegerDivideByZero => "integer divide by zero",
            Trap::IntegerOverflow => "integer overflow",
            Trap::InvalidConversionToInteger => "invalid conversion to integer",
            Trap::OutOfBoundsMemoryAccess => "out of bounds memory access",
            Trap::OutOfBoundsTableAccess => "out of bounds table access",
            Trap::UndefinedElement => "undefined element",
            Trap::UninitializedElement => "uninitialized element",
            Trap::IndirectCallTypeMismatch => "indirect call type mismatch",
            Trap::OutOfBoundsArrayAccess => "out of bounds array access",
            Trap::NullReference => "null reference",
            Trap::NullFunctionReference => "null function reference",
            Trap::NullStructureReference => "null structure reference",
            Trap::NullArrayReference => "null array reference",
            Trap::NullI31Reference => "null i31 reference",
            Trap::NullExceptionReference => "null exception reference",
            Trap::CastFailure => "cast failure",
            Trap::OutOfHeap => "out of heap",
            Trap::OutOfFuel => "all fuel consumed",
            Trap::CallStackExhausted => "call stack exhausted",
            Trap::Host => "host function failed",
            Trap::NotYet => {
                "not yet: this machine does not know the instruction"
            }
        })
    }
}

impl error::Error for Trap {}
