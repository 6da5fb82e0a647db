//! The handlers: what each operation does, and how it goes on to the next.

use std::cell::Cell;
use std::mem;

use annex_embedding::{FuncAddr, function_of};
use ch07_values::Operand;
use ch09_module::TypeIdx;
use ch12_instance::FunctionBody;
use ch20_slots::operators::{self, Binary, Load, Store, Unary};

use crate::capture::{
    asked, call_left, host_failed, left, left_at_call, stuck, trapped, unpaid,
};
use crate::compiled;
use crate::node::{
    Called, Context, DONE, FastCode, Handler, Nodes, OTHER, Signal, Window,
};
use crate::value::{
    Accumulators, Destination, Imm16, Slot, Source, Stored, Way,
};

/// How many slots the arguments or results of a host's function may take, if
/// it is to be called on slots.
const MOST_OF_HOST: usize = 16;

/// Goes on with a handler. Optimised, the call is a jump; elsewhere the context
/// takes everything to the loop in [`start`].
macro_rules! go_on {
    ($handler:expr, $nodes:expr, $window:ident, $context:ident, $acc:expr) => {{
        let Accumulators { int, double, single } = $acc;
        #[cfg(sibling_calls)]
        {
            ($handler)($nodes, $window, $context, int, double, single)
        }
        #[cfg(not(sibling_calls))]
        {
            $context.next = ($handler, $nodes, int, double, single);
            crate::node::NEXT
        }
    }};
}

/// Takes a branch to the place after a node.
macro_rules! jump {
    ($W:ident, $to:expr, $nodes:ident, $window:ident, $context:ident,
        $acc:expr) => {{
        let to = u32::from($to);
        if $W::PAID {
            match $context.fuel.checked_sub(1) {
                Some(fuel) => $context.fuel = fuel,
                None => return unpaid($nodes, $window, $context, to),
            }
        }
        if $W::AROUND {
            let (handler, target) = $context.around.clone();
            return go_on!(handler, target, $window, $context, $acc);
        }
        let current = $context.current;
        match current.get(to as usize) {
            Some(node) => {
                let target = current[to as usize + 1..].iter();
                go_on!(node.handler, target, $window, $context, $acc)
            }
            None => stuck($nodes, $window, $context),
        }
    }};
}

/// Unwraps the result of an operator, or ends with its trap.
macro_rules! attempt {
    ($outcome:expr, $nodes:ident, $window:ident, $context:ident) => {
        match $outcome {
            Ok(result) => result,
            Err(trap) => return trapped($nodes, $window, $context, trap),
        }
    };
}

