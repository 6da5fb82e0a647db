//! Numbers, their slots, and what a slot contains for a reader that expects
//! another type.

use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

use ch07_values::{NumType, Number, OperandStack, Trap};

fn main() -> io::Result<()> {
    let mut text = String::new();
    show(&mut text).map_err(io::Error::other)?;
    match io::stdout().write_all(text.as_bytes()) {
        // The reader has closed the pipe: `… | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn show(out: &mut String) -> fmt::Result {
    writeln!(out, "Four types at the edge, 64 bits inside:\n")?;
    let numbers = [
        Number::I32(42),
        Number::I32(-1),
        Number::I64(-1),
        Number::F32(1.5),
        Number::F64(1.5),
        Number::F64(-0.0),
        Number::F32(f32::NAN),
        Number::F32(f32::from_bits(0x7fa0_0000)),
    ];
    for number in numbers {
        show_slot(out, number)?;
    }

    writeln!(out, "\nOne slot, read as each type:\n")?;
    let slot = Number::I32(0x4048_f5c3).to_slot();
    writeln!(out, "  {slot:#018x}")?;
    for ty in [NumType::I32, NumType::I64, NumType::F32, NumType::F64] {
        writeln!(out, "    as {ty}  {}", Number::from_slot(ty, slot))?;
    }

    writeln!(out, "\nEqual is what has the same type and the same bits:\n")?;
    show_equal(out, Number::F64(f64::NAN), Number::F64(f64::NAN))?;
    show_equal(out, Number::F64(0.0), Number::F64(-0.0))?;
    show_equal(out, Number::I32(0), Number::I64(0))?;

    writeln!(out, "\nA stack of two slots, and a division:\n")?;
    let mut slots = [0; 2];
    let mut stack = OperandStack::new(&mut slots, 0);
    push(out, &mut stack, 7)?;
    push(out, &mut stack, 2)?;
    show_division(out, &mut stack)?;
    push(out, &mut stack, 0)?;
    show_division(out, &mut stack)?;
    for operand in 1..=3 {
        push(out, &mut stack, operand)?;
    }
    Ok(())
}

fn show_slot(out: &mut String, number: Number) -> fmt::Result {
    let (text, slot) = (number.to_string(), number.to_slot());
    writeln!(out, "  {} {text:<13} {slot:#018x}", number.ty())
}

fn show_equal(out: &mut String, x: Number, y: Number) -> fmt::Result {
    let sign = if x == y { "==" } else { "!=" };
    writeln!(out, "  {} {x} {sign} {} {y}", x.ty(), y.ty())
}

fn push(
    out: &mut String,
    stack: &mut OperandStack,
    operand: i32,
) -> fmt::Result {
    match stack.push(operand) {
        Ok(()) => Ok(()),
        Err(trap) => {
            writeln!(out, "  {:x?} and one more: {trap}", stack.slots())
        }
    }
}

fn show_division(out: &mut String, stack: &mut OperandStack) -> fmt::Result {
    write!(out, "  {:x?} / ", stack.slots())?;
    match divide(stack) {
        Ok(()) => writeln!(out, "leaves {:x?}", stack.slots()),
        Err(trap) => writeln!(out, "traps: {trap}"),
    }
}

/// Divides an `i32` by the one above it.
fn divide(stack: &mut OperandStack) -> Result<(), Trap> {
    let (x, y): (i32, i32) = stack.pop();
    if y == 0 {
        return Err(Trap::IntegerDivideByZero);
    }
    stack.push(x.wrapping_div(y))
}
