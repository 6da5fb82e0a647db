//! From bytes to the tree: expressions, in which blocks nest.
//!
//! Specification: Binary Format, Instructions, *Control Instructions* and
//! *Expressions*.

use std::mem;

use wasmparser::{Operator, OperatorsReader};

use super::{operator::operator, types, variables::Variables};
use crate::{
    Block, BlockType, Body, Catch, Control, If, Instr, LabelIdx, ModuleError,
    TagIdx, TryTable,
};

/// `expr ::= in*:instr* 0x0B`
///
/// A loop with a list of the open blocks, not recursion: how deep blocks nest
/// is up to the module, how deep the native stack is, is not.
pub(super) fn expr(
    mut operators: OperatorsReader<'_>,
    variables: &Variables<'_>,
) -> Result<Body, ModuleError> {
    let mut open: Vec<Open> = Vec::new();
    // Most constant expressions are one instruction long.
    let mut instrs: Vec<Instr> = Vec::with_capacity(1);
    loop {
        let operator = operators.read()?;
        if let Some(head) = head(&operator)? {
            let outer = mem::take(&mut instrs);
            open.push(Open { head, outer });
            continue;
        }
        match (operator, open.last_mut()) {
            (Operator::Else, Some(block)) => block.begin_else(&mut instrs),
            (Operator::End, Some(_)) => {
                if let Some(Open { head, outer }) = open.pop() {
                    let body = mem::replace(&mut instrs, outer);
                    instrs.push(head.close(body.into()).into());
                }
            }
            (Operator::End, None) => return Ok(instrs.into()),
            (other, _) => {
                instrs.push(variables.family_of(self::operator(&other)?))
            }
        }
    }
}

/// Checks that an expression can be decoded, and keeps nothing of it.
///
/// `wasmparser` makes sure that each `else` belongs to an `if` and that each
/// block ends. The rest of what can be wrong is wrong with a single operator.
pub(super) fn check(
    mut operators: OperatorsReader<'_>,
) -> Result<(), ModuleError> {
    while !operators.eof() {
        let operator = operators.read()?;
        let of_block = matches!(operator, Operator::Else | Operator::End);
        if !of_block && head(&operator)?.is_none() {
            self::operator(&operator)?;
        }
    }
    Ok(operators.finish()?)
}

/// A block whose end has not come yet.
struct Open {
    head: Head,
    /// The instructions before it.
    outer: Vec<Instr>,
}

impl Open {
    /// `0x05`: the first body of an `if` is complete. Validation has seen that
    /// this is one.
    fn begin_else(&mut self, instrs: &mut Vec<Instr>) {
        if let Head::If(ty) = self.head {
            self.head = Head::Else(ty, mem::take(instrs).into());
        }
    }
}

/// What is known of a block before its body, or the last of its bodies.
enum Head {
    Block(BlockType),
    Loop(BlockType),
    If(BlockType),
    /// The first body of the `if` is complete.
    Else(BlockType, Body),
    TryTable(BlockType, Box<[Catch]>),
}

/// `0x02 bt:blocktype | 0x03 bt:blocktype | 0x04 bt:blocktype
/// | 0x1F bt:blocktype c*:list(catch)`:
/// what opens a block.
fn head(operator: &Operator<'_>) -> Result<Option<Head>, ModuleError> {
    Ok(Some(match operator {
        Operator::Block { blockty } => {
            Head::Block(types::block_type(*blockty)?)
        }
        Operator::Loop { blockty } => Head::Loop(types::block_type(*blockty)?),
        Operator::If { blockty } => Head::If(types::block_type(*blockty)?),
        Operator::TryTable { try_table } => Head::TryTable(
            types::block_type(try_table.ty)?,
            try_table.catches.iter().map(catch).collect(),
        ),
        _ => return Ok(None),
    }))
}

/// `catch ::= 0x00 x:tagidx l:labelidx | 0x01 x:tagidx l:labelidx
/// | 0x02 l:labelidx | 0x03 l:labelidx`
fn catch(catch: &wasmparser::Catch) -> Catch {
    match *catch {
        wasmparser::Catch::One { tag, label } => {
            Catch::One(TagIdx(tag), LabelIdx(label))
        }
        wasmparser::Catch::OneRef { tag, label } => {
            Catch::OneRef(TagIdx(tag), LabelIdx(label))
        }
        wasmparser::Catch::All { label } => Catch::All(LabelIdx(label)),
        wasmparser::Catch::AllRef { label } => Catch::AllRef(LabelIdx(label)),
    }
}

impl Head {
    /// The whole block, now that its last body is known.
    fn close(self, body: Body) -> Control {
        match self {
            Head::Block(ty) => Control::Block(Box::new(Block { ty, body })),
            Head::Loop(ty) => Control::Loop(Box::new(Block { ty, body })),
            Head::If(ty) => Control::If(Box::new(If {
                ty,
                then: body,
                otherwise: Body::default(),
            })),
            Head::Else(ty, then) => {
                Control::If(Box::new(If { ty, then, otherwise: body }))
            }
            Head::TryTable(ty, catches) => {
                Control::TryTable(Box::new(TryTable { ty, catches, body }))
            }
        }
    }
}
