//! Each month, and numbers that are not months.

use ch07_values::Number;

use super::{MODULE, days};

#[test]
fn each_month_has_its_days() {
    let expected = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (month, expected) in (1..).zip(expected) {
        assert_eq!(
            days(month).unwrap(),
            [Number::I32(expected)],
            "month {month}"
        );
    }
}

#[test]
fn any_other_number_is_the_default() {
    for month in [0, 13, 1_000_000, -1, i32::MIN] {
        assert_eq!(days(month).unwrap(), [Number::I32(31)], "month {month}");
    }
}

#[test]
fn a_br_table_chooses() {
    assert!(MODULE.contains("br_table"), "choose with a `br_table`");
}
