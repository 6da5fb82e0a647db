//! From slots to operations that use the accumulators, and that do two things
//! at once.

use annex_embedding::FuncAddr;
use ch07_values::NumType;
use ch08_numeric::Numeric;
use ch20_slots::{Operand, SlotCode, SlotOp, Target};

use crate::encode::encode;
use crate::inst::{Inst, Place, Work};
use crate::node::OTHER;
use crate::value::Class;

/// The operations of a function, and where labels and entries are among them.
pub(crate) struct Fused {
    pub insts: Vec<Inst>,
    pub labels: Vec<u32>,
    /// `None` where nobody ever comes.
    pub entries: Vec<Option<u32>>,
    /// Each call, and the entry after it.
    pub calls: Vec<(u32, u32)>,
    /// What an entry does before it goes on: the result of the call before it
    /// goes to a local at once.
    pub copies: Vec<(u32, Inst)>,
    /// The entry of each label, if it has one.
    pub label_entries: Vec<Option<u32>>,
}

/// What a translation has to know of a function besides its code.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// How many locals there are, and how many of them are parameters.
    pub locals: u16,
    pub params: u16,
    pub results: usize,
    /// Whether fuel is counted.
    pub counts_fuel: bool,
    /// How the function at an address is called.
    pub callee: &'a dyn Fn(FuncAddr) -> Callee,
}

/// How a function is called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Callee {
    /// It is one of the same instance, and its code has this number.
    Code(u32),
    /// It is the host's one with this number.
    Host(u32),
    /// It is this function, of another instance.
    Other(u32),
}

/// Fuses the operations of a function.
pub(crate) fn fuse(code: &SlotCode, frame: Frame<'_>) -> Fused {
    let mut fuser = Fuser {
        code,
        frame,
        fused: Fused {
            insts: Vec::with_capacity(code.ops.len()),
            labels: vec![UNPLACED; code.labels as usize],
            entries: vec![None; code.entries.len()],
            calls: Vec::new(),
            copies: Vec::new(),
            label_entries: vec![None; code.labels as usize],
        },
        held: [None; 3],
        fence: 0,
        control: 0,
        entered: 0,
        entries: 0,
        origin: 0,
    };
    for from in (frame.params..frame.locals).step_by(8) {
        fuser.emit(Inst {
            to: Place::Slot(from),
            ..fuser.inst(Work::ZeroEight)
        });
    }
    for (number, op) in code.ops.iter().enumerate() {
        fuser.origin = code.origins[number];
        fuser.op(op, &code.ops[number + 1..]);
    }
    // Nothing leads to a label that is nowhere.
    for place in &mut fuser.fused.labels {
        *place = (*place).min(fuser.fused.insts.len() as u32);
    }
    fuser.fused
}

/// Where a label is that has not come yet.
const UNPLACED: u32 = u32::MAX;

struct Fuser<'a> {
    code: &'a SlotCode,
    frame: Frame<'a>,
    fused: Fused,
    /// The slot that each accumulator holds too, and the operation that has
    /// put it there.
    held: [Option<(u16, usize)>; 3],
    /// Nothing before here is changed any more: something else leads here.
    fence: usize,
    /// Results from before here are in their slots: execution may go elsewhere
    /// between there and here.
    control: usize,
    /// The number of the last entry.
    entered: u32,
    /// How many entries of a table of branches are to come.
    entries: u32,
    origin: u32,
}

