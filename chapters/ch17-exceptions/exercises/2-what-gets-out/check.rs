//! What no clause catches gets out, and nothing else does.

use ch09_module::{Module, TagIdx};

use super::escaping;

fn tags(instrs: &str) -> Vec<u32> {
    let text = format!("(module (tag $a) (tag $b) (tag $c) (func {instrs}))");
    let module = Module::from_text(&text).unwrap();
    escaping(&module.functions[0].read().body)
        .into_iter()
        .map(|TagIdx(tag)| tag)
        .collect()
}

#[test]
fn a_tag_without_a_clause_gets_out() {
    assert_eq!(tags("try_table throw $b end throw $a"), [1, 0]);
    assert_eq!(
        tags("i32.const 0 if throw $c else block throw $a end end throw $c"),
        [2, 0]
    );
}

#[test]
fn a_tag_with_a_clause_does_not_get_out() {
    assert_eq!(
        tags("block try_table (catch $a 0) throw $b throw $a end end"),
        [1]
    );
    let by_reference = "block (result exnref)
        try_table (catch_ref $b 0) throw $b end unreachable end drop";
    assert!(tags(by_reference).is_empty());
}

#[test]
fn a_clause_without_a_tag_catches_all() {
    assert!(
        tags(
            "block try_table (catch $a 0) (catch_all 0)
               throw $b throw $c end end"
        )
        .is_empty()
    );
    let by_reference = "block (result exnref)
        try_table (catch_all_ref 0) throw $b end unreachable end drop";
    assert!(tags(by_reference).is_empty());
}

#[test]
fn a_clause_catches_only_what_is_thrown_inside_its_try_table() {
    assert_eq!(
        tags("block try_table (catch_all 0) throw $a end end throw $b"),
        [1]
    );
    let nested = "block try_table (catch $b 0) block try_table (catch $a 0)
        throw $a throw $b throw $c end end end end";
    assert_eq!(tags(nested), [2]);
}
