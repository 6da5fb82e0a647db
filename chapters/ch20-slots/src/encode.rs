//! From operations to nodes: what an operation does, and where its operands
//! are, become types, one `match` at a time.

use ch08_numeric::{Numeric, numeric_table};
use ch09_module::{LoadOp, StoreOp, load_table, store_table};

use crate::handlers::{self as h, Const, Slot};
use crate::node::{Handler, Node, Nodes};
use crate::{Operand, SlotCode, SlotOp, Target, operators};

/// Names the type of where an operand is.
macro_rules! source {
    ($operand:expr, $k:literal, $S:ident => $then:expr) => {
        match $operand {
            Operand::Slot(_) => {
                type $S = Slot<$k>;
                $then
            }
            Operand::Const(_) => {
                type $S = Const<$k>;
                $then
            }
        }
    };
}

/// Takes a row to its type.
macro_rules! row {
    ($operator:expr, $Family:ident, $O:ident => $then:expr;
    $($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:ty = $meaning:expr;)*) => {
        match $operator {
            $($Family::$variant => {
                type $O = operators::$variant;
                $then
            })*
        }
    };
}

/// Takes a numeric row to its type, if it has as many operands.
macro_rules! numeric_row {
    ($arity:ident, $operator:expr, $O:ident => $then:expr;
    $($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:tt = $meaning:expr;)*) => {
        match $operator {
            $(Numeric::$variant => {
                $arity!($params $result $variant $O $then)
            })*
        }
    };
}

macro_rules! if_one {
    ($params:tt ($($result:ty),+) $variant:ident $O:ident $then:expr) => {
        None
    };
    (($x:ident: $X:ty) $result:tt $variant:ident $O:ident $then:expr) => {{
        type $O = operators::$variant;
        $then
    }};
    ($params:tt $result:tt $variant:ident $O:ident $then:expr) => {
        None
    };
}

macro_rules! if_two {
    ($params:tt ($($result:ty),+) $variant:ident $O:ident $then:expr) => {
        None
    };
    (($x:ident: $X:ty, $y:ident: $Y:ty) $result:tt $variant:ident $O:ident
        $then:expr) => {{
        type $O = operators::$variant;
        $then
    }};
    ($params:tt $result:tt $variant:ident $O:ident $then:expr) => {
        None
    };
}

/// A handler as a function pointer.
fn some(handler: Handler) -> Option<Handler> {
    Some(handler)
}

/// The handler of an operation.
fn handler(op: &SlotOp) -> Option<Handler> {
    match *op {
        SlotOp::Unary(operator, _, x) => source!(x, 0, X => numeric_table! {
            numeric_row if_one, operator, O => some(h::unary::<O, X>); }),
        SlotOp::Binary(operator, _, x, y) => source!(x, 0, X =>
            source!(y, 1, Y => numeric_table! { numeric_row
                if_two, operator, O => some(h::binary::<O, X, Y>); })),
        SlotOp::Load(load, _, address, _) => source!(address, 0, A =>
            load_table! { row load, LoadOp, L => some(h::load::<L, A>); }),
        SlotOp::Store(store, address, value, _) => source!(address, 0, A =>
            source!(value, 1, V => store_table! { row
                store, StoreOp, S => some(h::store::<S, A, V>); })),
        SlotOp::Copy(_, x) => source!(x, 0, X => some(h::copy::<X>)),
        SlotOp::Select(_, [x, y, first]) => source!(x, 0, X =>
            source!(y, 1, Y => source!(first, 2, Z =>
                some(h::select::<X, Y, Z>)))),
        SlotOp::GlobalGet(..) => some(h::global_get),
        SlotOp::GlobalSet(_, x) => {
            source!(x, 0, X => some(h::global_set::<X>))
        }
        SlotOp::Br(target) => match target.is_loop {
            true => some(h::br::<true>),
            false => some(h::br::<false>),
        },
        SlotOp::BrIf(target, x) => branch_if::<true>(target, x),
        SlotOp::BrUnless(target, x) => branch_if::<false>(target, x),
        SlotOp::BrTable(_, x) => source!(x, 0, X => some(h::br_table::<X>)),
        SlotOp::Return => some(h::ret),
        SlotOp::MemoryFill(..) => some(h::memory_fill),
        SlotOp::MemoryCopy(..) => some(h::memory_copy),
        SlotOp::Call(..) | SlotOp::CallIndirect { .. } | SlotOp::Leave(..) => {
            some(h::leave)
        }
        SlotOp::Label(_) | SlotOp::Entry(_) => None,
    }
}

fn branch_if<const ON: bool>(target: Target, x: Operand) -> Option<Handler> {
    source!(x, 0, X => match target.is_loop {
        true => some(h::br_if::<X, ON, true>),
        false => some(h::br_if::<X, ON, false>),
    })
}