impl Fuser<'_> {
    fn inst(&self, work: Work) -> Inst {
        Inst::new(work, self.origin)
    }

    /// Appends an operation, and notes what the accumulators hold after it.
    fn emit(&mut self, inst: Inst) {
        let number = self.fused.insts.len();
        for to in [inst.to, second(&inst)] {
            if let Place::Slot(to) = to {
                for held in &mut self.held {
                    if held.is_some_and(|(slot, _)| slot == to) {
                        *held = None;
                    }
                }
            }
        }
        if let Some(class) = result(&inst) {
            self.held[class as usize] = match inst.work {
                Work::IncreaseTwice => None,
                _ => slot(inst.to).map(|slot| (slot, number)),
            };
        }
        self.fused.insts.push(inst);
    }

    /// The last operation, if it may still be changed.
    fn last(&self) -> Option<Inst> {
        let insts = &self.fused.insts;
        (insts.len() > self.fence).then(|| insts.last().copied()).flatten()
    }

    /// Takes the last operation back.
    fn take_back(&mut self) {
        self.fused.insts.pop();
        let number = self.fused.insts.len();
        for held in &mut self.held {
            if held.is_some_and(|(_, by)| by >= number) {
                *held = None;
            }
        }
    }

    /// Puts an operation in the place of the last one, if there is a handler
    /// for it.
    fn replace(&mut self, inst: Inst) -> bool {
        let fits = encode(&inst).is_some();
        if fits {
            self.take_back();
            self.emit(inst);
        }
        fits
    }

    /// Where an operand comes from that is read as a type: from an accumulator,
    /// if one holds it.
    fn source(&mut self, operand: Operand, ty: NumType) -> Place {
        let slot = match operand {
            Operand::Const(bits) => return constant(bits, ty),
            Operand::Slot(slot) => slot,
        };
        match self.held[Class::of(ty) as usize] {
            Some((held, by)) if held == slot => {
                // What is read only here doesn't go to its slot at all.
                let inst = &mut self.fused.insts[by];
                let temporary = slot >= self.frame.locals;
                if temporary && by >= self.control && may_be_held(inst) {
                    inst.to = Place::Acc;
                }
                Place::Acc
            }
            _ => Place::Slot(slot),
        }
    }

    /// The same for an operand whose bits are copied.
    fn raw(&mut self, operand: Operand) -> Place {
        self.source(operand, NumType::I64)
    }

    /// An operand that an accumulator or a slot must have.
    fn no_constant(
        &mut self,
        operand: Operand,
        ty: NumType,
        spare: u16,
    ) -> Place {
        match operand {
            Operand::Const(bits) => self.spare(bits, spare),
            operand => self.source(operand, ty),
        }
    }

    /// Puts a constant in a slot that the function doesn't have.
    fn spare(&mut self, bits: u64, spare: u16) -> Place {
        let to = Place::Slot(self.code.slots + spare);
        let a = Place::Const(bits);
        self.emit(Inst { to, a, ..self.inst(Work::Copy) });
        to
    }

    /// Something else leads here, and nobody knows what the accumulators hold.
    fn label(&mut self) {
        self.fence = self.fused.insts.len();
        self.control = self.fence;
        self.held = [None; 3];
    }

    fn op(&mut self, op: &SlotOp, rest: &[SlotOp]) {
        match *op {
            SlotOp::Unary(operator, to, x) => {
                let ty = operator.row().params[0];
                let a = self.no_constant(x, ty, 0);
                let to = Place::Slot(to);
                self.emit(Inst { to, a, ..self.inst(Work::Unary(operator)) });
            }
            SlotOp::Binary(operator, to, x, y) => {
                self.binary(operator, to, x, y);
            }
            SlotOp::Load(load, to, address, offset) => {
                self.load(load, to, address, offset);
            }
            SlotOp::Store(store, address, value, offset) => {
                self.store(store, address, value, offset);
            }
            SlotOp::Copy(to, x) => self.copy(to, x),
            SlotOp::Select(to, [x, y, first]) => {
                let c = self.no_constant(first, NumType::I32, 0);
                let mut small = |operand, spare| match operand {
                    Operand::Slot(slot) => Place::Slot(slot),
                    Operand::Const(bits) if bits < 1 << 15 => {
                        Place::Const(bits)
                    }
                    Operand::Const(bits) => self.spare(bits, spare),
                };
                let (a, b) = (small(x, 1), small(y, 2));
                let to = Place::Slot(to);
                self.emit(Inst { to, a, b, c, ..self.inst(Work::Select) });
            }
            SlotOp::GlobalGet(to, number) => {
                let to = Place::Slot(to);
                self.emit(Inst { to, number, ..self.inst(Work::GlobalGet) });
            }
            SlotOp::GlobalSet(number, x) => {
                let a = self.raw(x);
                self.emit(Inst { a, number, ..self.inst(Work::GlobalSet) });
            }
            SlotOp::Br(target) => self.br(target),
            SlotOp::BrIf(target, x) => self.branch_if(target, x, true),
            SlotOp::BrUnless(target, x) => self.branch_if(target, x, false),
            SlotOp::BrTable(number, x) => {
                let a = self.no_constant(x, NumType::I32, 0);
                self.emit(Inst { a, number, ..self.inst(Work::BrTable) });
                self.label();
                self.entries = number + 1;
            }
            SlotOp::Call(function, window, _) => {
                self.call(FuncAddr(function), window, rest);
            }
            SlotOp::CallIndirect { table, ty, element, window } => {
                let short = |number: u32| u16::try_from(number).ok();
                let (to, a) = (Place::Slot(window), Place::Slot(element));
                match (short(table), short(ty)) {
                    (Some(table), Some(ty)) => {
                        let (b, c) = (Place::Slot(table), Place::Slot(ty));
                        let inst = self.inst(Work::CallIndirect);
                        let paid = self.frame.counts_fuel;
                        self.emit(Inst { to, a, b, c, paid, ..inst });
                    }
                    _ => self.leave(self.origin, element + 1),
                }
                self.called(window, rest);
            }
            SlotOp::MemoryFill(from, position) => {
                self.bulk(Work::MemoryFill, from, position);
            }
            SlotOp::MemoryCopy(from, position) => {
                self.bulk(Work::MemoryCopy, from, position);
            }
            SlotOp::Return => {
                let last = self.last();
                let copy = last.filter(|last| {
                    last.work == Work::Copy && last.to == Place::Slot(0)
                });
                let work = Work::ReturnOne;
                let one = copy.map(|copy| Inst { work, ..copy });
                let one = one.filter(|_| self.frame.results == 1);
                if !one.is_some_and(|one| self.replace(one)) {
                    self.emit(self.inst(Work::Return));
                }
                self.label();
            }
            SlotOp::Leave(position, height) => {
                self.leave(position, self.frame.locals + height);
                self.label();
            }
            SlotOp::Label(label) => {
                self.label();
                self.fused.labels[label as usize] = self.fence as u32;
                if let Some(SlotOp::Entry(number)) = rest.first() {
                    self.fused.label_entries[label as usize] = Some(*number);
                }
            }
            SlotOp::Entry(number) => {
                // Who comes in here has the top operand in the accumulator.
                let height = self.code.entries[number as usize].height;
                let top = (self.frame.locals + height).checked_sub(1);
                let [int, _, _] = self.held;
                let int = int.filter(|(slot, _)| Some(*slot) == top);
                self.held = [int, None, None];
                self.entered = number;
                self.fence = self.fused.insts.len();
                self.control = self.fence;
                self.fused.entries[number as usize] = Some(self.fence as u32);
            }
        }
    }

    fn bulk(&mut self, work: Work, from: u16, number: u32) {
        let (a, paid) = (Place::Slot(from), self.frame.counts_fuel);
        self.emit(Inst { a, number, paid, ..self.inst(work) });
        self.label();
    }

    fn leave(&mut self, number: u32, used: u16) {
        let b = Place::Slot(used);
        self.emit(Inst { b, number, ..self.inst(Work::Leave) });
    }

    fn call(&mut self, function: FuncAddr, window: u16, rest: &[SlotOp]) {
        let (work, number) = match (self.frame.callee)(function) {
            Callee::Code(number) => (Work::Call, number),
            Callee::Host(number) => (Work::CallHost, number),
            Callee::Other(number) => (Work::CallHost, OTHER | number),
        };
        let (to, b) = (Place::Slot(window), Place::Slot(window));
        let paid = self.frame.counts_fuel;
        self.emit(Inst { to, b, number, paid, ..self.inst(work) });
        self.called(window, rest);
    }

    /// After a call, the accumulator holds its result, if there is one.
    fn called(&mut self, window: u16, rest: &[SlotOp]) {
        self.label();
        // Only a label may come before its entry.
        let entry = rest.iter().find_map(|op| match op {
            SlotOp::Entry(number) => Some(number),
            _ => None,
        });
        if let Some(number) = entry {
            let call = self.fused.insts.len() - 1;
            self.fused.calls.push((call as u32, *number));
            let entry = self.code.entries[*number as usize];
            if self.frame.locals + entry.height == window + 1 {
                self.held[Class::Int as usize] = Some((window, call));
            }
        }
    }

    fn binary(&mut self, operator: Numeric, to: u16, x: Operand, y: Operand) {
        let (mut operator, mut x, mut y) = (operator, x, y);
        if let (Operand::Const(_), Operand::Slot(_)) = (x, y)
            && let Some(swapped) = swap(operator)
        {
            (operator, x, y) = (swapped, y, x);
        }
        // Two operators that say the same with a constant are one.
        if let Operand::Const(bits) = y {
            let turned = match operator {
                Numeric::I32Sub => {
                    Some((Numeric::I32Add, (bits as u32).wrapping_neg().into()))
                }
                Numeric::I64Sub => Some((Numeric::I64Add, bits.wrapping_neg())),
                Numeric::I32Rotr => Some((Numeric::I32Rotl, 32 - (bits & 31))),
                _ => None,
            };
            if let Some((turned, bits)) = turned {
                (operator, y) = (turned, Operand::Const(bits));
            }
        }
        let params = operator.row().params;
        let (a, mut b) = (self.source(x, params[0]), self.source(y, params[1]));
        if let (Place::Acc, Operand::Slot(slot)) = (a, y)
            && b == Place::Acc
        {
            b = Place::Slot(slot);
        }
        let to = Place::Slot(to);
        let mut inst = Inst { to, a, b, ..self.inst(Work::Binary(operator)) };
        if let Place::Const(bits) = a
            && encode(&inst).is_none()
        {
            inst.a = self.spare(bits, 0);
        }
        if !self.fuse_binary(operator, inst) {
            self.emit(inst);
        }
    }

    /// Makes one of the last operation and one that takes its result.
    fn fuse_binary(&mut self, second: Numeric, inst: Inst) -> bool {
        let is_left = inst.a == Place::Acc;
        let c = if is_left { inst.b } else { inst.a };
        let other = if is_left { inst.a } else { inst.b };
        if other != Place::Acc || c == Place::Acc {
            return false;
        }
        let Some(mut last) = self.last().filter(|last| last.to == Place::Acc)
        else {
            return false;
        };
        let work = match last.work {
            Work::Binary(first) => {
                right_from_slot(&mut last, first);
                match is_left || commutes(second) {
                    true => Work::BinaryLeft(first, second),
                    false => Work::BinaryRight(first, second),
                }
            }
            Work::Load(load) => {
                if !is_left && self.load_both(load, last, second, inst) {
                    return true;
                }
                if is_left || commutes(second) {
                    return self.load_left(second, inst, c);
                }
                Work::LoadRight(load, second)
            }
            _ => return false,
        };
        last.b != Place::Acc
            && self.replace(Inst { work, to: inst.to, c, ..last })
    }

    /// Makes one of the last load and one that takes what it has loaded as
    /// its first operand; `c` is its other one.
    fn load_left(&mut self, second: Numeric, inst: Inst, c: Place) -> bool {
        let Some(last) = self.last() else { return false };
        let Work::Load(load) = last.work else { return false };
        let work = Work::LoadLeft(load, second);
        let both = Inst { work, to: inst.to, c, ..last };
        last.to == Place::Acc && self.replace(both)
    }

    /// Makes one of the last two loads and a binary instruction.
    fn load_both(
        &mut self,
        load: ch09_module::LoadOp,
        last: Inst,
        operator: Numeric,
        inst: Inst,
    ) -> bool {
        let insts = &self.fused.insts;
        let before = insts.len().checked_sub(2).filter(|at| *at >= self.fence);
        let Some(before) = before.map(|at| insts[at]) else { return false };
        let Place::Slot(to) = before.to else { return false };
        if before.work != Work::Load(load)
            || inst.a != before.to
            || to < self.frame.locals
            || last.a == Place::Acc
        {
            return false;
        }
        let both = Inst {
            work: Work::LoadBoth(load, operator),
            to: inst.to,
            a: before.a,
            b: Place::Const(last.number.into()),
            c: last.a,
            branch: last.origin,
            ..before
        };
        let fits = encode(&both).is_some();
        if fits {
            self.take_back();
            self.take_back();
            self.emit(both);
        }
        fits
    }

    fn copy(&mut self, to: u16, x: Operand) {
        if self.result_goes_to(to, x) {
            return;
        }
        let a = match x {
            Operand::Slot(slot) => match self.held[Class::Int as usize] {
                Some((held, _)) if held == slot => Place::Acc,
                _ => Place::Slot(slot),
            },
            Operand::Const(bits) => Place::Const(bits),
        };
        let to = Place::Slot(to);
        let inst = Inst { to, a, ..self.inst(Work::Copy) };
        if let Some(last) = self.last().filter(|last| last.work == Work::Copy)
            && self.replace(Inst { work: Work::CopyTwice, b: to, c: a, ..last })
        {
            return;
        }
        self.emit(inst);
    }

    /// Lets a call or a choice leave its result in a local at once, if only an
    /// entry is between it and the copy.
    fn result_goes_to(&mut self, to: u16, x: Operand) -> bool {
        let Some((from, by)) = self.held[Class::Int as usize] else {
            return false;
        };
        let next = self.fused.insts.len();
        let entered = self.fused.entries.get(self.entered as usize);
        if x != Operand::Slot(from)
            || from < self.frame.locals
            || by + 1 != next
            || entered != Some(&Some(next as u32))
        {
            return false;
        }
        let inst = &mut self.fused.insts[by];
        let result = match inst.work {
            Work::Call | Work::CallHost => &mut inst.b,
            Work::Select => &mut inst.to,
            _ => return false,
        };
        *result = Place::Slot(to);
        self.held[Class::Int as usize] = Some((to, by));
        let (to, a) = (Place::Slot(to), Place::Slot(from));
        let copy = Inst { to, a, ..self.inst(Work::Copy) };
        self.fused.copies.push((self.entered, copy));
        true
    }

    fn load(
        &mut self,
        load: ch09_module::LoadOp,
        to: u16,
        address: Operand,
        offset: u32,
    ) {
        let to = Place::Slot(to);
        let inst = self.inst(Work::Load(load));
        let (a, number) = self.address(address, offset);
        if a == Place::Acc
            && let Some((operator, element)) = self.element()
        {
            let Inst { a, b, c, .. } = element;
            let work = Work::LoadScaled(load, operator);
            if self.replace(Inst { work, to, a, b, c, number, ..inst }) {
                return;
            }
        }
        if a == Place::Acc
            && let Some((sum, displaced)) = self.sum(offset)
        {
            let work = match displaced {
                true => Work::LoadDisplaced(load),
                false => Work::LoadIndexed(load),
            };
            let Inst { a, b, .. } = sum;
            if self.replace(Inst { work, to, a, b, number, ..inst }) {
                return;
            }
        }
        self.emit(Inst { to, a, number, ..inst });
    }

    fn store(
        &mut self,
        store: ch09_module::StoreOp,
        address: Operand,
        value: Operand,
        offset: u32,
    ) {
        let inst = self.inst(Work::Store(store));
        let ty = store.row().params[0];
        let (a, number) = self.address(address, offset);
        let mut b = self.source(value, ty);
        if let (Place::Acc, Operand::Slot(slot)) = (a, value)
            && b == Place::Acc
            && Class::of(ty) == Class::Int
        {
            b = Place::Slot(slot);
        }
        if a == Place::Acc
            && b != Place::Acc
            && let Some((operator, element)) = self.element()
        {
            let Inst { a, b: by, c, .. } = element;
            let work = Work::StoreScaled(store, operator);
            if self.replace(Inst { work, to: b, a, b: by, c, number, ..inst }) {
                return;
            }
        }
        if a == Place::Acc
            && b != Place::Acc
            && let Some((sum, displaced)) = self.sum(offset)
        {
            let work = match displaced {
                true => Work::StoreDisplaced(store),
                false => Work::StoreIndexed(store),
            };
            let Inst { a, b: index, .. } = sum;
            if self.replace(Inst { work, a, b: index, c: b, number, ..inst }) {
                return;
            }
        }
        self.emit(Inst { a, b, number, ..inst });
    }

    /// Where an address comes from, and what is added to it.
    fn address(&mut self, address: Operand, offset: u32) -> (Place, u32) {
        if let Operand::Const(bits) = address {
            return match (bits as u32).checked_add(offset) {
                Some(sum) => (Place::Const(0), sum),
                None => (self.spare(bits, 0), offset),
            };
        }
        (self.source(address, NumType::I32), offset)
    }

    /// What has made an address, if it is that of an element of an array.
    fn element(&self) -> Option<(Numeric, Inst)> {
        let last = self.last()?;
        match last.work {
            Work::BinaryLeft(operator, Numeric::I32Add)
                if last.to == Place::Acc
                    && matches!(last.b, Place::Const(_))
                    && matches!(last.c, Place::Slot(_)) =>
            {
                Some((operator, last))
            }
            _ => None,
        }
    }

    /// The addition that has made an address, and whether its second operand
    /// needs 32 bits.
    fn sum(&self, offset: u32) -> Option<(Inst, bool)> {
        let mut last = self.last()?;
        let add = Numeric::I32Add;
        if last.work != Work::Binary(add) || last.to != Place::Acc {
            return None;
        }
        right_from_slot(&mut last, add);
        let displaced = match last.b {
            Place::Slot(_) => false,
            Place::Const(_) => last.b.imm16().is_none(),
            _ => return None,
        };
        (!displaced || offset == 0).then_some((last, displaced))
    }

    fn br(&mut self, target: Target) {
        let first = match self.entries {
            0 if target.is_loop => self.fused.labels[target.label as usize],
            _ => u32::MAX,
        };
        let first = self.fused.insts.get(first as usize).copied();
        let leads = match first.and_then(|first| self.ask_ahead(first, target))
        {
            Some(beyond) if !self.frame.counts_fuel => beyond,
            _ => target,
        };
        self.branch(self.inst(Work::Br), leads);
    }

    /// Before a branch back to a loop that begins with a condition: asks the
    /// condition here. As long as the loop goes on, one branch does for two.
    /// Returns where the condition leads when the loop does not go on.
    fn ask_ahead(&mut self, first: Inst, back: Target) -> Option<Target> {
        let (work, origin) = (negated(first.work)?, first.origin);
        // If it leads further into the loop, there's a second way in.
        if self.fused.labels[first.label as usize] != UNPLACED {
            return None;
        }
        // What traps has to be paid for before.
        if self.frame.counts_fuel
            && matches!(work, Work::LoadBr(..) | Work::LoadCompare(..))
        {
            return None;
        }
        // Asked twice, it must be the same.
        if slot(first.to).is_some()
            && [first.a, first.b, first.c].contains(&first.to)
        {
            return None;
        }
        let mut inst = Inst { work, ..first };
        match work {
            Work::BrIf(_) => inst.a = self.again(first.a, NumType::I32),
            Work::BrIfLong(_) => inst.a = self.again(first.a, NumType::I64),
            Work::BrCompare(operator) => {
                let params = operator.row().params;
                inst.a = self.again(first.a, params[0]);
                inst.b = self.again(first.b, params[1]);
                if inst.a == Place::Acc && inst.b == Place::Acc {
                    inst.b = first.b;
                }
            }
            _ => {}
        }
        let inst = self.with_last(inst);
        let label = self.fused.labels.len() as u32;
        let place = self.fused.labels[back.label as usize] + 1;
        let entry = self.fused.label_entries[back.label as usize];
        self.fused.labels.push(place);
        self.fused.label_entries.push(entry);
        self.branch(Inst { origin, ..inst }, Target { label, ..back });
        Some(Target { label: first.label, is_loop: false })
    }

    /// An operand that has been read from a slot before, and that may be read
    /// there again: so it stays in its slot, too.
    fn again(&self, place: Place, ty: NumType) -> Place {
        match (place, self.held[Class::of(ty) as usize]) {
            (Place::Slot(slot), Some((held, _))) if held == slot => Place::Acc,
            (place, _) => place,
        }
    }

    fn branch(&mut self, inst: Inst, target: Target) {
        let (label, branch) = (target.label, self.origin);
        let work = match self.entries {
            0 => inst.work,
            _ => Work::TableEntry,
        };
        let paid = target.is_loop && self.frame.counts_fuel;
        self.emit(Inst { work, label, branch, paid, ..inst });
        if self.entries > 0 {
            self.entries -= 1;
            if self.entries == 0 {
                // The node before a label names its handler. That of an entry
                // names another one.
                self.emit(self.inst(Work::End));
            }
        }
        self.control = self.fused.insts.len();
    }

    fn branch_if(&mut self, target: Target, x: Operand, on: bool) {
        let inst = match self.compared(x, on) {
            Some(inst) => {
                self.take_back();
                inst
            }
            None => {
                let a = self.no_constant(x, NumType::I32, 0);
                Inst { a, ..self.inst(Work::BrIf(on)) }
            }
        };
        let inst = self.with_last(inst);
        self.branch(inst, target);
    }

    /// A branch that does the work of the last operation too, if that is the
    /// comparison which it asks for.
    fn compared(&self, x: Operand, on: bool) -> Option<Inst> {
        let last = self.last()?;
        let to = slot(last.to).filter(|to| *to >= self.frame.locals)?;
        if x != Operand::Slot(to) {
            return None;
        }
        let work = match last.work {
            Work::Binary(operator) if on => Work::BrCompare(operator),
            Work::Binary(operator) => Work::BrCompare(negate(operator)?),
            Work::Unary(Numeric::I32Eqz) => Work::BrIf(!on),
            Work::Unary(Numeric::I64Eqz) => Work::BrIfLong(!on),
            _ => return None,
        };
        let inst = Inst { work, to: Place::None, ..last };
        encode(&inst).map(|_| inst)
    }

    /// Takes the last operation back, if a branch can do its work too.
    fn with_last(&mut self, inst: Inst) -> Inst {
        let fused = self.last().and_then(|last| self.fuse_branch(inst, last));
        match fused.filter(|inst| encode(inst).is_some()) {
            Some(fused) => {
                self.take_back();
                fused
            }
            None => inst,
        }
    }

    /// One operation of a branch and the one before it, if they may be one.
    fn fuse_branch(&self, inst: Inst, last: Inst) -> Option<Inst> {
        let is_acc = |place| place == Place::Acc;
        match (inst.work, last.work) {
            (Work::BrIf(on), Work::Binary(operator)) if is_acc(inst.a) => {
                let mut last = last;
                right_from_slot(&mut last, operator);
                let work = Work::BinaryBr(operator, on);
                (!is_acc(last.b)).then_some(Inst { work, ..last })
            }
            (Work::BrIf(on), Work::Load(load)) if is_acc(inst.a) => {
                Some(Inst { work: Work::LoadBr(load, on), ..last })
            }
            (Work::BrIf(on), Work::Copy) => {
                Some(Inst { work: Work::CopyBr(on), c: inst.a, ..last })
            }
            (Work::BrCompare(operator), _) => {
                let (operator, c) = match (inst.a, inst.b) {
                    (Place::Acc, b) => (operator, b),
                    (a, Place::Acc) => (swap(operator)?, a),
                    _ => return None,
                };
                if is_acc(c) {
                    return None;
                }
                self.fuse_compare(operator, c, last)
            }
            _ => None,
        }
    }

    fn fuse_compare(
        &self,
        operator: Numeric,
        c: Place,
        last: Inst,
    ) -> Option<Inst> {
        let to = match last.to {
            Place::Acc => Place::None,
            to => to,
        };
        match last.work {
            Work::Load(load) => {
                let work = Work::LoadCompare(load, operator);
                Some(Inst { work, to, c, ..last })
            }
            Work::Binary(first) => {
                let mut last = last;
                right_from_slot(&mut last, first);
                if last.b == Place::Acc {
                    return None;
                }
                let counts = first == Numeric::I32Add && to == last.a;
                let work = match counts {
                    true => Work::IncreaseCompare(operator),
                    false => Work::BinaryCompare(first, operator),
                };
                Some(Inst { work, to, c, ..last })
            }
            _ => None,
        }
    }
}

