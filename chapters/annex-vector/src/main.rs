//! One vector in all its shapes, and some rows of the table, lane by lane.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use annex_vector::{Lanes, V128, VectorOp, VectorStack};
use ch07_values::{OperandStack, Trap};

fn main() -> io::Result<()> {
    let mut text = String::new();
    shapes(&mut text).map_err(io::Error::other)?;
    for (op, operands, result) in rows() {
        show(&mut text, op, &operands, result).map_err(io::Error::other)?;
    }
    match io::stdout().write_all(text.as_bytes()) {
        // The reader has closed the pipe: `… | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// How the lanes of a vector are shown.
type Show = fn(V128) -> Vec<String>;

/// The lanes of a vector, each as Rust writes it.
fn shown<Lane: ToString, const COUNT: usize>(vector: V128) -> Vec<String>
where
    [Lane; COUNT]: Lanes,
{
    vector.lanes::<[Lane; COUNT]>().iter().map(Lane::to_string).collect()
}

/// The lanes of a vector as characters.
fn characters(vector: V128) -> Vec<String> {
    let bytes: [u8; 16] = vector.lanes();
    bytes.map(|byte| char::from(byte).escape_debug().to_string()).into()
}

/// A line of lanes, in columns.
fn line(out: &mut String, name: &str, lanes: &[String]) -> std::fmt::Result {
    write!(out, "    {name:<6}")?;
    let width = 64 / lanes.len();
    lanes.iter().try_for_each(|lane| write!(out, "{lane:>width$}"))?;
    writeln!(out)
}

/// One vector, read in six ways.
fn shapes(out: &mut String) -> std::fmt::Result {
    let vector = V128::from_lanes([3.0_f32, -2.5, 0.5, 100.0]);
    let shapes: [(&str, Show); 6] = [
        ("i8x16", shown::<i8, 16>),
        ("i16x8", shown::<i16, 8>),
        ("i32x4", shown::<i32, 4>),
        ("i64x2", shown::<i64, 2>),
        ("f32x4", shown::<f32, 4>),
        ("f64x2", shown::<f64, 2>),
    ];
    writeln!(out, "One vector:\n")?;
    shapes.iter().try_for_each(|(name, show)| line(out, name, &show(vector)))
}

/// An operand, and how it is shown.
#[derive(Clone, Copy)]
enum Operand {
    Vector(V128, Show),
    Number(u32),
}

/// A vector that is shown as the lanes that it is made of.
fn of<Lane: ToString, const COUNT: usize>(lanes: [Lane; COUNT]) -> Operand
where
    [Lane; COUNT]: Lanes,
{
    Operand::Vector(V128::from_lanes(lanes), shown::<Lane, COUNT>)
}

/// Operators, their operands, and how the result is shown.
fn rows() -> Vec<(VectorOp, Vec<Operand>, Show)> {
    let (x, y) =
        (of([1.0_f32, 5.0, -2.0, 0.0]), of([3.0_f32, 4.0, -1.0, -0.0]));
    let powers = of([1_i16, 2, 4, 8, -1, -2, 4096, 8192]);
    let mask = of([0, -1, 0, 0]);
    let wide = of([-1_i16, 0, 1, 254, 255, 256, 999, -999]);
    let sevens = of([7_i16; 8]);
    let digits = of([1_i16, 2, 3, 4, 5, 6, 7, 8]);
    let weights = of([10_i16, 1, 10, 1, 10, 1, 10, 1]);
    let text =
        Operand::Vector(V128::from_lanes(*b"lanes, reversed."), characters);
    let order = of([14_u8, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 16]);
    vec![
        (
            VectorOp::I32x4Add,
            vec![of([1, 2, 3, i32::MAX]), of([10, 20, 30, 1])],
            shown::<i32, 4>,
        ),
        (VectorOp::F32x4Min, vec![x, y], shown::<f32, 4>),
        (VectorOp::I16x8Shl, vec![powers, Operand::Number(3)], shown::<i16, 8>),
        (VectorOp::F32x4Gt, vec![x, y], shown::<i32, 4>),
        (VectorOp::V128Bitselect, vec![x, y, mask], shown::<f32, 4>),
        (VectorOp::I8x16NarrowI16x8U, vec![wide, sevens], shown::<u8, 16>),
        (VectorOp::I32x4DotI16x8S, vec![digits, weights], shown::<i32, 4>),
        (VectorOp::I8x16Swizzle, vec![text, order], characters),
    ]
}

/// What an operator makes of its operands, lane below lane.
fn show(
    out: &mut String,
    op: VectorOp,
    operands: &[Operand],
    result: Show,
) -> std::fmt::Result {
    let row = op.row();
    writeln!(out, "\n{:<24}{:<7}{}", row.name, op.form(), row.meaning)?;
    for (name, operand) in ["x", "y", "z"].iter().zip(operands) {
        match operand {
            Operand::Vector(vector, show) => line(out, name, &show(*vector))?,
            Operand::Number(number) => {
                writeln!(out, "    {name:<6}{number:>8}")?
            }
        }
    }
    match execute(op, operands) {
        Ok(vector) => line(out, "=", &result(vector)),
        Err(trap) => writeln!(out, "    trap: {trap}"),
    }
}

fn execute(op: VectorOp, operands: &[Operand]) -> Result<V128, Trap> {
    let (mut slots, mut upper) = ([0; 3], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    for operand in operands {
        match operand {
            Operand::Vector(vector, _) => stack.push(*vector)?,
            Operand::Number(number) => stack.push(*number)?,
        }
    }
    op.execute(&mut stack)?;
    Ok(stack.pop())
}
