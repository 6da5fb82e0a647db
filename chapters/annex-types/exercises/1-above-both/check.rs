//! The lowest, in every tree, with the types of a module among the others.

use annex_types::TypeRegistry;
use ch09_module::{HeapType, Module, TypeIdx};

use super::above_both;

const SHAPES: &str = "(module
    (type $shape (sub (struct)))
    (type $round (sub $shape (struct (field f64))))
    (type $circle (sub $round (struct (field f64))))
    (type $square (sub $shape (struct (field i32))))
    (type $row (array i32))
    (type $draw (func)))";

fn shapes() -> TypeRegistry {
    let mut types = TypeRegistry::default();
    let mut all = Vec::new();
    for (_, group) in Module::from_text(SHAPES).unwrap().types.groups() {
        let defined = types.define(group, &all);
        all.extend(defined);
    }
    types
}

/// Asks both ways round.
fn both_ways(
    types: &TypeRegistry,
    one: HeapType,
    other: HeapType,
) -> Option<HeapType> {
    let answer = above_both(types, one, other);
    assert_eq!(
        answer,
        above_both(types, other, one),
        "{one} and {other}, the other way round"
    );
    answer
}

#[test]
fn it_is_the_lowest() {
    let types = shapes();
    let [shape, round, circle, square, row, draw] =
        [0, 1, 2, 3, 4, 5].map(|number| HeapType::Concrete(TypeIdx(number)));
    for (one, other, wanted) in [
        (HeapType::I31, HeapType::Struct, HeapType::Eq),
        (HeapType::Any, HeapType::Struct, HeapType::Any),
        (circle, square, shape),
        (circle, round, round),
        (circle, HeapType::Struct, HeapType::Struct),
        (circle, row, HeapType::Eq),
        (draw, HeapType::Func, HeapType::Func),
        (shape, shape, shape),
    ] {
        assert_eq!(
            both_ways(&types, one, other),
            Some(wanted),
            "above {one} and {other}"
        );
    }
}

#[test]
fn the_lowest_type_above_a_bottom_and_another_is_the_other() {
    let types = shapes();
    let circle = HeapType::Concrete(TypeIdx(2));
    for (one, other) in [
        (HeapType::None, circle),
        (HeapType::None, HeapType::I31),
        (HeapType::NoFunc, HeapType::Concrete(TypeIdx(5))),
        (HeapType::NoExn, HeapType::NoExn),
    ] {
        assert_eq!(
            both_ways(&types, one, other),
            Some(other),
            "above {one} and {other}"
        );
    }
}

#[test]
fn different_trees_have_nothing_in_common() {
    let types = shapes();
    assert_eq!(both_ways(&types, HeapType::Extern, HeapType::Any), None);
    assert_eq!(both_ways(&types, HeapType::NoFunc, HeapType::None), None);
    assert_eq!(
        both_ways(&types, HeapType::Concrete(TypeIdx(5)), HeapType::Struct),
        None
    );
}
