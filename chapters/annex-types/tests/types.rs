//! Types are equal if their groups are, and match upward.

use std::time::{Duration, Instant};

use annex_types::{TypeRegistry, close};
use ch09_module::{
    CompositeType, FuncType, HeapType, Module, RefType, SubType, TypeIdx,
    ValType,
};

/// Registers the types of a module.
fn define(types: &mut TypeRegistry, text: &str) -> Vec<TypeIdx> {
    let module = Module::from_text(text).unwrap();
    let mut all = Vec::new();
    for (_, group) in module.types.groups() {
        let defined = types.define(group, &all);
        all.extend(defined);
    }
    all
}

/// The numbers that the types of a module get, in a store of their own.
fn numbers(text: &str) -> Vec<u32> {
    numbers_in(&mut TypeRegistry::default(), text)
}

fn numbers_in(types: &mut TypeRegistry, text: &str) -> Vec<u32> {
    define(types, text).iter().map(|number| number.0).collect()
}

#[test]
fn equal_types_are_one_type() {
    let text = "(module (type (func (param i32))) (type (func)) (type (func (param i32))))";
    assert_eq!(numbers(text), [0, 1, 0]);
}

#[test]
fn a_group_is_the_same_from_another_module_at_other_indices() {
    let mut types = TypeRegistry::default();
    let list = "(rec (type $list (struct (field i32 (ref null $list)))))";
    let first = numbers_in(&mut types, &format!("(module {list})"));
    let second = numbers_in(
        &mut types,
        &format!("(module (type (func)) {list} (type (func)))"),
    );
    assert_eq!((&first[..], &second[..]), (&[0][..], &[1, 0, 1][..]));
}

#[test]
fn an_index_out_of_the_group_counts_by_the_type_it_refers_to() {
    let mut types = TypeRegistry::default();
    let first = "(module (type $a (func)) (type $b (func (param i32))) (type (func (param (ref $b)))))";
    let second = "(module (type $b (func (param i32))) (type $a (func)) (type (func (param (ref $b)))))";
    let third = "(module (type $b (func (param i32))) (type $a (func)) (type (func (param (ref $a)))))";
    assert_eq!(numbers_in(&mut types, first), [0, 1, 2]);
    assert_eq!(numbers_in(&mut types, second), [1, 0, 2]);
    assert_eq!(numbers_in(&mut types, third), [1, 0, 3]);
}

#[test]
fn an_index_inside_a_group_differs_from_the_same_index_outside() {
    // Both types say "a reference to type 0"; the one means itself.
    let text = "(module (type $a (func (param (ref null 0)))) (type $b (func (param (ref null 0)))))";
    assert_eq!(numbers(text), [0, 1]);
    // Here $b means the type that $a is, and still is another type.
    let text = "(module
        (rec (type $a (struct (field (ref null $a)))))
        (rec (type $b (struct (field (ref null $a)))))
        (rec (type $c (struct (field (ref null $c))))))";
    assert_eq!(numbers(text), [0, 1, 0]);
}

#[test]
fn a_group_is_compared_whole() {
    // Alone, with company, with the company first, and twice in one group.
    let text = "(module
        (type $alone (func))
        (rec (type $with (func)) (type (struct)))
        (rec (type (struct)) (type $behind (func)))
        (rec (type $once (func)) (type $twice (func)))
        (rec (type (func)) (type (struct))))";
    assert_eq!(numbers(text), [0, 1, 2, 3, 4, 5, 6, 1, 2]);
}

#[test]
fn mutually_recursive_types_are_equal_by_place() {
    let mutual = "(rec
        (type $even (func (param (ref $odd))))
        (type $odd (func (param (ref $even)))))";
    let crossed = "(rec
        (type $self (func (param (ref $self))))
        (type $own (func (param (ref $own)))))";
    assert_eq!(numbers(&format!("(module {mutual})")), [0, 1]);
    let twice = mutual.replace("$even", "$e").replace("$odd", "$o");
    assert_eq!(
        numbers(&format!("(module {mutual} {crossed} {twice})")),
        [0, 1, 2, 3, 0, 1]
    );
}

#[test]
fn being_final_and_having_a_supertype_are_part_of_a_type() {
    let text = "(module
        (type $final (func))
        (type $open (sub (func)))
        (type $again (sub final (func)))
        (type $below (sub $open (func)))
        (type $below_that (sub $below (func)))
        (type $below_again (sub $open (func))))";
    assert_eq!(numbers(text), [0, 1, 0, 2, 3, 2]);
}

