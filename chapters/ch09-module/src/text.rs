//! From the tree to text.
//!
//! Most syntax is written the same way whether names are known or not. So each
//! kind of it has one [`Text::write`], which takes a [`Scope`] to look names up
//! in. `Display` is the same with an empty scope.
//!
//! Specification: *Text Format*.

mod function;
mod identifier;
mod instr;
mod module;
mod types;

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use crate::{FuncIdx, Module, Names};

/// Syntax that can be written as text.
pub(crate) trait Text {
    /// Writes it, with names instead of indices where the scope has some.
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result;
}

/// What is known at a place in a module.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The names that serve as identifiers.
    identifiers: &'a Names,
    /// The module, if it is known.
    module: Option<&'a Module>,
    /// The function whose locals are meant.
    function: FuncIdx,
    /// The identifiers of the labels, the innermost last.
    labels: &'a [Option<&'a str>],
}

impl Scope<'static> {
    /// Where nothing is known, so that indices are written as numbers.
    const EMPTY: Scope<'static> = Scope {
        identifiers: &NAMELESS,
        module: None,
        function: FuncIdx(0),
        labels: &[],
    };
}

impl<'a> Scope<'a> {
    /// Something that is displayed as `syntax` is written in this scope.
    fn show<T: Text + ?Sized>(&'a self, syntax: &'a T) -> impl Display {
        fmt::from_fn(move |f| syntax.write(self, f))
    }
}

static NAMELESS: Names = Names {
    module: None,
    functions: BTreeMap::new(),
    locals: BTreeMap::new(),
    labels: BTreeMap::new(),
    types: BTreeMap::new(),
    fields: BTreeMap::new(),
    tables: BTreeMap::new(),
    memories: BTreeMap::new(),
    globals: BTreeMap::new(),
    tags: BTreeMap::new(),
    elements: BTreeMap::new(),
    data: BTreeMap::new(),
};

/// Displays syntax as it is written where nothing is known.
macro_rules! display {
    ($($syntax:ident),*) => {$(
        impl Display for crate::$syntax {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                self.write(&Scope::EMPTY, f)
            }
        }
    )*};
}
display!(
    HeapType,
    RefType,
    ValType,
    FuncType,
    StorageType,
    FieldType,
    CompositeType,
    SubType,
    AddressType,
    Limits,
    MemoryType,
    TableType,
    GlobalType,
    BlockType,
    Control,
    Instr
);
