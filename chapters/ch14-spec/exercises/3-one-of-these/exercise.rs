//! Patterns for the bits of an `f32`.

/// What a script expects of an `f32`.
pub enum Pattern {
    /// These bits.
    Value(u32),
    /// A NaN whose payload is its top bit alone; of any sign.
    CanonicalNan,
    /// A NaN whose payload has at least its top bit; of any sign.
    ArithmeticNan,
    /// One of these.
    Either(Vec<Pattern>),
}

/// Whether the bits fit the pattern.
pub fn matches(pattern: &Pattern, bits: u32) -> bool {
    match pattern {
        Pattern::Value(x) => bits == *x,
        Pattern::CanonicalNan => bits & 0x7fff_ffff == 0x7fc0_0000,
        Pattern::ArithmeticNan => false,
        Pattern::Either(_) => false,
    }
}

fn main() {
    let nan = f32::from_bits(0x7fa0_0000);
    println!(
        "nan + 1: {}",
        matches(&Pattern::ArithmeticNan, (nan + 1.0).to_bits())
    );
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
