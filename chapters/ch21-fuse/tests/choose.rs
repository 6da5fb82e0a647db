//! Two short ways become one where nobody can tell.

mod code;

use annex_embedding::{Engine, Imports, Value};
use ch09_module::Module;
use ch12_instance::StoreLimits;
use ch21_fuse::Store;
use code::operations;

const TEXT: &str = include_str!("choose.wat");
const NUMBERS: [i32; 8] = [0, 1, 2, 7, 8, -1, 65_532, i32::MIN];

/// The names of the exports.
fn names() -> Vec<String> {
    let module = Module::from_text(TEXT).unwrap();
    module.exports.iter().map(|export| export.name.to_string()).collect()
}

/// The operations that an export has become.
fn export(name: &str) -> String {
    let mut store = Store::<()>::default();
    let instance = store.instantiate(TEXT.as_bytes(), &Imports::new()).unwrap();
    let function = store.export(instance, name).unwrap().func().unwrap();
    operations(&store, TEXT, function)
}

#[test]
fn what_is_computed_in_vain_has_no_effect() {
    for name in names() {
        let operations = export(&name);
        let chooses = operations.contains("Select");
        assert_eq!(chooses, !name.starts_with("kept"), "{name}:\n{operations}");
        let forward = operations.lines().filter(|line| {
            let mut words = line.split_whitespace();
            words.any(|word| word == "br_unless" || word == "br_if")
        });
        let branches = if name == "bits of a crc" { 1 } else { 0 };
        assert!(
            !chooses || forward.count() == branches,
            "{name}:\n{operations}"
        );
    }
}

#[test]
fn each_choice_is_that_of_the_tree() {
    let mut tree = ch18_heap::Store::<()>::default();
    let mut fast = Store::<()>::default();
    let fuel = StoreLimits { fuel: Some(1 << 40), ..StoreLimits::default() };
    let mut paid = Store::new((), fuel);
    let mut chance = Store::<()>::default();
    chance.layer_mut().tier.by_chance = Some(3);
    let engines: [&mut dyn Engine; 4] =
        [&mut tree, &mut fast, &mut paid, &mut chance];
    let [expected, others @ ..] = engines.map(|engine| {
        let instance =
            engine.instantiate(TEXT.as_bytes(), &Imports::new()).unwrap();
        let mut found = Vec::new();
        for name in names() {
            let export = engine.export(instance, &name).unwrap();
            let function = export.func().unwrap();
            for x in NUMBERS {
                for y in NUMBERS {
                    let arguments: [Value; 2] = [x.into(), y.into()];
                    let result = engine.invoke(function, &arguments);
                    let result = result.map_err(|error| error.to_string());
                    found.push(format!("{name}({x}, {y}): {result:?}"));
                }
            }
        }
        found
    });
    for other in others {
        for (found, expected) in other.iter().zip(&expected) {
            assert_eq!(found, expected);
        }
    }
}
