//! Limits: those of the configuration, and who decides about growth.

use ch22_embed::{
    AddressType, Caller, Instance, Limits, Linker, Memory, MemoryType, RefType,
    ResourceLimiter, Store, StoreLimits, StoreLimitsBuilder, Table, TableType,
    Trap, Val,
};

use crate::{call, engines, engines_with, instance, linked, module};

const GROWS: &str = r#"(module
    (memory (export "memory") 1)
    (table (export "table") 1 funcref)
    (func (export "memory_grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table_grow") (param i32) (result i32)
        (table.grow (ref.null func) (local.get 0))))"#;

fn pages(min: u64) -> MemoryType {
    MemoryType::new(AddressType::I32, Limits { min, max: None })
}

fn elements(min: u64) -> TableType {
    let limits = Limits { min, max: None };
    TableType { address: AddressType::I32, limits, element: RefType::FUNCREF }
}

fn limited(
    engine: &ch22_embed::Engine,
    limits: StoreLimitsBuilder,
) -> Store<StoreLimits> {
    let mut store = Store::new(engine, limits.build());
    store.limiter(|limits| limits);
    store
}

#[test]
fn a_limiter_is_asked_wherever_something_grows() {
    for engine in engines() {
        let limits =
            StoreLimitsBuilder::new().memory_size(2 << 16).table_elements(3);
        let mut store = limited(&engine, limits);
        let mut linker = Linker::<StoreLimits>::new(&engine);
        linker
            .func_wrap(
                "h",
                "grow",
                |mut caller: Caller<'_, StoreLimits>, by: u32| {
                    let memory = caller
                        .get_export("memory")
                        .unwrap()
                        .into_memory()
                        .unwrap();
                    memory
                        .grow(&mut caller, by.into())
                        .map_or(-1, |pages| pages as i32)
                },
            )
            .unwrap();
        let it = linked(&linker, &mut store, GROWS);
        let hosts = r#"(module (import "h" "grow" (func $grow (param i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "grow") (param i32) (result i32) (call $grow (local.get 0))))"#;
        let hosts = linked(&linker, &mut store, hosts);
        for (it, name, step, refused) in [
            (it, "memory_grow", 1, 2),
            (it, "table_grow", 2, 3),
            (hosts, "grow", 1, 2),
        ] {
            let grow = it.get_typed_func::<i32, i32>(&mut store, name).unwrap();
            assert_eq!(grow.call(&mut store, refused).unwrap(), -1, "{name}");
            assert_eq!(grow.call(&mut store, step).unwrap(), 1, "{name}");
            assert_eq!(grow.call(&mut store, 1).unwrap(), -1, "{name}");
            assert_eq!(grow.call(&mut store, 0).unwrap(), 1 + step, "{name}");
        }
        let memory = Memory::new(&mut store, pages(1)).unwrap();
        assert_eq!(memory.grow(&mut store, 1).unwrap(), 1);
        assert!(memory.grow(&mut store, 1).is_err());
        assert_eq!(memory.size(&store), 2);
        assert!(Memory::new(&mut store, pages(3)).is_err());
        let table =
            Table::new(&mut store, elements(1), Val::FuncRef(None)).unwrap();
        assert_eq!(table.grow(&mut store, 2, Val::FuncRef(None)).unwrap(), 1);
        assert!(table.grow(&mut store, 1, Val::FuncRef(None)).is_err());
        assert_eq!(table.size(&store), 3);
        let error = Table::new(&mut store, elements(4), Val::FuncRef(None))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the limiter refuses a table of 4 elements"
        );
        for text in ["(module (memory 3))", "(module (table 4 funcref))"] {
            assert!(
                linker.instantiate(&mut store, &module(&engine, text)).is_err()
            );
        }
    }
}

#[test]
fn a_limiter_counts_all_instances() {
    for engine in engines() {
        let mut store =
            limited(&engine, StoreLimitsBuilder::new().instances(3));
        let empty = module(&engine, "(module)");
        let traps = module(&engine, "(module (func unreachable) (start 0))");
        let unlinked = module(&engine, r#"(module (import "a" "b" (func)))"#);
        let linker = Linker::<StoreLimits>::new(&engine);
        linker.instantiate(&mut store, &empty).unwrap();
        // One that can't be linked isn't there; one that has trapped is.
        linker.instantiate(&mut store, &unlinked).unwrap_err();
        linker.instantiate(&mut store, &traps).unwrap_err();
        linker.instantiate(&mut store, &empty).unwrap();
        let error = linker.instantiate(&mut store, &empty).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the limiter refuses more than 3 instances"
        );
    }
}

/// Notes what it is asked.
#[derive(Default)]
struct Asked(Vec<(u64, u64, Option<u64>)>);

impl ResourceLimiter for Asked {
    fn memory_growing(
        &mut self,
        current: u64,
        desired: u64,
        maximum: Option<u64>,
    ) -> bool {
        self.0.push((current, desired, maximum));
        true
    }

    fn table_growing(
        &mut self,
        current: u64,
        desired: u64,
        maximum: Option<u64>,
    ) -> bool {
        self.0.push((current, desired, maximum));
        true
    }
}

