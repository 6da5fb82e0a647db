//! How deep do the blocks of a body nest?

use ch09_module::{Body, Control, Instr, Module};

/// How many blocks are around the innermost instruction of a body, at most.
pub fn deepest(body: &Body) -> usize {
    let mut deepest = 0;
    let mut rest = vec![(0, body)];
    while let Some((depth, body)) = rest.pop() {
        deepest = deepest.max(depth);
        for inner in body.iter().flat_map(bodies) {
            rest.push((depth + 1, inner));
        }
    }
    deepest
}

/// The bodies that an instruction holds: two for an `if`, one for other blocks,
/// else none.
fn bodies(instr: &Instr) -> Vec<&Body> {
    match instr {
        Instr::Control(Control::Block(block) | Control::Loop(block)) => {
            vec![&block.body]
        }
        Instr::Control(Control::If(branches)) => {
            vec![&branches.then, &branches.otherwise]
        }
        Instr::Control(Control::TryTable(handled)) => vec![&handled.body],
        _ => Vec::new(),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let module = Module::from_text("(module (func block loop br 1 end end))")?;
    println!(
        "a loop in a block: {}",
        deepest(&module.functions[0].read().body)
    );
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
