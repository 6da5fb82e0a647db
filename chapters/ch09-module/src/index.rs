//! Indices: how one part of a module names another.

use std::fmt;

/// Makes an index type: a number that cannot be taken for an index of another
/// kind.
macro_rules! indices {
    ($($(#[$meaning:meta])* $name:ident;)*) => {$(
        $(#[$meaning])*
        ///
        /// Specification: Structure, Modules, *Indices*.
        #[derive(Clone, Copy, Debug, Default)]
        #[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in a list.
            #[inline(always)]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

indices! {
    /// Names a type of the module.
    TypeIdx;
    /// Names a function: imported ones first.
    FuncIdx;
    /// Names a table: imported ones first.
    TableIdx;
    /// Names a memory: imported ones first.
    MemIdx;
    /// Names a global: imported ones first.
    GlobalIdx;
    /// Names a tag: imported ones first.
    TagIdx;
    /// Names an element segment.
    ElemIdx;
    /// Names a data segment.
    DataIdx;
    /// Names a local of a function: parameters first.
    LocalIdx;
    /// Names an enclosing label, counted from the inside: 0 is the innermost.
    LabelIdx;
    /// Names a field of a structure.
    FieldIdx;
}
