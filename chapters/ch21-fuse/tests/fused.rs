//! Each kind of operation that becomes a node does what the tree does.

mod code;
mod kinds;

use annex_embedding::{Engine, FuncAddr, Imports, InstanceAddr};
use ch12_instance::StoreLimits;
use ch21_fuse::Store;
use code::operations;
use kinds::{BACK, KINDS, back, module, names};

/// Loops, and what is before them.
const LOOPS: &str = include_str!("loops.wat");

fn instance(store: &mut dyn Engine, text: &str) -> InstanceAddr {
    let mut imports = Imports::new();
    imports.func(store, "host", "plain", |x: i32| x.wrapping_mul(31));
    imports.func(store, "host", "later", |x: i32| x + 1);
    store.instantiate(text.as_bytes(), &imports).unwrap()
}

#[test]
fn each_kind_is_made() {
    for fuel in [None, Some(1 << 20)] {
        let limits = StoreLimits { fuel, ..StoreLimits::default() };
        let mut store = Store::new((), limits);
        let instance = instance(&mut store, &module());
        for (kind, _) in KINDS {
            let export = store.export(instance, kind).unwrap();
            // The callees are functions of their own.
            let function = match *kind {
                "ReturnOne" => FuncAddr(5),
                _ => export.func().unwrap(),
            };
            let text = operations(&store, &module(), function);
            let is_made = text
                .lines()
                .any(|line| line.split_whitespace().next() == Some(kind));
            assert!(is_made, "{kind} is not in\n{text}");
        }
        for (kind, _) in BACK {
            let export = store.export(instance, &back(kind)).unwrap();
            let text = operations(&store, &module(), export.func().unwrap());
            let leads_back = text.lines().any(|line| {
                line.split_whitespace().next() == Some(kind)
                    && line.contains("around to")
            });
            assert!(leads_back, "{kind} doesn't lead back in\n{text}");
        }
    }
}

#[test]
fn each_kind_does_what_the_tree_does() {
    let mut tree = ch18_heap::Store::<()>::default();
    let in_tree = instance(&mut tree, &module());
    let mut fast = Store::<()>::default();
    let in_fast = instance(&mut fast, &module());
    let mut paid = Store::new(
        (),
        StoreLimits { fuel: Some(1 << 40), ..StoreLimits::default() },
    );
    let in_paid = instance(&mut paid, &module());
    let mut chance = Store::<()>::default();
    chance.layer_mut().tier.by_chance = Some(21);
    let in_chance = instance(&mut chance, &module());
    for kind in names() {
        for (turns, address) in [(1, 0), (2, 8), (40, 3), (1000, 64)] {
            let arguments = [turns.into(), address.into()];
            let expected = tree.call(in_tree, &kind, &arguments).unwrap();
            let found = fast.call(in_fast, &kind, &arguments).unwrap();
            assert_eq!(found, expected, "{kind}({turns}, {address})");
            let found = paid.call(in_paid, &kind, &arguments).unwrap();
            assert_eq!(found, expected, "{kind}({turns}, {address}), paid");
            let found = chance.call(in_chance, &kind, &arguments).unwrap();
            assert_eq!(
                found, expected,
                "{kind}({turns}, {address}), to and fro"
            );
        }
    }
}

/// What becomes of each function of `loops.wat`; what it does, `rare.rs` holds
/// against flat code.
fn loops(fuel: Option<u64>) -> String {
    let limits = StoreLimits { fuel, ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let instance = instance(&mut store, LOOPS);
    let mut all = String::new();
    for (name, item) in store.exports(instance) {
        let function = item.func().unwrap();
        let text = operations(&store, LOOPS, function);
        all += &format!("{name}\n{text}\n");
    }
    all
}

#[test]
fn loops_become_this() {
    insta::assert_snapshot!(loops(None));
}

#[test]
fn loops_that_are_paid_become_this() {
    insta::assert_snapshot!(loops(Some(1)));
}
