//! The walk: a machine with types in its hands.
//!
//! Legend: what is called as in the machine (chapter 11) does the same here,
//! for types. A label's `carries` are the types of the operands that a branch
//! to it carries; its `height` is where its operands begin on the stack.
//!
//! Specification: Validation, *Instructions*; Appendix, *Validation Algorithm*.

use std::slice;

use ch07_values::NumType;
use ch09_module::{
    BlockType, Control, FuncType, GlobalType, Instr, LabelIdx, LocalIdx,
    MemArg, Memory, Parametric, ValType,
};
use trace::Observer;

use crate::invalid::list;
use crate::module::{Context, I32, value_type};
use crate::watch::{describe, place, texts};
use crate::{Error, Invalid};

/// How many operands may be on the stack. A call takes two bytes in a module
/// and can leave a thousand operands.
///
/// Specification: Appendix, *Implementation Limitations*.
const MAX_OPERANDS: usize = 1_000_000;

/// The type of an operand; `None` for an operand that is missing in code that
/// is never reached, where any type will do.
pub(crate) type OperandType = Option<ValType>;

/// A validator of one body: an operand stack of types, and the labels that it
/// is inside of.
pub(crate) struct Validator<'code, O> {
    context: &'code Context<'code>,
    function: String,
    /// The types of the parameters, and of the other locals.
    locals: [&'code [ValType]; 2],
    stack: Vec<OperandType>,
    labels: Vec<Label<'code>>,
    observer: O,
}

/// What a block takes, what a branch to it carries, and what it leaves.
#[derive(Clone, Copy)]
pub(crate) struct Types<'code> {
    params: &'code [ValType],
    pub(crate) carries: &'code [ValType],
    results: &'code [ValType],
}

/// A body that the walk is still inside of.
pub(crate) struct Label<'code> {
    pub(crate) name: &'static str,
    pub(crate) types: Types<'code>,
    height: usize,
    /// Whether the next instruction can never be reached.
    unreachable: bool,
    body: &'code [Instr],
    /// The position of the next instruction.
    pub(crate) next: usize,
    /// The second body of an `if`.
    otherwise: Option<&'code [Instr]>,
}

