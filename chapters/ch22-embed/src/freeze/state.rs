//! What is written down of a store.
//!
//! The format is Postcard's: a number is LEB128, a list begins with its length,
//! an alternative with its number. Nothing in here is trusted when it has been
//! read.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A store, and its calls that are paused.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State<'a> {
    /// The modules, in the binary format.
    #[serde(borrow)]
    pub(super) modules: Vec<Blob<'a>>,
    /// The types that something below names by its position here: the instance
    /// whose module defines it, and its index there.
    pub(super) types: Vec<(u32, u32)>,
    /// How the store was made.
    pub(super) log: Vec<Step>,
    /// The elements of each table, as runs of equal ones.
    pub(super) tables: Vec<Vec<(u64, u64)>>,
    #[serde(borrow)]
    pub(super) memories: Vec<Memory<'a>>,
    /// The value of each global.
    pub(super) globals: Vec<u128>,
    /// The segments of each instance.
    pub(super) segments: Vec<Segments>,
    #[serde(borrow)]
    pub(super) heap: Heap<'a>,
    pub(super) exceptions: Exceptions,
    /// The references that the embedder has seen.
    pub(super) exposed: Vec<u64>,
    pub(super) fuel: Option<u64>,
    pub(super) calls: Vec<Call>,
}

/// How something came into the store.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Step {
    Function { module: String, name: String, ty: Func },
    Table { address: Address, min: u64, max: Option<u64>, element: Ref },
    Memory { address: Address, min: u64, max: Option<u64>, page_size: u64 },
    Global { content: Type, mutable: bool },
    Tag(Func),
    Instance { module: u32, imports: Vec<Item> },
}

/// What an import is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Item {
    Func(u32),
    Table(u32),
    Memory(u32),
    Global(u32),
    Tag(u32),
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Address {
    I32,
    I64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Func {
    pub(super) params: Vec<Type>,
    pub(super) results: Vec<Type>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Type {
    I32,
    I64,
    F32,
    F64,
    V128,
    Ref(Ref),
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Ref {
    pub(super) nullable: bool,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Kind {
    Func,
    NoFunc,
    Extern,
    NoExtern,
    Exn,
    NoExn,
    Any,
    Eq,
    I31,
    Struct,
    Array,
    None,
    /// The type at this position of the state's list.
    Concrete(u32),
}

/// A memory: its size, and its bytes from each of some offsets on. Between them
/// are zeros.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Memory<'a> {
    pub(super) pages: u64,
    #[serde(borrow)]
    pub(super) runs: Vec<(u64, Blob<'a>)>,
}

/// The segments of an instance.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Segments {
    /// The references of each element segment.
    pub(super) elements: Vec<Vec<u64>>,
    /// Whether each data segment is still there.
    pub(super) data: Vec<bool>,
}

/// The heap.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Heap<'a> {
    /// Each entry: how often it was emptied, and its object, as the position of
    /// its type in the state's list, and its bytes.
    #[serde(borrow)]
    pub(super) entries: Vec<(u32, Option<(u32, Blob<'a>)>)>,
    pub(super) free: Vec<u32>,
    pub(super) budget: u64,
    pub(super) allocated: u64,
    pub(super) made: u64,
    pub(super) collections: u64,
}

/// The exceptions.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Exceptions {
    /// Each place: how many exceptions it has had before, and the one that is
    /// in it.
    pub(super) places: Vec<(u32, Option<Exception>)>,
    pub(super) free: Vec<u32>,
    /// How large they were after the last collection.
    pub(super) kept: u64,
}

/// An exception: its tag, and its values.
pub(super) type Exception = (u32, Vec<u128>);

/// A call that is paused.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    pub(super) function: u32,
    pub(super) activations: Vec<Activation>,
    pub(super) arguments: Vec<u128>,
    pub(super) next: Next,
    /// What the host has said to the embedder, if the call waits for an answer.
    pub(super) reason: String,
}

/// A call that has begun.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Activation {
    Code {
        function: u32,
        instruction: u32,
        locals: Vec<u128>,
        operands: Vec<u128>,
    },
    Host {
        instance: Option<u32>,
        function: u32,
        arguments: Vec<u128>,
        asked: u32,
        state: u64,
    },
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Next {
    Begin,
    Execute,
    Pay,
    Answer(u32),
}

/// Bytes in a row, which are not copied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Blob<'a>(pub(super) &'a [u8]);

impl fmt::Debug for Blob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Serialize for Blob<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Blob<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Borrowed;
        impl<'de> Visitor<'de> for Borrowed {
            type Value = Blob<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_borrowed_bytes<E: de::Error>(
                self,
                bytes: &'de [u8],
            ) -> Result<Blob<'de>, E> {
                Ok(Blob(bytes))
            }
        }
        from.deserialize_bytes(Borrowed)
    }
}
