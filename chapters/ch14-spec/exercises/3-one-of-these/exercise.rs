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
        Pattern::ArithmeticNan => bits & 0x7fc0_0000 == 0x7fc0_0000,
        Pattern::Either(_) => false,
    }
}

/// The pattern as a script writes it.
pub fn describe(pattern: &Pattern) -> String {
    match pattern {
        Pattern::Value(x) => format!("(f32.const {})", f32::from_bits(*x)),
        Pattern::CanonicalNan => "(f32.const nan:canonical)".to_owned(),
        Pattern::ArithmeticNan => "(f32.const nan:arithmetic)".to_owned(),
        Pattern::Either(_) => String::new(),
    }
}

fn main() {
    let zeros = [0.0, -0.0].map(|zero: f32| Pattern::Value(zero.to_bits()));
    let pattern = Pattern::Either(zeros.into());
    for x in [0.0_f32, -0.0, 1.0] {
        let outcome = matches(&pattern, x.to_bits());
        println!("{x} fits {}: {outcome}", describe(&pattern));
    }
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
