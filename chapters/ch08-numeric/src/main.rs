//! A dozen rows of the table, executed where it is interesting.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use ch07_values::{Number, OperandStack, Trap};
use ch08_numeric::Numeric;

fn main() -> io::Result<()> {
    let mut text = format!(
        "{} operators; some of them where it is interesting:\n\n",
        Numeric::TABLE.len()
    );
    for (instr, operands) in rows() {
        show(&mut text, instr, &operands).map_err(io::Error::other)?;
    }
    match io::stdout().write_all(text.as_bytes()) {
        // Nobody reads on: `… | head`.
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
    ]
}

/// One line: opcode, name, operands, result or trap, and how the table says it.
fn show(
    out: &mut String,
    instr: Numeric,
    operands: &[Number],
) -> std::fmt::Result {
    let row = instr.row();
    let shown: Vec<String> = operands.iter().map(Number::to_string).collect();
    let result = match execute(instr, operands) {
        Ok(number) => number.to_string(),
        Err(trap) => format!("trap: {trap}"),
    };
    writeln!(
        out,
        "{:<6} {:<19} {:<14} -> {:<35} {}",
        format!("{:#x}", row.opcode),
        row.name,
        shown.join(" "),
        result,
        row.meaning
    )
}

fn execute(instr: Numeric, operands: &[Number]) -> Result<Number, Trap> {
    let mut slots = [0; 2];
    let mut stack = OperandStack::new(&mut slots, 0);
    for operand in operands {
        stack.push(operand.to_slot())?;
    }
    instr.execute(&mut stack)?;
    Ok(Number::from_slot(instr.row().result, stack.pop()))
}
