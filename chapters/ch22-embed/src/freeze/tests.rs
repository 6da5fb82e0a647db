//! Frozen stores that say what can't be true, with the right checksum.

use annex_embedding::{
    CallFirst, Caller, Engine, Extern, HostFunction, Imports, PausedCall,
    Suspend, Value,
};
use ch09_module::{FuncType, ImportType, Module};
use ch12_instance::StoreLimits;
use ch19_flat::{FlatLayer, Store};
use serde::Serialize;

use super::state::{
    Activation, Blob, Call, Item, Kind, Next, Ref, State, Step, Type,
};
use super::{Made, Terms, Thawed, form, freeze, thaw};
use crate::{self as api, Config, Linker};

const EVERYTHING: &str = include_str!("../../tests/programs/everything.wat");

fn terms() -> Terms {
    let limits = StoreLimits {
        memory_bytes: 1 << 20,
        table_elements: 1000,
        heap_bytes: 1 << 20,
        fuel: Some(0),
        ..StoreLimits::default()
    };
    Terms { limits, bytes: 1 << 16, ..Terms::default() }
}

const SUM: &str = include_str!("../../programs/sum.wat");

/// The functions of the host: `later` answers later, `work` asks for a call of
/// `work` first.
fn host(_: &str, name: &str, ty: &FuncType) -> Option<HostFunction> {
    let name = name.to_owned();
    let function = move |caller: &mut Caller<'_>, values: &[Value]| {
        let work = caller.export("work").and_then(Extern::func);
        match (&*name, work, caller.answer()) {
            ("later", ..) => Err(Suspend("later".into()).into()),
            ("work", Some(function), None) => {
                let (arguments, state) = (values.to_vec(), 0);
                Err(CallFirst { function, arguments, state }.into())
            }
            _ => Ok(vec![1.into()]),
        }
    };
    Some(HostFunction::dynamic(ty.clone(), function))
}

/// The bytes of a store with everything in it, and four paused calls: `busy`,
/// `nested` that waits for the host, `double` that has not begun, and a call
/// that a function of the host has asked for.
fn frozen() -> Vec<u8> {
    let mut store = Store::new((), terms().limits);
    let binary = wat::parse_str(EVERYTHING).unwrap();
    let module = Module::from_binary(&binary).unwrap();
    let (mut log, mut imports) = (Vec::new(), Imports::new());
    let mut items = Vec::new();
    for import in &module.imports {
        let ImportType::Func(ty) = import.ty else { panic!("{import:?}") };
        let ty = module.func_type(ty).unwrap().clone();
        let (module, name) = (import.module.clone(), import.name.clone());
        let function = host(&module, &name, &ty).unwrap();
        let function = Extern::Func(store.add_function(function));
        imports.define(&module, &name, function);
        items.push(function);
        log.push(Made::Function { module, name, ty });
    }
    store.set_fuel(1000);
    let instance = store.instantiate(&binary, &imports).unwrap();
    log.push(Made::Instance { module: 0, imports: items });
    store.call(instance, "change", &[3.into()]).unwrap();
    let mut pause = |name, fuel| {
        let function = store.export(instance, name).and_then(Extern::func);
        store.set_fuel(fuel);
        let progress = store.start(function.unwrap(), &[2.into()]).unwrap();
        progress.paused().unwrap()
    };
    let calls = [
        pause("busy", 20),
        pause("nested", 99),
        pause("double", 0),
        pause("asks for work", 4),
    ];
    let calls: Vec<&PausedCall> = calls.iter().collect();
    freeze(&mut store, &log, &[binary.into()], &calls).unwrap()
}

