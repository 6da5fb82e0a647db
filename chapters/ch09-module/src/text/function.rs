//! Functions as text.
//!
//! Specification: Text Format, Modules, *Functions*, and Instructions, *Control
//! Instructions*.

use std::collections::BTreeSet;
use std::fmt::{self, Formatter};
use std::slice;

use super::identifier::{annotation, identifier};
use super::instr::write_control;
use super::types::{write_locals, write_signature};
use super::{Scope, Text};
use crate::{Body, Control, FuncIdx, Function, Instr, LocalIdx};

/// `func ::= '(' 'func' id? typeuse local* instr* ')'`
pub(super) fn write_function(
    index: FuncIdx,
    function: &Function,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let scope = Scope { function: index, ..*scope };
    write!(f, "(func{}", scope.definition(&index))?;
    write_signature(function.ty, index, &scope, f)?;
    if !function.locals.is_empty() {
        let ty = scope.module.and_then(|module| module.func_type(function.ty));
        let first = ty.map_or(0, |ty| ty.params.len() as u32);
        // Each group of locals brings the fourth space.
        f.write_str("\n   ")?;
        write_locals("local", LocalIdx(first), &function.locals, &scope, f)?;
    }
    write_body(&function.body, &scope, f)?;
    f.write_str(")")
}

/// Begins the line of an instruction at this depth of blocks. Beyond a limit
/// more space helps no reader, and a module of ten thousand nested blocks would
/// need a hundred megabytes of it.
fn write_line(depth: usize, f: &mut Formatter<'_>) -> fmt::Result {
    const DEEPEST: usize = 40;
    let indent = 2 + 2 * depth.min(DEEPEST);
    write!(f, "\n{:indent$}", "")
}

/// A block that is not closed yet.
struct Open<'a> {
    rest: slice::Iter<'a, Instr>,
    /// The second body of an `if`.
    otherwise: Option<&'a Body>,
}

impl<'a> Open<'a> {
    /// The block that an instruction opens.
    fn new(instr: &'a Instr) -> Option<Open<'a>> {
        let Instr::Control(control) = instr else {
            return None;
        };
        let (body, otherwise) = match control {
            Control::Block(block) | Control::Loop(block) => (&block.body, None),
            Control::If(branches) if branches.otherwise.is_empty() => {
                (&branches.then, None)
            }
            Control::If(branches) => {
                (&branches.then, Some(&branches.otherwise))
            }
            Control::TryTable(handled) => (&handled.body, None),
            _ => return None,
        };
        Some(Open { rest: body.iter(), otherwise })
    }
}

/// `instr*`, one per line. A loop with a list of the open blocks, not
/// recursion: see [`Body`].
fn write_body(
    body: &Body,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let mut labels = Labels::default();
    let mut open = vec![Open { rest: body.iter(), otherwise: None }];
    while let Some(block) = open.last_mut() {
        if let Some(instr) = block.rest.next() {
            write_line(open.len(), f)?;
            match (instr, Open::new(instr)) {
                (Instr::Control(control), Some(block)) => {
                    let label = labels.next(scope);
                    let text = label.text();
                    write_control(control, &text, &labels.scope(scope), f)?;
                    labels.open(label);
                    open.push(block);
                }
                _ => instr.write(&labels.scope(scope), f)?,
            }
        } else if let Some(otherwise) = block.otherwise.take() {
            block.rest = otherwise.iter();
            write_line(open.len() - 1, f)?;
            f.write_str("else")?;
        } else {
            open.pop();
            if !open.is_empty() {
                labels.close();
                write_line(open.len(), f)?;
                f.write_str("end")?;
            }
        }
    }
    Ok(())
}

/// The labels of a function, as far as it is written.
#[derive(Default)]
struct Labels<'a> {
    /// How many blocks have been opened: the names of labels are told apart by
    /// it.
    count: u32,
    /// The identifiers of the open blocks.
    open: Vec<Option<&'a str>>,
    /// All of these identifiers, for the search.
    used: BTreeSet<&'a str>,
}

/// How a label is named.
#[derive(Clone, Copy)]
enum Label<'a> {
    Nameless,
    Identifier(&'a str),
    /// The name cannot be an identifier: it is empty, or would hide an outer
    /// label.
    Annotation(&'a str),
}

impl Label<'_> {
    fn text(self) -> String {
        match self {
            Label::Nameless => String::new(),
            Label::Identifier(name) => format!(" {}", identifier(name)),
            Label::Annotation(name) => format!(" {}", annotation(name)),
        }
    }
}

impl<'a> Labels<'a> {
    /// The label of the next block that opens.
    fn next(&mut self, scope: &Scope<'a>) -> Label<'a> {
        let key = (scope.function, self.count);
        self.count += 1;
        let name =
            scope.module.and_then(|module| module.names.labels.get(&key));
        match name {
            None => Label::Nameless,
            Some(name)
                if name.is_empty() || self.used.contains(name.as_str()) =>
            {
                Label::Annotation(name)
            }
            Some(name) => Label::Identifier(name),
        }
    }

    fn open(&mut self, label: Label<'a>) {
        let identifier = match label {
            Label::Identifier(name) => Some(name),
            Label::Nameless | Label::Annotation(_) => None,
        };
        self.open.push(identifier);
        self.used.extend(identifier);
    }

    fn close(&mut self) {
        if let Some(Some(name)) = self.open.pop() {
            self.used.remove(name);
        }
    }

    fn scope<'s>(&'s self, scope: &Scope<'s>) -> Scope<'s> {
        Scope { labels: &self.open, ..*scope }
    }
}
