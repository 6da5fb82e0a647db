//! Programs that make garbage, and what they must not lose by it.

use annex_embedding::{
    Caller, Engine, Error, Extern, Imports, InstanceAddr, Referent, Value,
};
use ch07_values::{Number, Trap};
use ch12_instance::StoreLimits;
use ch18_heap::{Statistics, Store};

/// What every program here begins with: a node, and a function that makes so
/// much garbage that it has to be collected.
const COMMON: &str = r#"
  (type $node (struct (field $value (mut i32)) (field $next (mut (ref null $node)))))
  (type $row (array (mut (ref null $node))))
  (type $bytes (array (mut i8)))
  (func $litter (local $n i32)
    (local.set $n (i32.const 30000))
    (loop $more
      (drop (struct.new_default $node))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $node (param $value i32) (result (ref $node))
    (struct.new $node (local.get $value) (ref.null $node)))
"#;

struct Program {
    store: Store,
    instance: InstanceAddr,
}

impl Program {
    fn new(definitions: &str) -> Program {
        Program::with_limits(definitions, StoreLimits::default())
    }

    fn with_limits(definitions: &str, limits: StoreLimits) -> Program {
        let mut store = Store::new((), limits);
        let text = format!("(module {COMMON} {definitions})");
        let instance =
            store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
        Program { store, instance }
    }

    fn call(
        &mut self,
        name: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        self.store.call(self.instance, name, arguments)
    }

    fn i32(&mut self, name: &str, arguments: &[Value]) -> i32 {
        self.call(name, arguments).unwrap()[0].i32().unwrap()
    }

    fn trap(&mut self, name: &str, arguments: &[Value]) -> Trap {
        self.call(name, arguments).unwrap_err().trap().unwrap()
    }

    fn statistics(&self) -> Statistics {
        self.store.layer().heap.statistics()
    }
}

#[test]
fn operands_of_an_instruction_that_is_not_executed_yet_stay() {
    let mut program = Program::new(
        r#"(func (export "test") (result i32)
             (call $node (i32.const 42))
             (call $litter)
             (struct.get $node $value))"#,
    );
    assert_eq!(program.i32("test", &[]), 42);
    assert!(program.statistics().collections > 0);
}

#[test]
fn fields_of_an_object_that_is_being_made_stay() {
    let mut program = Program::new(
        r#"(func (export "test") (param $n i32) (result i32)
             (local $wrong i32) (local $node (ref null $node)) (local $row (ref null $row))
             (loop $more
               (local.set $node (struct.new $node (i32.const 1) (call $node (i32.const 7))))
               (local.set $row (array.new $row (call $node (i32.const 7)) (i32.const 2)))
               (local.set $wrong (i32.add (local.get $wrong) (i32.add
                 (i32.ne (i32.const 7)
                   (struct.get $node $value (struct.get $node $next (local.get $node))))
                 (i32.ne (i32.const 7)
                   (struct.get $node $value
                     (array.get $row (local.get $row) (i32.const 1)))))))
               (local.set $row
                 (array.new_fixed $row 2 (call $node (i32.const 7)) (call $node (i32.const 7))))
               (local.set $wrong (i32.add (local.get $wrong)
                 (i32.ne (i32.const 7)
                   (struct.get $node $value (array.get $row (local.get $row) (i32.const 0))))))
               (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
             (local.get $wrong))"#,
    );
    assert_eq!(program.i32("test", &[50_000.into()]), 0);
}

#[test]
fn under_stress_a_ring_of_three_outlives_three_collections() {
    let mut program = Program::new(
        r#"(func (export "ring") (result i32) (local $first (ref null $node)) (local $last (ref null $node))
             (local.set $first (call $node (i32.const 1)))
             (local.set $last
               (struct.new $node (i32.const 2)
                 (struct.new $node (i32.const 3) (local.get $first))))
             (struct.set $node $next (local.get $first) (local.get $last))
             (struct.get $node $value
               (struct.get $node $next
                 (struct.get $node $next (local.get $first)))))"#,
    );
    program.store.layer_mut().heap.set_stress(true);
    assert_eq!(program.i32("ring", &[]), 3);
    let Statistics { made, collections, objects, .. } = program.statistics();
    assert_eq!((made, collections, objects), (3, 3, 3));
    assert_eq!(program.i32("ring", &[]), 3);
    let objects = program.statistics().objects;
    assert_eq!(objects, 3, "the first collection has taken the first ring");
}

