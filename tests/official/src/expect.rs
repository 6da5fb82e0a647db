//! The values of a script: what it hands to a call, and what it wants of one.

use std::fmt::Debug;

use ch07_values::Number;
use ch12_instance::{Referent, Value};
use wast::core::{AbstractHeapType, HeapType, NanPattern, WastArgCore, WastRetCore};
use wast::{WastArg, WastRet};

use crate::Miss;

/// The argument as a value.
///
/// # Errors
///
/// Skips what the seam has no values for.
pub(crate) fn argument(argument: &WastArg) -> Result<Value, Miss> {
    let WastArg::Core(argument) = argument else { return Err(beyond(argument)) };
    Ok(match argument {
        WastArgCore::I32(x) => (*x).into(),
        WastArgCore::I64(x) => (*x).into(),
        WastArgCore::F32(x) => f32::from_bits(x.bits).into(),
        WastArgCore::F64(x) => f64::from_bits(x.bits).into(),
        WastArgCore::RefNull(heap) => match hierarchy(heap) {
            Some(AbstractHeapType::Func) => Value::FuncRef(None),
            Some(AbstractHeapType::Extern) => Value::ExternRef(None),
            _ => return Err(beyond(argument)),
        },
        WastArgCore::RefExtern(number) => Value::ExternRef(Some(Referent::Host(*number))),
        WastArgCore::V128(_) | WastArgCore::RefHost(_) => return Err(beyond(argument)),
    })
}

fn beyond(argument: &impl Debug) -> Miss {
    let text = format!("{argument:?}");
    let kind = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    Miss::Skipped(format!("an argument {kind}"))
}

/// The top of the hierarchy that a heap type belongs to, of those whose values the seam knows.
fn hierarchy(heap: &HeapType) -> Option<AbstractHeapType> {
    match heap {
        HeapType::Abstract { ty: AbstractHeapType::Func | AbstractHeapType::NoFunc, .. } => {
            Some(AbstractHeapType::Func)
        }
        HeapType::Abstract {
            ty: AbstractHeapType::Extern | AbstractHeapType::NoExtern, ..
        } => Some(AbstractHeapType::Extern),
        _ => None,
    }
}

/// Whether these are the results that a script wants.
pub(crate) fn all_match(wanted: &[WastRet], given: &[Value]) -> bool {
    wanted.len() == given.len()
        && wanted.iter().zip(given).all(|(wanted, given)| match wanted {
            WastRet::Core(wanted) => matches(wanted, *given),
            _ => false,
        })
}

fn matches(wanted: &WastRetCore, given: Value) -> bool {
    match (wanted, given) {
        (WastRetCore::I32(x), Value::Number(Number::I32(y))) => *x == y,
        (WastRetCore::I64(x), Value::Number(Number::I64(y))) => *x == y,
        (WastRetCore::F32(pattern), Value::Number(Number::F32(y))) => match pattern {
            NanPattern::CanonicalNan => y.to_bits() & 0x7fff_ffff == 0x7fc0_0000,
            NanPattern::ArithmeticNan => y.to_bits() & 0x7fc0_0000 == 0x7fc0_0000,
            NanPattern::Value(x) => x.bits == y.to_bits(),
        },
        (WastRetCore::F64(pattern), Value::Number(Number::F64(y))) => match pattern {
            NanPattern::CanonicalNan => {
                y.to_bits() & 0x7fff_ffff_ffff_ffff == 0x7ff8_0000_0000_0000
            }
            NanPattern::ArithmeticNan => {
                y.to_bits() & 0x7ff8_0000_0000_0000 == 0x7ff8_0000_0000_0000
            }
            NanPattern::Value(x) => x.bits == y.to_bits(),
        },
        (WastRetCore::RefNull(heap), Value::FuncRef(None)) => {
            heap.as_ref().is_none_or(|heap| hierarchy(heap) == Some(AbstractHeapType::Func))
        }
        (WastRetCore::RefNull(heap), Value::ExternRef(None)) => {
            heap.as_ref().is_none_or(|heap| hierarchy(heap) == Some(AbstractHeapType::Extern))
        }
        (WastRetCore::RefFunc(_), Value::FuncRef(Some(_))) => true,
        (WastRetCore::RefExtern(x), Value::ExternRef(Some(Referent::Host(y)))) => {
            x.is_none_or(|x| x == y)
        }
        (WastRetCore::Either(cases), given) => cases.iter().any(|wanted| matches(wanted, given)),
        _ => false,
    }
}

/// The wanted results in words.
pub(crate) fn describe_wanted(wanted: &[WastRet]) -> String {
    let words: Vec<String> = wanted
        .iter()
        .map(|wanted| match wanted {
            WastRet::Core(WastRetCore::I32(x)) => Value::from(*x).to_string(),
            WastRet::Core(WastRetCore::I64(x)) => Value::from(*x).to_string(),
            WastRet::Core(WastRetCore::F32(NanPattern::Value(x))) => {
                Value::from(f32::from_bits(x.bits)).to_string()
            }
            WastRet::Core(WastRetCore::F64(NanPattern::Value(x))) => {
                Value::from(f64::from_bits(x.bits)).to_string()
            }
            WastRet::Core(other) => format!("{other:?}"),
            other => format!("{other:?}"),
        })
        .collect();
    format!("({})", words.join(", "))
}

/// The given results in words.
pub(crate) fn describe(given: &[Value]) -> String {
    let words: Vec<String> = given.iter().map(Value::to_string).collect();
    format!("({})", words.join(", "))
}
