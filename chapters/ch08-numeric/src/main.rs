//! Some rows of the table, executed where they are interesting.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use ch07_values::{Number, OperandStack, Trap};
use ch08_numeric::Numeric;

fn main() -> io::Result<()> {
    let mut text = format!(
        "{} operators; some of them where they are interesting:\n\n",
        Numeric::TABLE.len()
    );
    let mut shown = None;
    for (instr, operands) in rows() {
        if shown.replace(instr) != Some(instr) {
            show_row(&mut text, instr).map_err(io::Error::other)?;
        }
        show(&mut text, instr, &operands).map_err(io::Error::other)?;
    }
    match io::stdout().write_all(text.as_bytes()) {
        // The reader has closed the pipe: `… | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn rows() -> Vec<(Numeric, Vec<Number>)> {
    use Number::{F32, F64, I32, I64};
    let signalling = F32(f32::from_bits(0x7fa0_0000));
    vec![
        (Numeric::I32Add, vec![I32(i32::MAX), I32(1)]),
        (Numeric::I32DivS, vec![I32(7), I32(0)]),
        (Numeric::I32DivS, vec![I32(i32::MIN), I32(-1)]),
        (Numeric::I32RemS, vec![I32(i32::MIN), I32(-1)]),
        (Numeric::I32LtS, vec![I32(-1), I32(1)]),
        (Numeric::I32LtU, vec![I32(-1), I32(1)]),
        (Numeric::I64Shl, vec![I64(1), I64(65)]),
        (Numeric::F64Min, vec![F64(0.0), F64(-0.0)]),
        (Numeric::F64Max, vec![F64(0.0), F64(-0.0)]),
        (Numeric::F32Nearest, vec![F32(2.5)]),
        (Numeric::F32Nearest, vec![F32(3.5)]),
        (Numeric::I32TruncF32U, vec![F32(-0.9)]),
        (Numeric::I32TruncF32U, vec![F32(-1.0)]),
        (Numeric::I32TruncSatF32U, vec![F32(-1.0)]),
        (Numeric::I32TruncF64S, vec![F64(f64::NAN)]),
        (Numeric::F32Abs, vec![signalling]),
        (Numeric::F32Ceil, vec![signalling]),
        (Numeric::I64MulWideU, vec![I64(-1), I64(-1)]),
    ]
}

/// One line: opcode, name, and the row's meaning.
fn show_row(out: &mut String, instr: Numeric) -> std::fmt::Result {
    let row = instr.row();
    let opcode = format!("{:#x}", row.opcode);
    writeln!(out, "{opcode:<6} {:<19} {}", row.name, row.meaning)
}

/// One line: operands, and results or trap.
fn show(
    out: &mut String,
    instr: Numeric,
    operands: &[Number],
) -> std::fmt::Result {
    let results = match execute(instr, operands) {
        Ok(numbers) => texts(&numbers),
        Err(trap) => format!("trap: {trap}"),
    };
    writeln!(out, "{:26} {:<14} -> {results}", "", texts(operands))
}

fn texts(numbers: &[Number]) -> String {
    let texts: Vec<String> = numbers.iter().map(Number::to_string).collect();
    texts.join(" ")
}

/// The results of an instruction, the top of the stack last.
fn execute(instr: Numeric, operands: &[Number]) -> Result<Vec<Number>, Trap> {
    let mut slots = [0; 4];
    let mut stack = OperandStack::new(&mut slots, 0);
    for operand in operands {
        stack.push(operand.to_slot())?;
    }
    instr.execute(&mut stack)?;
    let results = instr.row().results.iter().zip(stack.slots());
    Ok(results.map(|(ty, slot)| Number::from_slot(*ty, *slot)).collect())
}
