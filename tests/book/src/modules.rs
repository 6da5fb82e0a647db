//! The recordings of the chapters that execute modules.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use annex_embedding::{Engine, Extern, Imports, InstanceAddr, Value};
use ch07_values::Number;
use ch09_module::Module;
use ch11_control::SingleModule;
use ch12_instance::Store;
use ch13_rocket::{Host, HostCall, Rocket};
use trace::{Observer, Recording, Step};

use crate::Named;
use crate::code::{Code, Outcome, record};
use crate::wasm::Program;

/// The game.
const GAME: &[u8] = include_bytes!("../../../game/rocket.wasm");

/// The most steps that are shown.
const LIMIT: usize = 200;

macro_rules! program {
    ($chapter:literal, $name:literal) => {
        include_str!(concat!("../../../chapters/", $chapter, "/programs/", $name, ".wat"))
    };
}

/// The recordings of these chapters.
pub fn recordings() -> Vec<Named> {
    let all = [
        ("ch11-control", "", solo(program!("ch11-control", "switch"), "wheels", &[1.into()])),
        (
            "ch11-control",
            "factorial",
            solo(program!("ch11-control", "factorial"), "factorial", &[5_i64.into()]),
        ),
        (
            "ch11-control",
            "euclid",
            solo(program!("ch11-control", "euclid"), "gcd", &[1071.into(), 462.into()]),
        ),
        (
            "ch11-control",
            "bounce",
            solo(program!("ch11-control", "bounce"), "bounce", &[2.0.into(), 10.0.into()]),
        ),
        ("ch11-control", "table", apply(1)),
        ("ch11-control", "mismatch", apply(2)),
        ("ch11-control", "endless", solo(program!("ch11-control", "endless"), "even", &[])),
        ("ch12-instance", "", players(7, 0)),
        ("ch12-instance", "trap", players(7, 2)),
        ("ch13-rocket", "", draw()),
        ("ch15-references", "", stages("fly", 1)),
        ("ch15-references", "land", stages("land", 1)),
        ("ch16-tail-calls", "", turns(PARITY, "even", &[3_i64.into()], "")),
        ("ch16-tail-calls", "calls", turns(PARITY, "even_by_calls", &[3_i64.into()], "")),
        ("ch16-tail-calls", "words", turns(WORDS, "words", &[], "to be")),
        ("ch17-exceptions", "", deep()),
        ("ch17-exceptions", "finally", formula("(1/0)")),
        ("ch18-heap", "", ring(3)),
        ("ch19-flat", "", flat(program!("ch19-flat", "root"), "root", &[5.into()])),
        ("ch19-flat", "tree", tree(5)),
        ("ch20-slots", "", slots(5)),
        ("ch20-slots", "flat", flat(program!("ch19-flat", "root"), "root", &[5.into()])),
        ("ch21-fuse", "", flat(program!("ch21-fuse", "sum"), "sum", &[16.into(), 28.into()])),
    ];
    all.map(|(chapter, name, recording)| Named { chapter, name, recording }).into()
}

/// A call of a function in a module alone.
fn solo(text: &str, name: &str, arguments: &[Number]) -> Recording {
    let module = Module::from_text(text).expect("the programs are modules");
    let program = Program::of(&module);
    let mut first = First::default();
    let results =
        SingleModule::new(module).and_then(|mut solo| solo.call(name, arguments, &mut first));
    let First { steps, count } = first;
    let limit = if count > 1000 { 60 } else { 150 };
    let outcome = done(results.map(|results| texts(&results)));
    let title = format!("{name}({})", texts(arguments).join(", "));
    let steps = program.typed(steps);
    record(&title, program.code, &steps, count, limit, outcome)
}

/// A call through a table.
fn apply(operator: i32) -> Recording {
    let arguments = [operator.into(), 6.0.into(), 7.0.into()];
    solo(program!("ch11-control", "table"), "apply", &arguments)
}

/// `play` of ch12, in a module that is linked to another and to the host.
fn players(points: i32, rule: i32) -> Recording {
    let [scores, player] =
        [program!("ch12-instance", "scores"), program!("ch12-instance", "player")];
    let tape = Tape::blank();
    let mut store: Store<Tape> = Store::default();
    let mut imports = Imports::new();
    let host = tape.clone();
    imports.func(&mut store, "host", "cheer", move |points: i32| {
        let loud = f64::from(points).sqrt();
        host.say(&format!("cheer {points}: {loud}"));
        loud
    });
    let linked = store.instantiate(scores.as_bytes(), &Imports::new()).expect("it links");
    imports.instance(&store, "scores", linked);
    let instance = store.instantiate(player.as_bytes(), &imports).expect("it links");

    let mut program = Program::default();
    for text in [player, scores] {
        program.add(&Module::from_text(text).expect("the programs are modules"));
    }
    tape.take();
    let results = store.invoke(function(&store, instance, "play"), &[points.into(), rule.into()]);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let steps = program.typed(tape.take());
    record(&format!("play({points}, {rule})"), program.code, &steps, steps.len(), 150, outcome)
}

