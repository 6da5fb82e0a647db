//! The nearest integer, by hand.

/// The integer that is nearest to `x`; half way between two, the even one.
fn nearest(x: f64) -> f64 {
    x.round() + 0.0
}

fn main() {
    for x in [0.5, 1.5, 2.5, 2.6, -0.3, -1.5] {
        println!("{x} -> {}", nearest(x));
    }
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