#[test]
fn a_limiter_hears_of_all_there_is_to_know() {
    for engine in engines() {
        let mut store = Store::new(&engine, Asked::default());
        store.limiter(|asked| asked);
        let linker = Linker::<Asked>::new(&engine);
        let text = r#"(module (memory 1 4) (table 2 funcref)
            (func (export "f") (param i32) (result i32)
                (drop (memory.grow (local.get 0)))
                (table.grow (ref.null func) (local.get 0))))"#;
        let it = linked(&linker, &mut store, text);
        let f = it.get_typed_func::<i32, i32>(&mut store, "f").unwrap();
        assert_eq!(f.call(&mut store, 3).unwrap(), 2);
        let page = 1 << 16;
        let most = Some(4 * page);
        let asked = [
            (0, 2, None),
            (0, page, most),
            (page, 4 * page, most),
            (2, 5, None),
        ];
        assert_eq!(store.data().0, asked);
    }
}

#[test]
fn the_configuration_limits_the_whole_store() {
    for engine in engines_with(|config| {
        config.max_memory_bytes(3 << 16).max_table_elements(4);
    }) {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, GROWS);
        let memory = Memory::new(&mut store, pages(1)).unwrap();
        assert_eq!(call(&mut store, it, "memory_grow", 2), -1);
        assert_eq!(call(&mut store, it, "memory_grow", 1), 1);
        let error = memory.grow(&mut store, 1).unwrap_err().to_string();
        assert!(error.contains("the limit is"), "{error}");
        assert!(Memory::new(&mut store, pages(1)).is_err());
        assert_eq!(call(&mut store, it, "table_grow", 3), 1);
        assert_eq!(call(&mut store, it, "table_grow", 1), -1);
        assert!(
            Table::new(&mut store, elements(1), Val::FuncRef(None)).is_err()
        );
    }
}

#[test]
fn calls_and_operands_are_limited() {
    let text = r#"(module
        (func $down (export "down") (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
                (else (i32.const 0)))))"#;
    let few: [fn(&mut ch22_embed::Config); 2] = [
        |config| _ = config.max_call_depth(50),
        |config| _ = config.max_operands(150),
    ];
    for limit in few {
        for engine in engines_with(limit) {
            let mut store = Store::new(&engine, ());
            let it = instance(&mut store, text);
            assert_eq!(call(&mut store, it, "down", 20), 20);
            let down =
                it.get_typed_func::<i32, i32>(&mut store, "down").unwrap();
            let error = down.call(&mut store, 500).unwrap_err();
            assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
            assert_eq!(call(&mut store, it, "down", 20), 20);
        }
    }
}

/// What a limiter says can be less than what the configuration says, and never
/// more.
#[test]
fn a_limiter_has_numbers_for_calls_operands_and_the_heap() {
    let text = r#"(module
        (type $bytes (array (mut i8)))
        (func $down (export "down") (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
                (else (i32.const 0))))
        (func (export "make") (param i32) (result i32)
            (array.len (array.new_default $bytes (local.get 0)))))"#;
    let new = StoreLimitsBuilder::new;
    let stack = Some(Trap::CallStackExhausted);
    for (limits, name, fits, does_not, trap) in [
        (new().call_depth(50), "down", 40, 60, stack),
        (new().operands(150), "down", 20, 500, stack),
        (new().heap_bytes(5000), "make", 1000, 6000, Some(Trap::OutOfHeap)),
        (new().call_depth(usize::MAX), "down", 90, 110, stack),
    ] {
        for engine in engines_with(|config| _ = config.max_call_depth(100)) {
            let mut store = limited(&engine, limits.clone());
            let linker = Linker::<StoreLimits>::new(&engine);
            let it = linked(&linker, &mut store, text);
            let f = it.get_typed_func::<i32, i32>(&mut store, name).unwrap();
            assert_eq!(f.call(&mut store, fits).unwrap(), fits, "{name}");
            let error = f.call(&mut store, does_not).unwrap_err();
            assert_eq!(error.trap(), trap, "{name}");
            assert_eq!(f.call(&mut store, fits).unwrap(), fits, "{name}");
        }
    }
}

#[test]
fn limits_of_nothing_and_of_everything_are_no_panics() {
    type Set = fn(&mut ch22_embed::Config);
    let all: [(Set, bool); 8] = [
        (|config| _ = config.max_call_depth(0), false),
        (|config| _ = config.max_operands(0), false),
        (|config| _ = config.max_memory_bytes(0), false),
        (|config| _ = config.max_table_elements(0), false),
        (|config| _ = config.max_call_depth(usize::MAX), true),
        (|config| _ = config.max_operands(usize::MAX), false),
        (|config| _ = config.max_memory_bytes(u64::MAX), true),
        (
            |config| {
                _ = config.max_table_elements(u64::MAX).max_heap_bytes(u64::MAX)
            },
            true,
        ),
    ];
    for (limit, usable) in all {
        for engine in engines_with(limit) {
            let mut store = Store::new(&engine, ());
            let module = module(&engine, GROWS);
            let outcome =
                Instance::new(&mut store, &module, &[]).and_then(|it| {
                    let grow = it.get_typed_func::<i32, i32>(
                        &mut store,
                        "memory_grow",
                    )?;
                    grow.call(&mut store, 1)
                });
            let is_tree =
                engine.config().chosen_strategy() == ch22_embed::Strategy::Tree;
            assert!(
                outcome.is_ok() == usable || is_tree,
                "{outcome:?} {:?}",
                engine.config()
            );
        }
    }
}
