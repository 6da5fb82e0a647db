//! The bindings of ten modules: they are what is generated, they compile, and they work.
//!
//! `RECORD=1 cargo test -p bindgen` writes them anew. (They have to compile before that.)

use std::path::{Path, PathBuf};
use std::{env, fs};

use ch22_embed::{
    AnyRef, Engine, Error, ExternRef, Func, Linker, Memory, Module, Store, Trap, V128, Val,
};

mod bindings;

use bindings::{
    callbacks, counter, division, greeting, names, references, rocket, signals, simple, vectors,
};

/// The modules whose bindings are recorded: ours, and the game.
const MODULES: [&str; 10] = [
    "callbacks",
    "counter",
    "division",
    "greeting",
    "names",
    "references",
    "rocket",
    "signals",
    "simple",
    "vectors",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn bytes(name: &str) -> Vec<u8> {
    let file = match name {
        "rocket" => folder().join("../../game/rocket.wasm"),
        name => folder().join(format!("modules/{name}.wat")),
    };
    fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn module(name: &str) -> Module {
    Module::new(&Engine::default(), bytes(name)).expect("the module is valid")
}

#[test]
fn the_bindings_are_those_that_are_generated() {
    for name in MODULES {
        let file = folder().join(format!("bindings/{name}.rs"));
        let generated = bindgen::generate(name, &bytes(name)).expect("the module is valid");
        if env::var_os("RECORD").is_some() {
            fs::write(&file, &generated).expect("the file can be written");
        }
        let recorded = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        assert!(
            recorded == generated,
            "{} isn't what is generated: `RECORD=1 cargo test -p bindgen` writes it",
            file.display()
        );
    }
}

#[test]
fn a_module_that_is_not_valid_has_no_bindings() {
    assert!(bindgen::generate("broken", b"(module (func (result i32)))").is_err());
}

#[test]
fn a_function_is_a_method() -> Result<(), Error> {
    let mut store = Store::<()>::default();
    let linker = Linker::new(store.engine());
    let simple = simple::Simple::instantiate(&mut store, &linker, &module("simple"))?;
    assert_eq!(simple.add(&mut store, 5, 37)?, 42);
    Ok(())
}

#[test]
fn what_a_module_imports_is_a_trait() -> Result<(), Error> {
    #[derive(Default)]
    struct Host {
        printed: Vec<(i32, i32)>,
    }
    impl greeting::Imports for Host {
        fn env_print(&mut self, pointer: i32, length: i32) -> Result<(), Error> {
            self.printed.push((pointer, length));
            Ok(())
        }
    }
    let mut store = Store::<Host>::default();
    let mut linker = Linker::new(store.engine());
    greeting::add_to_linker(&mut linker, |host: &mut Host| host)?;
    let greeting = greeting::Greeting::instantiate(&mut store, &linker, &module("greeting"))?;
    greeting.greet(&mut store)?;
    assert_eq!(store.data().printed, [(8, 5)]);
    let memory: Memory = greeting.memory();
    assert_eq!(&memory.data(&store)[8..13], b"hello");
    Ok(())
}

#[test]
fn an_error_of_the_host_comes_back() -> Result<(), Error> {
    struct Choice(Option<i32>);
    #[derive(Debug, PartialEq)]
    struct Undecided;
    impl std::fmt::Display for Undecided {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("I can't decide")
        }
    }
    impl std::error::Error for Undecided {}
    impl callbacks::Imports for Choice {
        fn host_choose(&mut self) -> Result<i32, Error> {
            self.0.ok_or_else(|| Error::new(Undecided))
        }
    }
    let mut store = Store::new(&Engine::default(), Choice(Some(1)));
    let mut linker = Linker::new(store.engine());
    callbacks::add_to_linker(&mut linker, |choice: &mut Choice| choice)?;
    let callbacks = callbacks::Callbacks::instantiate(&mut store, &linker, &module("callbacks"))?;
    assert_eq!(callbacks.compute(&mut store, 6, 7)?, 42);
    *store.data_mut() = Choice(None);
    let error = callbacks.compute(&mut store, 6, 7).unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Undecided));
    assert_eq!(callbacks.operations().size(&store), 2);
    Ok(())
}

#[test]
fn globals_and_several_results() -> Result<(), Error> {
    let mut store = Store::<()>::default();
    let linker = Linker::new(store.engine());
    let counter = counter::Counter::instantiate(&mut store, &linker, &module("counter"))?;
    assert_eq!(counter.advance(&mut store)?, 3);
    counter.count().set(&mut store, Val::I64(40))?;
    assert_eq!(counter.advance(&mut store)?, 43);
    assert_eq!(counter.step().get(&mut store).i64(), Some(3));

    let division = division::Division::instantiate(&mut store, &linker, &module("division"))?;
    assert_eq!(division.divide(&mut store, 17, 5)?, (3, 2));
    assert_eq!(division.half(&mut store, 3.0)?, 1.5);
    let error = division.divide(&mut store, 1, 0).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::IntegerDivideByZero));
    Ok(())
}

