//! From the tree of a function to its flat code.

use std::mem;
use std::ops::Range;
use std::slice;

use ch09_module::{
    BlockType, Catch, Control, FuncType, Function, Instr, LabelIdx, Parametric,
    TypeIdx,
};
use ch11_control::{Level, Shape};
use ch12_instance::{ModuleInstance, StoreData};

use crate::{Branch, FlatCode, Handler, Mark, Op, effect};

/// Translates a function of type `ty`, which belongs to a module instance.
/// With `marks` the code can be watched.
pub fn flatten(
    here: &StoreData,
    instance: u32,
    ty: &FuncType,
    function: &Function,
    marks: bool,
) -> FlatCode {
    let extra = if marks { Extra::Marks } else { Extra::Nothing };
    flatten_with(here, instance, ty, function, extra)
}

/// What the code has besides what its function does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Extra {
    Nothing,
    /// Marks for an observer.
    Marks,
    /// Entries for a tier: where the function begins, at each label, and after
    /// each operation that a tier leaves to the machine.
    Entries,
}

/// Translates a function, with what `extra` names in its code.
pub(crate) fn flatten_with<C>(
    here: &StoreData,
    instance: u32,
    ty: &FuncType,
    function: &Function,
    extra: Extra,
) -> FlatCode<C> {
    let mut flattener = Flattener::new(here, instance, ty, function, extra);
    while let Some(open) = flattener.open.last_mut() {
        match open.rest.next() {
            Some(instr) => flattener.instr(instr),
            None => flattener.end(),
        }
    }
    flattener.finish(Shape::new(ty, function))
}

/// What an operation comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// It is the operation with this number, marks not counted.
    Op(usize),
    /// It is the branch of the clause with the second number, of the handler
    /// with the first.
    Clause(usize, usize),
}

/// The text of the instruction that an operation comes from. Of a branch to a
/// loop that can't be paid for it is the loop's own.
///
/// The code has forgotten that. So its function is translated once more, as far
/// as there.
pub(crate) fn text(
    here: &StoreData,
    instance: u32,
    ty: &FuncType,
    function: &Function,
    (origin, unpaid): (Origin, bool),
) -> Option<String> {
    let extra = Extra::Nothing;
    let flattener = Flattener::new(here, instance, ty, function, extra);
    flattener.step_by_step(|flattener, seen| {
        let Flattener { ops, handlers, open, .. } = flattener;
        let branch = match origin {
            Origin::Op(number) => ops.get(number)?.branch(),
            Origin::Clause(number, clause) => {
                Some(handlers.get(number)?.branches[clause])
            }
        };
        let unpaid = branch.filter(|branch| unpaid && branch.is_loop);
        let target = open.iter().find_map(|open| match (unpaid, &open.kind) {
            (Some(branch), Kind::Loop(control)) => {
                (open.label == branch.target).then_some(control)
            }
            _ => None,
        });
        Some(match target {
            Some(control) => control.to_string(),
            None => seen.instr.to_string(),
        })
    })
}

/// How many instructions there are, those inside of others too.
fn count(instrs: &[Instr]) -> u32 {
    let (mut count, mut rest) = (0, vec![instrs]);
    while let Some(instrs) = rest.pop() {
        count += instrs.len() as u32;
        for instr in instrs {
            if let Instr::Control(control) = instr {
                rest.extend(control.bodies().map(|body| &**body));
            }
        }
    }
    count
}

/// A translation on its way through the tree.
pub(crate) struct Flattener<'tree> {
    here: &'tree StoreData,
    instance: &'tree ModuleInstance,
    extra: Extra,
    ops: Vec<Op>,
    /// How many entries there are.
    entries: u32,
    far: Vec<Instr>,
    handlers: Vec<Handler>,
    marked: Vec<Mark>,
    /// Where each label is. A branch has the label's number until all of them
    /// are known.
    targets: Vec<u32>,
    /// The sequences that the translation is inside of, the innermost last.
    open: Vec<Open<'tree>>,
    /// The same, for marks: the mark that each is inside of, and its label.
    levels: Vec<(Option<u32>, Level)>,
    /// The innermost handler that the translation is inside of.
    handler: Option<u32>,
    /// How many operands there are above the locals.
    height: usize,
}

/// A sequence under a label.
struct Open<'tree> {
    /// What is left of it.
    rest: slice::Iter<'tree, Instr>,
    kind: Kind<'tree>,
    /// The label's number.
    label: u32,
    /// How many operands are below the block.
    height: usize,
    /// How many the block takes, and how many it leaves.
    arity: (usize, usize),
    /// Whether its end is reached from within.
    falls_through: bool,
}