/// What thawing says of a store in which something was changed.
fn says(change: impl FnOnce(&mut State<'_>)) -> String {
    says_on(terms(), change)
}

fn says_on(terms: Terms, change: impl FnOnce(&mut State<'_>)) -> String {
    let bytes = frozen();
    let mut state = form::read(&bytes).unwrap();
    change(&mut state);
    let forged = form::write(&state).unwrap();
    let thawed: Result<Thawed<(), FlatLayer>, _> =
        thaw(&forged, terms, (), &mut host);
    match thawed {
        Ok(_) => "it's thawed".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// The first call of a function's code.
fn code<'a>(
    state: &'a mut State<'_>,
    wanted: u32,
) -> (&'a mut u32, &'a mut Vec<u128>, &'a mut Vec<u128>) {
    let all = state.calls.iter_mut().flat_map(|call| &mut call.activations);
    for activation in all {
        if let Activation::Code { function, instruction, locals, operands } =
            activation
            && *function == wanted
        {
            return (instruction, locals, operands);
        }
    }
    panic!("it is not inside of function {wanted}");
}

const BUSY: u32 = 10;
const NESTED: u32 = 11;

/// The slot of a reference: its tag, and what it refers to.
const fn slot(tag: u128, place: u128) -> u128 {
    tag << 56 | place
}

const HOST: u128 = 1;
const I31: u128 = 2;
const STRUCT: u128 = 3;
const ARRAY: u128 = 4;
const EXN: u128 = 5;
const VECTOR: u128 = 1 << 64;

#[test]
fn an_unchanged_store_is_thawed() {
    assert_eq!(says(|_| {}), "it's thawed");
}

#[test]
fn values_are_of_the_types_of_their_places() {
    let global =
        |number: usize, value| says(move |state| state.globals[number] = value);
    // An i32, an i64, an f32, an f64, a vector.
    let wide = "global 0: the number has more than 32 bits";
    assert_eq!(global(0, 1 << 32), wide);
    assert_eq!(global(2, 1 << 63), wide.replace('0', "2"));
    assert_eq!(global(1, 1 << 63), "it's thawed");
    let half = "global 3: only a vector has an upper half";
    assert_eq!(global(3, VECTOR), half);
    assert_eq!(global(1, VECTOR), half.replace("3:", "1:"));
    assert_eq!(global(5, VECTOR), half.replace("3:", "5:"));
    assert_eq!(global(4, u128::MAX), "it's thawed");
    // A reference to a node or null, one that must not be null, an externref.
    assert_eq!(global(5, 0), "it's thawed");
    let null = "global 6: the reference must not be null";
    assert_eq!(global(6, 0), null);
    let nothing = "global 5: the reference refers to nothing";
    for slot in [slot(STRUCT, 1000), slot(STRUCT, 1 << 32), slot(9, 0)] {
        assert_eq!(global(5, slot), nothing);
    }
    // Place 0 has a node: it's no array, whatever the slot says.
    assert_eq!(global(5, slot(ARRAY, 0)), nothing);
    let other = "global 5: the reference is of another type";
    for slot in [1, slot(I31, 3), slot(EXN, 0)] {
        assert_eq!(global(5, slot), other);
    }
    assert_eq!(global(7, slot(I31, 3)), "it's thawed");
    for bits in [1 << 31, 1 << 32] {
        assert_eq!(global(7, slot(I31, bits)), nothing.replace('5', "7"));
    }
    let host = "global 7 refers to something of the host, number 8";
    assert_eq!(global(7, slot(HOST, 8)), host);
    assert_eq!(global(7, 1000), nothing.replace('5', "7"));
}

#[test]
fn elements_are_of_the_types_of_their_tables() {
    let other = "element 0 of table 0: the reference is of another type";
    assert_eq!(says(|state| state.tables[0] = vec![(6, 1 << 57)]), other);
    let nothing = "element 5 of table 0: the reference refers to nothing";
    let runs = vec![(5, 0), (1, 99)];
    assert_eq!(says(|state| state.tables[0] = runs), nothing);
    let runs = |runs| says(|state| state.tables[0] = runs);
    let size = "the frozen store is wrong: table 0 has a wrong size";
    assert_eq!(runs(vec![(3, 0)]), size);
    assert_eq!(runs(vec![(u64::MAX, 0), (7, 0)]), size);
    let more = "table 0 can't have its 7 elements more";
    assert_eq!(runs(vec![(11, 0)]), more);
    let more = more.replace("7", "18446744073709551611");
    assert_eq!(runs(vec![(u64::MAX, 0)]), more);
    let all = "it has other things than its log has made";
    let all = format!("the frozen store is wrong: {all}");
    assert_eq!(says(|state| state.tables.push(vec![])), all);
    let missing = "the frozen store is wrong: a table is missing";
    assert_eq!(says(|state| state.tables.truncate(2)), missing);
}

#[test]
fn memories_have_their_size_and_no_more() {
    let pages = |pages| says(|state| state.memories[0].pages = pages);
    let size = "the frozen store is wrong: memory 0 has a wrong size";
    assert_eq!(pages(0), size);
    for more in [4, 16, u64::MAX - 1] {
        let text = format!("memory 0 can't have its {more} pages more");
        assert_eq!(pages(more + 1), text);
    }
    let small = "the frozen store is wrong: a memory is too small";
    for offset in [196_608, 196_606, u64::MAX, u64::MAX - 1] {
        let run = (offset, Blob(&[1, 2, 3]));
        assert_eq!(says(|state| state.memories[0].runs.push(run)), small);
    }
    let other = says(|state| state.globals.truncate(2));
    assert!(other.ends_with("other things than its log has made"), "{other}");
}

#[test]
fn segments_are_those_of_the_module_or_empty() {
    let own = "an instance has other segments than its module";
    let own = format!("the frozen store is wrong: {own}");
    assert_eq!(says(|state| state.segments[0].data.push(true)), own);
    assert_eq!(says(|state| _ = state.segments[0].elements.pop()), own);
    let long = vec![0, 0, 0];
    assert_eq!(says(|state| state.segments[0].elements[0] = long), own);
    // The third one consists of references that aren't null.
    let null =
        "element segment 2 of instance 0: the reference must not be null";
    assert_eq!(says(|state| state.segments[0].elements[2] = vec![0]), null);
    let other = "element segment 2 of instance 0: \
                 the reference is of another type";
    assert_eq!(says(|state| state.segments[0].elements[2] = vec![1]), other);
}

#[test]
fn objects_have_the_fields_of_their_types() {
    let size = "an object is of another size than its type's";
    let size = format!("the frozen store is wrong: {size}");
    let object = |bytes: &'static [u8]| {
        says(|state| {
            let (_, object) = &mut state.heap.entries[0];
            object.as_mut().unwrap().1 = Blob(bytes);
        })
    };
    assert_eq!(object(&[]), size);
    assert_eq!(object(&[0; 12]), "it's thawed");
    // The second field is a reference to a node.
    let other = "field 1 of object 0: the reference is of another type";
    assert_eq!(object(&[0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), other);
    let nothing = "field 1 of object 0: the reference refers to nothing";
    assert_eq!(object(&[0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 3]), nothing);
    let gone = says(|state| state.heap.entries[1].1 = None);
    assert!(gone.ends_with("the reference refers to nothing"), "{gone}");
    let later = says(|state| state.heap.entries[1].0 = 1);
    assert!(later.ends_with("the reference refers to nothing"), "{later}");
    let list = "the frozen store is wrong: the list of free entries is wrong";
    assert_eq!(says(|state| state.heap.free.push(0)), list);
    // The type of the first object becomes that of an array of nodes.
    let ty = says(|state| {
        let array = (0..100).find(|index| {
            state.heap.entries.iter().any(|(_, object)| {
                object.is_some_and(|(ty, Blob(bytes))| {
                    ty == *index && bytes.len() == 40
                })
            })
        });
        let (_, object) = &mut state.heap.entries[0];
        object.as_mut().unwrap().0 = array.unwrap();
    });
    assert_eq!(ty, size);
    let none = "the frozen store is wrong: there is no type 77";
    let ty = says(|state| {
        state.heap.entries[0].1.as_mut().unwrap().0 = 77;
    });
    assert_eq!(ty, none);
    let ty = says(|state| state.types.iter_mut().for_each(|ty| ty.1 = 99));
    assert_eq!(ty, none.replace("77", "0"));
}

#[test]
fn exceptions_carry_what_their_tags_say() {
    let values = |change: fn(&mut Vec<u128>)| {
        says(|state| {
            let places = &mut state.exceptions.places;
            let first = places.iter_mut().find_map(|(_, it)| it.as_mut());
            change(&mut first.unwrap().1)
        })
    };
    let number = "exception 0: it has another number of values than its tag \
                  says";
    assert_eq!(values(|values| values.push(0)), number);
    let wide = "value 0 of exception 0: the number has more than 32 bits";
    assert_eq!(values(|values| values[0] = 1 << 40), wide);
    let other = "value 1 of exception 0: the reference is of another type";
    assert_eq!(values(|values| values[1] = 1), other);
    assert_eq!(values(|values| values[2] = u128::MAX), "it's thawed");
    let tag = says(|state| {
        let places = &mut state.exceptions.places;
        places[0].1 = Some((1, Vec::new()));
    });
    assert_eq!(tag, "the frozen store is wrong: an exception has no tag");
}

#[test]
fn what_the_embedder_has_seen_exists() {
    let nothing = "what the embedder has seen: \
                   the reference refers to nothing";
    for slot in [0, 3 << 56 | 1000] {
        assert_eq!(says(|state| state.exposed.push(slot)), nothing);
    }
    assert_eq!(says(|state| state.exposed.push(3 << 56)), "it's thawed");
}

#[test]
fn the_log_makes_what_the_modules_and_the_host_have() {
    let link = says(|state| {
        let Step::Function { ty, .. } = &mut state.log[0] else { panic!() };
        ty.results.push(Type::I64);
    });
    let text = "incompatible import type: `host` `later`: \
                expected func (param i32) (result i32), \
                found func (param i32) (result i32 i64)";
    assert_eq!(link, text);
    let import = |item| {
        says(|state| {
            let Step::Instance { imports, .. } = &mut state.log[3] else {
                panic!()
            };
            imports[0] = item;
        })
    };
    let text = "unknown import: `host` `later`: \
                expected func (param i32) (result i32), found no such import";
    for item in [Item::Func(3), Item::Table(0), Item::Memory(u32::MAX)] {
        assert_eq!(import(item), text);
    }
    assert_eq!(import(Item::Func(1)), "it's thawed");
    let instance = |change: fn(&mut u32, &mut Vec<Item>)| {
        says(|state| {
            let Step::Instance { module, imports } = &mut state.log[3] else {
                panic!()
            };
            change(module, imports)
        })
    };
    let number = "an instance has another number of imports";
    let number = format!("the frozen store is wrong: {number}");
    assert_eq!(instance(|_, imports| _ = imports.pop()), number);
    let none = "the frozen store is wrong: there is no module 7";
    assert_eq!(instance(|module, _| *module = 7), none);
    let unknown = says(|state| {
        let kind = Kind::Concrete(0);
        let content = Type::Ref(Ref { nullable: true, kind });
        state.log.insert(0, Step::Global { content, mutable: true });
    });
    assert_eq!(unknown, "the frozen store is wrong: there is no type 0");
    let text = says(|state| state.modules[0] = Blob(b"(module)"));
    let format = "a module isn't in the binary format";
    assert_eq!(text, format!("the frozen store is wrong: {format}"));
    let cut = says(|state| state.modules[0].0 = &state.modules[0].0[..99]);
    assert!(cut.contains("unexpected"), "{cut}");
    let none = says(|state| _ = state.log.pop());
    assert!(none.ends_with("other things than its log has made"), "{none}");
}

#[test]
fn a_frozen_store_keeps_to_the_terms() {
    let more = |limits| says_on(Terms { limits, ..terms() }, |_| {});
    let limits = StoreLimits { heap_bytes: 300, ..terms().limits };
    let heap = "the objects need more bytes than the limit";
    assert_eq!(more(limits), format!("the frozen store is wrong: {heap}"));
    let limits = StoreLimits { memory_bytes: 196_607, ..terms().limits };
    let memory = "the memory needs 131072 bytes; \
                  the limit is 196607 and 65536 are in use";
    assert_eq!(more(limits), memory);
    let limits = StoreLimits { memory_bytes: 327_679, ..terms().limits };
    let memory = "memory 0 can't have its 2 pages more";
    assert_eq!(more(limits), memory);
    let limits = StoreLimits { memory_bytes: 327_680, ..terms().limits };
    assert_eq!(more(limits), "it's thawed");
    let limits = StoreLimits { table_elements: 10, ..terms().limits };
    assert_eq!(more(limits), "table 0 can't have its 4 elements more");
    let few = Terms { bytes: 1000, ..terms() };
    let error = says_on(few, |_| {});
    assert!(error.ends_with("bytes; the limit is 1000"), "{error}");
    let limits = StoreLimits { memory_bytes: 1 << 26, ..terms().limits };
    let few = Terms { bytes: 30_000, limits, ..terms() };
    let many = says_on(few, |state| {
        for _ in 0..30 {
            let imports = [0, 1, 2].map(Item::Func).to_vec();
            state.log.push(Step::Instance { module: 0, imports });
            let runs = state.tables[..3].to_vec();
            state.tables.extend(runs);
            for memory in 0..2 {
                let pages = state.memories[memory].pages;
                let runs = Vec::new();
                state.memories.push(super::state::Memory { pages, runs });
            }
        }
    });
    let text = "the modules of all instances have more than 30000 bytes";
    assert_eq!(many, text);
    let many = says(|state| {
        state.log.clear();
        for _ in 0..65_537 {
            let (params, results) = (Vec::new(), Vec::new());
            state.log.push(Step::Tag(super::state::Func { params, results }));
        }
    });
    assert!(many.ends_with("the limit is 65536"), "{many}");
    let wide = Terms { bytes: 1 << 20, ..terms() };
    let many = says_on(wide, |state| {
        state.log.clear();
        for _ in 0..65_537 {
            let (params, results) = (Vec::new(), Vec::new());
            state.log.push(Step::Tag(super::state::Func { params, results }));
        }
    });
    assert_eq!(many, "the frozen store has more than 65536 things");
}

#[test]
fn locals_and_operands_are_of_the_types_that_validation_knows() {
    let local = |number: usize, value| {
        says(move |state| code(state, BUSY).1[number] = value)
    };
    let place =
        |number| format!("local {number} of function 10 in paused call 0");
    let wide = ": the number has more than 32 bits";
    assert_eq!(local(0, 1 << 32), place(0) + wide);
    assert_eq!(local(1, 1 << 32), place(1) + wide);
    let half = ": only a vector has an upper half";
    assert_eq!(local(2, VECTOR), place(2) + half);
    assert_eq!(local(3, u128::MAX), "it's thawed");
    let null = ": the reference must not be null";
    assert_eq!(local(4, 0), place(4) + null);
    let other = ": the reference is of another type";
    assert_eq!(local(4, 1), place(4) + other);
    assert_eq!(local(5, 0), "it's thawed");
    let nothing = ": the reference refers to nothing";
    assert_eq!(local(6, slot(STRUCT, 500)), place(6) + nothing);
    assert_eq!(local(7, slot(EXN, 500)), place(7) + nothing);
    assert_eq!(local(8, slot(EXN, 0)), place(8) + other);
    let host = " refers to something of the host, number 1";
    assert_eq!(local(6, slot(HOST, 1)), place(6) + host);
    // Operands: a vector, a node or null, a number.
    let operand = |number: usize, value| {
        says(move |state| code(state, BUSY).2[number] = value)
    };
    let place = |number| place(number).replace("local", "operand");
    assert_eq!(operand(0, u128::MAX), "it's thawed");
    assert_eq!(operand(1, 1), place(1) + other);
    assert_eq!(operand(1, 0), "it's thawed");
    assert_eq!(operand(2, 1 << 32), place(2) + wide);
}

/// Whether a call can be at each instruction of a function with one local that
/// is a reference and not null, while this local is null.
fn may_be_unset(body: &str) -> Vec<bool> {
    let text = format!(
        "(module (elem declare func 0) (tag)
          (func (param i32) (local $r (ref func)) {body}))"
    );
    let mut store = Store::new((), terms().limits);
    let binary = wat::parse_str(text).unwrap();
    let module = store.instantiate(&binary, &Imports::new()).unwrap();
    let imports = Vec::new();
    let log = [Made::Instance { module: 0, imports }];
    let bytes = freeze(&mut store, &log, &[binary.into()], &[]).unwrap();
    assert_eq!(module.0, 0);
    let thawed = |instruction| {
        let mut state = form::read(&bytes).unwrap();
        let code = Activation::Code {
            function: 0,
            instruction,
            locals: vec![0, 0],
            operands: Vec::new(),
        };
        state.calls.push(Call {
            function: 0,
            activations: vec![code],
            arguments: Vec::new(),
            next: Next::Execute,
            reason: String::new(),
        });
        let bytes = form::write(&state).unwrap();
        let thawed: Result<Thawed<(), FlatLayer>, _> =
            thaw(&bytes, terms(), (), &mut host);
        thawed.map(|_| ()).map_err(|error| error.to_string())
    };
    let mut all = Vec::new();
    for instruction in 0.. {
        match thawed(instruction) {
            Ok(()) => all.push(true),
            Err(error) if error.ends_with("must not be null") => {
                all.push(false);
            }
            // There is an operand on the stack, or no operation.
            Err(error) if error.contains("operands") => {}
            Err(error) if error.contains("the call can't be restored") => {}
            Err(error) => {
                assert!(error.ends_with("at that instruction"), "{error}");
                break;
            }
        }
    }
    all
}

#[test]
fn a_local_without_a_default_is_null_until_it_is_set() {
    let set = "(local.set $r (ref.func 0))";
    let before = |body: &str| may_be_unset(body);
    assert_eq!(before(&format!("{set} (br 0)")), [true, false]);
    assert_eq!(
        before("(drop (local.tee $r (ref.func 0))) (br 0)"),
        [true, false]
    );
    assert_eq!(
        before(&format!("(block {set} (drop (i32.const 1))) (br 0)")),
        [true, false, true]
    );
    assert_eq!(
        before(&format!("{set} (block {set} (drop (i32.const 1))) (br 0)")),
        [true, false, false, false, false]
    );
    let branches = format!(
        "(if (local.get 0)
           (then {set} (drop (i32.const 1)))
           (else (drop (i32.const 2)) {set} (drop (i32.const 3))))
         (drop (i32.const 4)) {set} (br 0)"
    );
    assert_eq!(
        before(&branches),
        [true, true, false, true, true, false, true, true, false]
    );
    let begun = format!("(loop {set} (drop (i32.const 1)) (br 0))");
    assert_eq!(before(&begun), [true, false, false]);
    let around = format!(
        "{set} (block $l
           (try_table (catch_all $l) (drop (i32.const 1)))) (br 0)"
    );
    assert_eq!(before(&around), [true, false, false, false, false]);
    let tried =
        format!("(block $l (try_table (catch_all $l) {set} (throw 0))) (br 0)");
    assert_eq!(before(&tried), [true, false, true]);
}

