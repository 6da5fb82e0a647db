//! Memories, and what is in them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use annex_embedding::MemAddr;

use crate::freeze::Made;
use crate::store::StoreId;
use crate::types::MemoryType;
use crate::{AsContext, AsContextMut, Error, StoreContext, StoreContextMut};

/// A memory of a store.
///
/// Specification: Execution, Runtime Structure, *Memory Instances*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Memory {
    pub(crate) store: StoreId,
    pub(crate) address: MemAddr,
}

/// An access that isn't within a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("out of bounds memory access")]
pub struct MemoryAccessError;

impl Memory {
    /// Makes a memory of zeros.
    ///
    /// # Errors
    ///
    /// A type that isn't valid, or a limit.
    pub fn new(
        mut store: impl AsContextMut,
        ty: MemoryType,
    ) -> Result<Memory, Error> {
        let mut store = store.as_context_mut();
        let address = store.enter(|seam| seam.add_memory(ty))?;
        store.host().past.note(Made::Memory(ty));
        Ok(Memory { store: store.host().id, address })
    }

    /// Its type, with its present size as the lower limit.
    pub fn ty(&self, store: impl AsContext) -> MemoryType {
        let store = store.as_context();
        store.host.check(self.store);
        store.seam.memory_type(self.address).expect("it is in the store")
    }

    /// Its bytes.
    pub fn data<'a, T: 'static>(
        &self,
        store: impl Into<StoreContext<'a, T>>,
    ) -> &'a [u8] {
        let store = store.into();
        store.host.check(self.store);
        store.seam.memory(self.address)
    }

    /// Its bytes, for changes.
    pub fn data_mut<'a, T: 'static>(
        &self,
        store: impl Into<StoreContextMut<'a, T>>,
    ) -> &'a mut [u8] {
        self.data_and_store_mut(store).0
    }

    /// Its bytes and the host's data, both for changes.
    pub fn data_and_store_mut<'a, T: 'static>(
        &self,
        store: impl Into<StoreContextMut<'a, T>>,
    ) -> (&'a mut [u8], &'a mut T) {
        let (seam, host) = store.into().into_parts();
        host.check(self.store);
        (seam.memory_mut(self.address), &mut host.data)
    }

    /// Copies bytes out of it, from an offset on.
    ///
    /// # Errors
    ///
    /// They are not all within; then nothing is copied.
    pub fn read(
        &self,
        store: impl AsContext,
        offset: usize,
        buffer: &mut [u8],
    ) -> Result<(), MemoryAccessError> {
        let store = store.as_context();
        store.host.check(self.store);
        let from = range(offset, buffer.len())
            .and_then(|range| store.seam.memory(self.address).get(range));
        buffer.copy_from_slice(from.ok_or(MemoryAccessError)?);
        Ok(())
    }

    /// Copies bytes into it, from an offset on.
    ///
    /// # Errors
    ///
    /// There isn't room for all of them; then nothing is copied.
    pub fn write(
        &self,
        mut store: impl AsContextMut,
        offset: usize,
        buffer: &[u8],
    ) -> Result<(), MemoryAccessError> {
        let mut store = store.as_context_mut();
        store.host().check(self.store);
        let bytes = store.seam().memory_mut(self.address);
        let to =
            range(offset, buffer.len()).and_then(|range| bytes.get_mut(range));
        to.ok_or(MemoryAccessError)?.copy_from_slice(buffer);
        Ok(())
    }

    /// Its size in pages, of 64 KiB if its type says nothing else.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.ty(store).limits.min
    }

    /// Its size in bytes.
    pub fn data_size(&self, store: impl AsContext) -> usize {
        let store = store.as_context();
        store.host.check(self.store);
        store.seam.memory(self.address).len()
    }

    /// Adds pages of zeros, and returns how many it has had.
    ///
    /// # Errors
    ///
    /// Its type or a limit doesn't allow so many.
    pub fn grow(
        &self,
        mut store: impl AsContextMut,
        pages: u64,
    ) -> Result<u64, Error> {
        let mut store = store.as_context_mut();
        store.host().check(self.store);
        let address = self.address;
        Ok(store.enter(|seam| seam.grow_memory(address, pages))?)
    }

    /// The memory from an offset on as numbers in a row, the lowest byte first.
    ///
    /// ```
    /// use ch22_embed::{Instance, Module, Store};
    ///
    /// # fn main() -> Result<(), ch22_embed::Error> {
    /// let mut store = Store::<()>::default();
    /// let text = r#"(module (memory (export "memory") 1)
    ///     (data (i32.const 7) "\01\00\02\00\03\00"))"#;
    /// let module = Module::new(store.engine(), text)?;
    /// let instance = Instance::new(&mut store, &module, &[])?;
    /// let memory = instance.get_memory(&store, "memory").expect("a memory");
    /// let view = memory.view::<u16, _>(&store, 7);
    /// assert_eq!(view.get(1), Some(2));
    /// assert_eq!(view.range(0..3).to_vec(), [1, 2, 3]);
    /// assert_eq!(view.iter().take(4).sum::<u16>(), 6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn view<'a, N: Scalar, T: 'static>(
        &self,
        store: impl Into<StoreContext<'a, T>>,
        offset: usize,
    ) -> View<'a, N> {
        let bytes = self.data(store);
        let bytes = bytes.get(offset..).unwrap_or_default();
        View { bytes, scalar: PhantomData }
    }

    /// The same, for changes.
    ///
    /// ```
    /// use ch22_embed::{Memory, MemoryType, Store};
    /// # use ch22_embed::{Limits, AddressType};
    ///
    /// # fn main() -> Result<(), ch22_embed::Error> {
    /// let mut store = Store::<()>::default();
    /// # let limits = Limits { min: 1, max: None };
    /// let ty = MemoryType::new(AddressType::I32, limits);
    /// let memory = Memory::new(&mut store, ty)?;
    /// let mut view = memory.view_mut::<f32, _>(&mut store, 100);
    /// view.set(0, 1.5)?;
    /// view.write(1, &[2.5, 3.5])?;
    /// assert_eq!(view.as_view().range(0..3).to_vec(), [1.5, 2.5, 3.5]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn view_mut<'a, N: Scalar, T: 'static>(
        &self,
        store: impl Into<StoreContextMut<'a, T>>,
        offset: usize,
    ) -> ViewMut<'a, N> {
        let bytes = self.data_mut(store);
        let bytes = bytes.get_mut(offset..).unwrap_or_default();
        ViewMut { bytes, scalar: PhantomData }
    }
}