/// The slot of a place.
pub(crate) fn slot(place: Place) -> Option<u16> {
    match place {
        Place::Slot(slot) => Some(slot),
        _ => None,
    }
}

/// The second slot that an operation writes.
pub(crate) fn second(inst: &Inst) -> Place {
    match inst.work {
        Work::CopyTwice | Work::IncreaseTwice => inst.b,
        _ => Place::None,
    }
}

/// A constant as an operand of a type: 32 bits with their sign.
fn constant(bits: u64, ty: NumType) -> Place {
    Place::Const(match ty {
        NumType::I32 | NumType::F32 => i64::from(bits as i32) as u64,
        NumType::I64 | NumType::F64 => bits,
    })
}

/// The accumulator that an operation leaves its result in.
pub(crate) fn result(inst: &Inst) -> Option<Class> {
    let class = |operator: Numeric| Class::of(operator.row().results[0]);
    Some(match inst.work {
        Work::Unary(operator)
        | Work::Binary(operator)
        | Work::BinaryLeft(_, operator)
        | Work::BinaryRight(_, operator)
        | Work::LoadLeft(_, operator)
        | Work::LoadRight(_, operator)
        | Work::LoadBoth(_, operator)
        | Work::BinaryBr(operator, _) => class(operator),
        Work::BinaryCompare(..) | Work::LoadCompare(..) => {
            slot(inst.to)?;
            Class::Int
        }
        Work::Load(load)
        | Work::LoadIndexed(load)
        | Work::LoadDisplaced(load)
        | Work::LoadScaled(load, _)
        | Work::LoadBr(load, _) => Class::of(load.row().results[0]),
        Work::Select
        | Work::GlobalGet
        | Work::IncreaseTwice
        | Work::IncreaseJump
        | Work::IncreaseCompare(_) => Class::Int,
        Work::Hold(class) => class,
        _ => return None,
    })
}