/// A flight of ch15: functions that are called by reference, in a module that is linked to another and to the host.
fn stages(name: &str, place: i32) -> Recording {
    let [stages, flight] =
        [program!("ch15-references", "stages"), program!("ch15-references", "flight")];
    let tape = Tape::blank();
    let mut store: ch15_references::Store<Tape> = Default::default();
    let mut imports = Imports::new();
    let host = tape.clone();
    imports
        .func(&mut store, "ground", "log", move |height: i32| host.say(&format!("log {height}")));
    let linked = store.instantiate(stages.as_bytes(), &imports).expect("it links");
    imports.instance(&store, "stages", linked);
    let instance = store.instantiate(flight.as_bytes(), &imports).expect("it links");

    let mut program = Program::default();
    for text in [flight, stages] {
        program.add(&Module::from_text(text).expect("the programs are modules"));
    }
    program.functions = ["log", "$booster", "$upper", "$capsule"].map(str::to_owned).into();
    tape.take();
    let results = store.invoke(function(&store, instance, name), &[place.into()]);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let steps = program.typed(tape.take());
    record(&format!("{name}({place})"), program.code, &steps, steps.len(), 150, outcome)
}

const PARITY: &str = program!("ch16-tail-calls", "parity");
const WORDS: &str = program!("ch16-tail-calls", "words");

/// A call in a module of ch16, with a text at the beginning of its memory.
fn turns(text: &str, name: &str, arguments: &[Value], in_memory: &str) -> Recording {
    let tape = Tape::blank();
    let mut store: ch16_tail_calls::Store<Tape> = Default::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).expect("it has no imports");
    if let Some(memory) = store.export(instance, "memory").and_then(Extern::memory) {
        let bytes = store.memory_mut(memory);
        bytes.fill(0);
        bytes[..in_memory.len()].copy_from_slice(in_memory.as_bytes());
    }
    let program = Program::of(&Module::from_text(text).expect("the programs are modules"));
    tape.take();
    let results = store.invoke(function(&store, instance, name), arguments);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let steps = program.typed(tape.take());
    let arguments: Vec<String> = arguments.iter().map(plain).collect();
    let title = format!("{name}({})", arguments.join(", "));
    record(&title, program.code, &steps, steps.len(), 190, outcome)
}

/// A throw out of three calls.
fn deep() -> Recording {
    let text = program!("ch17-exceptions", "deep");
    let tape = Tape::blank();
    let mut store: ch17_exceptions::Store<Tape> = Default::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).expect("it links");
    tape.take();
    let results = store.invoke(function(&store, instance, "first"), &[]);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let program = Program::of(&Module::from_text(text).expect("the programs are modules"));
    let steps = program.typed(tape.take());
    record("first()", program.code, &steps, steps.len(), 150, outcome)
}

/// What the calculator of ch17 makes of a formula.
fn formula(formula: &str) -> Recording {
    let text = program!("ch17-exceptions", "calculator");
    let tape = Tape::blank();
    let mut store: ch17_exceptions::Store<Tape> = Default::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).expect("it links");
    let memory = store.export(instance, "memory").and_then(Extern::memory).expect("it has one");
    store.memory_mut(memory)[..formula.len()].copy_from_slice(formula.as_bytes());
    tape.take();
    let results = store.invoke(function(&store, instance, "calculate"), &[]);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let program = Program::of(&Module::from_text(text).expect("the programs are modules"));
    let steps = program.typed(tape.take());
    record(&format!("calculate, of {formula}"), program.code, &steps, steps.len(), LIMIT, outcome)
}

/// A ring of ch18, around which somebody goes once.
fn ring(nodes: i32) -> Recording {
    let text = program!("ch18-heap", "rings");
    let tape = Tape::blank();
    let mut store: ch18_heap::Store<Tape> = Default::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).expect("it links");
    tape.take();
    let results = store.invoke(function(&store, instance, "ring"), &[nodes.into()]);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let program = Program::of(&Module::from_text(text).expect("the programs are modules"));
    let steps = program.typed(tape.take());
    record(&format!("ring({nodes})"), program.code, &steps, steps.len(), LIMIT, outcome)
}