fn range(offset: usize, length: usize) -> Option<Range<usize>> {
    Some(offset..offset.checked_add(length)?)
}

/// A number that a [`View`] can be made of.
pub trait Scalar: Copy + fmt::Debug + 'static {
    /// How many bytes it takes.
    const SIZE: usize;

    /// Reads it from so many bytes, the lowest first.
    fn from_le(bytes: &[u8]) -> Self;

    /// Writes it to so many bytes, the lowest first.
    fn to_le(self, bytes: &mut [u8]);
}

macro_rules! scalars {
    ($($ty:ident)*) => {$(
        impl Scalar for $ty {
            const SIZE: usize = size_of::<$ty>();

            fn from_le(bytes: &[u8]) -> $ty {
                let mut own = [0; size_of::<$ty>()];
                own.copy_from_slice(bytes);
                $ty::from_le_bytes(own)
            }

            fn to_le(self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}
scalars!(u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 f32 f64);

/// Bytes of a memory as numbers in a row, the lowest byte first, whether they
/// are aligned or not.
#[derive(Clone, Copy)]
pub struct View<'a, N> {
    bytes: &'a [u8],
    scalar: PhantomData<N>,
}

impl<'a, N: Scalar> View<'a, N> {
    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.bytes.len() / N::SIZE
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One of the numbers.
    pub fn get(&self, index: usize) -> Option<N> {
        let start = index.checked_mul(N::SIZE)?;
        self.bytes.get(range(start, N::SIZE)?).map(N::from_le)
    }

    /// The numbers of a range; fewer, if there are fewer.
    pub fn range(&self, range: Range<usize>) -> View<'a, N> {
        let all = self.len();
        let start = range.start.min(all);
        let end = range.end.clamp(start, all);
        let bytes = &self.bytes[start * N::SIZE..end * N::SIZE];
        View { bytes, scalar: PhantomData }
    }

    /// The numbers, one after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = N> + use<'a, N> {
        self.bytes.chunks_exact(N::SIZE).map(N::from_le)
    }

    /// A copy of the numbers.
    pub fn to_vec(&self) -> Vec<N> {
        self.iter().collect()
    }
}

impl<N: Scalar> fmt::Debug for View<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Like a [`View`], for changes.
pub struct ViewMut<'a, N> {
    bytes: &'a mut [u8],
    scalar: PhantomData<N>,
}

impl<N: Scalar> ViewMut<'_, N> {
    /// The same, for reading.
    pub fn as_view(&self) -> View<'_, N> {
        View { bytes: self.bytes, scalar: PhantomData }
    }

    /// Writes one of the numbers.
    ///
    /// # Errors
    ///
    /// There is no such number.
    pub fn set(
        &mut self,
        index: usize,
        number: N,
    ) -> Result<(), MemoryAccessError> {
        self.write(index, &[number])
    }

    /// Writes numbers from an index on.
    ///
    /// # Errors
    ///
    /// There isn't room for all of them; then nothing is written.
    pub fn write(
        &mut self,
        index: usize,
        numbers: &[N],
    ) -> Result<(), MemoryAccessError> {
        let start = index.checked_mul(N::SIZE);
        let length = numbers.len().checked_mul(N::SIZE);
        let place = start
            .zip(length)
            .and_then(|(start, length)| range(start, length))
            .and_then(|range| self.bytes.get_mut(range))
            .ok_or(MemoryAccessError)?;
        for (place, number) in place.chunks_exact_mut(N::SIZE).zip(numbers) {
            number.to_le(place);
        }
        Ok(())
    }
}