#[test]
fn a_call_is_where_calls_can_be() {
    let wrong = |call: u32, why: &str| {
        format!("the frozen store is wrong: paused call {call}: {why}")
    };
    let nowhere = "no call can be at that instruction";
    let error = says(|state| *code(state, BUSY).0 = 10_000);
    assert_eq!(error, wrong(0, nowhere));
    let error = says(|state| *code(state, NESTED).0 = 0);
    let nowhere = format!("the frozen store is wrong: {nowhere}");
    assert_eq!(error, nowhere);
    let operands = "the frozen store is wrong: \
                    a call has another number of operands";
    assert_eq!(says(|state| code(state, BUSY).2.push(0)), operands);
    let locals = "the frozen store is wrong: \
                  a call has another number of locals";
    assert_eq!(says(|state| _ = code(state, BUSY).1.pop()), locals);
    let function = says(|state| {
        let Activation::Code { function, .. } =
            &mut state.calls[0].activations[0]
        else {
            panic!()
        };
        *function = 2;
    });
    assert_eq!(function, wrong(0, "a function is of another kind"));
    let results = wrong(0, "the caller waits for other results");
    assert_eq!(says(|state| state.calls[0].function = NESTED), results);
    let next =
        |call: usize, next| says(move |state| state.calls[call].next = next);
    // `later` answers with one number, and so does `double`, which isn't the
    // host's.
    let host = "the call can't be restored: that function can't answer";
    assert_eq!(next(1, Next::Answer(3)), host);
    let results = wrong(1, "the caller waits for other results");
    assert_eq!(next(1, Next::Answer(BUSY)), results);
    let none = wrong(1, "there is no such function");
    assert_eq!(next(1, Next::Answer(1000)), none);
    assert_eq!(next(1, Next::Begin), wrong(1, "what comes next doesn't fit"));
    let arguments = wrong(2, "the number of arguments is wrong");
    assert_eq!(next(2, Next::Execute), arguments);
    let fewer = says(|state| _ = state.calls[2].arguments.pop());
    assert_eq!(fewer, arguments);
    let wide = "argument 0 of function 3 in paused call 2: \
                the number has more than 32 bits";
    assert_eq!(says(|state| state.calls[2].arguments[0] = 1 << 32), wide);
    let gone = wrong(2, "there is no such function");
    assert_eq!(says(|state| state.calls[2].function = 1000), gone);
}

