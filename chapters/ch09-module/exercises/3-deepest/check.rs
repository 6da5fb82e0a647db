//! Shallow bodies, deep ones, and a hostile one.

use ch09_module::Module;

use super::deepest;

/// How deep the blocks of a function with this body nest.
fn depth(body: &str) -> usize {
    let module = Module::from_text(&format!("(module (func {body}))")).unwrap();
    deepest(&module.functions[0].read().body)
}

#[test]
fn no_block_and_one_block() {
    assert_eq!(depth("nop"), 0);
    assert_eq!(depth("nop block nop end nop"), 1);
    assert_eq!(depth("block end loop end"), 1);
}

#[test]
fn blocks_in_blocks() {
    assert_eq!(
        depth("block end block loop end block block end end end loop end"),
        3
    );
}

#[test]
fn both_bodies_of_an_if_count() {
    assert_eq!(depth("i32.const 1 if block end end"), 2);
    assert_eq!(depth("i32.const 1 if else loop block end end end"), 3);
}

#[test]
fn a_hundred_thousand_nested_blocks() {
    let depth = depth(&format!(
        "{}{}",
        "block ".repeat(100_000),
        "end ".repeat(100_000)
    ));
    assert_eq!(depth, 100_000);
}
