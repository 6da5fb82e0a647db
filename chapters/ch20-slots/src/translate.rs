//! From flat code to slots.

use std::collections::HashMap;
use std::mem;
use std::ops::Range;

use annex_embedding::{FuncAddr, GlobalAddr};
use ch08_numeric::{Numeric, numeric_table};
use ch09_module::{
    AddressType, Aggregate, Catch, CompositeType, FieldIdx, FuncType, Instr,
    LoadOp, MemIdx, Memory, StorageType, StoreOp, TypeIdx, ValType, load_table,
    store_table,
};
use ch12_instance::{ModuleInstance, StoreData};
use ch19_flat::{Branch, FlatCode, Op, effect};

use crate::{Entry, Operand, Pending, SlotCode, SlotOp, Target};

/// The most slots that a function may have. The operands of a code can name
/// more, but nobody needs them.
const MOST_SLOTS: usize = 1 << 15;

/// Translates the flat code of a function, which has entries and belongs to a
/// module instance.
///
/// Returns `None` if the function has to do with vectors, whose other half is
/// in no slot, or with a memory of 64-bit addresses, or if it is too large.
pub fn translate<C>(
    here: &StoreData,
    instance: u32,
    ty: &FuncType,
    code: &FlatCode<C>,
) -> Option<SlotCode> {
    let vector = |ty: &ValType| *ty == ValType::V128;
    let has_vectors = ty.params.iter().chain(&ty.results).any(vector);
    if has_vectors || code.ops.len() > MOST_OPERATIONS {
        return None;
    }
    let mut translator = Translator::new(here, instance, code);
    if translator.catches_vectors() {
        return None;
    }
    let mut position = 0;
    while position < code.ops.len() {
        translator.position = position as u32;
        let skipped = translator.op(code.ops[position])?;
        position += 1 + skipped as usize;
        let slots = translator.locals + translator.stack.len();
        if slots > MOST_SLOTS {
            return None;
        }
        translator.code.slots = translator.code.slots.max(slots as u16);
    }
    translator.position = position as u32;
    if translator.reachable {
        translator.ret();
    }
    Some(translator.code)
}

/// The most flat operations that are translated. A function with more of them
/// stays flat: so a translation never takes more than some megabytes.
const MOST_OPERATIONS: usize = 1 << 16;

/// The most operands that may be elsewhere than in their own slots. So nothing
/// that looks for them takes long.
const MOST_ELSEWHERE: usize = 64;

/// Where an operand's value is, while it waits on the stack.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    /// In the slot of its own height.
    Own,
    /// Still in a local.
    Local(u16),
    /// In the code.
    Const(u64),
}

/// A translation on its way through flat code.
struct Translator<'code, C> {
    here: &'code StoreData,
    instance: &'code ModuleInstance,
    /// Whether memory 0, if there is one, has addresses of 32 bits.
    narrow: bool,
    flat: &'code FlatCode<C>,
    code: SlotCode,
    /// The operands, as far as the translation knows them.
    stack: Vec<Value>,
    /// So many operands, from the bottom, are in their own slots for certain.
    settled: usize,
    locals: usize,
    /// The label at each position that is branched to, and how many operands
    /// there are.
    labels: HashMap<u32, (u32, Option<usize>)>,
    /// The position of the flat operation that is being translated.
    position: u32,
    reachable: bool,
    /// Whether the next entry is where something goes on that the machine may
    /// have executed, or where the function begins.
    resumes: bool,
    /// From here on the last operation may still be changed: nothing else
    /// leads to what follows it.
    barrier: usize,
}

