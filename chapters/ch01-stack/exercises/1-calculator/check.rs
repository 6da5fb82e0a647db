//! Operands first, then the operator: that is all the grammar there is.

use super::calculate;

#[test]
fn it_adds() {
    assert_eq!(calculate("1 2 +").unwrap(), 3.0);
}

#[test]
fn the_operand_on_top_is_the_second_one() {
    assert_eq!(calculate("7 2 -").unwrap(), 5.0);
    assert_eq!(calculate("7 2 /").unwrap(), 3.5);
}

#[test]
fn operators_are_applied_in_the_order_of_the_formula() {
    assert_eq!(calculate("2 3 0.1 * +").unwrap(), 2.3);
    assert_eq!(calculate("2 3 + 0.1 *").unwrap(), 0.5);
    assert_eq!(calculate("10 4 3 - -").unwrap(), 9.0);
    assert_eq!(calculate("10 4 - 3 -").unwrap(), 3.0);
}

#[test]
fn a_missing_operand_is_a_trap() {
    for text in ["", "+", "1 -", "1 *", "1 2 + /"] {
        let trap = calculate(text).expect_err(text);
        assert_eq!(
            trap.to_string(),
            "operand stack is empty",
            "after `{text}`"
        );
    }
}