/// Whether the result of an operation may be in an accumulator only.
fn may_be_held(inst: &Inst) -> bool {
    matches!(
        inst.work,
        Work::Unary(_)
            | Work::Binary(_)
            | Work::Load(_)
            | Work::LoadIndexed(_)
            | Work::LoadDisplaced(_)
            | Work::LoadScaled(..)
            | Work::BinaryLeft(..)
            | Work::BinaryRight(..)
            | Work::LoadLeft(..)
            | Work::LoadRight(..)
            | Work::LoadBoth(..)
    )
}

/// Exchanges the operands, if the second is in an accumulator and it makes no
/// difference.
fn right_from_slot(inst: &mut Inst, operator: Numeric) {
    if inst.b == Place::Acc && commutes(operator) {
        (inst.a, inst.b) = (inst.b, inst.a);
    }
}

/// Whether the order of an operator's operands makes no difference.
fn commutes(operator: Numeric) -> bool {
    // Of floats too: a NaN that comes of two is canonical or not, as it likes.
    matches!(
        operator,
        Numeric::I32Add
            | Numeric::I32Mul
            | Numeric::I32And
            | Numeric::I32Or
            | Numeric::I32Xor
            | Numeric::I64Add
            | Numeric::I64Mul
            | Numeric::I64And
            | Numeric::I64Or
            | Numeric::I64Xor
    )
}