/// The first function of a module as flat code. A row of the trace that leaves no operation, like that of a `loop`, is no
/// step here.
fn flat(text: &str, name: &str, arguments: &[Value]) -> Recording {
    let module = Module::from_text(text).expect("the programs are modules");
    let tape = Tape::blank();
    let mut store: ch19_flat::Store<Tape> = Default::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).expect("it links");
    let called = function(&store, instance, name);
    let ty = store.func_type(called).unwrap_or_default();
    let [plain_code, marked] = [false, true].map(|marks| {
        let function = module.functions[0].read();
        ch19_flat::flatten(store.data(), instance.0, &ty, &function, marks)
    });
    let mut code = Code::default();
    code.head(0, format!("{name}, flat"));
    let mut path = None;
    let mut numbers = 0..;
    for op in &marked.ops {
        if let ch19_flat::Op::Mark(mark) = op {
            let levels = marked.levels(&marked.marks[*mark as usize]);
            path = Some(levels.iter().map(|level| level.position()).collect::<Vec<_>>());
            continue;
        }
        let number = numbers.next().unwrap_or_default();
        let line = format!("{number:>2}  {}", plain_code.ops[number]);
        match path.take() {
            Some(path) => code.instr(&format!("${name}"), &path, 1, line),
            None => code.head(1, line),
        }
    }
    tape.take();
    let results = store.invoke(called, arguments);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let mut steps = Program::of(&module).typed(tape.take());
    steps.retain(|step| code.has(&step.place));
    // While flat code runs, there are no labels but its function's.
    steps.iter_mut().for_each(|step| step.labels.truncate(1));
    let words: Vec<String> = arguments.iter().map(plain).collect();
    record(
        &format!("{name}({}), flat", words.join(", ")),
        code,
        &steps,
        steps.len(),
        LIMIT,
        outcome,
    )
}

/// The same call on slots. The run that is recorded is that of flat code, since nobody can watch slots; what leaves no operation is no
/// step here.
fn slots(square: i32) -> Recording {
    let text = program!("ch19-flat", "root");
    let module = Module::from_text(text).expect("the programs are modules");
    let mut store = ch20_slots::Show::store();
    let shown = Arc::clone(&store.layer().tier.shown);
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).expect("it links");
    store.call(instance, "root", &[square.into()]).expect("it ends");
    let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    let slots = &shown.get(&0).expect("it has been called").slots;

    let tape = Tape::blank();
    let mut store: ch19_flat::Store<Tape> = Default::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).expect("it links");
    let root = function(&store, instance, "root");
    let ty = store.func_type(root).unwrap_or_default();
    let marked =
        ch19_flat::flatten(store.data(), instance.0, &ty, &module.functions[0].read(), true);
    // The path of each flat operation that has one.
    let mut paths = Vec::new();
    let mut path = None;
    for op in &marked.ops {
        if let ch19_flat::Op::Mark(mark) = op {
            let levels = marked.levels(&marked.marks[*mark as usize]);
            path = Some(levels.iter().map(|level| level.position()).collect::<Vec<_>>());
        } else {
            paths.push(path.take());
        }
    }
    let mut code = Code::default();
    code.head(0, "root, on slots");
    let mut last = None;
    for (op, origin) in slots.ops.iter().zip(&slots.origins) {
        let line = match op {
            ch20_slots::SlotOp::Entry(_) => continue,
            ch20_slots::SlotOp::Label(_) => op.to_string(),
            op => format!("  {op}"),
        };
        // The origins count the entries too. What belongs to an entry is executed before its label, and is no step.
        let entries = slots.entries.iter().filter(|entry| entry.position <= *origin).count();
        let of_entry = slots.entries.iter().any(|entry| entry.position == *origin);
        let number = *origin as usize - entries;
        match paths.get(number).and_then(Option::as_ref) {
            Some(path) if !of_entry && last != Some(number) => {
                last = Some(number);
                code.instr("$root", path, 1, line);
            }
            _ => code.head(1, line),
        }
    }
    tape.take();
    let results = store.invoke(root, &[square.into()]);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let mut steps = Program::of(&module).typed(tape.take());
    steps.retain(|step| code.has(&step.place));
    steps.iter_mut().for_each(|step| step.labels.truncate(1));
    record(&format!("root({square}), on slots"), code, &steps, steps.len(), LIMIT, outcome)
}

/// The same call on the tree.
fn tree(square: i32) -> Recording {
    let text = program!("ch19-flat", "root");
    let tape = Tape::blank();
    let mut store: ch18_heap::Store<Tape> = Default::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).expect("it links");
    tape.take();
    let results = store.invoke(function(&store, instance, "root"), &[square.into()]);
    let outcome = done(results.map(|results| results.iter().map(plain).collect()));
    let program = Program::of(&Module::from_text(text).expect("the programs are modules"));
    let steps = program.typed(tape.take());
    record(&format!("root({square}), as a tree"), program.code, &steps, steps.len(), LIMIT, outcome)
}

/// A value without its type: `2.5` of `f64 2.5`.
fn plain(value: &Value) -> String {
    let text = value.to_string();
    text.split_once(' ').map_or(text.clone(), |(_, number)| number.to_owned())
}

