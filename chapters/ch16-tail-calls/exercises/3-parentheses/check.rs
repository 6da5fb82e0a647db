//! Words, and what is in parentheses.

use super::{MODULE, words};

#[test]
fn words_are_counted() {
    for (text, expected) in
        [("", 0), ("one", 1), ("  one  two ", 2), ("a b c d", 4)]
    {
        assert_eq!(words(text).unwrap(), format!("i32 {expected}"), "{text}");
    }
}

#[test]
fn words_in_parentheses_are_not_counted() {
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
fn an_aside_of_ten_thousand_words_does_not_exhaust_the_calls() {
    let text = format!("one ({}) two", "blah ".repeat(10_000));
    assert_eq!(words(&text).unwrap(), "i32 2");
}

#[test]
fn there_is_a_state_called_aside() {
    assert!(MODULE.contains("$aside"), "the third state is called $aside");
}