impl<'code, C> Translator<'code, C> {
    fn new(
        here: &'code StoreData,
        number: u32,
        flat: &'code FlatCode<C>,
    ) -> Self {
        let code = SlotCode {
            ops: Vec::new(),
            origins: Vec::new(),
            labels: 0,
            entries: Vec::new(),
            pending: Vec::new(),
            slots: 0,
        };
        let mut translator = Translator {
            here,
            instance: &here.instances[number as usize],
            narrow: flat.memory.is_none_or(|memory| {
                let ty = here.memories[memory.index()].ty();
                ty.address == AddressType::I32
            }),
            flat,
            code,
            stack: Vec::new(),
            settled: 0,
            locals: flat.shape.params + flat.shape.locals,
            labels: HashMap::new(),
            position: 0,
            reachable: true,
            resumes: true,
            barrier: 0,
        };
        for op in &flat.ops {
            if let Some(branch) = op.branch() {
                translator.target(&branch, None);
            }
        }
        for handler in &flat.handlers {
            for branch in &handler.branches {
                let below = (handler.height - branch.drop) as usize;
                let height = below + usize::from(branch.keep);
                translator.target(branch, Some(height));
            }
        }
        translator
    }

    /// The label that a branch goes to, where so many operands are.
    fn target(&mut self, branch: &Branch, height: Option<usize>) -> Target {
        let next = self.code.labels;
        let entry = self.labels.entry(branch.target);
        let (label, known) = entry.or_insert_with(|| {
            self.code.labels += 1;
            (next, None)
        });
        *known = known.or(height);
        Target { label: *label, is_loop: branch.is_loop }
    }

    /// A label that only this translation knows.
    fn label(&mut self) -> Target {
        self.code.labels += 1;
        Target { label: self.code.labels - 1, is_loop: false }
    }

    fn push_op(&mut self, op: SlotOp) {
        self.resumes |= op.may_leave();
        self.code.ops.push(op);
        self.code.origins.push(self.position);
    }

    /// The slot of the operand at a height.
    fn own(&self, height: usize) -> u16 {
        (self.locals + height) as u16
    }

    /// Where the value is of an operand that is, or was, at a height.
    fn operand(&self, height: usize, value: Value) -> Operand {
        match value {
            Value::Own => Operand::Slot(self.own(height)),
            Value::Local(local) => Operand::Slot(local),
            Value::Const(slot) => Operand::Const(slot),
        }
    }

    /// Takes the top operand.
    fn pop(&mut self) -> Operand {
        let value = self.stack.pop().expect("the code is valid");
        self.settled = self.settled.min(self.stack.len());
        self.operand(self.stack.len(), value)
    }

    /// Pushes an operand that stays where it is.
    fn push_value(&mut self, value: Value) {
        self.settled = self.settled.min(self.stack.len());
        if self.stack.len() - self.settled >= MOST_ELSEWHERE {
            self.settle(self.settled);
            self.settled += 1;
        }
        self.stack.push(value);
    }

    /// The heights of the operands that may be elsewhere, up to one.
    fn elsewhere(&self, to: usize) -> Range<usize> {
        self.settled.min(to)..to
    }

    /// Pushes an operand. Returns its own slot, where the next operation puts
    /// it.
    fn push(&mut self) -> u16 {
        self.push_value(Value::Own);
        self.own(self.stack.len() - 1)
    }

    /// Copies the operand at a height to its own slot, if it is elsewhere.
    fn settle(&mut self, height: usize) {
        let value = self.stack[height];
        if value != Value::Own {
            let operand = self.operand(height, value);
            self.push_op(SlotOp::Copy(self.own(height), operand));
            self.stack[height] = Value::Own;
        }
    }

    fn settle_all(&mut self) {
        let all = self.stack.len();
        self.elsewhere(all).for_each(|height| self.settle(height));
        self.settled = all;
    }

    /// From now on, the last operation keeps its destination.
    fn fence(&mut self) {
        self.barrier = self.code.ops.len();
    }

    /// The slot that the last operation writes, if that may be another one.
    fn last_written(&mut self) -> Option<&mut u16> {
        if self.code.ops.len() == self.barrier {
            return None;
        }
        match self.code.ops.last_mut()? {
            SlotOp::Unary(_, to, _)
            | SlotOp::Binary(_, to, ..)
            | SlotOp::Load(_, to, ..)
            | SlotOp::Select(to, _)
            | SlotOp::GlobalGet(to, _) => Some(to),
            _ => None,
        }
    }

