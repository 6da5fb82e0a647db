//! What an observer sees of flat code is what it sees of the tree: the same
//! instructions, with the same labels, locals and operands.

use annex_embedding::{Engine, Imports, Progress, Value};
use ch12_instance::{Layer, StoreLimits};
use ch13_rocket::{HostCall, Pilot, Rocket};
use ch18_heap::HeapLayer;
use ch19_flat::FlatLayer;
use trace::Step;

type Store<L> = ch12_instance::Store<Vec<Step>, L>;

macro_rules! program {
    ($chapter:literal, $name:literal) => {
        include_str!(concat!("../../", $chapter, "/programs/", $name, ".wat"))
    };
}

/// What is recorded of a call in the last of these modules, and what it ends
/// in. The modules before it are linked to it by these names.
fn run<L: Layer>(
    modules: &[(&str, &str)],
    name: &str,
    arguments: &[Value],
) -> (Vec<Step>, String) {
    let mut store = Store::<L>::new(Vec::new(), StoreLimits::default());
    let mut imports = Imports::new();
    let loud = |points: i32| f64::from(points).sqrt();
    imports.func(&mut store, "host", "cheer", loud);
    imports.func(&mut store, "ground", "log", |_: i32| ());
    let mut last = None;
    for (link, text) in modules {
        let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
        imports.instance(&store, link, instance);
        last = Some(instance);
    }
    store.observer_mut().clear();
    let outcome = store.call(last.unwrap(), name, arguments);
    let outcome = match outcome {
        Ok(results) => format!("{results:?}"),
        Err(error) => error.to_string(),
    };
    (std::mem::take(store.observer_mut()), outcome)
}

/// Both engines, on the same call.
fn check(modules: &[(&str, &str)], name: &str, arguments: &[Value]) {
    let tree = run::<HeapLayer>(modules, name, arguments);
    let flat = run::<FlatLayer>(modules, name, arguments);
    assert!(!tree.0.is_empty(), "{name}");
    for (tree, flat) in tree.0.iter().zip(&flat.0) {
        assert_eq!(tree, flat, "{name}");
    }
    assert_eq!(tree.0.len(), flat.0.len(), "{name}");
    assert_eq!(tree.1, flat.1, "{name}");
}

#[test]
fn the_programs_of_the_book_leave_the_same_trace() {
    let alone = |text, name, arguments: &[Value]| {
        check(&[("", text)], name, arguments);
    };
    alone(program!("ch11-control", "switch"), "wheels", &[1.into()]);
    alone(program!("ch11-control", "factorial"), "factorial", &[5i64.into()]);
    let numbers = [1071.into(), 462.into()];
    alone(program!("ch11-control", "euclid"), "gcd", &numbers);
    let numbers = [2.0.into(), 10.0.into()];
    alone(program!("ch11-control", "bounce"), "bounce", &numbers);
    for operator in 0..4 {
        let arguments = [operator.into(), 6.0.into(), 7.0.into()];
        alone(program!("ch11-control", "table"), "apply", &arguments);
    }
    let players = [
        ("scores", program!("ch12-instance", "scores")),
        ("player", program!("ch12-instance", "player")),
    ];
    for rule in 0..3 {
        check(&players, "play", &[7.into(), rule.into()]);
    }
    let flight = [
        ("stages", program!("ch15-references", "stages")),
        ("flight", program!("ch15-references", "flight")),
    ];
    check(&flight, "fly", &[1.into()]);
    check(&flight, "land", &[1.into()]);
    let parity = program!("ch16-tail-calls", "parity");
    alone(parity, "even", &[3i64.into()]);
    alone(parity, "even_by_calls", &[3i64.into()]);
    alone(program!("ch17-exceptions", "deep"), "first", &[]);
    alone(program!("ch18-heap", "rings"), "ring", &[3.into()]);
    alone(include_str!("../programs/root.wat"), "root", &[50.into()]);
}