#[test]
fn locals_of_all_callers_stay() {
    let mut program = Program::new(
        r#"(func $deep (export "deep") (param $n i32) (result i32) (local $mine (ref null $node))
             (local.set $mine (call $node (local.get $n)))
             (if (local.get $n)
               (then (drop (call $deep (i32.sub (local.get $n) (i32.const 1)))))
               (else (call $litter)))
             (struct.get $node $value (local.get $mine)))"#,
    );
    assert_eq!(program.i32("deep", &[100.into()]), 100);
}

#[test]
fn references_in_globals_tables_segments_and_fields_keep_objects_alive() {
    let mut program = Program::new(
        r#"(global $global (mut (ref null $node)) (struct.new $node (i32.const 1) (ref.null $node)))
           (global $extern externref
             (extern.convert_any (struct.new $node (i32.const 2) (ref.null $node))))
           (table $table 3 anyref)
           (elem $segment (ref $node) (item (struct.new $node (i32.const 3) (ref.null $node))))
           (global $row (mut (ref null $row)) (ref.null $row))
           (func (export "test") (result i32)
             (table.set $table (i32.const 1) (call $node (i32.const 4)))
             (global.set $row (array.new $row (call $node (i32.const 5)) (i32.const 3)))
             (struct.set $node $next (global.get $global) (call $node (i32.const 6)))
             (call $litter)
             (table.init $table $segment (i32.const 2) (i32.const 0) (i32.const 1))
             (struct.get $node $value (global.get $global))
             (i32.mul (i32.const 10))
             (i32.add (struct.get $node $value
               (ref.cast (ref $node) (any.convert_extern (global.get $extern)))))
             (i32.mul (i32.const 10))
             (i32.add (struct.get $node $value
               (ref.cast (ref $node) (table.get $table (i32.const 2)))))
             (i32.mul (i32.const 10))
             (i32.add (struct.get $node $value
               (ref.cast (ref $node) (table.get $table (i32.const 1)))))
             (i32.mul (i32.const 10))
             (i32.add (struct.get $node $value
               (array.get $row (global.get $row) (i32.const 2))))
             (i32.mul (i32.const 10))
             (i32.add (struct.get $node $value
               (struct.get $node $next (global.get $global)))))
           (func (export "litter") (call $litter))
           (func (export "forget")
             (global.set $global (ref.null $node))
             (global.set $row (ref.null $row))
             (table.fill $table (i32.const 0) (ref.null any) (i32.const 3))
             (elem.drop $segment))"#,
    );
    assert_eq!(program.i32("test", &[]), 123456);
    let kept = |program: &mut Program| {
        // What the litter leaves at the end is not collected yet, and is the
        // same each time.
        program.call("litter", &[]).unwrap();
        let before = program.statistics();
        program.call("litter", &[]).unwrap();
        let after = program.statistics();
        before.objects as i64 - (after.made - before.made) as i64
            + after.objects as i64
    };
    let with = kept(&mut program);
    program.call("forget", &[]).unwrap();
    assert!(
        kept(&mut program) < with,
        "all but the immutable global's node is garbage"
    );
}

