//! The values of a script: what it hands to a call, and what it wants of one.

use std::array::from_fn;
use std::fmt::Debug;

use annex_embedding::{Referent, Value};
use ch07_values::Number;
use ch09_module::V128;
use ch14_spec::{is_f32, is_f64, kind, nan};
use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

use crate::NotPassed;

/// The argument as a value.
///
/// # Errors
///
/// Skips what the seam has no values for.
pub(crate) fn argument(argument: &WastArg) -> Result<Value, NotPassed> {
    let WastArg::Core(argument) = argument else { return Err(beyond(argument)) };
    Ok(match argument {
        WastArgCore::I32(x) => (*x).into(),
        WastArgCore::I64(x) => (*x).into(),
        WastArgCore::F32(x) => f32::from_bits(x.bits).into(),
        WastArgCore::F64(x) => f64::from_bits(x.bits).into(),
        WastArgCore::V128(x) => Value::V128(V128(u128::from_le_bytes(x.to_le_bytes()))),
        WastArgCore::RefNull(heap) => null(heap).ok_or_else(|| beyond(argument))?,
        WastArgCore::RefExtern(number) => Value::ExternRef(Some(Referent::Host(*number))),
        WastArgCore::RefHost(number) => Value::AnyRef(Some(Referent::Host(*number))),
    })
}

fn beyond(argument: &impl Debug) -> NotPassed {
    NotPassed::Skipped(format!("an argument {}", kind(argument)))
}

/// The null of a heap type. There is one for each hierarchy of types, whatever the type is in it.
fn null(heap: &HeapType) -> Option<Value> {
    use AbstractHeapType as Heap;
    let HeapType::Abstract { ty, .. } = heap else { return None };
    match ty {
        Heap::Func | Heap::NoFunc => Some(Value::FuncRef(None)),
        Heap::Extern | Heap::NoExtern => Some(Value::ExternRef(None)),
        Heap::Exn | Heap::NoExn => Some(Value::ExnRef(None)),
        Heap::Any | Heap::Eq | Heap::Struct | Heap::Array | Heap::I31 | Heap::None => {
            Some(Value::AnyRef(None))
        }
        Heap::Cont | Heap::NoCont => None,
    }
}

/// Compares results with those that a script wants.
///
/// # Errors
///
/// They are others, or there is no way to compare them.
pub(crate) fn expect(wanted: &[WastRet], given: &[Value]) -> Result<(), NotPassed> {
    let cores: Option<Vec<&WastRetCore>> = wanted.iter().map(core).collect();
    let Some(wanted_cores) = cores.filter(|cores| cores.iter().all(|wanted| is_known(wanted)))
    else {
        return Err(NotPassed::Skipped(format!("a result {}", describe_wanted(wanted))));
    };
    let mut pairs = wanted_cores.iter().zip(given);
    if wanted.len() == given.len() && pairs.all(|(wanted, given)| matches(wanted, *given)) {
        return Ok(());
    }
    let given = given.iter().enumerate().map(|(at, given)| match (wanted_cores.get(at), given) {
        (Some(WastRetCore::V128(shape)), Value::V128(V128(bits))) => {
            format!("v128 {}", lanes_in_words(&shaped(shape, *bits)))
        }
        _ => given.to_string(),
    });
    let given: Vec<String> = given.collect();
    Err(NotPassed::failed(describe_wanted(wanted), format!("({})", given.join(", "))))
}

fn core<'a, 'b>(wanted: &'a WastRet<'b>) -> Option<&'a WastRetCore<'b>> {
    match wanted {
        WastRet::Core(wanted) => Some(wanted),
        _ => None,
    }
}

/// Whether we can say if a value is this one.
fn is_known(wanted: &WastRetCore) -> bool {
    match wanted {
        WastRetCore::RefNull(Some(heap)) => null(heap).is_some(),
        // Which function it is, a value doesn't say.
        WastRetCore::RefFunc(Some(_)) | WastRetCore::RefI31Shared => false,
        WastRetCore::Either(cases) => cases.iter().all(is_known),
        _ => true,
    }
}

