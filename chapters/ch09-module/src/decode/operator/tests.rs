//! No operator of the standard is forgotten: compared with `wasmparser`'s own
//! list.

use wasmparser::{
    BinaryReader, Operator, OperatorsReader, RefType, V128, ValType,
};

use super::operator;

/// Some value of the type of an immediate.
trait Sample {
    fn sample() -> Self;
}

macro_rules! samples {
    ($($ty:ty = $sample:expr;)*) => {$(
        impl Sample for $ty {
            fn sample() -> Self {
                $sample
            }
        }
    )*};
}

samples! {
    u8 = 0;
    u32 = 0;
    i32 = 0;
    i64 = 0;
    [u8; 16] = [0; 16];
    V128 = 0_i128.into();
    wasmparser::Ieee32 = 0_f32.into();
    wasmparser::Ieee64 = 0_f64.into();
    wasmparser::BlockType = wasmparser::BlockType::Empty;
    wasmparser::HeapType = wasmparser::HeapType::FUNC;
    RefType = RefType::FUNCREF;
    ValType = ValType::I32;
    Vec<ValType> = vec![ValType::I32];
    wasmparser::TryTable = wasmparser::TryTable {
        ty: wasmparser::BlockType::Empty,
        catches: Vec::new(),
    };
    wasmparser::MemArg = wasmparser::MemArg {
        align: 0,
        max_align: 0,
        offset: 0,
        target: Default::default(),
        ordering: None,
    };
    wasmparser::BrTable<'_> = {
        // Two labels, and the default.
        let reader = BinaryReader::new(&[0x0e, 2, 1, 2, 0], 0);
        match OperatorsReader::new(reader).read() {
            Ok(Operator::BrTable { targets }) => targets,
            other => panic!("{other:?}"),
        }
    };
}

/// Whether an operator is decoded: `None` if its proposal is not a part of the
/// standard.
macro_rules! is_decoded {
    (mvp $($operator:tt)*) => { decode!($($operator)*) };
    (sign_extension $($operator:tt)*) => { decode!($($operator)*) };
    (gc $($operator:tt)*) => { decode!($($operator)*) };
    (saturating_float_to_int $($operator:tt)*) => { decode!($($operator)*) };
    (bulk_memory $($operator:tt)*) => { decode!($($operator)*) };
    (reference_types $($operator:tt)*) => { decode!($($operator)*) };
    (tail_call $($operator:tt)*) => { decode!($($operator)*) };
    (function_references $($operator:tt)*) => { decode!($($operator)*) };
    (exceptions $($operator:tt)*) => { decode!($($operator)*) };
    (simd $($operator:tt)*) => { decode!($($operator)*) };
    (relaxed_simd $($operator:tt)*) => { decode!($($operator)*) };
    (wide_arithmetic $($operator:tt)*) => { decode!($($operator)*) };
    ($proposal:ident $($operator:tt)*) => { None };
}

macro_rules! decode {
    ($name:ident $({ $($field:ident: $ty:ty),* })?) => {{
        let sample = Operator::$name $({ $($field: <$ty>::sample()),* })?;
        Some(operator(&sample).is_ok())
    }};
}

macro_rules! list {
    ($(@$proposal:ident $name:ident
        $({ $($field:ident: $ty:ty),* })? => $visit:ident
        ($($arity:tt)*))*) => {
        /// Each operator with its proposal, and whether it is decoded.
        #[expect(
            clippy::extra_unused_lifetimes,
            reason = "`BrTable<'a>` is among the types"
        )]
        fn operators<'a>() -> Vec<(&'static str, &'static str, Option<bool>)> {
            vec![$((
                stringify!($proposal),
                stringify!($name),
                is_decoded!($proposal $name $({ $($field: $ty),* })?),
            )),*]
        }
    };
}
wasmparser::for_each_operator!(list);

/// What the loop over nested blocks decodes.
const STRUCTURED: [&str; 6] =
    ["Block", "Loop", "If", "Else", "End", "TryTable"];

/// The grammar has it, and validation refuses it: a `select` of several types.
const NEVER_VALID: &str = "TypedSelectMulti";

#[test]
fn every_operator_of_the_standard_is_decoded() {
    let missing: Vec<_> = operators()
        .into_iter()
        .filter(|(_, name, decoded)| {
            *decoded == Some(false) && !STRUCTURED.contains(name)
        })
        .filter(|(_, name, _)| *name != NEVER_VALID)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A proposal that becomes a part of the standard is missed here first.
#[test]
fn only_these_proposals_are_left_out() {
    let mut left_out: Vec<_> = operators()
        .into_iter()
        .filter_map(|(proposal, _, decoded)| {
            decoded.is_none().then_some(proposal)
        })
        .collect();
    left_out.dedup();
    left_out.sort();
    left_out.dedup();
    insta::assert_debug_snapshot!(left_out);
}

#[test]
fn there_are_as_many_rows_as_operators() {
    let count = |wanted: &str| {
        let all = operators();
        all.iter().filter(|(proposal, ..)| *proposal == wanted).count()
    };
    let rows = crate::VectorOp::TABLE.len()
        + crate::VectorLaneOp::TABLE.len()
        + crate::VectorMemoryOp::TABLE.len()
        + crate::VectorMemoryLaneOp::TABLE.len();
    // Two have immediates of their own: v128.const and i8x16.shuffle.
    assert_eq!(rows + 2, count("simd") + count("relaxed_simd"));
}

/// Reads one operator whose opcode is the prefix and the number, with
/// immediates of zeros.
fn read(prefix: Option<u8>, opcode: u16) -> String {
    let mut bytes: Vec<u8> = prefix.into_iter().collect();
    match opcode {
        0..0x80 => bytes.push(opcode as u8),
        _ if prefix.is_none() => bytes.push(opcode as u8),
        _ => bytes.extend([opcode as u8 | 0x80, (opcode >> 7) as u8]),
    }
    bytes.extend([0; 20]);
    let operator = OperatorsReader::new(BinaryReader::new(&bytes, 0)).read();
    let operator = format!("{:?}", operator.unwrap());
    operator.split(' ').next().unwrap().to_owned()
}

/// The opcodes of the tables, which nothing else uses, are those that
/// `wasmparser` reads.
#[test]
fn the_opcodes_are_right() {
    macro_rules! check {
        ($prefix:expr, $family:ident) => {
            for (variant, row) in crate::$family::TABLE {
                assert_eq!(
                    read($prefix, row.opcode),
                    format!("{variant:?}"),
                    "{}",
                    row.name
                );
            }
        };
    }
    check!(None, LoadOp);
    check!(None, StoreOp);
    check!(Some(0xfd), VectorOp);
    check!(Some(0xfd), VectorLaneOp);
    check!(Some(0xfd), VectorMemoryOp);
    check!(Some(0xfd), VectorMemoryLaneOp);
}
