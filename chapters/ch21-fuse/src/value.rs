//! Where operands come from and where results go: each way is a type, so each
//! handler is compiled for its own.

use ch07_values::{NumType, Operand};

use crate::node::{Nodes, Window};

/// The accumulators: each result is left in one of them, too, where the next
/// operation finds it without a look at its slot.
#[derive(Clone, Copy)]
pub(crate) struct Accumulators {
    /// The slot of the last result that is an integer.
    pub int: u64,
    /// The last result that is an `f64`.
    pub double: f64,
    /// The last result that is an `f32`.
    pub single: f32,
}

/// Which accumulator a value is left in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Int,
    Double,
    Single,
}

impl Class {
    #[inline(always)]
    pub fn of(ty: NumType) -> Class {
        match ty {
            NumType::I32 | NumType::I64 => Class::Int,
            NumType::F64 => Class::Double,
            NumType::F32 => Class::Single,
        }
    }
}

impl Accumulators {
    /// What an operand of type `T` is in its accumulator.
    #[inline(always)]
    fn held<T: Operand>(&self) -> T {
        T::from_slot(match Class::of(T::TYPE) {
            Class::Int => self.int,
            Class::Double => self.double.to_bits(),
            Class::Single => self.single.to_bits().into(),
        })
    }

    /// Leaves a result in its accumulator.
    #[inline(always)]
    pub(crate) fn hold<T: Operand>(&mut self, result: T) {
        let slot = result.to_slot();
        match Class::of(T::TYPE) {
            Class::Int => self.int = slot,
            Class::Double => self.double = f64::from_bits(slot),
            Class::Single => self.single = f32::from_bits(slot as u32),
        }
    }
}

/// Where a handler finds an operand.
pub(crate) trait Source {
    /// How many nodes the operand takes besides the operation's own.
    const EXTRA: usize = 0;

    /// The operand, for the first of these nodes.
    fn get<T: Operand>(
        nodes: &Nodes<'_>,
        window: &Window,
        acc: &Accumulators,
    ) -> T;
}

/// The operand number `K` of a node. There is always a node when a handler
/// runs; without one nothing could be wrong that is not already.
#[inline(always)]
fn operand<const K: usize>(nodes: &Nodes<'_>) -> u16 {
    nodes.as_slice().first().map_or(0, |node| node.operands[K])
}

/// In the slot that operand `K` names.
pub(crate) struct Slot<const K: usize>;

impl<const K: usize> Source for Slot<K> {
    #[inline(always)]
    fn get<T: Operand>(
        nodes: &Nodes<'_>,
        window: &Window,
        _: &Accumulators,
    ) -> T {
        T::from_slot(window[usize::from(operand::<K>(nodes))].get())
    }
}

/// In an accumulator.
pub(crate) struct Acc;

impl Source for Acc {
    #[inline(always)]
    fn get<T: Operand>(_: &Nodes<'_>, _: &Window, acc: &Accumulators) -> T {
        acc.held()
    }
}

/// In the operands `K` and `K + 1`: 32 bits with a sign.
pub(crate) struct Imm32<const K: usize>;

impl<const K: usize> Source for Imm32<K> {
    #[inline(always)]
    fn get<T: Operand>(nodes: &Nodes<'_>, _: &Window, _: &Accumulators) -> T {
        let bits = nodes.as_slice().first().map_or(0, |node| node.pair(K));
        T::from_slot(i64::from(bits as i32) as u64)
    }
}

/// In the operand `K`: 16 bits with a sign.
pub(crate) struct Imm16<const K: usize>;

impl<const K: usize> Source for Imm16<K> {
    #[inline(always)]
    fn get<T: Operand>(nodes: &Nodes<'_>, _: &Window, _: &Accumulators) -> T {
        T::from_slot(i64::from(operand::<K>(nodes) as i16) as u64)
    }
}

/// Nowhere: it is 0.
pub(crate) struct Zero;

impl Source for Zero {
    #[inline(always)]
    fn get<T: Operand>(_: &Nodes<'_>, _: &Window, _: &Accumulators) -> T {
        T::from_slot(0)
    }
}

/// Nowhere: it is the mask of 16 bits, which is too great for [`Imm16`].
pub(crate) struct Mask16;

impl Source for Mask16 {
    #[inline(always)]
    fn get<T: Operand>(_: &Nodes<'_>, _: &Window, _: &Accumulators) -> T {
        T::from_slot(0xffff)
    }
}

/// In the node that follows: all 64 bits.
pub(crate) struct Wide;

impl Source for Wide {
    const EXTRA: usize = 1;

    #[inline(always)]
    fn get<T: Operand>(nodes: &Nodes<'_>, _: &Window, _: &Accumulators) -> T {
        T::from_slot(nodes.as_slice().get(1).map_or(0, |node| node.all()))
    }
}

/// Where a handler leaves its result.
pub(crate) trait Destination {
    /// How many nodes that takes besides the operation's own.
    const EXTRA: usize = 0;

    /// Leaves the result there.
    fn put<T: Operand>(
        nodes: &Nodes<'_>,
        window: &Window,
        acc: &mut Accumulators,
        result: T,
    );
}

/// In the slot that operand 0 names, and in its accumulator.
pub(crate) struct Stored;

impl Destination for Stored {
    #[inline(always)]
    fn put<T: Operand>(
        nodes: &Nodes<'_>,
        window: &Window,
        acc: &mut Accumulators,
        result: T,
    ) {
        acc.hold(result);
        window[usize::from(operand::<0>(nodes))].set(result.to_slot());
    }
}

/// The same, but the node that follows names the slot.
pub(crate) struct Aside;

impl Destination for Aside {
    const EXTRA: usize = 1;

    #[inline(always)]
    fn put<T: Operand>(
        nodes: &Nodes<'_>,
        window: &Window,
        acc: &mut Accumulators,
        result: T,
    ) {
        acc.hold(result);
        let slot = nodes.as_slice().get(1).map_or(0, |node| node.operands[0]);
        window[usize::from(slot)].set(result.to_slot());
    }
}

/// In its accumulator only.
pub(crate) struct Held;

impl Destination for Held {
    #[inline(always)]
    fn put<T: Operand>(
        _: &Nodes<'_>,
        _: &Window,
        acc: &mut Accumulators,
        result: T,
    ) {
        acc.hold(result);
    }
}

/// Nowhere: it is only compared.
pub(crate) struct Nowhere;

impl Destination for Nowhere {
    #[inline(always)]
    fn put<T: Operand>(_: &Nodes<'_>, _: &Window, _: &mut Accumulators, _: T) {}
}

/// How a branch is taken.
pub(crate) trait Way {
    /// Whether it takes fuel.
    const PAID: bool;
    /// Whether the context has the place that it leads to.
    const AROUND: bool;
}

/// Anywhere: fuel is not counted, or the branch leads forward.
pub(crate) struct Free;

impl Way for Free {
    const PAID: bool = false;
    const AROUND: bool = false;
}

/// Anywhere, for one unit of fuel.
pub(crate) struct Paid;

impl Way for Paid {
    const PAID: bool = true;
    const AROUND: bool = false;
}

/// To where the innermost loop begins.
pub(crate) struct FreeAround;

impl Way for FreeAround {
    const PAID: bool = false;
    const AROUND: bool = true;
}

/// To where the innermost loop begins, for one unit of fuel.
pub(crate) struct PaidAround;

impl Way for PaidAround {
    const PAID: bool = true;
    const AROUND: bool = true;
}
