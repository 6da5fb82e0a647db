//! Compiles a formula, in the wrong order.

use ch02_machine::{Error, Instr, Machine};

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// A formula.
pub enum Formula {
    /// A number.
    Number(f64),
    /// The sum of two formulas.
    Sum(Box<Formula>, Box<Formula>),
    /// The product of two formulas.
    Product(Box<Formula>, Box<Formula>),
}

/// Appends the instructions that calculate `formula`.
pub fn compile(formula: &Formula, code: &mut Vec<Instr>) {
    match formula {
        Formula::Number(value) => code.push(Instr::Const(*value)),
        Formula::Sum(x, y) => {
            code.push(Instr::Add);
            compile(x, code);
            compile(y, code);
        }
        Formula::Product(x, y) => {
            code.push(Instr::Mul);
            compile(x, code);
            compile(y, code);
        }
    }
}

/// What `formula` comes to.
///
/// # Errors
/// The trap that ends the calculation.
pub fn calculate(formula: &Formula) -> Result<f64, Error> {
    let mut code = Vec::new();
    compile(formula, &mut code);
    let mut machine = Machine::new(());
    machine.execute(&code)?;
    Ok(machine.stack.pop()?)
}

fn main() {
    use Formula::{Number, Product, Sum};
    let product = Product(Box::new(Number(3.0)), Box::new(Number(0.1)));
    match calculate(&Sum(Box::new(Number(2.0)), Box::new(product))) {
        Ok(result) => println!("2 + 3 * 0.1 is {result}"),
        Err(error) => println!("2 + 3 * 0.1 is an error {error}"),
    }
}
