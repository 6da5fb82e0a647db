//! Who catches what, and what is left.

use annex_embedding::{
    Caller, Engine, Error, Extern, FuncAddr, Handle, Imports, InstanceAddr,
    Referent, TagAddr, Value,
};
use annex_vector::V128;
use ch07_values::{OperandStack, Trap};
use ch09_module::{FuncType, Function};
use ch11_control::{Code, Core};
use ch12_instance::{Layer, StoreData, StoreLimits, StoreView, Uncaught};
use ch17_exceptions::{
    ExceptionLayer, Exceptions, ExnAddr, HasExceptions, Machine, Store, Unwind,
};
use trace::Observer;

/// A store with an instance of a module.
fn instance(text: &str) -> (Store, InstanceAddr) {
    let mut store = Store::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    (store, instance)
}

fn call(
    (store, instance): &mut (Store, InstanceAddr),
    name: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    let function =
        store.export(*instance, name).and_then(Extern::func).unwrap();
    store.invoke(function, arguments)
}

/// The results of the exported function `f` with these arguments.
fn results(text: &str, arguments: &[i32]) -> Vec<i32> {
    let arguments: Vec<Value> =
        arguments.iter().map(|argument| (*argument).into()).collect();
    let results = call(&mut instance(text), "f", &arguments).unwrap();
    results.into_iter().map(|value| value.i32().unwrap()).collect()
}

fn trap(text: &str) -> Trap {
    call(&mut instance(text), "f", &[]).unwrap_err().trap().unwrap()
}

/// The text of the error that the exported function `f` ends in.
fn error(text: &str) -> String {
    call(&mut instance(text), "f", &[]).unwrap_err().to_string()
}

#[test]
fn unwind_fits_into_8_bytes() {
    assert_eq!(size_of::<Result<(), Unwind>>(), 8);
}

#[test]
fn a_throw_out_of_three_calls_leaves_the_values_and_nothing_else() {
    let mut deep = instance(include_str!("../programs/deep.wat"));
    let results = call(&mut deep, "first", &[]).unwrap();
    assert_eq!(results, [1.into(), 6.into(), 7.into()]);
}

#[test]
fn the_labels_of_clauses_count_from_outside_the_try_table() {
    // If the label of the `try_table` counted, this branch would end there, and
    // the 1 would be the result.
    let text = "(module (tag $e) (func (export \"f\") (result i32)
        block
          try_table (catch $e 0)
            throw $e
          end
          i32.const 1
          return
        end
        i32.const 2))";
    assert_eq!(results(text, &[]), [2]);
    // From here it is the function's own label.
    let text = "(module (tag $e (param i32)) (func (export \"f\") (result i32)
        try_table (catch $e 0)
          i32.const 3
          throw $e
        end
        i32.const 1))";
    assert_eq!(results(text, &[]), [3]);
}

#[test]
fn a_branch_to_a_try_table_goes_to_its_end() {
    let text = "(module (func (export \"f\") (param i32) (result i32)
        local.get 0
        try_table (param i32) (result i32)
          i32.const 10
          i32.const 20
          br 0
        end
        i32.const 1
        i32.add))";
    assert_eq!(results(text, &[5]), [21]);
}

/// Throws `$a`, `$b` or `$c`, and says by which label it was caught.
fn sorted(clauses: &str) -> Vec<Vec<i32>> {
    let text = format!(
        "(module (tag $a) (tag $b) (tag $c)
          (func (export \"f\") (param i32) (result i32)
            block $three
              block $two
                block $one
                  try_table {clauses}
                    block block block
                      local.get 0
                      br_table 0 1 2
                    end throw $a end throw $b end throw $c
                  end
                end
                i32.const 1
                return
              end
              i32.const 2
              return
            end
            i32.const 3))"
    );
    (0..3).map(|which| results(&text, &[which])).collect()
}

#[test]
fn the_first_clause_that_matches_catches() {
    assert_eq!(
        sorted("(catch $a $one) (catch $b $two) (catch $c $three)"),
        [[1], [2], [3]]
    );
    assert_eq!(
        sorted("(catch $b $one) (catch_all $two) (catch $a $three)"),
        [[2], [1], [2]]
    );
    assert_eq!(
        sorted("(catch $a $two) (catch $a $three) (catch_all $one)"),
        [[2], [1], [1]]
    );
}