    /// Writes the top operand to a local.
    fn set(&mut self, local: u16) {
        let operand = self.pop();
        if operand == Operand::Slot(local) {
            return;
        }
        // If the last operation has made the operand, it can write it to the
        // local instead.
        let own = Operand::Slot(self.own(self.stack.len()));
        let to = self.last_written().map(|to| Operand::Slot(*to));
        let last = match operand == own && to == Some(own) {
            true => self.code.ops.pop().zip(self.code.origins.pop()),
            false => None,
        };
        // An operand that is still in the local gets a slot of its own first.
        for height in self.elsewhere(self.stack.len()) {
            if self.stack[height] == Value::Local(local) {
                self.settle(height);
            }
        }
        match last {
            Some((last, origin)) => {
                self.code.ops.push(last);
                self.code.origins.push(origin);
                if let Some(to) = self.last_written() {
                    *to = local;
                }
            }
            None => self.push_op(SlotOp::Copy(local, operand)),
        }
    }

    /// Translates an operation. Returns how many of those that follow it have
    /// been translated too.
    fn op(&mut self, op: Op) -> Option<u32> {
        if let Op::Enter(_) = op {
            self.enter();
            return Some(0);
        }
        if !self.reachable {
            return Some(0);
        }
        if let Some(operator) = numeric(op) {
            // Wide arithmetic has two results.
            (operator.row().results.len() == 1).then_some(())?;
            self.numeric(operator);
            return Some(0);
        }
        if let Some((load, offset)) = load(op) {
            self.narrow.then_some(())?;
            let address = self.pop();
            let to = self.push();
            self.push_op(SlotOp::Load(load, to, address, offset));
            return Some(0);
        }
        if let Some((store, offset)) = store(op) {
            self.narrow.then_some(())?;
            let value = self.pop();
            let address = self.pop();
            self.push_op(SlotOp::Store(store, address, value, offset));
            return Some(0);
        }
        match op {
            Op::Const(slot) => self.push_value(Value::Const(slot)),
            Op::LocalGet(local) => {
                self.push_value(Value::Local(local.0 as u16));
            }
            Op::LocalSet(local) => self.set(local.0 as u16),
            Op::LocalTee(local) => {
                let value = *self.stack.last()?;
                self.set(local.0 as u16);
                self.push_value(match value {
                    Value::Own => Value::Local(local.0 as u16),
                    value => value,
                });
            }
            Op::GlobalGet(GlobalAddr(global)) => {
                let to = self.push();
                self.push_op(SlotOp::GlobalGet(to, global));
            }
            Op::GlobalSet(GlobalAddr(global)) => {
                let operand = self.pop();
                self.push_op(SlotOp::GlobalSet(global, operand));
            }
            Op::Drop => {
                self.pop();
            }
            Op::Select => {
                let first = self.pop();
                let y = self.pop();
                let x = self.pop();
                let to = self.push();
                self.push_op(SlotOp::Select(to, [x, y, first]));
            }
            Op::Br(branch) => {
                let results = self.flat.shape.results;
                let ends = branch.target as usize + 1 == self.flat.ops.len();
                match ends && usize::from(branch.keep) == results {
                    true => self.ret(),
                    false => self.branch(&branch),
                }
                self.reachable = false;
            }
            Op::BrIf(branch) => self.branch_if(&branch, true),
            Op::BrUnless(branch) => self.branch_if(&branch, false),
            Op::BrTable(count) => return Some(self.branch_table(count)),
            Op::Return => {
                self.ret();
                self.reachable = false;
            }
            Op::Call(function) => self.call(function)?,
            Op::CallIndirect(table, ty) => {
                let ty = self.instance.types[ty.index()];
                let height = self.stack.len() - 1;
                self.settle(height);
                self.stack.pop();
                let element = self.own(height);
                let table = self.instance.tables[table.index()].0;
                let window = self.arguments(ty)?;
                let ty = ty.0;
                self.push_op(SlotOp::CallIndirect {
                    table,
                    ty,
                    element,
                    window,
                });
                self.results(TypeIdx(ty))?;
            }
            Op::BrOnNull(branch) => {
                self.leave();
                let height = self.stack.len() - 1 - branch.drop as usize;
                self.target(&branch, Some(height));
            }
            Op::BrOnNonNull(branch) => {
                self.leave();
                let height = self.stack.len() - branch.drop as usize;
                self.target(&branch, Some(height));
                self.stack.pop();
            }
            Op::BrOnCast(_) => {
                self.leave();
                let next = self.position as usize + 1;
                if let Some(branch) = self.flat.ops.get(next)?.branch() {
                    let height = self.stack.len() - branch.drop as usize;
                    self.target(&branch, Some(height));
                }
                return Some(1);
            }
            Op::CallRef(ty) => {
                let ty = self.instance.types[ty.index()];
                self.leave();
                self.stack.pop();
                self.arguments(ty)?;
                self.results(ty)?;
            }
            Op::Far(number) => {
                let instr = &self.flat.far[number as usize];
                if self.has_vectors(instr) {
                    return None;
                }
                match self.bulk(instr) {
                    Some(op) => self.push_op(op),
                    None => self.leave(),
                }
                let change = effect(self.here, self.instance, instr);
                let height = self.stack.len().wrapping_add_signed(change);
                self.stack.resize(height, Value::Own);
            }
            Op::ReturnCall(_)
            | Op::ReturnCallIndirect(..)
            | Op::ReturnCallRef
            | Op::Throw(_)
            | Op::ThrowRef
            | Op::Unreachable => {
                self.leave();
                self.reachable = false;
            }
            op => unreachable!("{op} is not in code with entries"),
        }
        Some(0)
    }

