//! What `select` does to the types on the stack.

use ch07_values::NumType;

/// A stack of types, in code that may be one that is never reached.
#[derive(Debug, Default)]
pub struct Types {
    /// What is known of each operand: its type, or nothing.
    pub known: Vec<Option<NumType>>,
    /// Whether the code is never reached, so that no operand is ever missing.
    pub unreachable: bool,
}

impl Types {
    /// Pops a condition and two operands of one type, and pushes one of the
    /// two.
    pub fn select(&mut self) -> Result<(), String> {
        self.pop(NumType::I32)?;
        self.pop_any()?;
        let first = self.pop_any()?;
        self.push(first);
        Ok(())
    }

    /// Pops an operand of this type.
    fn pop(&mut self, expected: NumType) -> Result<(), String> {
        match self.pop_any()? {
            Some(given) if given != expected => {
                Err(format!("expected {expected}, found {given}"))
            }
            _ => Ok(()),
        }
    }

    /// Pops an operand of any type.
    fn pop_any(&mut self) -> Result<Option<NumType>, String> {
        match self.known.pop() {
            Some(known) => Ok(known),
            None if self.unreachable => Ok(None),
            None => Err("the stack is empty".to_owned()),
        }
    }

    fn push(&mut self, known: Option<NumType>) {
        self.known.push(known);
    }
}

fn main() {
    let known = vec![None, Some(NumType::F64), Some(NumType::I32)];
    let mut types = Types { known, unreachable: true };
    println!("{:?}, {:?}", types.select(), types.known);
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