/// Makes a handler that goes on with the operation after `extra` more nodes.
macro_rules! straight {
    ($(#[$doc:meta])*
    fn $name:ident[$($generics:tt)*](
        $node:ident, $nodes:ident, $window:ident, $context:ident, $acc:ident
    ) extra $extra:expr; $work:block) => {
        $(#[$doc])*
        #[allow(unused_mut, unused_variables)]
        pub(crate) fn $name<'code, $($generics)*>(
            mut $nodes: Nodes<'code>,
            $window: &Window,
            $context: &mut Context<'code>,
            int: u64,
            double: f64,
            single: f32,
        ) -> Signal {
            let mut $acc = Accumulators { int, double, single };
            let Some($node) = $nodes.as_slice().first() else {
                return stuck($nodes, $window, $context);
            };
            $work
            $nodes.nth($extra);
            go_on!($node.handler, $nodes, $window, $context, $acc)
        }
    };
}

/// Makes a handler that branches, if its condition holds.
macro_rules! branching {
    ($(#[$doc:meta])*
    fn $name:ident[$($generics:tt)*](
        $node:ident, $nodes:ident, $window:ident, $context:ident, $acc:ident
    ) if $condition:block to $to:expr $(; extra $extra:expr)?) => {
        $(#[$doc])*
        #[allow(unused_mut, unused_variables)]
        pub(crate) fn $name<'code, W: Way, $($generics)*>(
            mut $nodes: Nodes<'code>,
            $window: &Window,
            $context: &mut Context<'code>,
            int: u64,
            double: f64,
            single: f32,
        ) -> Signal {
            let mut $acc = Accumulators { int, double, single };
            let Some($node) = $nodes.as_slice().first() else {
                return stuck($nodes, $window, $context);
            };
            if $condition {
                jump!(W, $to, $nodes, $window, $context, $acc)
            } else {
                $nodes.nth(0 $(+ $extra)?);
                go_on!($node.handler, $nodes, $window, $context, $acc)
            }
        }
    };
}

/// The same operand as another operator reads it.
#[inline(always)]
fn cast<T: Operand, U: Operand>(value: T) -> U {
    U::from_slot(value.to_slot())
}

straight! {
    /// A numeric instruction of one operand.
    fn unary[O: Unary, D: Destination, X: Source](
        node, nodes, window, context, acc
    ) extra X::EXTRA; {
        let x = O::apply(X::get(&nodes, window, &acc));
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// A numeric instruction of two operands.
    fn binary[O: Binary, D: Destination, X: Source, Y: Source](
        node, nodes, window, context, acc
    ) extra X::EXTRA + Y::EXTRA; {
        let x = X::get(&nodes, window, &acc);
        let x = O::apply(x, Y::get(&nodes, window, &acc));
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// A load: operand 1 is the address, 2 and 3 the offset.
    fn load[L: Load, D: Destination, A: Source](
        node, nodes, window, context, acc
    ) extra 0; {
        let address = u64::from(A::get::<u32>(&nodes, window, &acc))
            + u64::from(node.pair(2));
        let x = L::load(context.memory, address);
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// A load whose address is a sum, at an offset of 16 bits.
    fn load_indexed[L: Load, D: Destination, A: Source, B: Source](
        node, nodes, window, context, acc
    ) extra 0; {
        let base: u32 = A::get(&nodes, window, &acc);
        let index: u32 = B::get(&nodes, window, &acc);
        let address = u64::from(base.wrapping_add(index))
            + u64::from(node.operands[3]);
        let x = L::load(context.memory, address);
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// A load whose address is the sum of an operand and a constant.
    fn load_displaced[L: Load, D: Destination, A: Source](
        node, nodes, window, context, acc
    ) extra 0; {
        let base: u32 = A::get(&nodes, window, &acc);
        let address = u64::from(base.wrapping_add(node.pair(2)));
        let x = L::load(context.memory, address);
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// A load from an element of an array: the address is a product, or a
    /// number shifted, and a sum; the node that follows has the offset.
    fn load_scaled[L: Load, O: Binary,
        D: Destination, A: Source](
        node, nodes, window, context, acc
    ) extra 1; {
        let Some(address) =
            element::<O, A, Slot<3>>(&nodes, window, &acc)
        else { return stuck(nodes, window, context) };
        let x = L::load(context.memory, address);
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// A store to an element of an array; operand 0 is the value.
    fn store_scaled[S: Store, O: Binary,
        A: Source, V: Source](
        node, nodes, window, context, acc
    ) extra 1; {
        let Some(address) =
            element::<O, A, Slot<3>>(&nodes, window, &acc)
        else { return stuck(nodes, window, context) };
        let value = V::get(&nodes, window, &acc);
        let stored = S::store(context.memory, address, value);
        attempt!(stored, nodes, window, context);
    }
}

/// The address of an element: operand 1 times or shifted by the constant in
/// operand 2, plus operand 3, plus the offset in the node that follows.
#[inline(always)]
fn element<O: Binary, A: Source, B: Source>(
    nodes: &Nodes<'_>,
    window: &Window,
    acc: &Accumulators,
) -> Option<u64> {
    let scaled = O::apply(
        A::get(nodes, window, acc),
        Imm16::<2>::get(nodes, window, acc),
    );
    let base: u32 = B::get(nodes, window, acc);
    let sum = cast::<_, u32>(scaled.ok()?).wrapping_add(base);
    let offset = nodes.as_slice().get(1)?.pair(0);
    Some(u64::from(sum) + u64::from(offset))
}

straight! {
    /// A store: operand 0 is the address, 1 the value, 2 and 3 the offset.
    fn store[S: Store, A: Source, V: Source](
        node, nodes, window, context, acc
    ) extra V::EXTRA; {
        let address = u64::from(A::get::<u32>(&nodes, window, &acc))
            + u64::from(node.pair(2));
        let value = V::get(&nodes, window, &acc);
        let stored = S::store(context.memory, address, value);
        attempt!(stored, nodes, window, context);
    }
}

straight! {
    /// A store whose address is a sum, at an offset of 16 bits.
    fn store_indexed[S: Store, A: Source, B: Source, V: Source](
        node, nodes, window, context, acc
    ) extra V::EXTRA; {
        let base: u32 = A::get(&nodes, window, &acc);
        let index: u32 = B::get(&nodes, window, &acc);
        let address = u64::from(base.wrapping_add(index))
            + u64::from(node.operands[3]);
        let value = V::get(&nodes, window, &acc);
        let stored = S::store(context.memory, address, value);
        attempt!(stored, nodes, window, context);
    }
}

straight! {
    /// A store whose address is the sum of an operand and a constant.
    fn store_displaced[S: Store, A: Source, V: Source](
        node, nodes, window, context, acc
    ) extra V::EXTRA; {
        let base: u32 = A::get(&nodes, window, &acc);
        let address = u64::from(base.wrapping_add(node.pair(2)));
        let value = V::get(&nodes, window, &acc);
        let stored = S::store(context.memory, address, value);
        attempt!(stored, nodes, window, context);
    }
}

straight! {
    /// Two numeric instructions: the second takes the result of the first as
    /// its first operand.
    fn binary_left[P: Binary, Q: Binary, D: Destination, X: Source, Y: Source,
        Z: Source](node, nodes, window, context, acc) extra Z::EXTRA; {
        let x = X::get(&nodes, window, &acc);
        let x = P::apply(x, Y::get(&nodes, window, &acc));
        let x = cast(attempt!(x, nodes, window, context));
        let x = Q::apply(x, Z::get(&nodes, window, &acc));
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// Two numeric instructions: the second takes the result of the first as
    /// its second operand.
    fn binary_right[P: Binary, Q: Binary, D: Destination, X: Source, Y: Source,
        Z: Source](node, nodes, window, context, acc) extra 0; {
        let x = X::get(&nodes, window, &acc);
        let x = P::apply(x, Y::get(&nodes, window, &acc));
        let x = cast(attempt!(x, nodes, window, context));
        let x = Q::apply(Z::get(&nodes, window, &acc), x);
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// A load, and a numeric instruction that takes it as its first operand.
    fn load_left[L: Load, O: Binary, D: Destination, A: Source, Z: Source](
        node, nodes, window, context, acc
    ) extra 0; {
        let address = u64::from(A::get::<u32>(&nodes, window, &acc))
            + u64::from(node.operands[2]);
        let x = L::load(context.memory, address);
        let x = cast(attempt!(x, nodes, window, context));
        let x = O::apply(x, Z::get(&nodes, window, &acc));
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// A load, and a numeric instruction that takes it as its second operand.
    fn load_right[L: Load, O: Binary, D: Destination, A: Source, Z: Source](
        node, nodes, window, context, acc
    ) extra 0; {
        let address = u64::from(A::get::<u32>(&nodes, window, &acc))
            + u64::from(node.operands[2]);
        let x = L::load(context.memory, address);
        let x = cast(attempt!(x, nodes, window, context));
        let x = O::apply(Z::get(&nodes, window, &acc), x);
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// Two loads, and a numeric instruction that takes what they have read. The
    /// node that follows has the offsets, and is the one that the second load
    /// traps at.
    fn load_both[L: Load, O: Binary, D: Destination, A: Source, B: Source](
        node, nodes, window, context, acc
    ) extra 1; {
        let Some(offsets) = nodes.as_slice().get(1) else {
            return stuck(nodes, window, context);
        };
        let address = u64::from(A::get::<u32>(&nodes, window, &acc))
            + u64::from(offsets.pair(0));
        let x = L::load(context.memory, address);
        let x = cast(attempt!(x, nodes, window, context));
        let address = u64::from(B::get::<u32>(&nodes, window, &acc))
            + u64::from(offsets.pair(2));
        let y = L::load(context.memory, address);
        let mut second = nodes.clone();
        second.next();
        let y = cast(attempt!(y, second, window, context));
        let x = O::apply(x, y);
        D::put(&nodes, window, &mut acc, attempt!(x, nodes, window, context));
    }
}

straight! {
    /// Takes a slot to its accumulator.
    fn hold[T: Operand](node, nodes, window, context, acc) extra 0; {
        acc.hold(Slot::<1>::get::<T>(&nodes, window, &acc));
    }
}

straight! {
    /// Tells the context where a loop begins: after node `to`.
    fn around[](node, nodes, window, context, acc) extra 0; {
        let to = node.pair(2) as usize;
        let Some([before, loop_nodes @ ..]) = context.current.get(to..) else {
            return stuck(nodes, window, context);
        };
        context.around = (before.handler, loop_nodes.iter());
    }
}

straight! {
    /// Copies a slot, whatever is in it.
    fn copy[X: Source](node, nodes, window, context, acc)
    extra X::EXTRA; {
        let x: u64 = X::get(&nodes, window, &acc);
        window[usize::from(node.operands[0])].set(x);
    }
}

straight! {
    /// Two copies, one after the other.
    fn copy_twice[X: Source, Y: Source](
        node, nodes, window, context, acc
    ) extra 0; {
        let x: u64 = X::get(&nodes, window, &acc);
        window[usize::from(node.operands[0])].set(x);
        let y: u64 = Y::get(&nodes, window, &acc);
        window[usize::from(node.operands[2])].set(y);
    }
}

straight! {
    /// Two counters, each increased by an operand.
    fn increase_twice[X: Source, Y: Source](
        node, nodes, window, context, acc
    ) extra 0; {
        let [first, by, second, _] = node.operands;
        let _ = by;
        let x = window[usize::from(first)].get() as u32;
        let x = x.wrapping_add(X::get(&nodes, window, &acc));
        window[usize::from(first)].set(x.into());
        let y = window[usize::from(second)].get() as u32;
        let y = y.wrapping_add(Y::get(&nodes, window, &acc));
        acc.int = y.into();
        window[usize::from(second)].set(y.into());
    }
}

straight! {
    /// Keeps one of two operands.
    fn select[X: Source, Y: Source, Z: Source](
        node, nodes, window, context, acc
    ) extra 0; {
        let x: u64 = X::get(&nodes, window, &acc);
        let y: u64 = Y::get(&nodes, window, &acc);
        let first: bool = Z::get(&nodes, window, &acc);
        Stored::put(&nodes, window, &mut acc, if first { x } else { y });
    }
}

straight! {
    /// Zeroes eight slots.
    fn zero_eight[](node, nodes, window, context, acc) extra 0; {
        let from = usize::from(node.operands[0]);
        let eight = window[from..].first_chunk::<8>();
        let Some(eight) = eight else { return stuck(nodes, window, context) };
        for slot in eight {
            slot.set(0);
        }
    }
}

straight! {
    /// Reads a global.
    fn global_get[](node, nodes, window, context, acc) extra 0; {
        let Some(global) = context.globals.get(node.pair(2) as usize) else {
            return stuck(nodes, window, context);
        };
        Stored::put(&nodes, window, &mut acc, global.slot);
    }
}

straight! {
    /// Writes a global.
    fn global_set[X: Source](node, nodes, window, context, acc)
    extra X::EXTRA; {
        let x: u64 = X::get(&nodes, window, &acc);
        let Some(global) = context.globals.get_mut(node.pair(2) as usize) else {
            return stuck(nodes, window, context);
        };
        global.slot = x;
    }
}

branching! {
    /// Branches.
    fn br[](node, nodes, window, context, acc)
    if { true } to node.pair(2)
}

branching! {
    /// Branches if an operand is not 0, or if it is.
    fn br_if[T: Operand, X: Source, const ON: bool](
        node, nodes, window, context, acc
    ) if { (X::get::<T>(&nodes, window, &acc).to_slot() != 0) == ON }
    to node.pair(2)
}

branching! {
    /// Branches if a comparison holds.
    fn br_compare[O: Binary<Result = bool>, X: Source, Y: Source](
        node, nodes, window, context, acc
    ) if {
        let x = X::get(&nodes, window, &acc);
        let x = O::apply(x, Y::get(&nodes, window, &acc));
        attempt!(x, nodes, window, context)
    } to node.operands[3]
}

branching! {
    /// A numeric instruction, and a branch on its result.
    fn binary_br[O: Binary, D: Destination, X: Source, Y: Source,
        const ON: bool](node, nodes, window, context, acc
    ) if {
        let x = X::get(&nodes, window, &acc);
        let x = O::apply(x, Y::get(&nodes, window, &acc));
        let x = attempt!(x, nodes, window, context);
        D::put(&nodes, window, &mut acc, x);
        cast::<_, bool>(x) == ON
    } to node.operands[3]
}

branching! {
    /// A load, and a branch on what it has read.
    fn load_br[L: Load, D: Destination, A: Source, const ON: bool](
        node, nodes, window, context, acc
    ) if {
        let address = u64::from(A::get::<u32>(&nodes, window, &acc))
            + u64::from(node.operands[2]);
        let x = L::load(context.memory, address);
        let x = attempt!(x, nodes, window, context);
        D::put(&nodes, window, &mut acc, x);
        cast::<_, bool>(x) == ON
    } to node.operands[3]
}

branching! {
    /// A copy, and a branch on another operand.
    fn copy_br[X: Source, Z: Source, const ON: bool](
        node, nodes, window, context, acc
    ) if {
        let x: u64 = X::get(&nodes, window, &acc);
        window[usize::from(node.operands[0])].set(x);
        (Z::get::<u32>(&nodes, window, &acc) != 0) == ON
    } to node.operands[3]
}

branching! {
    /// A copy, and a branch.
    fn copy_jump[X: Source](node, nodes, window, context, acc) if {
        let x: u64 = X::get(&nodes, window, &acc);
        window[usize::from(node.operands[0])].set(x);
        true
    } to node.pair(2)
}

branching! {
    /// A counter that is increased, and a branch.
    fn increase_jump[Y: Source](
        node, nodes, window, context, acc
    ) if {
        let x = window[usize::from(node.operands[0])].get() as u32;
        let x = x.wrapping_add(Y::get(&nodes, window, &acc));
        Stored::put(&nodes, window, &mut acc, x);
        true
    } to node.pair(2)
}

branching! {
    /// A numeric instruction, and a branch on a comparison with its result.
    fn binary_compare[O: Binary, Q: Binary<Result = bool>, D: Destination,
        X: Source, Y: Source, Z: Source](
        node, nodes, window, context, acc
    ) if {
        let x = X::get(&nodes, window, &acc);
        let x = O::apply(x, Y::get(&nodes, window, &acc));
        let x = attempt!(x, nodes, window, context);
        D::put(&nodes, window, &mut acc, x);
        let x = Q::apply(cast(x), Z::get(&nodes, window, &acc));
        attempt!(x, nodes, window, context)
    } to node.operands[3]; extra D::EXTRA
}

branching! {
    /// A counter that is increased, and a branch on a comparison with it.
    fn increase_compare[Q: Binary<Result = bool>, X: Source, Y: Source,
        Z: Source](node, nodes, window, context, acc) if {
        let x: u32 = X::get(&nodes, window, &acc);
        let x = x.wrapping_add(Y::get(&nodes, window, &acc));
        Stored::put(&nodes, window, &mut acc, x);
        let x = Q::apply(cast(x), Z::get(&nodes, window, &acc));
        attempt!(x, nodes, window, context)
    } to node.operands[3]
}

branching! {
    /// A load, and a branch on a comparison with what it has read.
    fn load_compare[L: Load, Q: Binary<Result = bool>, D: Destination,
        A: Source, Z: Source](
        node, nodes, window, context, acc
    ) if {
        let address = u64::from(A::get::<u32>(&nodes, window, &acc))
            + u64::from(node.operands[1]);
        let x = L::load(context.memory, address);
        let x = attempt!(x, nodes, window, context);
        D::put(&nodes, window, &mut acc, x);
        let x = Q::apply(cast(x), Z::get(&nodes, window, &acc));
        attempt!(x, nodes, window, context)
    } to node.operands[3]; extra D::EXTRA
}

/// Branches to one of the places that the nodes after this one name, of which
/// the last stands for all greater numbers. They are never executed: each has
/// the handler of the place that it names.
pub(crate) fn br_table<'code, X: Source>(
    nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    int: u64,
    double: f64,
    single: f32,
) -> Signal {
    let acc = Accumulators { int, double, single };
    let [node, entries @ ..] = nodes.as_slice() else {
        return stuck(nodes, window, context);
    };
    let index = X::get::<u32>(&nodes, window, &acc).min(node.pair(2));
    let Some(entry) = entries.get(index as usize) else {
        return stuck(nodes, window, context);
    };
    match context.current.get(entry.pair(2) as usize + 1..) {
        Some(target) => {
            go_on!(entry.handler, target.iter(), window, context, acc)
        }
        None => stuck(nodes, window, context),
    }
}

/// Makes a handler for a bulk instruction: operand 0 is the first of the three
/// slots that it takes, 1 and 2 its position in flat code. It takes as much
/// fuel as it has bytes. What traps, the machine executes once more.
macro_rules! bulk {
    ($(#[$doc:meta])* fn $name:ident $work:ident) => {
        $(#[$doc])*
        pub(crate) fn $name<'code, W: Way>(
            mut nodes: Nodes<'code>,
            window: &Window,
            context: &mut Context<'code>,
            int: u64,
            double: f64,
            single: f32,
        ) -> Signal {
            let acc = Accumulators { int, double, single };
            let Some(node) = nodes.as_slice().first() else {
                return stuck(nodes, window, context);
            };
            let from = usize::from(node.operands[0]);
            let Some(taken) = window[from..].first_chunk::<3>() else {
                return stuck(nodes, window, context);
            };
            let [first, second, length] = taken.each_ref().map(Cell::get);
            let toll = if W::PAID { length } else { 0 };
            let fuel = context.fuel.checked_sub(toll);
            let left_over = fuel.filter(|_| {
                let taken = [first, second, length];
                operators::$work(context.memory, taken).is_some()
            });
            match left_over {
                Some(fuel) => {
                    context.fuel = fuel;
                    nodes.next();
                    go_on!(node.handler, nodes, window, context, acc)
                }
                None => {
                    let position = node.pair(1);
                    let used = node.operands[0] + 3;
                    left(nodes, window, context, position, used)
                }
            }
        }
    };
}

bulk! {
    /// Fills a range of memory.
    fn memory_fill fill
}

bulk! {
    /// Copies a range of memory to another place in it.
    fn memory_copy copy
}

/// Ends the function. Its results are where they belong.
pub(crate) fn ret<'code>(
    _: Nodes<'code>,
    _: &Window,
    _: &mut Context<'code>,
    _: u64,
    _: f64,
    _: f32,
) -> Signal {
    DONE
}

/// Ends the function with one result.
pub(crate) fn ret_one<'code, X: Source>(
    nodes: Nodes<'code>,
    window: &Window,
    _: &mut Context<'code>,
    int: u64,
    double: f64,
    single: f32,
) -> Signal {
    let acc = Accumulators { int, double, single };
    window[0].set(X::get(&nodes, window, &acc));
    DONE
}

/// Leaves an operation to the machine: operands 0 and 1 are its position, 2 is
/// how many slots are in use.
pub(crate) fn leave<'code>(
    nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    _: u64,
    _: f64,
    _: f32,
) -> Signal {
    let Some(node) = nodes.as_slice().first() else {
        return stuck(nodes, window, context);
    };
    left(nodes, window, context, node.pair(0), node.operands[2])
}

/// Executes nodes on the native stack, until the function that they belong to
/// ends, or leaves.
#[inline(always)]
pub(crate) fn start<'code>(
    handler: Handler,
    nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    int: u64,
) -> Signal {
    #[cfg(sibling_calls)]
    {
        handler(nodes, window, context, int, 0.0, 0.0)
    }
    #[cfg(not(sibling_calls))]
    {
        context.next = (handler, nodes, int, 0.0, 0.0);
        loop {
            let (handler, nodes, int, double, single) = context.next.clone();
            let signal = handler(nodes, window, context, int, double, single);
            if signal != crate::node::NEXT {
                return signal;
            }
        }
    }
}

/// Calls a function: here a call of WebAssembly is a call of Rust. Every way
/// but the usual one ends in a cold function.
macro_rules! enter {
    ($called:expr, $callee:expr, $nodes:ident, $window:ident, $context:ident,
        $node:ident) => {{
        let Some(callee) = $callee else {
            return left_at_call($nodes, $window, $context);
        };
        let base = $context.base;
        let first_slot = base + usize::from($node.operands[0]);
        let slots: &'code [Cell<u64>] = $context.slots;
        let (Some(budget), Some(fuel), Some(window), [first, rest @ ..]) = (
            $context.budget.checked_sub(callee.cost),
            $context.fuel.checked_sub(W::PAID.into()),
            slots.get(first_slot..).and_then(|slots| slots.first_chunk()),
            &*callee.nodes,
        ) else {
            return left_at_call($nodes, $window, $context);
        };
        $context.budget = budget;
        if W::PAID {
            $context.fuel = fuel;
        }
        $context.base = first_slot;
        let current = &*callee.nodes;
        let current = std::mem::replace(&mut $context.current, current);
        let signal = start(first.handler, rest.iter(), window, $context, 0);
        $context.current = current;
        $context.base = base;
        $context.budget += callee.cost;
        if signal != DONE {
            return call_left($nodes, $window, $context, $called);
        }
    }};
}

/// The threaded code of a function, if it has been translated, or if it has
/// been written down.
#[inline(always)]
fn callee<'code>(
    context: &Context<'code>,
    number: u32,
) -> Option<&'code FastCode> {
    let code: &'code [_] = context.code;
    let code = code.get(number as usize)?;
    let made = code.made();
    let made = made.or_else(|| compiled::early(context, code));
    made?.tier.as_ref()
}

/// Calls a function of the same instance: operand 0 is where its window
/// begins, 1 where its result goes, 2 and 3 the number of its code.
pub(crate) fn call<'code, W: Way>(
    mut nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    _: u64,
    _: f64,
    _: f32,
) -> Signal {
    let Some(node) = nodes.as_slice().first() else {
        return stuck(nodes, window, context);
    };
    let number = node.pair(2);
    let callee = callee(context, number);
    enter!(Called::Own(number), callee, nodes, window, context, node);
    nodes.next();
    let [first, to, ..] = node.operands;
    called(node.handler, first, to, nodes, window, context)
}

/// Calls a function of the host that knows of no caller; operands as for
/// [`call`]. All others are called when the tier has let go of the store.
pub(crate) fn call_host<'code, W: Way>(
    mut nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    _: u64,
    _: f64,
    _: f32,
) -> Signal {
    let Some(node) = nodes.as_slice().first() else {
        return stuck(nodes, window, context);
    };
    let [first, to, ..] = node.operands;
    let Some(fuel) = context.fuel.checked_sub(W::PAID.into()) else {
        return left_at_call(nodes, window, context);
    };
    match on_slots(context, node.pair(2), window, first) {
        Some(true) => {
            context.fuel = fuel;
            nodes.next();
            called(node.handler, first, to, nodes, window, context)
        }
        Some(false) => {
            context.fuel = fuel;
            host_failed(nodes, window, context)
        }
        None => asked(nodes, window, context),
    }
}

/// Lets a function of the host work on copies of some slots. Returns whether it
/// has succeeded, and `None` if it is not one that can be called like this.
#[inline(never)]
fn on_slots(
    context: &mut Context<'_>,
    host: u32,
    window: &Window,
    first: u16,
) -> Option<bool> {
    let host = context.hosts.get(host as usize)?;
    if host.knows_caller() {
        return None;
    }
    let ty = host.ty();
    let length = ty.params.len().max(ty.results.len());
    let slots = window.get(first.into()..)?.get(..length)?;
    let mut copies = [0; MOST_OF_HOST];
    let copies = copies.get_mut(..length)?;
    for (copy, slot) in copies.iter_mut().zip(slots) {
        *copy = slot.get();
    }
    let outcome = host.call_on_slots(copies)?;
    for (copy, slot) in copies.iter().zip(slots) {
        slot.set(*copy);
    }
    let done = outcome.is_ok();
    context.error = outcome.err();
    Some(done)
}

/// Goes on after a call. Its result is in its slot, in the one where it goes,
/// and in the accumulator.
#[inline(always)]
fn called<'code>(
    handler: Handler,
    first: u16,
    to: u16,
    nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
) -> Signal {
    let int = window[usize::from(first)].get();
    window[usize::from(to)].set(int);
    let acc = Accumulators { int, double: 0.0, single: 0.0 };
    go_on!(handler, nodes, window, context, acc)
}

/// Calls the function that an element refers to: operand 0 is where its window
/// begins, 1 the slot with the element's number, 2 the table, 3 the type.
///
/// What is not simple is the machine's: an element that isn't there, a type
/// that is not the same, a function of the host.
pub(crate) fn call_indirect<'code, W: Way>(
    mut nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    _: u64,
    _: f64,
    _: f32,
) -> Signal {
    let Some(node) = nodes.as_slice().first() else {
        return stuck(nodes, window, context);
    };
    let [first, element, table, ty] = node.operands;
    let element = window[usize::from(element)].get();
    let number = match indirect(context, element, table, ty) {
        Some(Called::Own(number)) => number,
        Some(Called::Other(function)) => {
            return abroad::<W>(nodes, window, context, function, first);
        }
        None => return left_at_call(nodes, window, context),
    };
    let callee = callee(context, number);
    enter!(Called::Own(number), callee, nodes, window, context, node);
    nodes.next();
    called(node.handler, first, first, nodes, window, context)
}

/// The function of a module that an element refers to.
#[inline(always)]
fn indirect(
    context: &Context<'_>,
    element: u64,
    table: u16,
    ty: u16,
) -> Option<Called> {
    let table = context.tables.get(usize::from(table))?;
    let FuncAddr(number) = function_of(table.get(element)?)?;
    let function = context.functions.get(number as usize)?;
    match function.body {
        _ if function.ty != TypeIdx(ty.into()) => None,
        FunctionBody::Code(instance, code) => {
            let is_own = instance.0 == context.instance;
            Some(if is_own { Called::Own(code) } else { Called::Other(number) })
        }
        FunctionBody::Host(_) => None,
    }
}

/// Calls a function of another instance; operands as for [`call`].
pub(crate) fn call_other<'code, W: Way>(
    nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    _: u64,
    _: f64,
    _: f32,
) -> Signal {
    let Some(node) = nodes.as_slice().first() else {
        return stuck(nodes, window, context);
    };
    let (function, to) = (node.pair(2) & !OTHER, node.operands[1]);
    abroad::<W>(nodes, window, context, function, to)
}

/// Calls a function of another instance: operand 0 is where its window begins.
/// Its result goes to the slot `to`.
#[inline(never)]
fn abroad<'code, W: Way>(
    mut nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    function: u32,
    to: u16,
) -> Signal {
    let Some(node) = nodes.as_slice().first() else {
        return stuck(nodes, window, context);
    };
    let home = context.instance;
    let around = context.around.clone();
    let callee = other(context, function);
    enter!(Called::Other(function), callee, nodes, window, context, node);
    context.around = around;
    if travel(context, home).is_none() {
        return stuck(nodes, window, context);
    }
    nodes.next();
    called(node.handler, node.operands[0], to, nodes, window, context)
}

