//! A reading of your own: fixed point in the slot of an `i32`.

use ch07_values::{NumType, Operand, OperandStack, Trap};

/// A number in 65,536ths: `Fixed(98_304)` is 1.5.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Fixed(i32);

impl Operand for Fixed {
    const TYPE: NumType = NumType::I32;

    fn from_slot(slot: u64) -> Fixed {
        Fixed(i32::from_slot(slot))
    }

    fn to_slot(self) -> u64 {
        self.0.to_slot()
    }
}

/// The product: the integers' one counts 65,536ths of 65,536ths, so it is too
/// large by that much.
fn multiply(x: Fixed, y: Fixed) -> Result<Fixed, Trap> {
    let product = (i64::from(x.0) * i64::from(y.0)) >> 16;
    i32::try_from(product).map(Fixed).map_err(|_| Trap::IntegerOverflow)
}

fn main() -> Result<(), Trap> {
    let mut slots = [0; 2];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push((Fixed(98_304), Fixed(-131_072)))?;
    let (x, y) = stack.pop();
    stack.push(multiply(x, y)?)?;
    println!("1.5 * -2 = {} / 65536", stack.pop::<Fixed>().0);
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
