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
        SlotOp::Unary(operator, _, x) => source!(x, 1, X => numeric_table! {
            numeric_row if_one, operator, O => some(h::unary::<O, X>); }),
        SlotOp::Binary(operator, _, x, y) => source!(x, 1, X =>
            source!(y, 2, Y => numeric_table! { numeric_row
                if_two, operator, O => some(h::binary::<O, X, Y>); })),
        SlotOp::Load(load, _, address, _) => source!(address, 1, A =>
            load_table! { row load, LoadOp, L => some(h::load::<L, A>); }),
        SlotOp::Store(store, address, value, _) => source!(address, 0, A =>
            source!(value, 1, V => store_table! { row
                store, StoreOp, S => some(h::store::<S, A, V>); })),
        SlotOp::Copy(_, x) => source!(x, 1, X => some(h::copy::<X>)),
        SlotOp::Select(_, [x, y, first]) => source!(x, 1, X =>
            source!(y, 2, Y => source!(first, 3, Z =>
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
        SlotOp::Call(..)
        | SlotOp::CallIndirect { .. }
        | SlotOp::MemoryFill(..)
        | SlotOp::MemoryCopy(..)
        | SlotOp::Leave(..) => some(h::leave),
        SlotOp::Label(_) | SlotOp::Entry(_) => None,
    }
}

fn branch_if<const ON: bool>(target: Target, x: Operand) -> Option<Handler> {
    source!(x, 0, X => match target.is_loop {
        true => some(h::br_if::<X, ON, true>),
        false => some(h::br_if::<X, ON, false>),
    })
}

/// Makes the nodes of a function, which has so many locals. `None` if it has
/// more constants than an operand can name.
pub(crate) fn encode(code: SlotCode, locals: u16) -> Option<Nodes> {
    let code = settle(code);
    let mut encoder = Encoder {
        locals,
        constants: Vec::new(),
        labels: vec![0; code.labels as usize],
    };
    let mut entries = vec![None; code.entries.len()];
    let mut loops = Vec::new();
    let mut place = 0;
    for (number, op) in code.ops.iter().enumerate() {
        match (op, code.ops.get(number + 1)) {
            (SlotOp::Label(label), next) => {
                encoder.labels[*label as usize] = place;
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
            let next = nodes.len() as u32 + 1;
            let operands = encoder.operands(op, *origin, next)?;
            nodes.push(Node { handler, operands });
            origins.push(*origin);
        }
    }
    Some(Nodes {
        nodes: nodes.into(),
        constants: encoder.constants.into(),
        entries: entries.into(),
        places: code.entries.into(),
        loops: loops.into(),
        origins: origins.into(),
    })
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

struct Encoder {
    locals: u16,
    constants: Vec<u64>,
    /// The node of each label.
    labels: Vec<u32>,
}

impl Encoder {
    /// What names an operand.
    fn name(&mut self, operand: Operand) -> Option<u16> {
        let constant = match operand {
            Operand::Slot(slot) => return Some(slot),
            Operand::Const(constant) => constant,
        };
        // The last ones are the ones that are used again.
        let recent = self.constants.len().saturating_sub(64);
        let known = self.constants[recent..]
            .iter()
            .position(|known| *known == constant);
        let place = match known {
            Some(place) => recent + place,
            None => {
                self.constants.push(constant);
                self.constants.len() - 1
            }
        };
        u16::try_from(place).ok()
    }

    fn operands(
        &mut self,
        op: &SlotOp,
        origin: u32,
        next: u32,
    ) -> Option<[u16; 4]> {
        let halves = |number: u32| [number as u16, (number >> 16) as u16];
        let leave = |position: u32, used: u16| {
            let [low, high] = halves(position);
            [low, high, used, 0]
        };
        Some(match *op {
            SlotOp::Unary(_, to, x) => [to, self.name(x)?, 0, 0],
            SlotOp::Binary(_, to, x, y) => {
                [to, self.name(x)?, self.name(y)?, 0]
            }
            SlotOp::Load(_, to, address, offset) => {
                let [low, high] = halves(offset);
                [to, self.name(address)?, low, high]
            }
            SlotOp::Store(_, address, value, offset) => {
                let [low, high] = halves(offset);
                [self.name(address)?, self.name(value)?, low, high]
            }
            SlotOp::Copy(to, x) => [to, self.name(x)?, 0, 0],
            SlotOp::Select(to, [x, y, first]) => {
                [to, self.name(x)?, self.name(y)?, self.name(first)?]
            }
            SlotOp::GlobalGet(to, global) => {
                let [low, high] = halves(global);
                [to, 0, low, high]
            }
            SlotOp::GlobalSet(global, x) => {
                let [low, high] = halves(global);
                [self.name(x)?, 0, low, high]
            }
            SlotOp::Br(target) => {
                let [low, high] = halves(self.labels[target.label as usize]);
                [0, 0, low, high]
            }
            SlotOp::BrIf(target, x) | SlotOp::BrUnless(target, x) => {
                let [low, high] = halves(self.labels[target.label as usize]);
                [self.name(x)?, 0, low, high]
            }
            SlotOp::BrTable(count, x) => {
                let next = u16::try_from(next).ok()?;
                [self.name(x)?, 0, next, u16::try_from(count).ok()?]
            }
            SlotOp::Call(_, _, height) => leave(origin, self.locals + height),
            SlotOp::CallIndirect { element, .. } => leave(origin, element + 1),
            SlotOp::MemoryFill(from, _) | SlotOp::MemoryCopy(from, _) => {
                leave(origin, from + 3)
            }
            SlotOp::Leave(position, height) => {
                leave(position, self.locals + height)
            }
            SlotOp::Return | SlotOp::Label(_) | SlotOp::Entry(_) => [0; 4],
        })
    }
}
