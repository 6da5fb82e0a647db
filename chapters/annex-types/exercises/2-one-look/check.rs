//! The answers stay right, and no parent is asked for.

use std::iter;

use super::Ancestors;

/// A small forest: each number is a type's parent. The first has none, and so
/// has each that names itself.
const PARENTS: [usize; 12] = [0, 0, 1, 1, 0, 5, 5, 6, 7, 2, 9, 4];

fn forest() -> Ancestors {
    let mut types = Ancestors::default();
    for (number, parent) in PARENTS.into_iter().enumerate() {
        assert_eq!(types.add((parent != number).then_some(parent)), number);
    }
    types
}

/// The slow way.
fn walks_to(lower: usize, upper: usize) -> bool {
    let parent = |number: &usize| {
        Some(PARENTS[*number]).filter(|parent| parent != number)
    };
    iter::successors(Some(lower), parent).any(|number| number == upper)
}

#[test]
fn the_answers_are_right() {
    let types = forest();
    for lower in 0..PARENTS.len() {
        for upper in 0..PARENTS.len() {
            let wanted = walks_to(lower, upper);
            assert_eq!(
                types.is_below(lower, upper),
                wanted,
                "{lower} below {upper}"
            );
        }
    }
}

#[test]
fn a_display_is_looked_at_once_and_no_parent() {
    let types = forest();
    assert!(
        types.is_below(10, 0)
            && !types.is_below(8, 0)
            && !types.is_below(0, 10)
    );
    assert_eq!(types.asked.get(), 0, "one look at a display is enough");
}

#[test]
fn a_display_ends_with_the_type_itself() {
    let types = forest();
    assert_eq!(types.displays[0][..], [0]);
    assert_eq!(types.displays[10][..], [0, 1, 2, 9, 10]);
    assert_eq!(types.displays[8][..], [5, 6, 7, 8]);
}