#[test]
fn calls_at_the_same_place_have_as_many_values() {
    let second = |change: fn(&mut Vec<u128>, &mut Vec<u128>)| {
        says(|state| {
            let Activation::Code { locals, operands, .. } =
                &mut state.calls[1].activations[1]
            else {
                panic!()
            };
            change(locals, operands)
        })
    };
    let number = "the frozen store is wrong: paused call 1: \
                  the number of locals or operands is wrong";
    assert_eq!(second(|_, operands| operands.push(0)), number);
    assert_eq!(second(|locals, _| locals.clear()), number);
}

#[test]
fn a_function_of_the_host_waits_for_what_it_has_asked_for() {
    let asked = |change: fn(&mut u32, &mut Vec<u128>, &mut u32)| {
        says(|state| {
            let Activation::Host { function, arguments, asked, .. } =
                &mut state.calls[3].activations[1]
            else {
                panic!()
            };
            change(function, arguments, asked)
        })
    };
    assert_eq!(asked(|_, _, _| {}), "it's thawed");
    let wrong =
        |why| format!("the frozen store is wrong: paused call 3: {why}");
    let results = wrong("the caller waits for other results");
    assert_eq!(asked(|function, _, _| *function = BUSY), results);
    assert_eq!(asked(|_, _, asked| *asked = BUSY), results);
    let none = wrong("there is no such function");
    assert_eq!(asked(|function, _, _| *function = 99), none);
    assert_eq!(asked(|_, _, asked| *asked = 99), none);
    let kind = "the call can't be restored: a function is of another kind";
    assert_eq!(asked(|function, _, _| *function = 3), kind);
    let number = wrong("the number of arguments is wrong");
    assert_eq!(asked(|_, arguments, _| arguments.clear()), number);
    let half = "argument 0 of function 2 in paused call 3: \
                only a vector has an upper half";
    assert_eq!(asked(|_, arguments, _| arguments[0] |= VECTOR), half);
    let instance = says(|state| {
        let Activation::Host { instance, .. } =
            &mut state.calls[3].activations[1]
        else {
            panic!()
        };
        *instance = Some(1);
    });
    let none = "the call can't be restored: there is no such instance";
    assert_eq!(instance, none);
}

