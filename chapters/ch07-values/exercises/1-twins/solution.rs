//! Numbers that share a slot.

use ch07_values::{NumType, Number};

/// The number of type `ty` that has the same slot as `number`, if there is one.
fn twin(number: Number, ty: NumType) -> Option<Number> {
    let slot = number.to_slot();
    let twin = Number::from_slot(ty, slot);
    // A narrow type does not see the upper half: bits in it would be lost.
    (twin.to_slot() == slot).then_some(twin)
}

fn main() {
    let number = Number::I32(1_078_523_331);
    for ty in [NumType::I32, NumType::I64, NumType::F32, NumType::F64] {
        match twin(number, ty) {
            Some(twin) => println!("i32 {number} as {ty}: {twin}"),
            None => println!("i32 {number} as {ty}: no such number"),
        }
    }
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