/// Catches and traps in every place have the same trace and the same message.
#[test]
fn every_way_to_leave_leaves_the_same_trace() {
    let modules = [
        include_str!("../../ch12-instance/tests/control.wat"),
        include_str!("../../ch15-references/tests/references.wat"),
        include_str!("../../ch16-tail-calls/tests/tail_calls.wat"),
        include_str!("leave.wat"),
    ];
    for text in modules {
        let mut store = Store::<HeapLayer>::default();
        let instance =
            store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
        let exports = store.exports(instance).to_vec();
        assert!(!exports.is_empty());
        for (name, item) in exports {
            if item.func().is_some() {
                check(&[("", text)], &name, &[]);
            }
        }
    }
}

/// How a call ends that has so much fuel, and so many slots for operands.
fn end<L: Layer>(text: &str, name: &str, limits: StoreLimits) -> String {
    let mut store = ch12_instance::Store::<(), L>::new((), limits);
    let imports = Imports::new();
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    match store.call(instance, name, &[]) {
        Ok(results) => format!("{results:?}"),
        Err(error) => error.to_string(),
    }
}

/// With less fuel or room than it needs, a call ends at the same instruction.
#[test]
fn every_limit_is_reached_at_the_same_place() {
    let modules = [
        include_str!("../../ch12-instance/tests/control.wat"),
        include_str!("../../ch16-tail-calls/tests/tail_calls.wat"),
        include_str!("leave.wat"),
    ];
    for text in modules {
        let mut store = Store::<HeapLayer>::default();
        let instance =
            store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
        for (name, item) in store.exports(instance).to_vec() {
            if item.func().is_none() {
                continue;
            }
            for fuel in 0..12 {
                let fuel = Some(fuel);
                let limits = StoreLimits { fuel, ..StoreLimits::default() };
                let tree = end::<HeapLayer>(text, &name, limits);
                let flat = end::<FlatLayer>(text, &name, limits);
                assert_eq!(tree, flat, "{name} with {fuel:?}");
            }
            for operands in 0..12 {
                let fuel = Some(1000);
                let limits =
                    StoreLimits { fuel, operands, ..StoreLimits::default() };
                let tree = end::<HeapLayer>(text, &name, limits);
                let flat = end::<FlatLayer>(text, &name, limits);
                assert_eq!(tree, flat, "{name} with {operands} operands");
            }
        }
    }
}

/// A call that is cut has the trace of one that isn't.
#[test]
fn a_pause_leaves_no_trace() {
    let text = include_str!("cut.wat");
    let steps = |slice: u64| {
        let limits =
            StoreLimits { fuel: Some(slice), ..StoreLimits::default() };
        let mut store = Store::<FlatLayer>::new(Vec::new(), limits);
        let mut imports = Imports::new();
        imports.func(&mut store, "host", "later", |x: i32| x);
        imports.func(&mut store, "host", "fails", || ());
        let cut = store.instantiate(text.as_bytes(), &imports).unwrap();
        let deep = store.export(cut, "deep").unwrap().func().unwrap();
        let mut progress = store.start(deep, &[5.into()]).unwrap();
        while let Progress::Paused(call) = progress {
            store.set_fuel(slice);
            progress = store.resume(call).unwrap();
        }
        std::mem::take(store.observer_mut())
    };
    assert_eq!(steps(1), steps(1000));
    assert_eq!(steps(1).len(), 49);
}

#[test]
fn a_flight_leaves_the_same_trace() {
    fn fly<L: Layer>() -> Vec<HostCall> {
        let rocket = include_bytes!("../../../game/rocket.wasm");
        let calls: std::rc::Rc<std::cell::RefCell<Vec<HostCall>>> =
            Default::default();
        let store = Box::new(Store::<L>::default());
        let mut rocket =
            Rocket::new(store, rocket, std::rc::Rc::clone(&calls)).unwrap();
        let mut pilot = Pilot::new();
        let mut all = Vec::new();
        rocket.resize(800.0, 600.0).unwrap();
        for _ in 0..3 {
            let seen = std::mem::take(&mut *calls.borrow_mut());
            for (control, held) in pilot.look(&seen) {
                rocket.toggle(control, held).unwrap();
            }
            all.extend(seen);
            rocket.update(1.0 / 60.0).unwrap();
            rocket.draw().unwrap();
        }
        all
    }
    assert_eq!(fly::<HeapLayer>(), fly::<FlatLayer>());
}
