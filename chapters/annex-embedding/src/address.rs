//! Addresses: how the things in a store are named while a program runs.

/// Makes an address type: a number that cannot be taken for an address of
/// another kind.
macro_rules! addresses {
    ($($(#[$meaning:meta])* $name:ident;)*) => {$(
        $(#[$meaning])*
        ///
        /// Specification: Execution, Runtime Structure, *Addresses*.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The address that the next item of a list gets.
            pub fn after<T>(list: &[T]) -> $name {
                let next = u32::try_from(list.len());
                $name(next.expect("a store holds fewer than 2^32 items"))
            }

            /// The position in the store's list.
            #[inline(always)]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

addresses! {
    /// Names a function of a store.
    FuncAddr;
    /// Names a table of a store.
    TableAddr;
    /// Names a memory of a store.
    MemAddr;
    /// Names a global of a store.
    GlobalAddr;
    /// Names a tag of a store.
    TagAddr;
    /// Names a module instance of a store.
    InstanceAddr;
}

/// Names something that comes and goes while programs run: a structure, an
/// array, an exception.
///
/// The place of what is gone is used again. So a handle says besides its place
/// which of the things that have been there it means: an old one is found out,
/// and never taken for another thing's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle(pub(crate) u64);

impl Handle {
    /// How many generations of a place can be told apart.
    pub const GENERATIONS: u32 = 1 << 24;

    /// The handle of a place's generation, which is counted modulo
    /// [`Handle::GENERATIONS`].
    pub fn new(index: u32, generation: u32) -> Handle {
        Handle(
            u64::from(generation % Handle::GENERATIONS) << 32
                | u64::from(index),
        )
    }

    /// The place.
    #[inline(always)]
    pub fn index(self) -> u32 {
        self.0 as u32
    }

    /// The place's generation.
    #[inline(always)]
    pub fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// Something that can be imported and exported.
///
/// Specification: Execution, Runtime Structure, *External Addresses*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extern {
    /// A function.
    Func(FuncAddr),
    /// A table.
    Table(TableAddr),
    /// A memory.
    Memory(MemAddr),
    /// A global.
    Global(GlobalAddr),
    /// A tag.
    Tag(TagAddr),
}

impl Extern {
    /// The function, if it is one.
    pub fn func(self) -> Option<FuncAddr> {
        match self {
            Extern::Func(address) => Some(address),
            _ => None,
        }
    }

    /// The table, if it is one.
    pub fn table(self) -> Option<TableAddr> {
        match self {
            Extern::Table(address) => Some(address),
            _ => None,
        }
    }

    /// The memory, if it is one.
    pub fn memory(self) -> Option<MemAddr> {
        match self {
            Extern::Memory(address) => Some(address),
            _ => None,
        }
    }

    /// The global, if it is one.
    pub fn global(self) -> Option<GlobalAddr> {
        match self {
            Extern::Global(address) => Some(address),
            _ => None,
        }
    }

    /// The tag, if it is one.
    pub fn tag(self) -> Option<TagAddr> {
        match self {
            Extern::Tag(address) => Some(address),
            _ => None,
        }
    }
}
