//! Signs are bits.

/// The bit of the sign.
const SIGN: u32 = 1 << 31;

/// `x` with the other sign.
fn neg(x: f32) -> f32 {
    f32::from_bits(x.to_bits() ^ SIGN)
}

/// `x` without a minus.
fn abs(x: f32) -> f32 {
    f32::from_bits(x.to_bits() & !SIGN)
}

/// `x` with the sign of `y`.
fn copysign(x: f32, y: f32) -> f32 {
    f32::from_bits((x.to_bits() & !SIGN) | (y.to_bits() & SIGN))
}

fn main() {
    println!(
        "neg 0 is {}, abs -0 is {}, copysign 1 -0 is {}",
        neg(0.0),
        abs(-0.0),
        copysign(1.0, -0.0)
    );
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