    /// A place where the machine may hand the call over.
    fn enter(&mut self) {
        let position = self.position;
        let number = self.code.entries.len() as u32;
        // Of a call that waits, this is where it goes on.
        let resumes = mem::take(&mut self.resumes);
        for height in self.elsewhere(self.stack.len()) {
            let value = self.stack[height];
            if value != Value::Own {
                self.code.pending.push(Pending {
                    entry: number,
                    slot: self.own(height),
                    operand: self.operand(height, value),
                });
            }
        }
        if let Some(&(label, height)) = self.labels.get(&position) {
            if self.reachable {
                self.settle_all();
                let height = Some(self.stack.len());
                self.labels.insert(position, (label, height));
            } else if let Some(height) = height {
                self.stack.clear();
                self.stack.resize(height, Value::Own);
                self.reachable = true;
            }
            if self.reachable {
                self.push_op(SlotOp::Label(label));
            }
        }
        let height = self.stack.len() as u16;
        self.code.entries.push(Entry { position, height });
        let is_label = self.labels.contains_key(&position);
        if self.reachable && (resumes || is_label) {
            self.push_op(SlotOp::Entry(number));
            self.fence();
        }
    }

    fn numeric(&mut self, operator: Numeric) {
        if operator.row().params.len() == 1 {
            let x = self.pop();
            let to = self.push();
            self.push_op(SlotOp::Unary(operator, to, x));
        } else {
            let y = self.pop();
            let x = self.pop();
            let to = self.push();
            self.push_op(SlotOp::Binary(operator, to, x, y));
        }
    }

    /// What fills or copies memory 0.
    fn bulk(&mut self, instr: &Instr) -> Option<SlotOp> {
        const FIRST: MemIdx = MemIdx(0);
        let op = match instr {
            Instr::Memory(Memory::Fill(FIRST)) => SlotOp::MemoryFill,
            Instr::Memory(Memory::Copy(FIRST, FIRST)) => SlotOp::MemoryCopy,
            _ => return None,
        };
        self.narrow.then_some(())?;
        self.settle_all();
        Some(op(self.own(self.stack.len() - 3), self.position))
    }

