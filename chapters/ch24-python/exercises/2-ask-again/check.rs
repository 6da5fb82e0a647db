//! What is found, and whether the search can be paused.

use super::search;

/// Likes each number whose square is more than this.
fn square(limit: u32) -> String {
    let square = "(i32.mul (local.get $n) (local.get $n))";
    format!("(i32.gt_u {square} (i32.const {limit}))")
}

#[test]
fn the_first_one_is_found() {
    for (limit, found) in [(0, 1), (10, 4), (900, 31)] {
        let (first, pauses) = search(&square(limit), 1_000_000).unwrap();
        assert_eq!((first, pauses), (found, 0), "more than {limit}");
    }
    assert_eq!(search("(i32.const 1)", 1_000_000).unwrap(), (0, 0));
}

#[test]
fn any_answer_but_0_counts() {
    let negative =
        "(i32.sub (i32.shr_u (local.get $n) (i32.const 2)) (local.get $n))";
    assert_eq!(search(negative, 1_000_000).unwrap().0, 1);
}

#[test]
fn a_search_is_paused_in_the_middle() {
    let (first, pauses) = search(&square(900), 5).unwrap();
    assert_eq!(first, 31);
    assert!(pauses >= 5, "it was paused {pauses} times");
}

#[test]
fn a_trap_ends_the_search() {
    let traps =
        "(if (i32.eq (local.get $n) (i32.const 3)) (then (unreachable)))
        (i32.const 0)";
    let error = search(traps, 1_000_000).map_err(|error| error.to_string());
    assert_eq!(error, Err("wasm trap: unreachable".to_owned()));
}