#[test]
fn unreachable_rings_are_collected() {
    let mut program = Program::new(
        r#"(func (export "rings") (param $n i32) (local $one (ref null $node))
             (loop $more
               (local.set $one (call $node (i32.const 0)))
               (struct.set $node $next (local.get $one)
                 (struct.new $node (i32.const 1) (local.get $one)))
               (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"#,
    );
    program.call("rings", &[200_000.into()]).unwrap();
    let statistics = program.statistics();
    assert_eq!(statistics.made, 400_000);
    assert!(statistics.bytes < 1_100_000, "{statistics:?}");
}

#[test]
fn results_of_calls_stay_until_the_embedder_releases_them() {
    let mut program = Program::new(
        r#"(func (export "node") (result (ref $node)) (call $node (i32.const 7)))
           (func (export "value") (param (ref $node)) (result i32)
             (struct.get $node $value (local.get 0)))
           (func (export "litter") (call $litter))"#,
    );
    let node = program.call("node", &[]).unwrap()[0];
    assert!(matches!(node, Value::AnyRef(Some(Referent::Struct(_)))));
    program.call("litter", &[]).unwrap();
    assert_eq!(program.i32("value", &[node]), 7);
    program.store.layer_mut().release();
    program.call("litter", &[]).unwrap();
    let error = program.call("value", &[node]).unwrap_err();
    assert!(matches!(error, Error::Call(_)), "{error}");
}

#[test]
fn a_reference_read_from_a_global_or_a_table_stays() {
    let mut program = Program::new(
        r#"(global $first (export "first") (mut (ref null $node)) (ref.null $node))
           (table $row (export "row") 1 (ref null $node))
           (func (export "make")
             (global.set $first (call $node (i32.const 7)))
             (table.set $row (i32.const 0) (call $node (i32.const 8))))
           (func (export "overwrite")
             (global.set $first (ref.null $node))
             (table.set $row (i32.const 0) (ref.null $node))
             (call $litter))
           (func (export "value") (param (ref $node)) (result i32)
             (struct.get $node $value (local.get 0)))"#,
    );
    let Program { store, instance } = &program;
    let first = store.export(*instance, "first").and_then(Extern::global);
    let row = store.export(*instance, "row").and_then(Extern::table);
    program.call("make", &[]).unwrap();
    let first = program.store.global(first.unwrap()).unwrap();
    let element = program.store.table_get(row.unwrap(), 0).unwrap();
    program.call("overwrite", &[]).unwrap();
    assert_eq!(program.statistics().collections, 1);
    assert_eq!(program.i32("value", &[first]), 7);
    assert_eq!(program.i32("value", &[element]), 8);
}

#[test]
fn an_integer_mistaken_for_a_reference_only_retains_garbage() {
    let mut program = Program::new(
        r#"(func (export "node") (result (ref $node)) (call $node (i32.const 7)))
           (func (export "meanwhile") (param i64) (call $litter))
           (func (export "value") (param (ref $node)) (result i32)
             (struct.get $node $value (local.get 0)))"#,
    );
    let node = program.call("node", &[]).unwrap()[0];
    program.store.layer_mut().release();
    let number = Number::I64(node.to_slot() as i64);
    program.call("meanwhile", &[number.into()]).unwrap();
    assert_eq!(program.i32("value", &[node]), 7);
    program.store.layer_mut().release();
    program
        .call("meanwhile", &[Value::from(number.to_slot() as i64 + 1)])
        .unwrap();
    assert!(program.call("value", &[node]).is_err());
}

#[test]
fn a_list_of_half_a_million_is_marked_without_depth() {
    let mut program = Program::new(
        r#"(global $list (mut (ref null $node)) (ref.null $node))
           (func (export "grow") (param $n i32) (result i32) (local $node (ref null $node))
             (loop $more
               (global.set $list (struct.new $node (i32.const 1) (global.get $list)))
               (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
             (call $litter)
             (local.set $node (global.get $list))
             (block $end
               (loop $more
                 (local.set $n (i32.add (local.get $n) (i32.const 1)))
                 (local.set $node (struct.get $node $next (local.get $node)))
                 (br_if $more (i32.eqz (ref.is_null (local.get $node))))))
             (local.get $n))"#,
    );
    assert_eq!(program.i32("grow", &[500_000.into()]), 500_000);
    assert!(program.statistics().collections >= 2);
}

#[test]
fn an_array_of_any_length_is_an_array_or_a_trap() {
    let mut program = Program::with_limits(
        r#"(func (export "bytes") (param i32) (result i32)
             (array.len (array.new_default $bytes (local.get 0))))
           (func (export "fill") (param i32) (result i32)
             (array.len (array.new $row (ref.null $node) (local.get 0))))
           (func (export "data") (param i32 i32)
             (drop (array.new_data $bytes $data (local.get 0) (local.get 1))))
           (data $data "abc")"#,
        StoreLimits { heap_bytes: 1 << 20, ..StoreLimits::default() },
    );
    assert_eq!(program.i32("bytes", &[1000.into()]), 1000);
    for length in [-1, i32::MIN, i32::MAX, 1 << 20] {
        assert_eq!(program.trap("bytes", &[length.into()]), Trap::OutOfHeap);
        assert_eq!(program.trap("fill", &[length.into()]), Trap::OutOfHeap);
    }
    for (source, length) in [(-1, -1), (0, -1), (-1, 0), (4, 0), (0, 4)] {
        let trap = program.trap("data", &[source.into(), length.into()]);
        assert_eq!(trap, Trap::OutOfBoundsMemoryAccess);
    }
    // Each fits alone, and there is room for the next one as soon as the last
    // one is garbage.
    for _ in 0..100 {
        assert_eq!(program.i32("bytes", &[900_000.into()]), 900_000);
    }
}

#[test]
fn a_program_that_keeps_everything_ends_at_the_limit() {
    let mut program = Program::with_limits(
        r#"(global $list (mut (ref null $node)) (ref.null $node))
           (func (export "grow")
             (loop $more
               (global.set $list (struct.new $node (i32.const 1) (global.get $list)))
               (br $more)))
           (func (export "forget") (global.set $list (ref.null $node)) (call $litter))"#,
        StoreLimits { heap_bytes: 10 << 20, ..StoreLimits::default() },
    );
    assert_eq!(program.trap("grow", &[]), Trap::OutOfHeap);
    let statistics = program.statistics();
    assert!(statistics.bytes > 9 << 20, "{statistics:?}");
    assert!(
        statistics.collections < 30,
        "it does not collect in vain over and over: {statistics:?}"
    );
    program.call("forget", &[]).unwrap();
}

#[test]
fn vectors_are_fields_too() {
    let mut program = Program::new(
        r#"(type $pair (struct (field (mut i8)) (field (mut v128))))
           (type $vectors (array (mut v128)))
           (func (export "struct") (result i64) (local $pair (ref null $pair))
             (local.set $pair (struct.new $pair (i32.const 1) (v128.const i64x2 20 22)))
             (i64.add
               (i64x2.extract_lane 0 (struct.get $pair 1 (local.get $pair)))
               (i64x2.extract_lane 1 (struct.get $pair 1 (local.get $pair)))))
           (func (export "array") (result i64) (local $array (ref null $vectors))
             (local.set $array
               (array.new_fixed $vectors 2 (v128.const i64x2 1 2) (v128.const i64x2 3 4)))
             (array.set $vectors (local.get $array) (i32.const 0) (v128.const i64x2 5 6))
             (i64.add
               (i64.mul (i64.const 10)
                 (i64x2.extract_lane 1 (array.get $vectors (local.get $array) (i32.const 0))))
               (i64x2.extract_lane 1 (array.get $vectors (local.get $array) (i32.const 1)))))"#,
    );
    assert_eq!(program.call("struct", &[]).unwrap(), [42_i64.into()]);
    assert_eq!(program.call("array", &[]).unwrap(), [64_i64.into()]);
}

#[test]
fn exceptions_keep_their_values_alive_and_are_collected_too() {
    let mut program = Program::new(
        r#"(tag $tag (param (ref $node) i32))
           (table $kept 2 exnref)
           (func $caught (param $value i32) (result exnref)
             (block $caught (result (ref $node) i32 exnref)
               (try_table (catch_ref $tag $caught)
                 (throw $tag (call $node (local.get $value)) (i32.const 5)))
               (unreachable))
             (return)
             (unreachable))
           (func (export "keep") (param $value i32)
             (table.set $kept (i32.const 1) (call $caught (local.get $value)))
             (call $litter))
           (func (export "value") (result i32)
             (block $caught (result (ref $node) i32)
               (try_table (catch $tag $caught)
                 (throw_ref (table.get $kept (i32.const 1))))
               (unreachable))
             (drop)
             (struct.get $node $value))
           (func (export "many") (param $n i32)
             (loop $more
               (drop (call $caught (i32.const 0)))
               (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"#,
    );
    program.call("keep", &[42.into()]).unwrap();
    assert_eq!(program.i32("value", &[]), 42);
    // Each holds a node until it is garbage itself.
    program.call("many", &[200_000.into()]).unwrap();
    assert_eq!(program.i32("value", &[]), 42);
    assert!(program.statistics().objects < 100_000);
}

#[test]
fn the_more_exceptions_stay_the_more_are_thrown_before_the_next_collection() {
    let mut program = Program::new(
        r#"(tag $tag)
           (table $kept 4000 exnref)
           (func $caught (result exnref)
             (block $caught (result exnref)
               (try_table (catch_all_ref $caught) (throw $tag))
               (unreachable)))
           (func (export "keep") (param $n i32)
             (loop $more
               (local.set $n (i32.sub (local.get $n) (i32.const 1)))
               (table.set $kept (local.get $n) (call $caught))
               (br_if $more (local.get $n))))
           (func (export "drop") (param $n i32)
             (loop $more
               (drop (call $caught))
               (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))"#,
    );
    let mut collections = |name, count: i32| {
        program.call(name, &[count.into()]).unwrap();
        program.statistics().collections
    };
    assert_eq!(collections("keep", 4_000), 0);
    assert_eq!(collections("drop", 10_001 - 4_000), 0);
    // What stays is the 4,000, and then comes the one that was about to be
    // thrown.
    assert_eq!(collections("drop", 1), 1);
    let due = 10_001 + 2 * 4_000;
    assert_eq!(collections("drop", due - 4_001), 1);
    assert_eq!(collections("drop", 1), 2);
}

/// The call that the host function makes goes on with the same operand stack,
/// so the locals and operands of the interrupted call are still roots.
#[test]
fn references_of_a_caller_stay_while_a_host_function_calls_back() {
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "back", |caller: &mut Caller<'_>| {
        let Some(instance) = caller.instance() else {
            return Err(Error::Call("there is no caller".to_owned()));
        };
        caller.engine().call(instance, "litter", &[]).map(|_| ())
    });
    let text = format!(
        r#"(module
             (import "host" "back" (func $back))
             {COMMON}
             (func (export "litter") (call $litter))
             (func (export "test") (result i32) (local $node (ref null $node))
               (local.set $node (call $node (i32.const 40)))
               (call $node (i32.const 2))
               (call $back)
               (struct.get $node $value)
               (i32.add (struct.get $node $value (local.get $node)))))"#
    );
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    let results = store.call(instance, "test", &[]).unwrap();
    assert_eq!(results, [42.into()]);
    assert!(store.layer().heap.statistics().collections > 0);
}

#[test]
fn a_constant_expression_keeps_to_the_limit_of_the_heap() {
    let text = r#"(module
      (type $bytes (array i8))
      (global (ref $bytes) (array.new_default $bytes (i32.const 20000))))"#;
    let limits = StoreLimits { heap_bytes: 10_000, ..StoreLimits::default() };
    let mut store = Store::<()>::new((), limits);
    let error = store.instantiate(text.as_bytes(), &Imports::new());
    let trap = error.unwrap_err().trap();
    assert_eq!(trap, Some(Trap::OutOfHeap));
}
