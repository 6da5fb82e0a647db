//! A calculator that reads operands first. It knows two operators, and one of
//! them only by half.

use ch01_stack::{Stack, Trap};

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// What `text` comes to: the top of the stack after its last word.
///
/// # Errors
/// [`Trap::StackEmpty`] if an operand is missing.
pub fn calculate(text: &str) -> Result<f64, Trap> {
    let mut stack = Stack::default();
    for word in text.split_whitespace() {
        match word {
            "+" => {
                let (y, x) = (stack.pop()?, stack.pop()?);
                stack.push(x + y);
            }
            "-" => {
                let (x, y) = (stack.pop()?, stack.pop()?);
                stack.push(x - y);
            }
            number => {
                if let Ok(value) = number.parse() {
                    stack.push(value);
                }
            }
        }
    }
    stack.pop()
}

fn main() -> Result<(), Trap> {
    for text in ["1 2 +", "7 2 -", "2 3 0.1 * +"] {
        println!("{text:12} is {}", calculate(text)?);
    }
    Ok(())
}
