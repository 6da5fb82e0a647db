//! Signs are bits.

/// `x` with the other sign.
fn neg(x: f32) -> f32 {
    0.0 - x
}

/// `x` without a minus.
fn abs(x: f32) -> f32 {
    if x < 0.0 { neg(x) } else { x }
}

/// `x` with the sign of `y`.
fn copysign(x: f32, y: f32) -> f32 {
    if y < 0.0 { neg(abs(x)) } else { abs(x) }
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
