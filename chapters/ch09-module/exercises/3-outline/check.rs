//! Blocks beside each other, blocks in blocks, and a hostile body.

use ch09_module::Module;

use super::outline;

/// The outline of a function with this body, one line per block.
fn lines(body: &str) -> Vec<String> {
    let module = Module::from_text(&format!("(module (func {body}))")).unwrap();
    outline(&module.functions[0].read().body)
        .iter()
        .map(|(depth, keyword)| format!("{depth} {keyword}"))
        .collect()
}

#[test]
fn no_block_and_blocks_beside_each_other() {
    assert!(lines("nop").is_empty());
    assert_eq!(lines("nop block nop end loop end"), ["1 block", "1 loop"]);
}

#[test]
fn blocks_in_blocks_in_the_order_of_the_text() {
    assert_eq!(
        lines("block loop end block end end loop block end end"),
        ["1 block", "2 loop", "2 block", "1 loop", "2 block"]
    );
}

#[test]
fn an_if_comes_before_its_else() {
    assert_eq!(
        lines("i32.const 1 if loop end else block end end"),
        ["1 if", "2 loop", "1 else", "2 block"]
    );
}

#[test]
fn a_hundred_thousand_nested_blocks() {
    let lines = lines(&format!(
        "{}{}",
        "block ".repeat(100_000),
        "end ".repeat(100_000)
    ));
    assert_eq!(lines.len(), 100_000);
    assert_eq!(lines[99_999], "100000 block");
}
