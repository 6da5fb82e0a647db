//! Words, and what is in parentheses.

use super::{MODULE, words};

#[test]
fn words_are_counted() {
    for (text, expected) in [("", 0), ("one", 1), ("  one  two ", 2), ("a b c d", 4)] {
        assert_eq!(words(text).unwrap(), format!("i32 {expected}"), "{text}");
    }
}

#[test]
fn what_is_in_parentheses_is_not() {
    let texts = [
        ("one (two three) four", 2),
        ("(one)", 0),
        ("one(two)three", 2),
        ("one ( ) two", 2),
        ("one (two) (three) four (five", 2),
    ];
    for (text, expected) in texts {
        assert_eq!(words(text).unwrap(), format!("i32 {expected}"), "{text}");
    }
}

#[test]
fn a_long_aside_is_no_problem() {
    let text = format!("one ({}) two", "blah ".repeat(10_000));
    assert_eq!(words(&text).unwrap(), "i32 2");
}

#[test]
fn a_third_state_does_it() {
    assert!(MODULE.contains("$aside"), "the third state is called $aside");
}