fn matches(wanted: &WastRetCore, given: Value) -> bool {
    match (wanted, given) {
        (WastRetCore::I32(x), Value::Number(Number::I32(y))) => *x == y,
        (WastRetCore::I64(x), Value::Number(Number::I64(y))) => *x == y,
        (WastRetCore::F32(pattern), Value::Number(Number::F32(y))) => is_f32(pattern, y.to_bits()),
        (WastRetCore::F64(pattern), Value::Number(Number::F64(y))) => is_f64(pattern, y.to_bits()),
        (WastRetCore::V128(pattern), Value::V128(V128(bits))) => is_v128(pattern, bits),
        (WastRetCore::RefNull(Some(heap)), given) => null(heap) == Some(given),
        (WastRetCore::RefNull(None), given) => matches!(
            given,
            Value::FuncRef(None)
                | Value::ExternRef(None)
                | Value::AnyRef(None)
                | Value::ExnRef(None)
        ),
        (WastRetCore::RefFunc(None), Value::FuncRef(Some(_))) => true,
        (WastRetCore::RefExtern(None), Value::ExternRef(Some(_))) => true,
        (WastRetCore::RefExtern(Some(x)), Value::ExternRef(Some(Referent::Host(y)))) => *x == y,
        (WastRetCore::RefHost(x), Value::AnyRef(Some(Referent::Host(y)))) => *x == y,
        (WastRetCore::RefAny, Value::AnyRef(Some(_))) => true,
        (
            WastRetCore::RefEq,
            Value::AnyRef(Some(Referent::I31(_) | Referent::Struct(_) | Referent::Array(_))),
        ) => true,
        (WastRetCore::RefArray, Value::AnyRef(Some(Referent::Array(_)))) => true,
        (WastRetCore::RefStruct, Value::AnyRef(Some(Referent::Struct(_)))) => true,
        (WastRetCore::RefI31, Value::AnyRef(Some(Referent::I31(_)))) => true,
        (WastRetCore::Either(cases), given) => cases.iter().any(|wanted| matches(wanted, given)),
        _ => false,
    }
}

/// Whether each lane is what the pattern says, the first one in the lowest bits.
fn is_v128(wanted: &V128Pattern, bits: u128) -> bool {
    let lane = |width: usize, at: usize| (bits >> (width * at)) as u64;
    match wanted {
        V128Pattern::I8x16(lanes) => (0..).zip(lanes).all(|(at, x)| *x == lane(8, at) as i8),
        V128Pattern::I16x8(lanes) => (0..).zip(lanes).all(|(at, x)| *x == lane(16, at) as i16),
        V128Pattern::I32x4(lanes) => (0..).zip(lanes).all(|(at, x)| *x == lane(32, at) as i32),
        V128Pattern::I64x2(lanes) => (0..).zip(lanes).all(|(at, x)| *x == lane(64, at) as i64),
        V128Pattern::F32x4(lanes) => (0..).zip(lanes).all(|(at, x)| is_f32(x, lane(32, at) as u32)),
        V128Pattern::F64x2(lanes) => (0..).zip(lanes).all(|(at, x)| is_f64(x, lane(64, at))),
    }
}

/// The bits in the shape of a pattern, the first lane in the lowest bits.
fn shaped(shape: &V128Pattern, bits: u128) -> V128Pattern {
    let lane = |width: usize, at: usize| (bits >> (width * at)) as u64;
    match shape {
        V128Pattern::I8x16(_) => V128Pattern::I8x16(from_fn(|at| lane(8, at) as i8)),
        V128Pattern::I16x8(_) => V128Pattern::I16x8(from_fn(|at| lane(16, at) as i16)),
        V128Pattern::I32x4(_) => V128Pattern::I32x4(from_fn(|at| lane(32, at) as i32)),
        V128Pattern::I64x2(_) => V128Pattern::I64x2(from_fn(|at| lane(64, at) as i64)),
        V128Pattern::F32x4(_) => {
            V128Pattern::F32x4(from_fn(|at| NanPattern::Value(F32 { bits: lane(32, at) as u32 })))
        }
        V128Pattern::F64x2(_) => {
            V128Pattern::F64x2(from_fn(|at| NanPattern::Value(F64 { bits: lane(64, at) })))
        }
    }
}