/// The operator that does the same with its operands exchanged.
fn swap(operator: Numeric) -> Option<Numeric> {
    use Numeric::*;
    Some(match operator {
        operator if commutes(operator) => operator,
        I32Eq | I32Ne | I64Eq | I64Ne | F32Eq | F32Ne | F64Eq | F64Ne => {
            operator
        }
        I32LtS => I32GtS,
        I32LtU => I32GtU,
        I32GtS => I32LtS,
        I32GtU => I32LtU,
        I32LeS => I32GeS,
        I32LeU => I32GeU,
        I32GeS => I32LeS,
        I32GeU => I32LeU,
        I64LtS => I64GtS,
        I64LtU => I64GtU,
        I64GtS => I64LtS,
        I64GtU => I64LtU,
        I64LeS => I64GeS,
        I64LeU => I64GeU,
        I64GeS => I64LeS,
        I64GeU => I64LeU,
        F32Lt => F32Gt,
        F32Gt => F32Lt,
        F32Le => F32Ge,
        F32Ge => F32Le,
        F64Lt => F64Gt,
        F64Gt => F64Lt,
        F64Le => F64Ge,
        F64Ge => F64Le,
        _ => return None,
    })
}

/// The branch under the opposite condition.
pub(crate) fn negated(work: Work) -> Option<Work> {
    Some(match work {
        Work::BrIf(on) => Work::BrIf(!on),
        Work::BrIfLong(on) => Work::BrIfLong(!on),
        Work::CopyBr(on) => Work::CopyBr(!on),
        Work::BinaryBr(operator, on) => Work::BinaryBr(operator, !on),
        Work::LoadBr(load, on) => Work::LoadBr(load, !on),
        Work::BrCompare(operator) => Work::BrCompare(negate(operator)?),
        Work::BinaryCompare(first, operator) => {
            Work::BinaryCompare(first, negate(operator)?)
        }
        Work::IncreaseCompare(operator) => {
            Work::IncreaseCompare(negate(operator)?)
        }
        Work::LoadCompare(load, operator) => {
            Work::LoadCompare(load, negate(operator)?)
        }
        _ => return None,
    })
}

/// The comparison that holds where this one doesn't.
fn negate(operator: Numeric) -> Option<Numeric> {
    use Numeric::*;
    Some(match operator {
        I32Eq => I32Ne,
        I32Ne => I32Eq,
        I32LtS => I32GeS,
        I32LtU => I32GeU,
        I32GtS => I32LeS,
        I32GtU => I32LeU,
        I32LeS => I32GtS,
        I32LeU => I32GtU,
        I32GeS => I32LtS,
        I32GeU => I32LtU,
        I64Eq => I64Ne,
        I64Ne => I64Eq,
        I64LtS => I64GeS,
        I64LtU => I64GeU,
        I64GtS => I64LeS,
        I64GtU => I64LeU,
        I64LeS => I64GtS,
        I64LeU => I64GtU,
        I64GeS => I64LtS,
        I64GeU => I64LtU,
        F32Eq => F32Ne,
        F32Ne => F32Eq,
        F64Eq => F64Ne,
        F64Ne => F64Eq,
        // With a NaN neither holds.
        _ => return None,
    })
}
