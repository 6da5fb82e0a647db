//! Which locals and globals hold vectors.
//!
//! The binary format has one `local.get` for all types. A machine whose slots
//! are half a vector wide needs to know, and here the types are still at hand.

use crate::{GlobalIdx, Instr, LocalIdx, ValType, Vector};

/// The types of the variables that an expression can name.
#[derive(Clone, Copy, Default)]
pub(crate) struct Variables<'a> {
    pub(crate) params: &'a [ValType],
    /// The locals apart from the parameters.
    pub(crate) locals: &'a [ValType],
    /// The globals, imported ones first.
    pub(crate) globals: &'a [ValType],
}

impl Variables<'_> {
    /// An instruction in its family: of a variable that holds a vector, that is
    /// the one of vectors.
    pub(super) fn family_of(&self, instr: Instr) -> Instr {
        let vector = match instr {
            Instr::LocalGet(local) if self.is_vector(local) => {
                Vector::LocalGet(local)
            }
            Instr::LocalSet(local) if self.is_vector(local) => {
                Vector::LocalSet(local)
            }
            Instr::LocalTee(local) if self.is_vector(local) => {
                Vector::LocalTee(local)
            }
            Instr::GlobalGet(global) if self.is_global_vector(global) => {
                Vector::GlobalGet(global)
            }
            Instr::GlobalSet(global) if self.is_global_vector(global) => {
                Vector::GlobalSet(global)
            }
            other => return other,
        };
        vector.into()
    }

    fn is_vector(&self, local: LocalIdx) -> bool {
        let index = local.0 as usize;
        let ty = match index.checked_sub(self.params.len()) {
            Some(index) => self.locals.get(index),
            None => self.params.get(index),
        };
        ty == Some(&ValType::V128)
    }

    fn is_global_vector(&self, global: GlobalIdx) -> bool {
        self.globals.get(global.0 as usize) == Some(&ValType::V128)
    }
}