#[test]
fn no_call_is_where_no_instruction_is_reached() {
    let text = "(module (elem declare func 0)
      (func (param (ref func)) (return) (drop (i32.const 1))))";
    let mut store = Store::new((), terms().limits);
    let binary = wat::parse_str(text).unwrap();
    store.instantiate(&binary, &Imports::new()).unwrap();
    let log = [Made::Instance { module: 0, imports: Vec::new() }];
    let bytes = freeze(&mut store, &log, &[binary.into()], &[]).unwrap();
    let says = |instruction, local| {
        let mut state = form::read(&bytes).unwrap();
        let code = Activation::Code {
            function: 0,
            instruction,
            locals: vec![local],
            operands: Vec::new(),
        };
        state.calls.push(Call {
            function: 0,
            activations: vec![code],
            arguments: Vec::new(),
            next: Next::Execute,
            reason: String::new(),
        });
        let bytes = form::write(&state).unwrap();
        let thawed: Result<Thawed<(), FlatLayer>, _> =
            thaw(&bytes, terms(), (), &mut host);
        thawed.map_or_else(|error| error.to_string(), |_| String::new())
    };
    assert_eq!(says(0, 1), "");
    let nowhere = "the frozen store is wrong: \
                   no call can be at that instruction";
    assert_eq!(says(1, 1), nowhere);
    // A parameter has a value from the beginning.
    let null = "local 0 of function 0 in paused call 0: \
                the reference must not be null";
    assert_eq!(says(0, 0), null);
}

