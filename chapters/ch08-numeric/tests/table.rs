//! The table against what others say: `wasmparser`'s list, its reader, and its
//! validator.

use ch07_values::NumType;
use ch08_numeric::{Numeric, Row};
use wasmparser::{BinaryReader, OperatorsReader, Validator};

/// What `wasmparser` says of an operator that has no immediates.
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
        let families = ["mvp", "sign_extension", "saturating_float_to_int"];
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
        let row = Numeric::TABLE.iter().find(|row| row.name == known.name());
        let row = row.unwrap_or_else(|| panic!("{} is missing", known.name()));
        assert_eq!(format!("{:?}", row.instr), known.variant);
        let arity = format!("arity {} -> 1", row.params.len());
        assert_eq!(known.arity, arity, "{}", row.name);
    }
}

#[test]
fn a_row_stands_where_its_instruction_looks_for_it() {
    for (position, row) in Numeric::TABLE.iter().enumerate() {
        assert_eq!(row.instr as usize, position);
        assert_eq!(row.instr.row().name, row.name);
        assert_eq!(row.instr.to_string(), row.name);
    }
    assert!(Numeric::TABLE.is_sorted_by_key(|row| row.opcode));
}

fn opcode(row: &Row) -> Vec<u8> {
    let [prefix, code] = row.opcode.to_be_bytes();
    if prefix == 0 { vec![code] } else { vec![prefix, code] }
}

#[test]
fn every_opcode_is_read_as_the_variant() {
    for row in Numeric::TABLE {
        let bytes = opcode(row);
        let operator =
            OperatorsReader::new(BinaryReader::new(&bytes, 0)).read();
        assert_eq!(
            format!("{:?}", operator.unwrap()),
            format!("{:?}", row.instr)
        );
    }
}

/// Whether a function of these types is valid that only executes the row's
/// instruction on its parameters.
fn is_valid(row: &Row, params: &[NumType], result: NumType) -> bool {
    let byte = |ty: &NumType| match ty {
        NumType::I32 => 0x7f,
        NumType::I64 => 0x7e,
        NumType::F32 => 0x7d,
        NumType::F64 => 0x7c,
    };
    let sized = |bytes: Vec<u8>| [vec![bytes.len() as u8], bytes].concat();
    let params: Vec<u8> = params.iter().map(byte).collect();
    let gets: Vec<u8> =
        (0..params.len()).flat_map(|local| [0x20, local as u8]).collect();
    let ty = [vec![1, 0x60], sized(params), vec![1, byte(&result)]].concat();
    let body = [vec![0], gets, opcode(row), vec![0x0b]].concat();
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        [vec![1], sized(ty)].concat(),
        vec![3, 2, 1, 0],
        [vec![10], sized([vec![1], sized(body)].concat())].concat(),
    ];
    Validator::new().validate_all(&module.concat()).is_ok()
}

#[test]
fn every_row_has_the_types_of_its_instruction_and_no_others() {
    const TYPES: [NumType; 4] =
        [NumType::I32, NumType::I64, NumType::F32, NumType::F64];
    for row in Numeric::TABLE {
        for result in TYPES {
            assert_eq!(
                is_valid(row, row.params, result),
                result == row.result,
                "{}",
                row.name
            );
        }
        for position in 0..row.params.len() {
            for ty in TYPES {
                let mut params = row.params.to_vec();
                params[position] = ty;
                assert_eq!(
                    is_valid(row, &params, row.result),
                    params == row.params,
                    "{}",
                    row.name
                );
            }
        }
    }
}