/// An early picture of the game.
fn draw() -> Recording {
    let (tape, mut rocket) = fly();
    // The rocket blinks at first, and in the first six pictures it is just not there.
    for _ in 0..8 {
        rocket.update(1.0 / 60.0).expect("it flies");
    }
    tape.take();
    let outcome = done(rocket.draw().map(|()| Vec::new()));
    flight("draw(), for the eighth animation frame", &tape, outcome)
}

fn flight(title: &str, tape: &Tape, outcome: Outcome) -> Recording {
    let program = Program::of(&Module::from_bytes(GAME).expect("the game is a module"));
    let steps = tape.take();
    let count = steps.len();
    let mut steps = program.typed(steps);
    // Compiled code has many locals, and most of them aren't in use yet.
    for step in &mut steps {
        step.locals.retain(|local| !local.ends_with(" = 0"));
    }
    record(title, program.code, &steps, count, LIMIT, outcome)
}

fn fly() -> (Tape, Rocket) {
    let tape = Tape::blank();
    let store: Box<Store<Tape>> = Box::default();
    let host = Rc::new(RefCell::new(Narrator(tape.clone())));
    let mut rocket = Rocket::new(store, GAME, host).expect("the game keeps the contract");
    rocket.resize(800.0, 480.0).expect("it flies");
    (tape, rocket)
}

fn function(store: &impl Engine, instance: InstanceAddr, name: &str) -> annex_embedding::FuncAddr {
    store.export(instance, name).and_then(Extern::func).expect("it exports this function")
}

fn texts(numbers: &[Number]) -> Vec<String> {
    numbers.iter().map(Number::to_string).collect()
}

fn done(results: Result<Vec<String>, impl std::fmt::Display>) -> Outcome {
    crate::toys::done(results)
}

/// Keeps the first steps of a run, and counts the others.
#[derive(Default)]
struct First {
    steps: Vec<Step>,
    count: usize,
}

impl Observer for First {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.count += 1;
        if self.count <= LIMIT {
            self.steps.step(step);
        }
    }

    fn wrote(&mut self, address: u64, bytes: &[u8]) {
        if self.count <= LIMIT {
            self.steps.wrote(address, bytes);
        }
    }
}

/// An observer whose steps, and what the host said at each, can be had while a store owns it.
#[derive(Clone, Debug)]
struct Tape(Arc<Mutex<Vec<Step>>>);

std::thread_local! {
    static TAPE: Tape = Tape(Arc::default());
}

/// A store makes its own observer. It gets this thread's tape.
impl Default for Tape {
    fn default() -> Tape {
        TAPE.with(Tape::clone)
    }
}

impl Tape {
    /// This thread's tape, with nothing on it.
    fn blank() -> Tape {
        let tape = Tape::default();
        tape.take();
        tape
    }

    fn steps(&self) -> MutexGuard<'_, Vec<Step>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Step> {
        std::mem::take(&mut self.steps())
    }

    /// The host says something, because of the last step.
    fn say(&self, line: &str) {
        if let Some(step) = self.steps().last_mut() {
            step.output += line;
            step.output.push('\n');
        }
    }
}

impl Observer for Tape {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.steps().step(step);
    }

    fn wrote(&mut self, address: u64, bytes: &[u8]) {
        self.steps().wrote(address, bytes);
    }
}

/// A host that only says what it is asked to draw.
struct Narrator(Tape);

impl Narrator {
    fn say(&self, call: HostCall) {
        self.0.say(&call.to_string());
    }
}

impl Host for Narrator {
    fn clear_screen(&mut self) {
        self.say(HostCall::ClearScreen);
    }
    fn draw_player(&mut self, x: f64, y: f64, angle: f64) {
        self.say(HostCall::DrawPlayer { x, y, angle });
    }
    fn draw_enemy(&mut self, x: f64, y: f64) {
        self.say(HostCall::DrawEnemy { x, y });
    }
    fn draw_bullet(&mut self, x: f64, y: f64) {
        self.say(HostCall::DrawBullet { x, y });
    }
    fn draw_particle(&mut self, x: f64, y: f64, radius: f64) {
        self.say(HostCall::DrawParticle { x, y, radius });
    }
    fn draw_score(&mut self, score: f64) {
        self.say(HostCall::DrawScore { score });
    }
    fn sin(&mut self, angle: f64) -> f64 {
        self.say(HostCall::Sin { angle });
        libm::sin(angle)
    }
    fn cos(&mut self, angle: f64) -> f64 {
        self.say(HostCall::Cos { angle });
        libm::cos(angle)
    }
    fn atan(&mut self, tangent: f64) -> f64 {
        self.say(HostCall::Atan { tangent });
        libm::atan(tangent)
    }
}