impl Open<'_> {
    /// How many operands a branch to its label carries.
    fn carried(&self) -> usize {
        match self.kind {
            Kind::Loop(_) => self.arity.0,
            _ => self.arity.1,
        }
    }
}

/// What a sequence is, as far as its end needs to know.
enum Kind<'tree> {
    Block,
    Loop(&'tree Control),
    /// The first branch of an `if`: the other one, and the label where that
    /// begins.
    Then(&'tree [Instr], u32),
    /// The body of a `try_table`: its handler.
    Try(usize),
}

/// An instruction that has just been translated.
pub(crate) struct Seen<'tree> {
    pub(crate) instr: &'tree Instr,
    /// How many instructions of the function come before it in the text.
    pub(crate) number: u32,
    /// How many operands there were before it.
    pub(crate) height: usize,
    /// The positions of what it has become.
    pub(crate) ops: Range<usize>,
    /// If it is a loop, the position of its label.
    pub(crate) label: Option<u32>,
}

impl<'tree> Flattener<'tree> {
    /// Translates instruction after instruction, until `look` has found what it
    /// looks for.
    pub(crate) fn step_by_step<X>(
        mut self,
        mut look: impl FnMut(&Self, Seen<'tree>) -> Option<X>,
    ) -> Option<X> {
        let mut number = 0;
        loop {
            let open = self.open.last_mut()?;
            let Some(instr) = open.rest.next() else {
                self.end();
                continue;
            };
            let rest = open.rest.as_slice();
            let (from, height) = (self.ops.len(), self.height);
            self.instr(instr);
            let open = self.open.last()?;
            let skipped = if open.falls_through { 0 } else { count(rest) };
            let is_loop = matches!(instr, Instr::Control(Control::Loop(_)));
            let label = is_loop.then(|| self.targets[open.label as usize]);
            let ops = from..self.ops.len();
            let seen = Seen { instr, number, height, ops, label };
            if let Some(found) = look(&self, seen) {
                return Some(found);
            }
            number += 1 + skipped;
        }
    }

    /// The operations so far.
    pub(crate) fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// A translation that is about to begin.
    pub(crate) fn new(
        here: &'tree StoreData,
        instance: u32,
        ty: &FuncType,
        function: &'tree Function,
        extra: Extra,
    ) -> Self {
        let mut flattener = Flattener {
            here,
            instance: &here.instances[instance as usize],
            extra,
            ops: Vec::new(),
            entries: 0,
            far: Vec::new(),
            handlers: Vec::new(),
            marked: Vec::new(),
            targets: Vec::new(),
            open: Vec::new(),
            levels: Vec::new(),
            handler: None,
            height: 0,
        };
        let arity = (0, ty.results.len());
        flattener.entry();
        flattener.open("func", arity, Kind::Block, &function.body);
        flattener
    }

    /// A label that is not placed yet.
    fn label(&mut self) -> u32 {
        self.targets.push(0);
        self.targets.len() as u32 - 1
    }

    /// Places a label here.
    fn place(&mut self, label: u32) {
        let position = self.entry();
        self.targets[label as usize] = position;
    }

    /// The tier may go on here. Returns the position.
    fn entry(&mut self) -> u32 {
        let position = self.ops.len() as u32;
        if self.extra == Extra::Entries {
            if let Some(Op::Enter(_)) = self.ops.last() {
                return position - 1;
            }
            self.ops.push(Op::Enter(self.entries));
            self.entries += 1;
        }
        position
    }

    /// Begins a sequence.
    fn open(
        &mut self,
        name: &'static str,
        arity: (usize, usize),
        kind: Kind<'tree>,
        body: &'tree [Instr],
    ) {
        let label = self.label();
        if let Kind::Loop(_) = kind {
            self.place(label);
        }
        let height = self.height - arity.0;
        let rest = body.iter();
        self.open.push(Open {
            rest,
            kind,
            label,
            height,
            arity,
            falls_through: true,
        });
        if self.extra == Extra::Marks {
            let outer = self.marked.len().checked_sub(1);
            let outer = outer.map(|number| number as u32);
            self.levels.push((outer, Level::new(name)));
        }
    }

    /// Ends the innermost sequence. Nothing is left of it but its label.
    fn end(&mut self) {
        let Some(mut open) = self.open.pop() else { return };
        self.height = open.height + open.arity.0;
        if let Kind::Then(otherwise, label) = open.kind {
            if open.falls_through && !otherwise.is_empty() {
                self.ops.push(Op::Br(self.to(&open, open.height)));
            }
            self.place(label);
            open.rest = otherwise.iter();
            open.kind = Kind::Block;
            open.falls_through = true;
            self.open.push(open);
            if let Some((_, level)) = self.levels.last_mut() {
                *level = Level::new("if");
            }
            return;
        }
        if let Kind::Try(handler) = open.kind {
            let handler = &mut self.handlers[handler];
            handler.to = self.ops.len() as u32;
            self.handler = handler.outer;
        }
        if !matches!(open.kind, Kind::Loop(_)) {
            self.place(open.label);
        }
        self.levels.pop();
        self.height = open.height + open.arity.1;
    }

    /// Translates an instruction.
    fn instr(&mut self, instr: &'tree Instr) {
        if let Some((outer, level)) = self.levels.last_mut() {
            Level::advance(slice::from_mut(level));
            let (outer, level) = (*outer, level.clone());
            self.ops.push(Op::Mark(self.marked.len() as u32));
            self.marked.push(Mark { outer, level, instr: instr.to_string() });
        }
        match instr {
            Instr::Control(control) => return self.control(control),
            Instr::Parametric(Parametric::Nop) => {}
            Instr::Parametric(Parametric::Unreachable) => {
                self.ops.push(Op::Unreachable);
                return self.leave();
            }
            Instr::Parametric(Parametric::Drop) => self.ops.push(Op::Drop),
            Instr::Parametric(
                Parametric::Select | Parametric::SelectTyped(_),
            ) => self.ops.push(Op::Select),
            Instr::GlobalGet(global) => {
                let address = self.instance.globals[global.index()];
                self.ops.push(Op::GlobalGet(address));
            }
            Instr::GlobalSet(global) => {
                let address = self.instance.globals[global.index()];
                self.ops.push(Op::GlobalSet(address));
            }
            _ => match Op::of(instr) {
                Some(op) => self.ops.push(op),
                None => self.far(instr, Op::Far),
            },
        }
        self.change(effect(self.here, self.instance, instr));
    }

    /// Pushes an operation that needs a whole instruction.
    fn far(&mut self, instr: &Instr, op: fn(u32) -> Op) {
        self.ops.push(op(self.far.len() as u32));
        self.far.push(instr.clone());
        if let Op::Far(_) = op(0) {
            self.entry();
        }
    }

    /// Changes the height.
    fn change(&mut self, by: isize) {
        self.height = self.height.wrapping_add_signed(by);
    }

    /// What follows in this sequence is never reached. Nothing is left of it.
    fn leave(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.rest = [].iter();
            open.falls_through = false;
        }
    }