#[test]
fn the_nearest_handler_with_a_matching_clause_catches() {
    let text = "(module (tag $a) (tag $b)
        (func (export \"f\") (param i32) (result i32)
          block $outer
            try_table (catch_all $outer)
              block $inner
                try_table (catch $a $inner)
                  try_table (catch $a $inner)
                    local.get 0
                    if throw $a end
                    throw $b
                  end
                end
              end
              i32.const 1
              return
            end
          end
          i32.const 2))";
    assert_eq!((results(text, &[1]), results(text, &[0])), (vec![1], vec![2]));
}

#[test]
fn throws_outside_the_try_table_are_not_caught() {
    // The exception comes from a clause's own label, and from behind the
    // `try_table`.
    let text = "(module (tag $a) (tag $b) (func (export \"f\")
        block $caught
          try_table (catch_all $caught) throw $a end
        end
        throw $b))";
    assert_eq!(
        error(text),
        "uncaught exception: tag 1 ($b) (), in function 0 ($f)"
    );
}

#[test]
fn an_uncaught_exception_names_its_tag_its_values_and_its_thrower() {
    let text = "(module (tag $large (param i32 f64))
        (func $thrower i32.const 7 f64.const 0.5 throw $large)
        (func (export \"f\") try_table call $thrower end))";
    let error = call(&mut instance(text), "f", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "uncaught exception: tag 0 ($large) (i32 7, f64 0.5), in function 0 ($thrower)"
    );
    let Error::Exception(report) = error else { panic!("{error}") };
    assert_eq!(
        (report.tag, report.values),
        (TagAddr(0), vec![7.into(), 0.5.into()])
    );
}

#[test]
fn an_uncaught_exception_leaves_nothing_behind() {
    let mut module = instance(
        "(module (tag $e (param i64)) (func (export \"f\") i64.const 1 throw $e))",
    );
    for _ in 0..3 {
        call(&mut module, "f", &[]).unwrap_err();
    }
    assert!(module.0.layer_mut().exceptions().is_empty());
}

#[test]
fn a_trap_is_not_an_exception() {
    let caught = |instrs: &str| {
        trap(&format!(
            "(module (func $again call $again) (func (export \"f\")
              block try_table (catch_all 0) {instrs} end end))"
        ))
    };
    assert_eq!(caught("unreachable"), Trap::Unreachable);
    assert_eq!(
        caught("i32.const 1 i32.const 0 i32.div_s drop"),
        Trap::IntegerDivideByZero
    );
    assert_eq!(caught("call $again"), Trap::CallStackExhausted);
    assert_eq!(caught("ref.null exn throw_ref"), Trap::NullExceptionReference);
    assert_eq!(
        Trap::NullExceptionReference.to_string(),
        "null exception reference"
    );
}

#[test]
fn a_trap_after_a_catch_names_its_own_place() {
    let text = "(module (tag $e) (func $thrower throw $e)
        (func (export \"f\")
          block try_table (catch_all 0) call $thrower end end
          unreachable))";
    assert_eq!(
        error(text),
        "trap: unreachable, in function 1 ($f), at unreachable"
    );
    let text =
        "(module (tag $e) (func $thrower throw $e) (func $again throw $e)
        (func (export \"f\")
          block try_table (catch_all 0) call $thrower end end
          call $again))";
    assert_eq!(
        error(text),
        "uncaught exception: tag 0 ($e) (), in function 1 ($again)"
    );
}

#[test]
fn a_reference_is_thrown_again_as_the_same_exception() {
    let text = "(module (tag $e (param i32)) (func (export \"f\") (result i32)
        block $again (result i32)
          try_table (catch $e $again)
            block $caught (result i32 exnref)
              try_table (catch_ref $e $caught)
                i32.const 7
                throw $e
              end
              unreachable
            end
            throw_ref
          end
          unreachable
        end))";
    assert_eq!(results(text, &[]), [7]);
    // What the values were is nobody's business here.
    let text = "(module (tag $e (param i32)) (func (export \"f\")
        block $caught (result exnref)
          try_table (catch_all_ref $caught)
            i32.const 7
            throw $e
          end
          unreachable
        end
        throw_ref))";
    assert_eq!(
        error(text),
        "uncaught exception: tag 0 ($e) (i32 7), in function 0 ($f)"
    );
}