impl<'code, O: Observer> Validator<'code, O> {
    /// A validator of a body with these parameters and other locals.
    pub(crate) fn new(
        context: &'code Context<'code>,
        function: String,
        locals: [&'code [ValType]; 2],
        observer: O,
    ) -> Self {
        Validator {
            context,
            function,
            locals,
            stack: Vec::new(),
            labels: Vec::new(),
            observer,
        }
    }

    /// Walks through a body and all that are in it, until the end, or until
    /// something does not fit.
    ///
    /// A loop with a list of the labels, not recursion: how deep blocks nest is
    /// up to the module.
    pub(crate) fn body(
        mut self,
        body: &'code [Instr],
        results: &'code [ValType],
    ) -> Result<(), Error> {
        let types = Types { params: &[], carries: results, results };
        self.label("func", types, body, None)?;
        while let Some(label) = self.labels.last_mut() {
            let instr = label.body.get(label.next);
            label.next += 1;
            let outcome = match instr {
                Some(instr) => {
                    self.observer.step(|| {
                        describe(
                            &self.function,
                            &self.labels,
                            instr,
                            &self.stack,
                            self.locals,
                        )
                    });
                    self.execute(instr)
                }
                None => self.end(),
            };
            outcome.map_err(|invalid| self.located(invalid, instr))?;
        }
        Ok(())
    }

    /// Executes an instruction on types.
    fn execute(&mut self, instr: &'code Instr) -> Result<(), Invalid> {
        match instr {
            Instr::Control(control) => self.control(control),
            Instr::Const(ty, _) => self.push(ValType::Num(*ty)),
            Instr::LocalGet(local) => self.push(self.local(*local)?),
            Instr::LocalSet(local) => self.pop(self.local(*local)?),
            Instr::LocalTee(local) => {
                self.pop(self.local(*local)?)?;
                self.push(self.local(*local)?)
            }
            Instr::Numeric(operator) => {
                let row = operator.row();
                self.pop_all(&values(row.params))?;
                self.push_all(&values(row.results))
            }
            Instr::Parametric(instr) => self.parametric(instr),
            Instr::Load(op, arg) => {
                self.memory(arg, op.width())?;
                self.pop(I32)?;
                self.push_all(&values(op.row().results))
            }
            Instr::Store(op, arg) => {
                self.memory(arg, op.width())?;
                self.pop_all(&values(op.row().params))?;
                self.pop(I32)
            }
            Instr::GlobalGet(global) => {
                self.push(self.context.global(*global)?.content)
            }
            Instr::GlobalSet(global) => match self.context.global(*global)? {
                GlobalType { content, mutable: true } => self.pop(content),
                _ => {
                    Err(Invalid::new(format!("global is immutable: {global}")))
                }
            },
            Instr::Memory(Memory::Size(memory)) => {
                self.context.memory(*memory)?;
                self.push(I32)
            }
            Instr::Memory(Memory::Grow(memory)) => {
                self.context.memory(*memory)?;
                self.pop(I32)?;
                self.push(I32)
            }
            Instr::Memory(_)
            | Instr::Table(_)
            | Instr::Reference(_)
            | Instr::Aggregate(_)
            | Instr::Vector(_) => Err(Invalid::beyond(instr)),
        }
    }

    /// An instruction that decides what is executed next. Here nothing is
    /// decided: all of it will be looked at.
    fn control(&mut self, instr: &'code Control) -> Result<(), Invalid> {
        match instr {
            Control::Block(block) => {
                self.label("block", self.types(&block.ty)?, &block.body, None)
            }
            Control::Loop(block) => {
                let types = self.types(&block.ty)?;
                let types = Types { carries: types.params, ..types };
                self.label("loop", types, &block.body, None)
            }
            Control::If(branches) => {
                self.pop(I32)?;
                let types = self.types(&branches.ty)?;
                let otherwise = Some(&branches.otherwise[..]);
                self.label("if", types, &branches.then, otherwise)
            }
            Control::Br(label) => {
                self.expect(self.carries(*label)?)?;
                self.leave()
            }
            Control::BrIf(label) => {
                self.pop(I32)?;
                let carries = self.carries(*label)?;
                self.pop_all(carries)?;
                self.push_all(carries)
            }
            Control::BrTable(table) => {
                self.pop(I32)?;
                let default = self.carries(table.default)?;
                for &label in &table.labels {
                    let carries = self.carries(label)?;
                    if carries.len() != default.len() {
                        return Err(Invalid::mismatch(
                            list(default),
                            list(carries),
                        ));
                    }
                    self.expect(carries)?;
                }
                self.expect(default)?;
                self.leave()
            }
            Control::Return => {
                self.expect(self.labels[0].types.carries)?;
                self.leave()
            }
            Control::Call(function) => {
                self.call(self.context.function(*function)?)
            }
            Control::CallIndirect(table, ty) => {
                self.context.table(*table)?;
                self.pop(I32)?;
                self.call(self.context.func_type(*ty)?)
            }
            beyond => Err(Invalid::beyond(Instr::from(beyond.clone()))),
        }
    }

    /// Puts `body` under a label, which takes operands from before. When its
    /// end comes, [`Validator::end`] goes on.
    fn label(
        &mut self,
        name: &'static str,
        types: Types<'code>,
        body: &'code [Instr],
        otherwise: Option<&'code [Instr]>,
    ) -> Result<(), Invalid> {
        self.pop_all(types.params)?;
        let height = self.stack.len();
        let label = Label {
            name,
            types,
            height,
            unreachable: false,
            body,
            next: 0,
            otherwise,
        };
        self.labels.push(label);
        self.push_all(types.params)
    }

    /// The end of a body: exactly the results lie above the label's height. The
    /// second body of an `if` is still to come; what any other label leaves, it
    /// leaves to the one around it.
    fn end(&mut self) -> Result<(), Invalid> {
        let Some(&Label { types, height, .. }) = self.labels.last() else {
            return Ok(());
        };
        self.pop_all(types.results)?;
        if self.stack.len() > height {
            return Err(Invalid::mismatch("[]", self.top(1)));
        }
        let Some(label) = self.labels.last_mut() else { return Ok(()) };
        if let Some(otherwise) = label.otherwise.take() {
            *label = Label {
                body: otherwise,
                next: 0,
                unreachable: false,
                name: "else",
                ..*label
            };
            return self.push_all(types.params);
        }
        self.labels.pop();
        self.push_all(types.results)
    }

    /// Calls a function: of the callee only its type matters. Its body has its
    /// own turn.
    fn call(&mut self, ty: &'code FuncType) -> Result<(), Invalid> {
        self.pop_all(&ty.params)?;
        self.push_all(&ty.results)
    }

    /// What comes after a branch is never reached. So the stack is empty there,
    /// and a missing operand is of any type.
    fn leave(&mut self) -> Result<(), Invalid> {
        if let Some(label) = self.labels.last_mut() {
            label.unreachable = true;
            self.stack.truncate(label.height);
        }
        Ok(())
    }

    /// Checks that the topmost operands are of these types. Where the code can
    /// never be reached, those that are missing are of any type.
    fn expect(&self, types: &[ValType]) -> Result<(), Invalid> {
        let mut operands = self.operands().iter().rev();
        for &expected in types.iter().rev() {
            let fits = match operands.next() {
                Some(known) => known.is_none_or(|given| given == expected),
                None => self.is_unreachable(),
            };
            if !fits {
                return Err(Invalid::mismatch(
                    list(types),
                    self.top(types.len()),
                ));
            }
        }
        Ok(())
    }

    fn pop_all(&mut self, types: &[ValType]) -> Result<(), Invalid> {
        self.expect(types)?;
        let count = types.len().min(self.operands().len());
        self.stack.truncate(self.stack.len() - count);
        Ok(())
    }

    fn pop(&mut self, ty: ValType) -> Result<(), Invalid> {
        self.pop_all(&[ty])
    }

    /// Pops an operand of any type.
    fn pop_any(&mut self) -> Result<OperandType, Invalid> {
        match (self.operands().is_empty(), self.is_unreachable()) {
            (false, _) => Ok(self.stack.pop().flatten()),
            (true, true) => Ok(None),
            (true, false) => Err(Invalid::mismatch("an operand", "[]")),
        }
    }

    fn push_all(&mut self, types: &[ValType]) -> Result<(), Invalid> {
        types.iter().try_for_each(|&ty| self.push(ty))
    }

    fn push(&mut self, ty: impl Into<OperandType>) -> Result<(), Invalid> {
        if self.stack.len() == MAX_OPERANDS {
            return Err(Invalid::new(format!(
                "more than {MAX_OPERANDS} operands"
            )));
        }
        self.stack.push(ty.into());
        Ok(())
    }

    /// The operands above the height of the innermost label: all that its body
    /// may touch.
    fn operands(&self) -> &[OperandType] {
        &self.stack[self.labels.last().map_or(0, |label| label.height)..]
    }

    fn is_unreachable(&self) -> bool {
        self.labels.last().is_some_and(|label| label.unreachable)
    }

    /// What a branch to the label carries.
    fn carries(&self, label: LabelIdx) -> Result<&'code [ValType], Invalid> {
        let found = self.labels.iter().rev().nth(label.index());
        Ok(found.ok_or_else(|| Invalid::unknown("label", label))?.types.carries)
    }

