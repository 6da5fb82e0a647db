//! Bad input is an error, and deep input is input: never a panic, never an
//! overflow of the native stack.

use std::thread;

use ch09_module::{Instr, Module};

const SAMPLE: &str = include_str!("../src/sample.wat");

/// Runs `test` where the native stack has the 2 MiB that Rust gives to any
/// thread.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(2 << 20);
    thread.spawn(test).unwrap().join().unwrap();
}

/// A module whose only function has this many blocks, each in the one before.
fn nested(depth: usize) -> Vec<u8> {
    nested_in(&[0x02, 0x40], depth)
}

/// The same with another instruction than `block`.
fn nested_in(head: &[u8], depth: usize) -> Vec<u8> {
    let body = [head.repeat(depth), vec![0x0b; depth + 1]].concat();
    let code = [vec![1], leb(body.len() + 1), vec![0], body].concat();
    let header = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a";
    [header.to_vec(), leb(code.len()), code].concat()
}

/// `u32`, as the binary format writes it.
fn leb(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

#[test]
fn every_prefix_of_a_module_is_an_error_or_a_module() {
    let bytes = wat::parse_str(SAMPLE).unwrap();
    // No byte at all would be the empty text, which is a module.
    let whole = (1..bytes.len())
        .filter(|&length| Module::from_bytes(&bytes[..length]).is_ok());
    // What ends between two sections can be a module. Without its first byte it
    // is not even a cut one.
    assert_eq!(whole.count(), 5);
    assert!(Module::from_binary(&bytes[1..]).is_err());
}

#[test]
fn every_changed_byte_of_a_module_is_an_error_or_a_module() {
    let bytes = wat::parse_str(SAMPLE).unwrap();
    let mut errors = 0;
    for (position, mask) in (0..bytes.len()).flat_map(|position| {
        [(position, 0xff), (position, 1), (position, 0x80)]
    }) {
        let mut changed = bytes.clone();
        changed[position] ^= mask;
        // Without validation it is a tree or an error, too.
        let unchecked =
            Module::decode(&changed).map(|module| module.to_string());
        match Module::from_binary(&changed) {
            // What is decoded can be printed.
            Ok(module) => {
                assert!(module.to_string().starts_with("(module"));
                assert_eq!(unchecked.unwrap(), module.to_string());
            }
            Err(error) => {
                errors += 1;
                assert!(error.to_string().contains("at byte 0x"), "{error}");
            }
        }
    }
    assert!(errors > bytes.len());
}

#[test]
fn noise_is_an_error() {
    // An xorshift generator: the same noise every time.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    for length in 0..500 {
        let bytes: Vec<u8> = (0..length).map(|_| noise()).collect();
        assert!(Module::from_bytes(&bytes).is_err() || length == 0);
        assert!(
            Module::from_bytes(&[b"\0asm\x01\0\0\0", &bytes[..]].concat())
                .is_err()
                || length == 0
        );
    }
}

#[test]
fn ten_thousand_nested_blocks_are_decoded_printed_and_read_back() {
    on_a_small_stack(|| {
        let module = Module::from_binary(&nested(10_000)).unwrap();
        let text = module.to_string();
        assert!(text.len() < 10_000 * 200, "{} bytes", text.len());
        let again = Module::from_text(&text).unwrap().to_string();
        assert!(again == text);
    });
}

#[test]
fn a_million_nested_blocks_are_decoded_and_dropped() {
    on_a_small_stack(|| {
        let module = Module::from_binary(&nested(1_000_000)).unwrap();
        assert!(matches!(
            module.functions[0].read().body[..],
            [Instr::Control(_)]
        ));
        drop(module);
    });
}

#[test]
fn a_million_instructions_of_each_kind_with_a_body_are_read_and_dropped() {
    on_a_small_stack(|| {
        // `loop`, `if` after its operand, and `try_table` without a handler.
        for head in
            [&[0x03, 0x40][..], &[0x41, 0, 0x04, 0x40], &[0x1f, 0x40, 0]]
        {
            let module = Module::from_binary(&nested_in(head, 1_000_000));
            let body = module.unwrap().functions[0].read().into_owned().body;
            assert!(!body.is_empty());
            drop(body);
        }
    });
}

#[test]
fn blocks_that_never_end_are_an_error() {
    on_a_small_stack(|| {
        let mut bytes = nested(1_000_000);
        bytes.truncate(1_000_000);
        assert!(Module::from_binary(&bytes).is_err());
    });
}

/// Each function declares 50,000 locals in a few bytes; together they would fill
/// the memory of a large machine.
#[test]
fn too_many_locals_are_an_error() {
    const FUNCTIONS: usize = 100_000;
    let section =
        |id: u8, bytes: Vec<u8>| [vec![id], leb(bytes.len()), bytes].concat();
    let body = [vec![1], leb(50_000), vec![0x7e, 0x0b]].concat();
    let code = [leb(body.len()), body].concat();
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, vec![1, 0x60, 0, 0]),
        section(3, [leb(FUNCTIONS), vec![0; FUNCTIONS]].concat()),
        section(10, [leb(FUNCTIONS), code.repeat(FUNCTIONS)].concat()),
    ];
    let error = Module::from_binary(&module.concat()).unwrap_err().to_string();
    assert!(
        error.starts_with("more than 10000000 locals in one module, in function 200, at byte 0x"),
        "{error}"
    );
}

#[test]
fn deep_text_is_an_error_or_a_module() {
    on_a_small_stack(|| {
        let folded = |depth: usize| {
            let (open, close) = ("(block ".repeat(depth), ")".repeat(depth));
            Module::from_text(&format!("(module (func {open}{close}))"))
        };
        assert!(folded(100_000).is_ok());
        for open in [
            "(",
            "(module ",
            "(@a ",
            "(module (type ",
            "(component ",
            "(;",
            "(((",
        ] {
            assert!(
                Module::from_text(&open.repeat(100_000)).is_err(),
                "{open}"
            );
        }
    });
}
