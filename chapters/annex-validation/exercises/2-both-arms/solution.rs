//! A validator in small: one type, and so the stack is a number.

/// An instruction of a small machine.
pub enum Instr {
    /// Pushes an operand.
    Const,
    /// Pops two operands, pushes one.
    Add,
    /// Pops a condition, executes one of two bodies, and leaves so many
    /// results.
    If {
        /// How many operands it leaves.
        results: usize,
        /// What is executed if the condition is not 0.
        then: Vec<Instr>,
        /// What is executed if it is 0.
        otherwise: Vec<Instr>,
    },
}

/// Whether a body, which may touch none of the operands before it, leaves
/// exactly so many results.
pub fn body(instrs: &[Instr], results: usize) -> Result<(), String> {
    let mut height = 0;
    for instr in instrs {
        check(instr, &mut height)?;
    }
    match height == results {
        true => Ok(()),
        false => Err(format!("expected {results} operands, found {height}")),
    }
}

/// Does to the height of the stack what the instruction does to the stack.
fn check(instr: &Instr, height: &mut usize) -> Result<(), String> {
    match instr {
        Instr::Const => *height += 1,
        Instr::Add => {
            pop(height, 2)?;
            *height += 1;
        }
        Instr::If { results, then, otherwise } => {
            pop(height, 1)?;
            body(then, *results)?;
            body(otherwise, *results)?;
            *height += results;
        }
    }
    Ok(())
}

fn pop(height: &mut usize, count: usize) -> Result<(), String> {
    *height = height.checked_sub(count).ok_or("the stack is empty")?;
    Ok(())
}

fn main() {
    let instr =
        Instr::If { results: 1, then: vec![Instr::Const], otherwise: vec![] };
    println!("{:?}", body(&[Instr::Const, instr], 1));
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