#[test]
fn names_that_are_none_in_rust() -> Result<(), Error> {
    struct Host;
    impl names::Imports for Host {
        fn env_type(&mut self, self_: i32) -> Result<i32, Error> {
            Ok(self_ + 1)
        }
    }
    let mut store = Store::new(&Engine::default(), Host);
    let mut linker = Linker::new(store.engine());
    names::add_to_linker(&mut linker, |host: &mut Host| host)?;
    let names = names::Names::instantiate(&mut store, &linker, &module("names"))?;
    assert_eq!(names.r#fn(&mut store, 1)?, 2);
    assert_eq!(names.fn_2(&mut store)?, 2);
    assert_eq!(names.new_2(&mut store)?, 3);
    assert_eq!(names.unnamed(&mut store)?, 4);
    assert_eq!(names._2d_size(&mut store, 5, 6)?, 5);
    Ok(())
}

#[test]
fn references_and_vectors() -> Result<(), Error> {
    struct Host(usize);
    impl references::Imports for Host {
        fn host_seen(&mut self, x0: Option<ExternRef>) -> Result<Option<ExternRef>, Error> {
            self.0 += 1;
            Ok(x0)
        }
    }
    let mut store = Store::new(&Engine::default(), Host(0));
    let mut linker = Linker::new(store.engine());
    references::add_to_linker(&mut linker, |host: &mut Host| host)?;
    let it = references::References::instantiate(&mut store, &linker, &module("references"))?;
    let ada = ExternRef::new(&mut store, "Ada");
    let back = it.pass(&mut store, Some(ada))?.expect("it isn't null");
    assert_eq!(back.data(&store).and_then(|it| it.downcast_ref()), Some(&"Ada"));
    assert_eq!(store.data().0, 1);
    let small = it.small(&mut store, 5)?;
    assert_eq!(small.as_ref().and_then(AnyRef::as_i31), Some(5));
    assert_eq!(it.is_null(&mut store, small)?, 0);
    let call: Func = it.call();
    let mut results = [Val::I32(0)];
    call.call(&mut store, &[call.into()], &mut results)?;
    assert_eq!(results[0].i32(), Some(7));

    let vectors = vectors::Vectors::instantiate(&mut store, &linker, &module("vectors"))?;
    let one = V128(0x00000001_00000001_00000001_00000001);
    assert_eq!(vectors.add(&mut store, one, one)?, V128(one.0 * 2));
    Ok(())
}

#[test]
fn what_is_no_function_is_defined_by_hand() -> Result<(), Error> {
    struct Host(i32);
    impl signals::Imports for Host {
        fn env_log(&mut self, x0: i32) -> Result<(), Error> {
            self.0 = x0;
            Ok(())
        }
    }
    let mut store = Store::new(&Engine::default(), Host(0));
    let mut linker = Linker::new(store.engine());
    signals::add_to_linker(&mut linker, |host: &mut Host| host)?;
    let signals = module("signals");
    let missing = signals::Signals::instantiate(&mut store, &linker, &signals);
    let missing = missing.unwrap_err().to_string();
    assert!(missing.starts_with("unknown import: `env` `memory`"), "{missing}");
    let ty = signals.imports().find_map(|import| match import.ty() {
        ch22_embed::ExternType::Memory(ty) => Some(*ty),
        _ => None,
    });
    let memory = Memory::new(&mut store, ty.expect("it imports a memory"))?;
    memory.write(&mut store, 3, &[9])?;
    linker.define(&store, "env", "memory", memory)?;
    let signals = signals::Signals::instantiate(&mut store, &linker, &signals)?;
    assert_eq!((signals.peek(&mut store, 3)?, store.data().0), (9, 3));
    let error = signals.raise(&mut store, 5).unwrap_err().to_string();
    assert!(error.contains("uncaught exception: tag 0 ($signal) (i32 5)"), "{error}");
    assert_eq!(signals.signal().ty(&store).params().len(), 1);
    Ok(())
}

#[test]
fn the_game_flies() -> Result<(), Error> {
    #[derive(Default)]
    struct Screen {
        drawn: usize,
    }
    impl rocket::Imports for Screen {
        fn env_clear_screen(&mut self) -> Result<(), Error> {
            self.drawn = 0;
            Ok(())
        }
        fn env_draw_player(&mut self, _: f64, _: f64, _: f64) -> Result<(), Error> {
            self.drawn += 1;
            Ok(())
        }
        fn env_draw_enemy(&mut self, _: f64, _: f64) -> Result<(), Error> {
            self.drawn += 1;
            Ok(())
        }
        fn env_draw_bullet(&mut self, _: f64, _: f64) -> Result<(), Error> {
            self.drawn += 1;
            Ok(())
        }
        fn env_draw_particle(&mut self, _: f64, _: f64, _: f64) -> Result<(), Error> {
            self.drawn += 1;
            Ok(())
        }
        fn env_draw_score(&mut self, _: f64) -> Result<(), Error> {
            self.drawn += 1;
            Ok(())
        }
        fn env_sin(&mut self, x: f64) -> Result<f64, Error> {
            Ok(x.sin())
        }
        fn env_cos(&mut self, x: f64) -> Result<f64, Error> {
            Ok(x.cos())
        }
        fn env_math_atan(&mut self, x: f64) -> Result<f64, Error> {
            Ok(x.atan())
        }
    }
    let mut store = Store::<Screen>::default();
    let mut linker = Linker::new(store.engine());
    rocket::add_to_linker(&mut linker, |screen: &mut Screen| screen)?;
    let rocket = rocket::Rocket::instantiate(&mut store, &linker, &module("rocket"))?;
    rocket.resize(&mut store, 800.0, 600.0)?;
    rocket.toggle_shoot(&mut store, 1)?;
    for _ in 0..60 {
        rocket.update(&mut store, 1.0 / 60.0)?;
        rocket.draw(&mut store)?;
    }
    assert!(store.data().drawn > 2, "{} things are drawn", store.data().drawn);
    Ok(())
}