/// The bytes of a frozen store, part by part.
#[derive(Default)]
struct Anatomy {
    bytes: Vec<u8>,
    text: String,
}

impl Anatomy {
    /// Adds a part in the form that it has in the state.
    fn part(&mut self, part: &impl Serialize, what: &str) {
        self.raw(&postcard::to_allocvec(part).unwrap(), what);
    }

    /// Adds bytes, of which the first are shown.
    fn raw(&mut self, bytes: &[u8], what: &str) {
        const SHOWN: usize = 13;
        self.bytes.extend(bytes);
        let first = bytes.iter().take(SHOWN);
        let mut hex: Vec<String> =
            first.map(|byte| format!("{byte:02x}")).collect();
        if bytes.len() > SHOWN {
            hex[SHOWN - 1] = "…".to_owned();
        }
        let hex = hex.join(" ");
        self.text += &format!("{hex:38}  {what}\n");
    }
}

#[test]
fn each_byte_of_a_frozen_store_has_a_meaning() {
    let engine = api::Engine::new(Config::new().consume_fuel(true));
    let mut linker = Linker::new(&engine);
    let next = |mut caller: api::Caller<'_, Vec<i32>>| {
        caller.data_mut().pop().unwrap_or_default()
    };
    linker.func_wrap("host", "next", next).unwrap();
    let mut store = api::Store::new(&engine, vec![2, 10, 30]);
    let module = api::Module::new(&engine, SUM).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let sum = instance.get_func(&store, "sum").unwrap();
    store.set_fuel(4).unwrap();
    let call = sum.call_resumable(&mut store, &[3.into()]).unwrap();
    let bytes = store.freeze(&[&call.paused().unwrap()]).unwrap();

    let mut all = Anatomy::default();
    all.raw(&bytes[..8], "not text, and `frozen`");
    all.raw(&bytes[8..12], "version 1");
    all.raw(&bytes[12..20], "the length of the rest");
    all.raw(&bytes[20..24], "the checksum of the rest");
    let state = form::read(&bytes).unwrap();
    all.part(&state.modules, "1 module, and its file");
    all.part(&state.types, "no types");
    all.part(&state.log.len(), "2 things were made:");
    all.part(&state.log[0], "0: function host.next, () -> (i32)");
    all.part(&state.log[1], "5: instance of module 0, importing");
    all.text += &format!("{:40}  1 thing: 0, function 0\n", "");
    all.part(&state.tables, "no tables");
    all.part(&state.memories, "no memories");
    all.part(&state.globals, "no globals");
    all.part(&state.segments, "1 instance without segments");
    all.part(&state.heap, "no objects; when to collect");
    all.part(&state.exceptions, "no exceptions");
    all.part(&state.exposed, "no references that the host has seen");
    all.part(&state.fuel, "fuel: it's counted, and 0");
    all.part(&state.calls.len(), "1 paused call:");
    let [Call { function, activations, arguments, next, reason }] =
        &*state.calls
    else {
        panic!("{:?}", state.calls)
    };
    all.part(function, "of function 1");
    all.part(&activations.len(), "2 activations:");
    for activation in activations {
        let Activation::Code { function, instruction, locals, operands } =
            activation
        else {
            panic!("{activation:?}")
        };
        all.raw(&[0], "0: inside of a module's function");
        all.part(function, &format!("function {function}"));
        all.part(instruction, &format!("at instruction {instruction}"));
        all.part(locals, &format!("locals: {locals:?}"));
        all.part(operands, &format!("operands: {operands:?}"));
    }
    all.part(arguments, "no arguments of what has not begun");
    all.part(next, "1: it executes that instruction");
    all.part(reason, "no reason: it is out of fuel");
    assert_eq!(all.bytes, bytes);
    insta::with_settings!({
        snapshot_path => "../../tests/snapshots",
        prepend_module_to_snapshot => false,
    }, {
        insta::assert_snapshot!("freeze__the_bytes", all.text);
    });
}
