//! Addresses: how the things in a store are named while a program runs.

/// Makes an address type: a number that cannot be taken for an address of another kind.
macro_rules! addresses {
    ($($(#[$meaning:meta])* $name:ident;)*) => {$(
        $(#[$meaning])*
        ///
        /// Specification: Execution, Runtime Structure, *Addresses*.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The address that the next item of a list gets.
            pub(crate) fn after<T>(list: &[T]) -> $name {
                $name(u32::try_from(list.len()).expect("a store holds fewer than 2^32 items"))
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
    /// Names a module instance of a store.
    InstanceAddr;
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
}