    /// A branch to a label, where `below` operands are below those that it
    /// carries.
    fn to(&self, open: &Open, below: usize) -> Branch {
        Branch {
            target: open.label,
            drop: (below - open.height) as u32,
            keep: open.carried() as u16,
            is_loop: matches!(open.kind, Kind::Loop(_)),
        }
    }

    /// A branch from here to one of the labels around it, which first takes
    /// `popped` operands.
    fn branch(&self, label: LabelIdx, popped: usize) -> Branch {
        let open = self.around(label);
        self.to(open, self.height - popped - open.carried())
    }

    /// The sequence of a label, counted from the inside.
    fn around(&self, label: LabelIdx) -> &Open<'tree> {
        &self.open[self.open.len() - 1 - label.index()]
    }

    /// Control becomes branches and calls.
    fn control(&mut self, control: &'tree Control) {
        match control {
            Control::Block(block) => {
                let arity = self.arity(block.ty);
                self.open("block", arity, Kind::Block, &block.body);
            }
            Control::Loop(block) => {
                let arity = self.arity(block.ty);
                self.open("loop", arity, Kind::Loop(control), &block.body);
            }
            Control::If(branches) => {
                let arity = self.arity(branches.ty);
                self.height -= 1;
                let target = self.label();
                let (drop, keep, is_loop) = (0, 0, false);
                let branch = Branch { target, drop, keep, is_loop };
                self.ops.push(Op::BrUnless(branch));
                let kind = Kind::Then(&branches.otherwise, target);
                self.open("if", arity, kind, &branches.then);
            }
            Control::TryTable(handled) => {
                let arity = self.arity(handled.ty);
                self.height -= arity.0;
                let mut catches = handled.catches.clone();
                let clauses = catches.iter_mut().enumerate();
                let branches = clauses.map(|(number, catch)| {
                    let label = match catch {
                        Catch::One(_, label)
                        | Catch::OneRef(_, label)
                        | Catch::All(label)
                        | Catch::AllRef(label) => label,
                    };
                    let outer = mem::replace(label, LabelIdx(number as u32));
                    // What the clause leaves is what the label expects.
                    self.to(self.around(outer), self.height)
                });
                let branches = branches.collect();
                let from = self.ops.len() as u32;
                let height = self.height as u32;
                let number = self.handlers.len();
                self.handlers.push(Handler {
                    from,
                    to: from,
                    outer: self.handler.replace(number as u32),
                    height,
                    catches,
                    branches,
                });
                self.height += arity.0;
                let kind = Kind::Try(number);
                self.open("try_table", arity, kind, &handled.body);
            }
            Control::Br(label) => {
                self.ops.push(Op::Br(self.branch(*label, 0)));
                self.leave();
            }
            Control::BrIf(label) => {
                self.ops.push(Op::BrIf(self.branch(*label, 1)));
                self.height -= 1;
            }
            Control::BrTable(table) => {
                self.ops.push(Op::BrTable(table.labels.len() as u32));
                for label in table.labels.iter().chain([&table.default]) {
                    self.ops.push(Op::Br(self.branch(*label, 1)));
                }
                self.leave();
            }
            Control::BrOnNull(label) => {
                self.ops.push(Op::BrOnNull(self.branch(*label, 1)));
                self.entry();
            }
            Control::BrOnNonNull(label) => {
                self.ops.push(Op::BrOnNonNull(self.branch(*label, 0)));
                self.height -= 1;
                self.entry();
            }
            Control::BrOnCast(cast) | Control::BrOnCastFail(cast) => {
                self.far(&Instr::Control(control.clone()), Op::BrOnCast);
                self.ops.push(Op::Br(self.branch(cast.label, 0)));
                self.entry();
            }
            Control::Return => {
                self.ops.push(Op::Return);
                self.leave();
            }
            Control::Call(function) => {
                let function = self.instance.functions[function.index()];
                self.ops.push(Op::Call(function));
                self.call(self.here.functions[function.index()].ty, 0);
            }
            Control::CallIndirect(table, ty) => {
                self.ops.push(Op::CallIndirect(*table, *ty));
                self.call(self.instance.types[ty.index()], 1);
            }
            Control::CallRef(ty) => {
                self.ops.push(Op::CallRef(*ty));
                self.call(self.instance.types[ty.index()], 1);
            }
            Control::ReturnCall(function) => {
                let function = self.instance.functions[function.index()];
                self.ops.push(Op::ReturnCall(function));
                self.ops.push(Op::Return);
                self.leave();
            }
            Control::ReturnCallIndirect(table, ty) => {
                self.ops.push(Op::ReturnCallIndirect(*table, *ty));
                self.ops.push(Op::Return);
                self.leave();
            }
            Control::ReturnCallRef(_) => {
                self.ops.push(Op::ReturnCallRef);
                self.ops.push(Op::Return);
                self.leave();
            }
            Control::Throw(tag) => {
                self.ops.push(Op::Throw(*tag));
                self.leave();
            }
            Control::ThrowRef => {
                self.ops.push(Op::ThrowRef);
                self.leave();
            }
        }
    }

    /// What a call of a function of this type changes, apart from the
    /// `popped` operands that say which function.
    fn call(&mut self, ty: TypeIdx, popped: usize) {
        if let Some(ty) = self.here.types.func(ty) {
            self.height -= popped + ty.params.len();
            self.height += ty.results.len();
        }
        self.entry();
    }

    /// How many operands a block takes, and how many it leaves.
    fn arity(&self, ty: BlockType) -> (usize, usize) {
        match ty {
            BlockType::Empty => (0, 0),
            BlockType::Value(_) => (0, 1),
            BlockType::Func(ty) => {
                let ty = self.instance.types[ty.index()];
                let ty = self.here.types.func(ty);
                ty.map_or((0, 0), |ty| (ty.params.len(), ty.results.len()))
            }
        }
    }

    /// Now all labels are placed: gives each branch the position of its label.
    fn finish<C>(mut self, shape: Shape) -> FlatCode<C> {
        let in_ops = self.ops.iter_mut().filter_map(Op::branch_mut);
        let in_clauses =
            self.handlers.iter_mut().flat_map(|handler| &mut handler.branches);
        for branch in in_ops.chain(in_clauses) {
            branch.target = self.targets[branch.target as usize];
        }
        FlatCode {
            shape,
            ops: self.ops.into(),
            memory: self.instance.memories.first().copied(),
            far: self.far.into(),
            handlers: self.handlers.into(),
            marks: self.marked.into(),
            tier: None,
        }
    }
}
