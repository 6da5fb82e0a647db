//! The values of a script: the arguments of a call, and the results that it
//! expects.
//!
//! A NaN has many bit patterns. The standard does not say which of them an
//! operator returns, only which ones are allowed. So a script can expect a
//! pattern instead of a value.
//!
//! Specification: Execution, Numerics, *NaN Propagation*.

use annex_embedding::Value;
use ch07_values::Number;
use wast::core::{NanPattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

use crate::Failure;
use crate::script::kind;

/// The argument as a value.
///
/// # Errors
///
/// A value that is not a number: this runner knows only numbers.
pub(crate) fn argument(argument: &WastArg<'_>) -> Result<Value, Failure> {
    let number = match argument {
        WastArg::Core(WastArgCore::I32(x)) => Number::I32(*x),
        WastArg::Core(WastArgCore::I64(x)) => Number::I64(*x),
        WastArg::Core(WastArgCore::F32(x)) => {
            Number::F32(f32::from_bits(x.bits))
        }
        WastArg::Core(WastArgCore::F64(x)) => {
            Number::F64(f64::from_bits(x.bits))
        }
        WastArg::Core(other) => {
            return Err(Failure::new("a number as argument", kind(other)));
        }
        other => return Err(Failure::new("a number as argument", kind(other))),
    };
    Ok(Value::Number(number))
}

/// Whether these are the results that a script wants.
pub(crate) fn all_match(wanted: &[WastRet<'_>], given: &[Value]) -> bool {
    let matches =
        |(wanted, given): (&WastRet<'_>, &Value)| matches(wanted, given);
    wanted.len() == given.len() && wanted.iter().zip(given).all(matches)
}

/// Whether a value is as wanted. All bits of a float count: -0 is not 0.
fn matches(wanted: &WastRet<'_>, given: &Value) -> bool {
    let (WastRet::Core(wanted), Value::Number(given)) = (wanted, given) else {
        return false;
    };
    match (wanted, *given) {
        (WastRetCore::I32(x), Number::I32(y)) => *x == y,
        (WastRetCore::I64(x), Number::I64(y)) => *x == y,
        (WastRetCore::F32(pattern), Number::F32(y)) => {
            is_f32(pattern, y.to_bits())
        }
        (WastRetCore::F64(pattern), Number::F64(y)) => {
            is_f64(pattern, y.to_bits())
        }
        _ => false,
    }
}

/// Whether an `f32` of these bits is what the script wants. A canonical NaN has
/// the top bit of its payload and no other, an arithmetic NaN has at least that
/// bit, and the sign may be either.
pub fn is_f32(pattern: &NanPattern<F32>, bits: u32) -> bool {
    match pattern {
        NanPattern::CanonicalNan => bits & 0x7fff_ffff == 0x7fc0_0000,
        NanPattern::ArithmeticNan => bits & 0x7fc0_0000 == 0x7fc0_0000,
        NanPattern::Value(x) => bits == x.bits,
    }
}

/// Whether the bits of an `f64` match.
pub fn is_f64(pattern: &NanPattern<F64>, bits: u64) -> bool {
    match pattern {
        NanPattern::CanonicalNan => {
            bits & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000
        }
        NanPattern::ArithmeticNan => {
            bits & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000
        }
        NanPattern::Value(x) => bits == x.bits,
    }
}

/// The wanted results as text: `(i32 7, f64 nan:canonical)`.
pub(crate) fn describe_wanted(wanted: &[WastRet<'_>]) -> String {
    let describe = |wanted: &WastRet<'_>| match wanted {
        WastRet::Core(WastRetCore::I32(x)) => Value::from(*x).to_string(),
        WastRet::Core(WastRetCore::I64(x)) => Value::from(*x).to_string(),
        WastRet::Core(WastRetCore::F32(NanPattern::Value(x))) => {
            Value::from(f32::from_bits(x.bits)).to_string()
        }
        WastRet::Core(WastRetCore::F64(NanPattern::Value(x))) => {
            Value::from(f64::from_bits(x.bits)).to_string()
        }
        WastRet::Core(WastRetCore::F32(pattern)) => {
            format!("f32 {}", nan(pattern))
        }
        WastRet::Core(WastRetCore::F64(pattern)) => {
            format!("f64 {}", nan(pattern))
        }
        WastRet::Core(other) => kind(other),
        other => kind(other),
    };
    list(wanted.iter().map(describe))
}

/// What a pattern of NaNs is called in a script.
pub fn nan<T>(pattern: &NanPattern<T>) -> &'static str {
    match pattern {
        NanPattern::CanonicalNan => "nan:canonical",
        NanPattern::ArithmeticNan | NanPattern::Value(_) => "nan:arithmetic",
    }
}

/// Values as text: `(i32 7, f64 0.5)`.
pub fn describe(given: &[Value]) -> String {
    list(given.iter().map(Value::to_string))
}

fn list(texts: impl Iterator<Item = String>) -> String {
    format!("({})", texts.collect::<Vec<_>>().join(", "))
}
