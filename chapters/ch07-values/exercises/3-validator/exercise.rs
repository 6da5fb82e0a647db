//! Check early: types instead of numbers.

use ch07_values::NumType;

/// The types of an instruction's operands and of its results, the top of the
/// stack last.
type Signature<'a> = (&'a [NumType], &'a [NumType]);

/// The types that are on the stack in the end, the top last; or the position of
/// the first instruction that does not find its operands.
fn validate(code: &[Signature]) -> Result<Vec<NumType>, usize> {
    let mut height = 0;
    for (position, (params, results)) in code.iter().enumerate() {
        if height < params.len() {
            return Err(position);
        }
        height = height - params.len() + results.len();
    }
    Ok(vec![NumType::I32; height])
}

fn main() {
    use NumType::{F64, I32};
    let good: [Signature; 3] =
        [(&[], &[F64]), (&[], &[F64]), (&[F64, F64], &[I32])];
    println!("f64.const, f64.const, f64.lt: {:?}", validate(&good));
    let bad: [Signature; 3] =
        [(&[], &[I32]), (&[], &[F64]), (&[I32, I32], &[I32])];
    println!("i32.const, f64.const, i32.add: {:?}", validate(&bad));
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
