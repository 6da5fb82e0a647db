//! Functions, and what a call of one has for itself.

use trace::Trail;

use crate::trap::Exit;
use crate::{Instr, LabelIdx, Trap, Unwind};

/// The number of a function in its program, from 0.
#[derive(Clone, Copy, Debug)]
pub struct FuncIdx(pub u32);

/// The number of a local in its function: first the parameters, from 0, then
/// the others.
#[derive(Clone, Copy, Debug)]
pub struct LocalIdx(pub u32);

/// A function.
pub struct Function {
    /// What traces and errors call it.
    pub name: &'static str,
    /// How many operands a call takes, the last one from the top.
    pub params: usize,
    /// How many locals it has besides its parameters. They begin as 0. So small
    /// a type that no program can ask for all the memory there is.
    pub locals: u16,
    /// How many results a call leaves.
    pub results: usize,
    /// What it does.
    pub body: Vec<Instr>,
}

/// What one call of a function has for itself.
pub struct Frame {
    /// Where it stands.
    pub trail: Trail,
    /// The parameters and the other locals.
    pub locals: Vec<f64>,
}

impl Frame {
    /// The local with this number.
    pub fn local(&mut self, local: LocalIdx) -> Result<&mut f64, Trap> {
        self.locals.get_mut(local.0 as usize).ok_or(Trap::UnknownLocal(local))
    }

    /// A branch to this label, or a trap if there is no such label.
    pub fn branch(&self, label: LabelIdx) -> Exit {
        let known = (label.0 as usize) < self.trail.labels();
        if known {
            Unwind::Branch(label).into()
        } else {
            Trap::UnknownLabel(label).into()
        }
    }
}
