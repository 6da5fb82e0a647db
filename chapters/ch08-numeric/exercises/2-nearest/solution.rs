//! The nearest integer, by hand.

/// The integer that is nearest to `x`; half way between two, the even one.
fn nearest(x: f64) -> f64 {
    let lower = x.floor();
    let part = x - lower;
    // An infinity leaves a NaN here, and so does a NaN: neither is a number
    // with a fraction.
    if part == 0.0 || part.is_nan() {
        return x;
    }
    let even = lower / 2.0 == (lower / 2.0).floor();
    let rounded =
        if part < 0.5 || (part == 0.5 && even) { lower } else { lower + 1.0 };
    rounded.copysign(x)
}

fn main() {
    for x in [0.5, 1.5, 2.5, 2.6, -0.3, -1.5] {
        println!("{x} -> {}", nearest(x));
    }
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