/// Makes the nodes of a function, which has so many locals.
pub(crate) fn encode(code: SlotCode, locals: u16) -> Nodes {
    let code = settle(code);
    let mut labels = vec![0; code.labels as usize];
    let mut entries = vec![None; code.entries.len()];
    let mut loops = Vec::new();
    let mut place = 0;
    for (number, op) in code.ops.iter().enumerate() {
        match (op, code.ops.get(number + 1)) {
            (SlotOp::Label(label), next) => {
                labels[*label as usize] = place;
                if let Some(SlotOp::Entry(entry)) = next {
                    loops.push((place, *entry));
                }
            }
            (SlotOp::Entry(entry), _) => {
                entries[*entry as usize] = Some(place);
            }
            _ => place += 1,
        }
    }
    let mut nodes = Vec::with_capacity(place as usize);
    let mut origins = Vec::with_capacity(place as usize);
    for (op, origin) in code.ops.iter().zip(&code.origins) {
        if let Some(handler) = handler(op) {
            nodes.push(node(handler, op, *origin, locals, &labels));
            origins.push(*origin);
        }
    }
    Nodes {
        nodes: nodes.into(),
        entries: entries.into(),
        places: code.entries.into(),
        loops: loops.into(),
        origins: origins.into(),
    }
}

/// Before each call, what is pending while it waits goes to its slots: here the
/// machine makes the call.
fn settle(code: SlotCode) -> SlotCode {
    let SlotCode { ops, origins, pending, .. } = code;
    let (mut settled, mut settled_origins) = (Vec::new(), Vec::new());
    for (number, op) in ops.iter().enumerate() {
        if let SlotOp::Call(..) | SlotOp::CallIndirect { .. } = op {
            let entry = ops[number..].iter().find_map(|op| match op {
                SlotOp::Entry(number) => Some(*number),
                _ => None,
            });
            let from = pending.partition_point(|item| Some(item.entry) < entry);
            let items = pending[from..].iter();
            for item in items.take_while(|item| Some(item.entry) == entry) {
                settled.push(SlotOp::Copy(item.slot, item.operand));
                settled_origins.push(origins[number]);
            }
        }
        settled.push(*op);
        settled_origins.push(origins[number]);
    }
    SlotCode { ops: settled, origins: settled_origins, pending, ..code }
}

/// The operations that are nodes, in their order.
pub fn operations(code: SlotCode) -> Vec<SlotOp> {
    let is_node =
        |op: &SlotOp| !matches!(op, SlotOp::Label(_) | SlotOp::Entry(_));
    settle(code).ops.into_iter().filter(is_node).collect()
}

/// The node of an operation, which comes from a position in the flat code.
fn node(
    handler: Handler,
    op: &SlotOp,
    origin: u32,
    locals: u16,
    labels: &[u32],
) -> Node {
    let name = |operand: Operand| match operand {
        Operand::Slot(slot) => slot.into(),
        Operand::Const(constant) => constant,
    };
    let place = |target: Target| labels[target.label as usize];
    let (to, number, operands) = match *op {
        SlotOp::Unary(_, to, x) | SlotOp::Copy(to, x) => {
            (to, 0, [name(x), 0, 0])
        }
        SlotOp::Binary(_, to, x, y) => (to, 0, [name(x), name(y), 0]),
        SlotOp::Load(_, to, address, offset) => {
            (to, offset, [name(address), 0, 0])
        }
        SlotOp::Store(_, address, value, offset) => {
            (0, offset, [name(address), name(value), 0])
        }
        SlotOp::Select(to, operands) => (to, 0, operands.map(name)),
        SlotOp::GlobalGet(to, global) => (to, global, [0; 3]),
        SlotOp::GlobalSet(global, x) => (0, global, [name(x), 0, 0]),
        SlotOp::Br(target) => (0, place(target), [0; 3]),
        SlotOp::BrIf(target, x) | SlotOp::BrUnless(target, x) => {
            (0, place(target), [name(x), 0, 0])
        }
        SlotOp::BrTable(count, x) => (0, count, [name(x), 0, 0]),
        SlotOp::Call(_, _, height) => (locals + height, origin, [0; 3]),
        SlotOp::CallIndirect { element, .. } => (element + 1, origin, [0; 3]),
        SlotOp::MemoryFill(from, position)
        | SlotOp::MemoryCopy(from, position) => {
            (from + 3, position, [from, from + 1, from + 2].map(u64::from))
        }
        SlotOp::Leave(position, height) => (locals + height, position, [0; 3]),
        SlotOp::Return | SlotOp::Label(_) | SlotOp::Entry(_) => (0, 0, [0; 3]),
    };
    Node { handler, to, number, operands }
}