    /// Leaves an operation to the machine.
    fn leave(&mut self) {
        self.settle_all();
        let height = self.stack.len() as u16;
        self.push_op(SlotOp::Leave(self.position, height));
        self.fence();
    }

    /// How many operands there are where a branch goes.
    fn height(&self, branch: &Branch) -> usize {
        self.stack.len() - branch.drop as usize
    }

    /// Settles the operands that stay below those of a branch. Returns the
    /// target, and whether the operands that it keeps have to move.
    fn prepare(&mut self, branch: &Branch) -> (Target, bool) {
        let height = self.height(branch);
        let keep = usize::from(branch.keep);
        let below = self.elsewhere(height - keep);
        below.for_each(|height| self.settle(height));
        let from = self.stack.len() - keep;
        let moved = branch.drop > 0 && keep > 0
            || self.stack[from..].iter().any(|value| *value != Value::Own);
        (self.target(branch, Some(height)), moved)
    }

    /// Moves what a branch keeps to where the label expects it.
    fn carry(&mut self, branch: &Branch) {
        let from = self.stack.len() - usize::from(branch.keep);
        let to = from - branch.drop as usize;
        for number in 0..usize::from(branch.keep) {
            let value = self.stack[from + number];
            let operand = self.operand(from + number, value);
            let to = self.own(to + number);
            if operand != Operand::Slot(to) {
                self.push_op(SlotOp::Copy(to, operand));
            }
        }
    }

    fn branch(&mut self, branch: &Branch) {
        let (target, _) = self.prepare(branch);
        self.carry(branch);
        self.push_op(SlotOp::Br(target));
        self.fence();
    }

    /// A branch that is taken if its operand is not 0, or if it is.
    fn branch_if(&mut self, branch: &Branch, on: bool) {
        let operand = self.pop();
        let (target, moved) = self.prepare(branch);
        let op = |on: bool, target| match on {
            true => SlotOp::BrIf(target, operand),
            false => SlotOp::BrUnless(target, operand),
        };
        if !moved {
            self.push_op(op(on, target));
        } else {
            // Nothing moves unless the branch is taken.
            let past = self.label();
            self.push_op(op(!on, past));
            self.carry(branch);
            self.push_op(SlotOp::Br(target));
            self.push_op(SlotOp::Label(past.label));
        }
        self.fence();
    }

    /// A table of branches. Where operands move, or fuel is taken, an entry
    /// leads to a place that does so.
    fn branch_table(&mut self, count: u32) -> u32 {
        let operand = self.pop();
        let first = self.position as usize + 1;
        let entries = &self.flat.ops[first..=first + count as usize];
        let branches: Vec<Branch> =
            entries.iter().filter_map(|op| op.branch()).collect();
        for branch in &branches {
            self.prepare(branch);
        }
        self.push_op(SlotOp::BrTable(count, operand));
        let mut places: Vec<(Branch, Target, u32)> = Vec::new();
        let mut known = HashMap::new();
        for (number, branch) in branches.iter().enumerate() {
            let origin = self.position + 1 + number as u32;
            let (target, moved) = self.prepare(branch);
            if !moved && !branch.is_loop {
                self.push_op(SlotOp::Br(target));
                continue;
            }
            let key = (branch.target, branch.drop, branch.keep);
            let place = *known.entry(key).or_insert_with(|| {
                let place = self.label();
                places.push((*branch, place, origin));
                place
            });
            self.push_op(SlotOp::Br(place));
        }
        let position = self.position;
        for (branch, place, origin) in places {
            self.position = origin;
            self.push_op(SlotOp::Label(place.label));
            self.carry(&branch);
            let target = self.target(&branch, None);
            self.push_op(SlotOp::Br(target));
        }
        self.position = position;
        self.fence();
        self.reachable = false;
        count + 1
    }

