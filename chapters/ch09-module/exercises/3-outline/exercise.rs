//! The blocks of a body, in the order of the text.

use ch09_module::{Body, Control, Instr, Module};

/// Each block of a body: how many blocks it is in, itself included, and its
/// keyword.
pub fn outline(body: &Body) -> Vec<(usize, &'static str)> {
    let mut outline = Vec::new();
    for (keyword, _) in body.iter().flat_map(parts) {
        outline.push((1, keyword));
    }
    outline
}

/// The bodies of an instruction, each with the keyword in front of it: two of
/// an `if` with `else`, one of another block, else none.
fn parts(instr: &Instr) -> Vec<(&'static str, &Body)> {
    match instr {
        Instr::Control(Control::Block(block)) => vec![("block", &block.body)],
        Instr::Control(Control::Loop(block)) => vec![("loop", &block.body)],
        Instr::Control(Control::If(branches)) => {
            let mut parts = vec![("if", &branches.then)];
            if !branches.otherwise.is_empty() {
                parts.push(("else", &branches.otherwise));
            }
            parts
        }
        Instr::Control(Control::TryTable(handled)) => {
            vec![("try_table", &handled.body)]
        }
        _ => Vec::new(),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let module =
        Module::from_text("(module (func block loop br 1 end end block end))")?;
    for (depth, keyword) in outline(&module.functions[0].read().body) {
        println!("{depth} {keyword}");
    }
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