#[test]
fn fields_are_part_of_a_type() {
    let text = "(module
        (type (struct (field i32)))
        (type (struct (field (mut i32))))
        (type (struct (field i8)))
        (type (array i32))
        (type (array (mut i32)))
        (type (struct (field i32))))";
    assert_eq!(numbers(text), [0, 1, 2, 3, 4, 0]);
}

#[test]
fn closed_types_carry_the_numbers_of_the_store() {
    let mut types = TypeRegistry::default();
    define(
        &mut types,
        "(module (type (func (result f64))) (type (func (result f32))))",
    );
    let text = "(module (type $s (struct)) (type (func (param (ref null $s)) (result (ref 0)))))";
    let second = define(&mut types, text);
    assert_eq!(
        types.func(second[1]).unwrap().to_string(),
        "(param (ref null 2)) (result (ref 2))"
    );
    let own = ValType::Ref(RefType {
        nullable: true,
        heap: HeapType::Concrete(TypeIdx(0)),
    });
    assert_eq!(close(own, &second).to_string(), "(ref null 2)");
    assert_eq!(close(ValType::V128, &second), ValType::V128);
    assert!(matches!(
        types.composite(TypeIdx(2)),
        Some(CompositeType::Struct(_))
    ));
    assert!(matches!(
        types.composite(TypeIdx(3)),
        Some(CompositeType::Func(_))
    ));
    assert_eq!(types.composite(TypeIdx(4)), None);
}

#[test]
fn the_embedder_defines_closed_types() {
    let mut types = TypeRegistry::default();
    let text =
        "(module (type $s (func)) (type $takes (func (param (ref null $s)))))";
    let defined = define(&mut types, text);
    let func = types.func(defined[1]).unwrap().clone();
    assert_eq!(types.define_func(func), defined[1]);
    // A type that contains the number it is about to get is not the type that
    // mentions itself.
    let own = define(
        &mut types,
        "(module (type $own (func (param (ref null $own)))))",
    );
    let own = types.func(own[0]).unwrap().clone();
    assert_eq!(own.to_string(), "(param (ref null 2))");
    assert_eq!(types.define_func(own), TypeIdx(3));
}

#[test]
fn an_unknown_type_number_matches_only_itself() {
    let mut types = TypeRegistry::default();
    let nowhere = ValType::Ref(RefType {
        nullable: true,
        heap: HeapType::Concrete(TypeIdx(7)),
    });
    assert!(!types.matches(nowhere, ValType::Ref(RefType::FUNCREF)));
    let host = FuncType { params: [nowhere].into(), ..FuncType::default() };
    let host = types.define_func(host);
    assert!(types.is_subtype(host, host));
}

/// The heap types without those of modules, each hierarchy from the top to the
/// bottom.
const HIERARCHIES: [&[HeapType]; 4] = [
    &[
        HeapType::Any,
        HeapType::Eq,
        HeapType::I31,
        HeapType::Struct,
        HeapType::Array,
        HeapType::None,
    ],
    &[HeapType::Func, HeapType::NoFunc],
    &[HeapType::Extern, HeapType::NoExtern],
    &[HeapType::Exn, HeapType::NoExn],
];

#[test]
fn the_lattice_is_that_of_the_standard() {
    use HeapType::{Any, Array, Eq, I31, None as Nothing, Struct};
    let types = TypeRegistry::default();
    let below = |given: HeapType, wanted: HeapType| {
        given == wanted
            || HIERARCHIES.iter().any(|hierarchy| {
                let [top, .., bottom] = hierarchy else { return false };
                let both =
                    hierarchy.contains(&given) && hierarchy.contains(&wanted);
                both && (wanted == *top || given == *bottom)
            })
            || (wanted == Eq && [I31, Struct, Array, Nothing].contains(&given))
    };
    let mut pairs = 0;
    for given in HIERARCHIES.concat() {
        for wanted in HIERARCHIES.concat() {
            let matches = types.heap_matches(given, wanted);
            assert_eq!(
                matches,
                below(given, wanted),
                "{given} where {wanted} is wanted"
            );
            pairs += usize::from(matches);
        }
    }
    // Each of 12 with itself; 5 below any, 4 below eq, none below 3; and 3 more
    // bottoms.
    assert_eq!(pairs, 12 + 5 + 4 + 3 + 3);
    assert!(!types.heap_matches(Any, Eq) && !types.heap_matches(Eq, I31));
}

/// No valid module has such a type.
#[test]
fn the_way_up_ends_even_at_a_type_that_is_its_own_supertype() {
    let mut types = TypeRegistry::default();
    let own = SubType {
        is_final: false,
        supertype: Some(TypeIdx(0)),
        composite: CompositeType::Func(FuncType::default()),
    };
    let number = types.define(&[own], &[]).next().unwrap();
    let above = types.above(HeapType::Concrete(number));
    assert_eq!(above, Some(HeapType::Func));
}

