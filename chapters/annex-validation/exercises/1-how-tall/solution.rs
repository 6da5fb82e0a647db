//! How many operands does a function have on the stack at most?

use annex_validation::{Error, validate_watched};
use ch09_module::Module;
use trace::Step;

/// How many operands there are before an instruction, at most.
pub fn tallest(module: &Module) -> Result<usize, Error> {
    let mut steps: Vec<Step> = Vec::new();
    validate_watched(module, &mut steps)?;
    Ok(steps.iter().map(|step| step.stack.len()).max().unwrap_or(0))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = "(module (func (result i32) i32.const 1 i32.const 2 i32.add))";
    println!("1 + 2 needs {} operands", tallest(&Module::from_text(text)?)?);
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