/// The wanted results in words.
pub(crate) fn describe_wanted(wanted: &[WastRet]) -> String {
    let words: Vec<String> = wanted
        .iter()
        .map(|wanted| match wanted {
            WastRet::Core(wanted) => in_words(wanted),
            other => format!("{other:?}"),
        })
        .collect();
    format!("({})", words.join(", "))
}

fn in_words(wanted: &WastRetCore) -> String {
    match wanted {
        WastRetCore::I32(x) => Value::from(*x).to_string(),
        WastRetCore::I64(x) => Value::from(*x).to_string(),
        WastRetCore::F32(NanPattern::Value(x)) => Value::from(f32::from_bits(x.bits)).to_string(),
        WastRetCore::F64(NanPattern::Value(x)) => Value::from(f64::from_bits(x.bits)).to_string(),
        WastRetCore::F32(pattern) => format!("f32 {}", nan(pattern)),
        WastRetCore::F64(pattern) => format!("f64 {}", nan(pattern)),
        WastRetCore::V128(pattern) => format!("v128 {}", lanes_in_words(pattern)),
        WastRetCore::RefNull(None) => "a null".to_owned(),
        WastRetCore::RefNull(Some(heap)) => {
            null(heap).map_or_else(|| format!("{heap:?}"), |null| null.to_string())
        }
        WastRetCore::RefExtern(None) => "an externref".to_owned(),
        WastRetCore::RefExtern(Some(number)) => format!("externref {number}"),
        WastRetCore::RefHost(number) => format!("anyref {number}"),
        WastRetCore::RefFunc(None) => "a funcref".to_owned(),
        WastRetCore::RefFunc(Some(_)) => "a certain funcref".to_owned(),
        WastRetCore::RefAny => "an anyref".to_owned(),
        WastRetCore::RefEq => "an eqref".to_owned(),
        WastRetCore::RefArray => "an arrayref".to_owned(),
        WastRetCore::RefStruct => "a structref".to_owned(),
        WastRetCore::RefI31 => "an i31ref".to_owned(),
        WastRetCore::RefI31Shared => "a shared i31ref".to_owned(),
        WastRetCore::Either(cases) => cases.iter().map(in_words).collect::<Vec<_>>().join(" or "),
    }
}

fn lanes_in_words(pattern: &V128Pattern) -> String {
    fn float<T>(lane: &NanPattern<T>, bits: impl Fn(&T) -> String) -> String {
        match lane {
            NanPattern::Value(x) => bits(x),
            other => nan(other).to_owned(),
        }
    }
    let (shape, lanes): (_, Vec<String>) = match pattern {
        V128Pattern::I8x16(lanes) => ("i8x16", lanes.iter().map(|x| format!("{x:#04x}")).collect()),
        V128Pattern::I16x8(lanes) => ("i16x8", lanes.iter().map(|x| format!("{x:#06x}")).collect()),
        V128Pattern::I32x4(lanes) => {
            ("i32x4", lanes.iter().map(|x| format!("{x:#010x}")).collect())
        }
        V128Pattern::I64x2(lanes) => {
            ("i64x2", lanes.iter().map(|x| format!("{x:#018x}")).collect())
        }
        V128Pattern::F32x4(lanes) => {
            ("f32x4", lanes.iter().map(|x| float(x, |x| format!("{:#010x}", x.bits))).collect())
        }
        V128Pattern::F64x2(lanes) => {
            ("f64x2", lanes.iter().map(|x| float(x, |x| format!("{:#018x}", x.bits))).collect())
        }
    };
    format!("{shape} {}", lanes.join(" "))
}