#[test]
fn null_matches_only_types_that_allow_null() {
    let types = TypeRegistry::default();
    let func =
        |nullable| ValType::Ref(RefType { nullable, heap: HeapType::Func });
    let matches = |given, wanted| types.matches(given, wanted);
    assert!(matches(func(false), func(true)));
    assert!(matches(func(false), func(false)));
    assert!(!matches(func(true), func(false)));
    assert!(!matches(ValType::V128, func(true)));
    assert!(matches(ValType::V128, ValType::V128));
}

#[test]
fn a_declared_supertype_matches_and_a_lookalike_does_not() {
    let mut types = TypeRegistry::default();
    let defined = define(
        &mut types,
        "(module
            (type $point (sub (struct (field f64 f64))))
            (type $circle (sub $point (struct (field f64 f64 f64))))
            (type $dot (sub final $circle (struct (field f64 f64 f64))))
            (type $alike (struct (field f64 f64)))
            (type $shape (sub (func)))
            (type $round (sub $shape (func)))
            (type $row (array f64)))",
    );
    let heap = |index: usize| HeapType::Concrete(defined[index]);
    let [point, circle, dot, alike, shape, round, row] =
        [0, 1, 2, 3, 4, 5, 6].map(heap);
    let matches = |given, wanted| types.heap_matches(given, wanted);
    assert!(
        matches(dot, point) && matches(dot, circle) && matches(circle, point)
    );
    assert!(!matches(point, circle) && !matches(circle, dot));
    assert!(!matches(alike, point) && !matches(point, alike));
    for structure in [point, circle, dot, alike] {
        assert!(
            [HeapType::Struct, HeapType::Eq, HeapType::Any]
                .iter()
                .all(|&top| matches(structure, top))
        );
        assert!(matches(HeapType::None, structure));
        assert!(
            !matches(structure, HeapType::Array)
                && !matches(structure, HeapType::Func)
        );
        assert!(
            !matches(HeapType::NoFunc, structure)
                && !matches(HeapType::Struct, structure)
        );
    }
    assert!(
        matches(round, shape)
            && matches(round, HeapType::Func)
            && !matches(shape, round)
    );
    assert!(matches(HeapType::NoFunc, round) && !matches(round, HeapType::Any));
    assert!(matches(row, HeapType::Array) && !matches(row, HeapType::Struct));
    assert!(types.is_subtype(defined[5], defined[4]));
    assert!(!types.is_subtype(defined[4], defined[5]));
}

#[test]
fn a_supertype_of_another_group_and_another_module_is_above() {
    let mut types = TypeRegistry::default();
    let top = "(type $top (sub (func)))";
    let first = define(&mut types, &format!("(module {top})"));
    let second = define(
        &mut types,
        &format!(
            "(module {top} (rec (type $f (sub $top (func))) (type (struct (field (ref $f))))))"
        ),
    );
    assert!(types.is_subtype(second[1], first[0]));
    assert!(!types.is_subtype(first[0], second[1]));
}

/// How long a test may take, even in a debug build on a busy machine. Quadratic
/// time would be hours.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function that takes a reference to the type of this index.
fn takes(index: u32) -> SubType {
    let ty = ValType::Ref(RefType {
        nullable: true,
        heap: HeapType::Concrete(TypeIdx(index)),
    });
    SubType {
        is_final: false,
        supertype: index.checked_sub(1).map(TypeIdx),
        composite: CompositeType::Func(FuncType {
            params: [ty].into(),
            ..FuncType::default()
        }),
    }
}

#[test]
fn a_group_of_a_million_is_registered_once() {
    let start = Instant::now();
    let group: Vec<SubType> = (0..1_000_000).map(takes).collect();
    let mut types = TypeRegistry::default();
    let first: Vec<TypeIdx> = types.define(&group, &[]).collect();
    let again: Vec<TypeIdx> = types.define(&group, &[]).collect();
    assert_eq!(first.last(), Some(&TypeIdx(999_999)));
    assert_eq!(first, again);
    // The last one is a million steps below the first.
    assert!(types.is_subtype(first[999_999], first[0]));
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn a_group_that_is_repeated_a_hundred_thousand_times_is_one() {
    let start = Instant::now();
    let mut types = TypeRegistry::default();
    let mut all = Vec::new();
    for index in 0..100_000 {
        let defined =
            types.define(&[SubType { supertype: None, ..takes(index) }], &all);
        all.extend(defined);
    }
    assert!(all.iter().all(|ty| *ty == TypeIdx(0)));
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}
