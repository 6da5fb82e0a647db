//! What is deep or large is walked through, or is an error: never an overflow
//! of the native stack, never all of the memory.

use std::thread;

use annex_validation::validate;
use ch09_module::{
    Block, BlockType, Body, Control, FuncIdx, Function, Instr, Module,
};

/// Runs `test` where the native stack has the 2 MiB that Rust gives to any
/// thread.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(2 << 20);
    thread.spawn(test).unwrap().join().unwrap();
}

/// The module of this text, whose first function now has this body.
fn with_body(text: &str, body: Body) -> Module {
    let mut module = Module::from_text(text).unwrap();
    let function = module.functions[0].read().into_owned();
    module.functions[0] = Function { body, ..function }.into();
    module
}

/// So many blocks, each in the one before.
fn nested(depth: usize, innermost: Body) -> Body {
    let block = |body| {
        vec![
            Control::Block(Box::new(Block { ty: BlockType::Empty, body }))
                .into(),
        ]
    };
    (0..depth).fold(innermost, |body, _| block(body).into())
}

#[test]
fn a_million_nested_blocks_are_no_deeper_than_one() {
    on_a_small_stack(|| {
        assert!(
            validate(&with_body(
                "(module (func))",
                nested(1_000_000, Body::default())
            ))
            .is_ok()
        );
        let innermost =
            vec![Instr::Parametric(ch09_module::Parametric::Drop)].into();
        let error = validate(&with_body(
            "(module (func))",
            nested(1_000_000, innermost),
        ));
        assert_eq!(
            error.unwrap_err().to_string(),
            "in function 0 at 0.0.0.0.….0.0.0.0, drop: type mismatch: expected an operand, found []"
        );
    });
}

#[test]
fn operands_beyond_measure_are_an_error() {
    let text =
        "(module (func) (func $two (result i32 i32) i32.const 0 i32.const 0))";
    let calls = vec![Control::Call(FuncIdx(1)).into(); 1_000_000];
    let error = validate(&with_body(text, calls.into())).unwrap_err();
    assert_eq!(error.error.to_string(), "more than 1000000 operands");
}

/// The binary format says "pages of one byte" whether the standard has them or
/// not.
#[test]
fn a_page_size_is_beyond_version_1() {
    let bytes = wat::parse_str("(module (memory 70000 (pagesize 1)))").unwrap();
    let error = validate(&Module::decode(&bytes).unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "beyond version 1.0 of the standard: 70000 (pagesize 1)"
    );
}
