//! Traps: why a computation had to stop.

use std::{error, fmt};

/// Why execution cannot continue. A module cannot catch a trap; the embedder
/// receives it.
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
    /// A quotient, or a float truncated to an integer, does not fit the type.
    IntegerOverflow,
    /// A NaN cannot be converted to an integer.
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
    /// Expected a reference that is not null, found null.
    NullReference,
    /// Expected a function to call, found null.
    NullFunctionReference,
    /// Expected a structure reference, found null.
    NullStructureReference,
    /// Expected an array reference, found null.
    NullArrayReference,
    /// Expected an `i31` reference, found null.
    NullI31Reference,
    /// Expected an exception reference, found null.
    NullExceptionReference,
    /// `ref.cast` found a reference of another type.
    CastFailure,
    /// The heap is full, even after a collection.
    OutOfHeap,
    /// The program has executed as many instructions as the embedder allows.
    OutOfFuel,
    /// Calls and blocks are nested deeper than the machine allows.
    CallStackExhausted,
    /// A host function reported a failure.
    Host,
    /// The instruction is valid, but this chapter does not implement it.
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
            Trap::NotYet => "not implemented in this chapter",
        })
    }
}

impl error::Error for Trap {}
