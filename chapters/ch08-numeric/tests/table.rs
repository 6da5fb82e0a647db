//! The table against `wasmparser`: its list of operators, its reader and its
//! validator.

use ch07_values::NumType;
use ch08_numeric::{Numeric, Row};
use wasmparser::{BinaryReader, OperatorsReader, Validator, WasmFeatures};

/// What `wasmparser` says about an operator without immediates.
struct Known {
    proposal: &'static str,
    variant: &'static str,
    visit: &'static str,
    arity: &'static str,
}

macro_rules! known {
    ($(@$proposal:ident $variant:ident $({ $($immediates:tt)* })? => $visit:ident ($($arity:tt)*))*) => {
        /// All operators without immediates.
        fn known() -> Vec<Known> {
            let all = [$((
                Known {
                    proposal: stringify!($proposal),
                    variant: stringify!($variant),
                    visit: stringify!($visit),
                    arity: stringify!($($arity)*),
                },
                stringify!($($($immediates)*)?),
            )),*];
            all.into_iter().filter(|(_, immediates)| immediates.is_empty()).map(|(known, _)| known).collect()
        }
    };
}
wasmparser::for_each_operator!(known);

impl Known {
    /// `visit_i32_add` is `i32.add`.
    fn name(&self) -> String {
        self.visit.replacen("visit_", "", 1).replacen('_', ".", 1)
    }

    fn is_numeric(&self) -> bool {
        let families = [
            "mvp",
            "sign_extension",
            "saturating_float_to_int",
            "wide_arithmetic",
        ];
        let types = ["i32.", "i64.", "f32.", "f64."];
        families.contains(&self.proposal)
            && types.iter().any(|ty| self.name().starts_with(ty))
    }
}

#[test]
fn every_numeric_operator_has_its_row() {
    let known: Vec<Known> =
        known().into_iter().filter(Known::is_numeric).collect();
    assert_eq!(known.len(), Numeric::TABLE.len());
    for known in known {
        let mut rows = Numeric::TABLE.iter();
        let found = rows.find(|(_, row)| row.name == known.name());
        let (instr, row) =
            found.unwrap_or_else(|| panic!("{} is missing", known.name()));
        assert_eq!(format!("{instr:?}"), known.variant);
        let arity =
            format!("arity {} -> {}", row.params.len(), row.results.len());
        assert_eq!(known.arity, arity, "{}", row.name);
    }
}

#[test]
fn an_operator_finds_its_row() {
    for (position, (instr, row)) in Numeric::TABLE.iter().enumerate() {
        assert_eq!(*instr as usize, position);
        assert_eq!(instr.row().name, row.name);
        assert_eq!(instr.to_string(), row.name);
    }
    assert!(Numeric::TABLE.is_sorted_by_key(|(_, row)| row.opcode));
}

fn opcode(row: &Row) -> Vec<u8> {
    let [prefix, code] = row.opcode.to_be_bytes();
    if prefix == 0 { vec![code] } else { vec![prefix, code] }
}

#[test]
fn every_opcode_is_read_as_the_variant() {
    for (instr, row) in Numeric::TABLE {
        let bytes = opcode(row);
        let operator =
            OperatorsReader::new(BinaryReader::new(&bytes, 0)).read();
        assert_eq!(format!("{:?}", operator.unwrap()), format!("{instr:?}"));
    }
}

/// Whether a function with these parameters and results is valid whose body is
/// the row's instruction on the parameters.
fn is_valid(row: &Row, params: &[NumType], results: &[NumType]) -> bool {
    let byte = |ty: &NumType| match ty {
        NumType::I32 => 0x7f,
        NumType::I64 => 0x7e,
        NumType::F32 => 0x7d,
        NumType::F64 => 0x7c,
    };
    let sized = |bytes: Vec<u8>| [vec![bytes.len() as u8], bytes].concat();
    let types = |types: &[NumType]| sized(types.iter().map(byte).collect());
    let gets: Vec<u8> =
        (0..params.len()).flat_map(|local| [0x20, local as u8]).collect();
    let ty = [vec![1, 0x60], types(params), types(results)].concat();
    let body = [vec![0], gets, opcode(row), vec![0x0b]].concat();
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        [vec![1], sized(ty)].concat(),
        vec![3, 2, 1, 0],
        [vec![10], sized([vec![1], sized(body)].concat())].concat(),
    ];
    Validator::new_with_features(WasmFeatures::all())
        .validate_all(&module.concat())
        .is_ok()
}

/// All lists of types that differ from `types` in at most one place.
fn neighbours(types: &[NumType]) -> Vec<Vec<NumType>> {
    const TYPES: [NumType; 4] =
        [NumType::I32, NumType::I64, NumType::F32, NumType::F64];
    let places = (0..types.len()).flat_map(|place| TYPES.map(|ty| (place, ty)));
    let replaced = places.map(|(place, ty)| {
        let mut types = types.to_vec();
        types[place] = ty;
        types
    });
    replaced.collect()
}

#[test]
fn every_row_has_the_types_of_its_instruction_and_no_others() {
    for (_, row) in Numeric::TABLE {
        for results in neighbours(row.results) {
            assert_eq!(
                is_valid(row, row.params, &results),
                results == row.results,
                "{}",
                row.name
            );
        }
        for params in neighbours(row.params) {
            assert_eq!(
                is_valid(row, &params, row.results),
                params == row.params,
                "{}",
                row.name
            );
        }
    }
}
