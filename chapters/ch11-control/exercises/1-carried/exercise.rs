//! How many operands does each branch carry?

use ch09_module::{BlockType, Body, Control, Function, Instr, Module};

/// How many operands each `br` and `br_if` of a function carries, in the order
/// of the text.
pub fn carried(module: &Module, function: &Function) -> Vec<usize> {
    let mut found = Vec::new();
    walk(module, &function.body, &mut Vec::new(), &mut found);
    found
}

/// Looks for branches in a body. `labels` has the arities of the open labels,
/// the innermost last.
fn walk(
    module: &Module,
    body: &Body,
    labels: &mut Vec<usize>,
    found: &mut Vec<usize>,
) {
    for instr in body.iter() {
        let Instr::Control(control) = instr else {
            continue;
        };
        match control {
            Control::Block(block) | Control::Loop(block) => {
                let (_, results) = arity(module, block.ty);
                labels.push(results);
                walk(module, &block.body, labels, found);
                labels.pop();
            }
            Control::If(branches) => {
                let (_, results) = arity(module, branches.ty);
                labels.push(results);
                walk(module, &branches.then, labels, found);
                walk(module, &branches.otherwise, labels, found);
                labels.pop();
            }
            Control::Br(label) | Control::BrIf(label) => {
                found.push(labels.get(label.index()).copied().unwrap_or(0));
            }
            _ => {}
        }
    }
}

/// How many operands a block takes, and how many it leaves.
fn arity(module: &Module, ty: BlockType) -> (usize, usize) {
    match ty {
        BlockType::Empty => (0, 0),
        BlockType::Value(_) => (0, 1),
        BlockType::Func(ty) => module
            .func_type(ty)
            .map_or((0, 0), |ty| (ty.params.len(), ty.results.len())),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = include_str!("../../programs/euclid.wat");
    let module = Module::from_text(text)?;
    let carried = carried(&module, &module.functions[0].read());
    println!("gcd: its branches carry {carried:?}");
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