    /// What a block takes and leaves.
    fn types(&self, ty: &'code BlockType) -> Result<Types<'code>, Invalid> {
        let (params, results): (&[_], &[_]) = match ty {
            BlockType::Empty => (&[], &[]),
            BlockType::Value(ty) => {
                value_type(*ty)?;
                (&[], slice::from_ref(ty))
            }
            BlockType::Func(index) => {
                let ty = self.context.func_type(*index)?;
                (&ty.params, &ty.results)
            }
        };
        Ok(Types { params, carries: results, results })
    }

    fn local(&self, local: LocalIdx) -> Result<ValType, Invalid> {
        let [params, others] = self.locals;
        let ty = params
            .get(local.index())
            .or_else(|| others.get(local.index() - params.len()));
        ty.copied().ok_or_else(|| Invalid::unknown("local", local))
    }

    /// Checks that there is a memory, and that offset and alignment are
    /// possible.
    fn memory(&self, arg: &MemArg, width: usize) -> Result<(), Invalid> {
        self.context.memory(arg.memory)?;
        if 1_u64
            .checked_shl(arg.align.into())
            .is_none_or(|align| align > width as u64)
        {
            return Err(Invalid::new(
                "alignment must not be larger than natural",
            ));
        }
        if arg.offset > u32::MAX.into() {
            return Err(Invalid::new(format!(
                "offset out of range: {}",
                arg.offset
            )));
        }
        Ok(())
    }

    /// Specification: Validation, Instructions, *Parametric Instructions*.
    fn parametric(&mut self, instr: &'code Parametric) -> Result<(), Invalid> {
        match instr {
            Parametric::Nop => Ok(()),
            Parametric::Unreachable => self.leave(),
            Parametric::Drop => self.pop_any().map(drop),
            Parametric::Select => {
                self.pop(I32)?;
                match (self.pop_any()?, self.pop_any()?) {
                    (Some(second), Some(first)) if first != second => {
                        Err(Invalid::mismatch(
                            "operands of one type",
                            list(&[first, second]),
                        ))
                    }
                    (second, first) => self.push(first.or(second)),
                }
            }
            Parametric::SelectTyped(_) => {
                Err(Invalid::beyond(Instr::from(instr.clone())))
            }
        }
    }

    /// The topmost operands that the body may touch, as text.
    fn top(&self, count: usize) -> String {
        let operands = self.operands();
        let from = operands.len().saturating_sub(count.max(1));
        format!("[{}]", texts(&operands[from..]).join(" "))
    }

    /// The error with its place.
    fn located(&self, invalid: Invalid, instr: Option<&Instr>) -> Error {
        let text = instr.map_or("end".to_owned(), Instr::to_string);
        match self.function.is_empty() {
            true => invalid.into(),
            false => Error::from(invalid)
                .at(|| place(&self.function, &self.labels), &text),
        }
    }
}

/// Number types as value types.
fn values(types: &[NumType]) -> Vec<ValType> {
    types.iter().copied().map(ValType::Num).collect()
}
