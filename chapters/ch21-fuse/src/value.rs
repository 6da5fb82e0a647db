//! Where operands come from and where results go: each way is a type, so each
//! handler is compiled for its own.

use ch07_values::{NumType, Operand};

use crate::node::{Node, Nodes, Window};

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
    fn hold<T: Operand>(&mut self, result: T) {
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
        T::from_slot(window[usize::from(operand::<K>(nodes))])
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
    fn put<T: Operand>(
        node: &Node,
        window: &mut Window,
        acc: &mut Accumulators,
        result: T,
    );
}

/// In the slot that operand 0 names, and in its accumulator.
pub(crate) struct Stored;

impl Destination for Stored {
    #[inline(always)]
    fn put<T: Operand>(
        node: &Node,
        window: &mut Window,
        acc: &mut Accumulators,
        result: T,
    ) {
        acc.hold(result);
        window[usize::from(node.operands[0])] = result.to_slot();
    }
}

/// In its accumulator only.
pub(crate) struct Held;

impl Destination for Held {
    #[inline(always)]
    fn put<T: Operand>(
        _: &Node,
        _: &mut Window,
        acc: &mut Accumulators,
        result: T,
    ) {
        acc.hold(result);
    }
}

/// Whether a branch takes fuel.
pub(crate) trait Toll {
    const PAID: bool;
}

/// It takes none: fuel is not counted, or the branch leads forward.
pub(crate) struct Free;

impl Toll for Free {
    const PAID: bool = false;
}

/// It takes one.
pub(crate) struct Paid;

impl Toll for Paid {
    const PAID: bool = true;
}