/// The threaded code of a function of another instance, where the tier is then.
#[inline(always)]
fn other<'code>(
    context: &mut Context<'code>,
    function: u32,
) -> Option<&'code FastCode> {
    let function = context.functions.get(function as usize)?;
    let FunctionBody::Code(instance, number) = function.body else {
        return None;
    };
    travel(context, instance.0)?;
    callee(context, number)
}

/// Changes the instance. Only one memory is in the tier's hands: so `None` if
/// the instance has another one. If it has none, its code gets none.
#[inline(always)]
fn travel(context: &mut Context<'_>, to: u32) -> Option<()> {
    let instances = context.instances;
    let memory = |instance: u32| {
        let instance = instances.get(instance as usize);
        instance.and_then(|instance| instance.memories.first())
    };
    let (before, after) = (memory(context.instance), memory(to));
    if after.is_some() && after != context.lent.as_ref() {
        return None;
    }
    if before.is_some() != after.is_some() {
        mem::swap(&mut context.memory, &mut context.aside);
    }
    context.instance = to;
    Some(())
}

/// What follows the last operation, which never goes on.
pub(crate) fn end<'code>(
    nodes: Nodes<'code>,
    window: &Window,
    context: &mut Context<'code>,
    _: u64,
    _: f64,
    _: f32,
) -> Signal {
    stuck(nodes, window, context)
}