#[test]
fn a_tail_call_leaves_the_handlers_too() {
    let text = "(module (tag $e) (func $thrower throw $e)
        (func (export \"f\") block try_table (catch_all 0) return_call $thrower end end))";
    assert_eq!(
        error(text),
        "uncaught exception: tag 0 ($e) (), in function 0 ($thrower)"
    );
}

#[test]
fn an_exception_unwinds_nine_thousand_calls() {
    let text = "(module (tag $e (param i32))
        (func $down (param i32)
          local.get 0
          i32.eqz
          if i32.const 9 throw $e end
          local.get 0 i32.const 1 i32.sub call $down)
        (func (export \"f\") (param i32) (result i32)
          block $caught (result i32)
            try_table (catch $e $caught)
              local.get 0
              call $down
            end
            i32.const 0
          end))";
    assert_eq!(results(text, &[9_000]), [9]);
}

#[test]
fn a_handler_cuts_the_stack_before_it_pushes() {
    let check = |operands, text: &str| {
        let limits = StoreLimits { operands, ..StoreLimits::default() };
        let mut store: Store = Store::new((), limits);
        let instance = store.instantiate(text.as_bytes(), &Imports::new());
        let mut full = (store, instance.unwrap());
        assert_eq!(call(&mut full, "f", &[]).unwrap(), [0.into()]);
    };
    // The stack is full when something is thrown. There is room for the
    // reference all the same.
    let text = "(module (tag $e) (func (export \"f\") (result i32)
        block $caught (result exnref)
          try_table (catch_all_ref $caught)
            i32.const 1
            i32.const 2
            throw $e
          end
          unreachable
        end
        ref.is_null))";
    check(2, text);
    // What the block takes as parameters goes too.
    let text = "(module (tag $e) (func (export \"f\") (result i32)
        block $caught (result exnref)
          i32.const 1
          try_table (param i32) (catch_all_ref $caught)
            throw $e
          end
          unreachable
        end
        ref.is_null))";
    check(1, text);
}

/// A layer in which there is never memory for an exception.
#[derive(Debug, Default)]
struct FullLayer(ExceptionLayer);

impl HasExceptions for FullLayer {
    fn exceptions(&mut self) -> &mut Exceptions {
        self.0.exceptions()
    }

    fn before_throw(
        &mut self,
        _: &StoreData,
        stack: &OperandStack,
    ) -> Result<(), Trap> {
        assert_eq!(stack.slots(), [1, 7], "the value is still there");
        Err(Trap::OutOfHeap)
    }
}

impl Layer for FullLayer {
    type Code = Code;

    fn translate(
        _: &StoreData,
        _: u32,
        ty: &FuncType,
        function: Function,
    ) -> Code {
        Code::new(ty, function)
    }

    fn run<O: Observer>(
        core: &mut Core<O>,
        view: StoreView<'_, Self>,
        function: FuncAddr,
    ) -> Result<(), Uncaught> {
        Machine::new(core, view).invoke(function)
    }
}

