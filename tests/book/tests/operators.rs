//! The file behind the book's cheat sheet is what the crates know today.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use book::operators::{Family, operators};
use wasmparser::{Parser, Payload};

#[test]
fn the_cheat_sheet_is_what_the_crates_know() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("operators.json");
    let text = Family::text(&operators()).unwrap();
    if std::env::var("RECORD").is_ok_and(|value| value == "1") {
        fs::write(file, text).unwrap();
    } else {
        let recorded = fs::read_to_string(file).unwrap_or_default().replace('\r', "");
        assert!(
            recorded == text,
            "tests/book/operators.json differs from the crates\nhelp: run `RECORD=1 cargo test -p book`, and review the difference"
        );
    }
}

#[test]
fn every_instruction_stands_in_it_once() {
    let families = operators();
    let rows: Vec<_> = families.iter().flat_map(|family| &family.rows).collect();
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.len(), rows.len(), "two instructions have one name");
    let bytes: BTreeSet<&str> = rows.iter().map(|row| row.bytes.as_str()).collect();
    assert_eq!(bytes.len(), rows.len(), "two instructions have the same bytes");
    for row in rows {
        assert!(!row.ty.is_empty() && !row.meaning.is_empty(), "{row:?}");
    }
}

/// Asks `wasmparser` about each opcode.
#[test]
fn no_instruction_of_the_standard_is_missing() {
    let families = operators();
    let known: BTreeSet<&str> =
        families.iter().flat_map(|family| &family.rows).map(|row| row.bytes.as_str()).collect();
    let prefixed = [0xfb, 0xfc]
        .into_iter()
        .flat_map(|prefix| (0..=40u8).map(move |second| vec![prefix, second]));
    let vectors = (0..=0x17fu16).map(|number| match number {
        0..0x80 => vec![0xfd, number as u8],
        _ => vec![0xfd, number as u8 | 0x80, (number >> 7) as u8],
    });
    let (mut missing, mut asked) = (Vec::new(), 0);
    for opcode in (0..=0xfa).map(|opcode| vec![opcode]).chain(prefixed).chain(vectors) {
        // Enough immediates for anything, all of them 0, and the ends of up to two blocks.
        let mut body = vec![0];
        body.extend(&opcode);
        body.extend([0; 18]);
        let Ok((name, features)) = first_operator(&body) else { continue };
        let spelled: Vec<String> = opcode.iter().map(|byte| format!("{byte:02x}")).collect();
        asked += usize::from(features);
        // Those that only end or divide a block belong to the block's row.
        if features
            && !known.contains(spelled.join(" ").as_str())
            && !["End", "Else"].contains(&name.as_str())
        {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    // `else` and `end` are asked and stand in no row; a `select` without a type, which zeros are, is no instruction.
    assert_eq!(asked, known.len() + 2 - 1);
}

/// The name of the first instruction of a function's body, and whether the cheat sheet has to have it.
fn first_operator(body: &[u8]) -> Result<(String, bool), wasmparser::BinaryReaderError> {
    let mut section = vec![1];
    section.push(u8::try_from(body.len()).unwrap());
    section.extend(body);
    // One type without parameters and results, one function of it, and then its body.
    let mut binary = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a".to_vec();
    binary.push(u8::try_from(section.len()).unwrap());
    binary.extend(section);
    for payload in Parser::new(0).parse_all(&binary) {
        if let Payload::CodeSectionEntry(body) = payload? {
            let mut reader = body.get_operators_reader()?;
            let operator = reader.read()?;
            let name = format!("{operator:?}");
            let name = name.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
            macro_rules! proposal {
                ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
                    match operator { $(wasmparser::Operator::$op { .. } => stringify!($proposal),)* _ => "" }
                };
            }
            let proposal = wasmparser::for_each_operator!(proposal);
            // The standard, and the proposals that have rows.
            let known = [
                "mvp",
                "sign_extension",
                "saturating_float_to_int",
                "bulk_memory",
                "reference_types",
                "tail_call",
                "function_references",
                "exceptions",
                "gc",
                "simd",
                "relaxed_simd",
                "wide_arithmetic",
            ];
            return Ok((name, known.contains(&proposal)));
        }
    }
    unreachable!("the section has a body")
}