    /// Leaves the results in the first slots, and returns.
    fn ret(&mut self) {
        let count = self.flat.shape.results;
        let first = self.stack.len() - count;
        if count > 1 {
            // A result may still be in a local that another one goes to.
            (first..self.stack.len()).for_each(|height| self.settle(height));
        }
        for number in 0..count {
            let value = self.stack[first + number];
            let operand = self.operand(first + number, value);
            if count == 1
                && value == Value::Own
                && let Some(to) = self.last_written()
                && Operand::Slot(*to) == operand
            {
                *to = 0;
            } else if operand != Operand::Slot(number as u16) {
                self.push_op(SlotOp::Copy(number as u16, operand));
            }
        }
        self.push_op(SlotOp::Return);
        self.fence();
    }

    fn call(&mut self, function: FuncAddr) -> Option<()> {
        let ty = self.here.functions[function.index()].ty;
        let height = self.stack.len() as u16;
        let window = self.arguments(ty)?;
        self.push_op(SlotOp::Call(function.0, window, height));
        self.results(ty)
    }

    /// Puts the arguments of a call into their slots, and takes them. Returns
    /// the first of the slots.
    fn arguments(&mut self, ty: TypeIdx) -> Option<u16> {
        let ty = self.here.types.func(ty)?;
        let mut types = ty.params.iter().chain(&ty.results);
        if types.any(|ty| *ty == ValType::V128) {
            return None;
        }
        let first = self.stack.len() - ty.params.len();
        (first..self.stack.len()).for_each(|height| self.settle(height));
        self.stack.truncate(first);
        Some(self.own(first))
    }

    fn results(&mut self, ty: TypeIdx) -> Option<()> {
        let count = self.here.types.func(ty)?.results.len();
        let height = self.stack.len() + count;
        self.stack.resize(height, Value::Own);
        self.fence();
        Some(())
    }

    /// Whether an instruction has to do with vectors.
    fn has_vectors(&self, instr: &Instr) -> bool {
        let composite = |ty: TypeIdx| {
            self.here.types.composite(self.instance.types[ty.index()])
        };
        let vector = StorageType::Val(ValType::V128);
        match instr {
            Instr::Vector(_) => true,
            Instr::Aggregate(Aggregate::StructGet(ty, FieldIdx(field))) => {
                match composite(*ty) {
                    Some(CompositeType::Struct(fields)) => {
                        fields[*field as usize].storage == vector
                    }
                    _ => false,
                }
            }
            Instr::Aggregate(Aggregate::ArrayGet(ty)) => {
                let ty = composite(*ty);
                matches!(ty, Some(CompositeType::Array(field))
                    if field.storage == vector)
            }
            _ => false,
        }
    }

    /// Whether an exception may bring a vector.
    fn catches_vectors(&self) -> bool {
        let mut catches =
            self.flat.handlers.iter().flat_map(|handler| &handler.catches);
        catches.any(|catch| {
            let (Catch::One(tag, _) | Catch::OneRef(tag, _)) = catch else {
                return false;
            };
            let tag = self.instance.tags[tag.index()];
            let ty = self.here.types.func(self.here.tags[tag.index()].ty);
            ty.is_some_and(|ty| ty.params.contains(&ValType::V128))
        })
    }
}

/// Makes a function that finds the row of an operation.
macro_rules! numeric {
    ($($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:ty = $meaning:expr;)*) => {
        fn numeric(op: Op) -> Option<Numeric> {
            Some(match op {
                $(Op::$variant => Numeric::$variant,)*
                _ => return None,
            })
        }
    };
}
numeric_table!(numeric);

macro_rules! loads {
    ($($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:ty = $meaning:expr;)*) => {
        fn load(op: Op) -> Option<(LoadOp, u32)> {
            Some(match op {
                $(Op::$variant(offset) => (LoadOp::$variant, offset),)*
                _ => return None,
            })
        }
    };
}
load_table!(loads);

macro_rules! stores {
    ($($opcode:literal $name:literal $variant:ident $params:tt
        -> $result:ty = $meaning:expr;)*) => {
        fn store(op: Op) -> Option<(StoreOp, u32)> {
            Some(match op {
                $(Op::$variant(offset) => (StoreOp::$variant, offset),)*
                _ => return None,
            })
        }
    };
}
store_table!(stores);