#[test]
fn a_layer_is_asked_before_an_exception_is_made() {
    let text = "(module (tag $e (param i32))
        (func (export \"f\") i32.const 1 i32.const 7 throw $e))";
    let mut store = ch12_instance::Store::<(), FullLayer>::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let error = store.call(instance, "f", &[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::OutOfHeap));
    assert!(store.layer_mut().exceptions().is_empty());
}

#[test]
fn an_exception_is_not_caught_across_a_host_function() {
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    imports.func(
        &mut store,
        "host",
        "call_back",
        |caller: &mut Caller<'_>| -> Result<(), Error> {
            let instance = caller.instance().unwrap();
            caller.engine().call(instance, "throw", &[]).map(|_| ())
        },
    );
    let text = "(module
        (import \"host\" \"call_back\" (func $call_back))
        (tag $e (param i32))
        (func $thrower (export \"throw\") i32.const 7 throw $e)
        (func (export \"f\")
          block $caught
            try_table (catch_all $caught) call $call_back end
          end))";
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    let error = call(&mut (store, instance), "f", &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "uncaught exception: tag 0 ($e) (i32 7), in function 1 ($thrower)"
    );
}

#[test]
fn tags_match_by_identity_not_by_type() {
    let thrower = "(module (tag $e (export \"e\") (param i32))
        (func (export \"throw\") (param i32) local.get 0 throw $e))";
    let catcher = "(module
        (tag $theirs (import \"thrower\" \"e\") (param i32))
        (tag $alias (import \"thrower\" \"e\") (param i32))
        (func $throw (import \"thrower\" \"throw\") (param i32))
        (func $host (import \"host\" \"call\"))
        (tag $own (param i32))
        (func (export \"f\") (result i32)
          block $caught (result i32)
            block $mistaken (result i32)
              try_table (catch $own $mistaken) (catch $alias $caught)
                call $host
                i32.const 7
                call $throw
              end
              i32.const -1
            end
            drop
            i32.const -2
          end))";
    let mut store = Store::default();
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "call", || {});
    let first = store.instantiate(thrower.as_bytes(), &Imports::new()).unwrap();
    let second =
        store.instantiate(thrower.as_bytes(), &Imports::new()).unwrap();
    imports.instance(&store, "thrower", first);
    let instance = store.instantiate(catcher.as_bytes(), &imports).unwrap();
    let mut catching = (store, instance);
    assert_eq!(call(&mut catching, "f", &[]).unwrap(), [7.into()]);

    // The function of one instance and the tag of the other.
    let throw = catching.0.export(second, "throw").unwrap();
    imports.define("thrower", "throw", throw);
    let instance =
        catching.0.instantiate(catcher.as_bytes(), &imports).unwrap();
    let error = call(&mut (catching.0, instance), "f", &[]).unwrap_err();
    assert!(
        matches!(error, Error::Exception(report) if report.tag == TagAddr(1))
    );
}

#[test]
fn a_caught_exception_without_a_reference_is_forgotten() {
    let text = "(module (tag $e (param i32)) (func (export \"f\") (param i32) (result i32)
        (local $sum i32)
        loop $again
          block $caught (result i32)
            try_table (catch $e $caught)
              local.get 0
              throw $e
            end
            unreachable
          end
          local.get $sum
          i32.add
          local.set $sum
          local.get 0
          i32.const 1
          i32.sub
          local.tee 0
          br_if $again
        end
        local.get $sum))";
    let mut module = instance(text);
    assert_eq!(
        call(&mut module, "f", &[10_000.into()]).unwrap(),
        [50_005_000.into()]
    );
    let exceptions = module.0.layer_mut().exceptions();
    assert!(exceptions.is_empty());
    let next = exceptions.make(TagAddr(0), Box::default());
    assert_eq!(next, Ok(ExnAddr(0)), "there was never more than one");
}

/// Keeps a reference to each of the exceptions that it throws.
const KEEPER: &str = "(module (tag $e (param i64 i64 i64))
    (func (export \"f\") (param i32) (result exnref)
      (local $kept exnref)
      loop $again
        block $caught (result exnref)
          try_table (catch_all_ref $caught)
            i64.const 1 i64.const 2 i64.const 3
            throw $e
          end
          unreachable
        end
        local.set $kept
        local.get 0
        i32.const 1
        i32.sub
        local.tee 0
        br_if $again
      end
      local.get $kept)
    (func (export \"throw\") (param exnref) local.get 0 throw_ref))";

#[test]
fn an_exception_with_a_reference_stays() {
    let mut module = instance(KEEPER);
    let results = call(&mut module, "f", &[3.into()]).unwrap();
    assert_eq!(module.0.layer_mut().exceptions().len(), 3);
    let error = call(&mut module, "throw", &results).unwrap_err();
    assert_eq!(
        error.to_string(),
        "uncaught exception: tag 0 ($e) (i64 1, i64 2, i64 3), in function 1 ($throw)"
    );
    assert_eq!(module.0.layer_mut().exceptions().len(), 3);
    // Another store has never heard of it.
    assert!(call(&mut instance(KEEPER), "throw", &results).is_err());
}

#[test]
fn too_many_exceptions_are_a_trap() {
    let params = "i64 ".repeat(500);
    let values = "i64.const 7 ".repeat(500);
    let text = format!(
        "(module (tag $e (param {params}))
          (func (export \"f\")
            loop $again
              block $caught (result exnref)
                try_table (catch_all_ref $caught) {values} throw $e end
                unreachable
              end
              drop
              br $again
            end))"
    );
    assert_eq!(trap(&text), Trap::OutOfHeap);
}

#[test]
fn vectors_are_carried_whole() {
    let text = "(module (tag $e (param i32 v128 i32))
        (func (export \"f\") (result i32 v128 i32)
          block $caught (result i32 v128 i32)
            try_table (catch $e $caught)
              f64.const 0
              i32.const 1
              v128.const i64x2 0x1122334455667788 0x99aabbccddeeff00
              i32.const 2
              throw $e
            end
            unreachable
          end))";
    let results = call(&mut instance(text), "f", &[]).unwrap();
    let vector = V128(0x99aa_bbcc_ddee_ff00_1122_3344_5566_7788);
    assert_eq!(results, [1.into(), Value::V128(vector), 2.into()]);

    let text = "(module (tag $e (param v128))
        (func (export \"f\") v128.const i32x4 1 2 3 4 throw $e))";
    let Err(Error::Exception(report)) = call(&mut instance(text), "f", &[])
    else {
        panic!()
    };
    assert_eq!(
        report.values,
        [Value::V128(V128(0x0000_0004_0000_0003_0000_0002_0000_0001))]
    );
}

/// The handle in the slot of a reference to an exception.
fn handle(slot: u64) -> Handle {
    match Referent::from_slot(slot) {
        Some(Referent::Exn(handle)) => handle,
        other => panic!("{other:?} is no exception"),
    }
}

#[test]
fn a_collector_keeps_what_it_has_marked() {
    let mut exceptions = Exceptions::default();
    let mut make =
        |tag| exceptions.make(TagAddr(tag), Box::new([[7, 0]])).unwrap();
    let (kept, lost, thrown) = (make(0), make(1), make(2));
    let (kept_slot, lost_slot) =
        (exceptions.reference(kept), exceptions.reference(lost));
    assert_eq!(exceptions.mark(handle(kept_slot)), Some(kept));
    assert_eq!(exceptions.mark(handle(kept_slot)), None);
    exceptions.sweep();
    assert_eq!((exceptions.len(), exceptions.size()), (2, 4));
    assert_eq!(exceptions.referent(kept_slot), Ok(kept));
    assert_eq!(
        exceptions.referent(lost_slot),
        Err(Trap::NullExceptionReference)
    );

    // Its place is taken by another one, for which the old reference does not
    // pass.
    let next = exceptions.make(TagAddr(3), Box::default()).unwrap();
    assert_eq!(next, lost);
    assert_eq!(exceptions.mark(handle(lost_slot)), None);
    assert_eq!(
        exceptions.referent(lost_slot),
        Err(Trap::NullExceptionReference)
    );
    assert_ne!(exceptions.reference(next), lost_slot);
    assert_eq!(
        (exceptions.tag(thrown), exceptions.tag(next)),
        (TagAddr(2), TagAddr(3))
    );

    // The marks are gone: unmarked, it goes with the next sweep.
    exceptions.sweep();
    assert_eq!(
        (exceptions.len(), exceptions.referent(kept_slot).is_err()),
        (1, true)
    );
}

#[test]
fn a_list_of_exceptions_is_read_again_as_it_was_written_down() {
    let mut exceptions = Exceptions::default();
    let all: Vec<ExnAddr> = (0..4)
        .map(|tag| exceptions.make(TagAddr(tag), [[9, 1]].into()).unwrap())
        .collect();
    let second = exceptions.reference(all[1]);
    let last = exceptions.reference(all[3]);
    exceptions.forget(all[2]);

    // The first one is thrown, and nothing refers to it: it's left out.
    let places: Vec<_> = exceptions
        .places()
        .map(|(generation, exception)| {
            (generation, exception.map(|(tag, values)| (tag, values.into())))
        })
        .collect();
    let (one, three) = ([[9, 1]].into(), [[9, 1]].into());
    let expected = [
        (0, None),
        (0, Some((TagAddr(1), one))),
        (1, None),
        (0, Some((TagAddr(3), three))),
    ];
    assert_eq!(places, expected);
    let mut again = Exceptions::default();
    again.replace(places.clone().into_iter(), exceptions.free()).unwrap();
    assert_eq!((again.len(), again.size()), (2, 4));
    assert_eq!(again.free(), [2, 0]);
    assert_eq!(
        again.referent(second).map(|exn| again.tag(exn)),
        Ok(TagAddr(1))
    );
    assert_eq!(again.referent(last).map(|exn| again.tag(exn)), Ok(TagAddr(3)));
    assert_eq!(again.make(TagAddr(0), Box::default()), Ok(ExnAddr(0)));

    // What can't be true is refused, and changes nothing.
    for free in [&[1][..], &[2, 2], &[4]] {
        let refused = again.replace(places.clone().into_iter(), free);
        assert_eq!(refused, Err("the list of free places is wrong"));
    }
    let old = [(Handle::GENERATIONS, None)];
    let refused = again.replace(old.into_iter(), &[]);
    assert_eq!(refused, Err("a place has had too many exceptions"));
    let wide = [(0, Some((TagAddr(0), vec![[0, 0]; 1 << 22].into())))];
    let refused = again.replace(wide.into_iter(), &[]);
    assert_eq!(refused, Err("the exceptions carry too many values"));
    assert_eq!(again.len(), 3);
}
