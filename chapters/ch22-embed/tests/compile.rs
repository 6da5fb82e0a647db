//! Compiled modules that somebody has forged.

use std::time::{Duration, Instant};
use std::{env, thread};

use ch22_embed::{
    Caller, Config, Engine, Error, Extern, Global, GlobalType, Instance,
    Linker, Module, Mutability, ResumableCall, Store, Val, ValType,
};
use serde::{Deserialize, Serialize};

const FORGED: &str = include_str!("programs/forged.wat");

/// A module without loops and with little recursion, for engines that don't
/// count fuel: without a loop, nothing runs forever.
const BOUNDED: &str = include_str!("programs/bounded.wat");

/// What a forged module should leave as it is.
const NEIGHBOUR: &str = r#"(module
    (memory (export "memory") 1)
    (global (export "number") (mut i64) (i64.const 42))
    (table (export "table") 4 funcref)
    (elem (i32.const 0) func $far $far)
    (data (i32.const 0) "the neighbour's")
    (func $far (export "far") (param i32 i32) (result i32)
        (i32.xor (local.get 0) (i32.rotl (local.get 1) (i32.const 3)))))"#;

/// The length of what comes before the parts.
const HEAD: usize = 28;

/// What is in a compiled module, after its head.
#[derive(Serialize, Deserialize)]
struct Parts {
    counts_fuel: bool,
    binary: Vec<u8>,
    functions: Vec<Option<Vec<u8>>>,
}

impl Parts {
    fn of(bytes: &[u8]) -> Parts {
        postcard::from_bytes(&bytes[HEAD..]).expect("it was just written")
    }

    /// The bytes, with the head of `from`.
    fn write(&self, from: &[u8]) -> Vec<u8> {
        let head = from[..HEAD].to_vec();
        let mut bytes = postcard::to_extend(self, head).expect("it's small");
        seal(&mut bytes);
        bytes
    }
}

/// Gives bytes the length and the checksum of what they are.
fn seal(bytes: &mut [u8]) {
    let (length, sum) = (bytes.len() - HEAD, crc32fast::hash(&bytes[HEAD..]));
    bytes[16..24].copy_from_slice(&(length as u64).to_le_bytes());
    bytes[24..HEAD].copy_from_slice(&sum.to_le_bytes());
}

/// The code of a function, taken apart. So what is forged is often code that
/// can be executed, and not only bytes that nobody can read.
#[derive(Clone, Debug, PartialEq)]
struct Code {
    /// Whether it counts fuel, the locals, the depth of its blocks.
    head: [u64; 3],
    labels: Vec<u64>,
    insts: Vec<Inst>,
}

/// An operation: its opcode with two flags, and the numbers that follow.
#[derive(Clone, Debug, PartialEq)]
struct Inst {
    opcode: u8,
    operators: Vec<u64>,
    places: Vec<Place>,
    number: u64,
    label: Option<u64>,
}

/// A place, with its constant if it is one.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place(u64, Option<u64>);

/// How many operators an operation has, and whether it branches.
fn shape(opcode: u8) -> (usize, bool) {
    let operators = match opcode & 0x3f {
        0..=3 | 10..=12 | 23 | 26..=29 | 41 | 45 => 1,
        30..=36 | 39 | 40 | 44 | 46 => 2,
        _ => 0,
    };
    let branches =
        matches!(opcode & 0x3f, 9..=12 | 14 | 24 | 39..=42 | 43..=46);
    (operators, branches)
}

/// Reads a number of as few bytes as it needs.
fn number(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

fn write(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

impl Code {
    fn of(mut bytes: &[u8]) -> Code {
        let bytes = &mut bytes;
        let head = [number(bytes), number(bytes), number(bytes)];
        let labels = (0..number(bytes)).map(|_| number(bytes)).collect();
        let count = number(bytes);
        let insts = (0..count).map(|_| {
            let opcode = bytes[0];
            *bytes = &bytes[1..];
            let (operators, branches) = shape(opcode);
            let operators = (0..operators).map(|_| number(bytes)).collect();
            let places = (0..4).map(|_| {
                let place = number(bytes);
                Place(place, (place & 3 == 3).then(|| number(bytes)))
            });
            Inst {
                opcode,
                operators,
                places: places.collect(),
                number: number(bytes),
                label: branches.then(|| number(bytes)),
            }
        });
        let insts = insts.collect();
        assert!(bytes.is_empty(), "the format has changed: so must this");
        Code { head, labels, insts }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.head.iter().for_each(|it| write(&mut bytes, *it));
        write(&mut bytes, self.labels.len() as u64);
        self.labels.iter().for_each(|it| write(&mut bytes, *it));
        write(&mut bytes, self.insts.len() as u64);
        for inst in &self.insts {
            bytes.push(inst.opcode);
            inst.operators.iter().for_each(|it| write(&mut bytes, *it));
            for Place(place, bits) in &inst.places {
                write(&mut bytes, *place);
                bits.iter().for_each(|it| write(&mut bytes, *it));
            }
            write(&mut bytes, inst.number);
            inst.label.iter().for_each(|it| write(&mut bytes, *it));
        }
        bytes
    }

    /// Changes something. Without `everywhere`, neither the head nor where
    /// branches lead.
    fn change(&mut self, all: &[Code], everywhere: bool, rng: &mut Rng) {
        let other = &all[rng.usize(..all.len())];
        let other = &other.insts[rng.usize(..other.insts.len())];
        let at = rng.usize(..self.insts.len());
        let labels = self.labels.len() as u64;
        let len = self.insts.len();
        match rng.u8(..if everywhere { 14 } else { 11 }) {
            0..2 => self.insts[at].change_place(rng),
            2 => {
                let place = rng.usize(..4);
                self.insts[at].places[place] = other.places[rng.usize(..4)];
            }
            3 => {
                let most = [2, 8, 160][rng.usize(..3)];
                for operator in &mut self.insts[at].operators {
                    *operator = rng.u64(..most);
                }
            }
            4 => self.insts[at].number = some_number(rng),
            5 => self.insts[at].opcode ^= 0x40 << rng.u8(..2),
            6 => _ = self.insts.remove(at),
            7 => self.insts.swap(at, rng.usize(..len)),
            8 => self.insts[at] = other.relabeled(labels, rng),
            9 => self.insts.insert(at, other.relabeled(labels, rng)),
            10 => {
                let opcode = rng.u8(..47) | self.insts[at].opcode & 0xc0;
                let (operators, branches) = shape(opcode);
                if branches && !everywhere {
                    return;
                }
                let inst = &mut self.insts[at];
                inst.opcode = opcode;
                inst.operators.resize_with(operators, || rng.u64(..150));
                let label = rng.u64(..labels.max(1));
                inst.label = branches.then(|| inst.label.unwrap_or(label));
            }
            11 => {
                let label = rng.u64(..labels + 1);
                self.insts[at].label.iter_mut().for_each(|it| *it = label);
            }
            12 if labels > 0 => {
                let label = rng.usize(..labels as usize);
                self.labels[label] = rng.u64(..len as u64 + 2);
            }
            12 => self.labels.push(rng.u64(..len as u64)),
            _ => {
                let field = rng.usize(1..3);
                self.head[field] = match rng.u8(..4) {
                    0 => some_number(rng),
                    1 => self.head[field] + 1,
                    2 => self.head[field].saturating_sub(1),
                    _ => rng.u64(..20),
                };
            }
        }
        if self.insts.is_empty() {
            self.insts.push(other.clone());
        }
    }
}

impl Inst {
    fn change_place(&mut self, rng: &mut Rng) {
        let place = &mut self.places[rng.usize(..4)];
        *place = match rng.u8(..8) {
            0 => Place(1, None),
            1 => Place(2, None),
            2 => Place(3, Some(some_number(rng))),
            3 => Place(rng.u64(65_500..65_540) << 2, None),
            _ => Place(rng.u64(..12) << 2, None),
        };
    }

    /// The same, but branching somewhere in another function.
    fn relabeled(&self, labels: u64, rng: &mut Rng) -> Inst {
        let label = self.label.map(|_| rng.u64(..labels.max(1)));
        Inst { label, ..self.clone() }
    }
}

/// Numbers that may be the end of something.
fn some_number(rng: &mut Rng) -> u64 {
    let ends = [0, 1 << 16, 1 << 31, 1 << 32, u64::MAX, 0xffff, 65_519];
    match rng.u8(..5) {
        0 => ends[rng.usize(..ends.len())].wrapping_add(rng.u64(..2)),
        1 => rng.u64(..),
        2 => rng.u32(..).into(),
        _ => rng.u64(..30),
    }
}

type Rng = fastrand::Rng;

/// Changes bytes, whatever they mean.
fn garble(bytes: &mut Vec<u8>, from: usize, rng: &mut Rng) {
    for _ in 0..rng.usize(1..4) {
        if bytes.len() <= from {
            bytes.push(rng.u8(..));
        }
        let position = rng.usize(from..bytes.len());
        match rng.u8(..8) {
            0..3 => bytes[position] = rng.u8(..),
            3..5 => bytes[position] = rng.u8(..8),
            5 => bytes[position] ^= 1 << rng.u8(..8),
            6 => bytes.insert(position, rng.u8(..)),
            _ => _ = bytes.remove(position),
        }
    }
}

/// A compiled module, for those who change it.
struct Original {
    engine: Engine,
    bytes: Vec<u8>,
    codes: Vec<Code>,
    /// Whether it is safe to make loops.
    everywhere: bool,
}

impl Original {
    fn new(text: &str, everywhere: bool) -> Original {
        let mut config = Config::new();
        config.consume_fuel(everywhere);
        if !everywhere {
            config.max_call_depth(6);
        }
        let engine = Engine::new(&config);
        let module = Module::new(&engine, text).expect("it's valid");
        let bytes = module.serialize().expect("it's small");
        let codes = Parts::of(&bytes).functions;
        let codes = codes.iter().map(|code| {
            let code = code.as_ref().expect("the tier has each of them");
            let taken = Code::of(code);
            assert_eq!(taken.bytes(), *code);
            taken
        });
        let codes = codes.collect();
        Original { engine, bytes, codes, everywhere }
    }

    fn forged(&self, rng: &mut Rng) -> Vec<u8> {
        let mut parts = Parts::of(&self.bytes);
        for _ in 0..rng.usize(1..3) {
            let index = rng.usize(..self.codes.len());
            let mut code = self.codes[index].clone();
            for _ in 0..rng.usize(1..4) {
                code.change(&self.codes, self.everywhere, rng);
            }
            let mut bytes = code.bytes();
            if self.everywhere && rng.u8(..8) == 0 {
                garble(&mut bytes, 0, rng);
            }
            if rng.u8(..30) == 0 {
                // The code of another function.
                let other = rng.usize(..self.codes.len());
                bytes = self.codes[other].bytes();
            }
            let is_there = rng.u8(..50) != 0;
            parts.functions[index] = is_there.then_some(bytes);
        }
        if rng.u8(..50) == 0 {
            parts.functions.truncate(rng.usize(..self.codes.len()));
        }
        let mut bytes = parts.write(&self.bytes);
        if self.everywhere && rng.u8(..30) == 0 {
            garble(&mut bytes, HEAD, rng);
            seal(&mut bytes);
        }
        bytes
    }
}

/// Tells which forgery a panic was at.
struct Tell(u64);

impl Drop for Tell {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("this was forgery {}", self.0);
        }
    }
}

/// Imports of the host, of which some have a caller, call back, or fail.
fn host(engine: &Engine, store: &mut Store<()>) -> Linker<()> {
    let mut linker = Linker::<()>::new(engine);
    linker.func_wrap("host", "twice", |x: i32| x.wrapping_mul(2)).unwrap();
    let peek = |mut caller: Caller<'_, ()>, at: i32, more: i64| {
        let memory = caller.get_export("memory").and_then(Extern::into_memory);
        let mut byte = [0];
        // Its name may be forged, too.
        let memory = memory.ok_or_else(|| Error::msg("no memory"))?;
        memory.read(&caller, at as u32 as usize, &mut byte)?;
        Ok::<i64, Error>(more.wrapping_add(byte[0].into()))
    };
    linker.func_wrap("host", "peek", peek).unwrap();
    let again = |mut caller: Caller<'_, ()>, x: i32| {
        let pick = caller.get_export("pick").and_then(Extern::into_func);
        let pick = pick.ok_or_else(|| Error::msg("no function"))?;
        let pick = pick.typed::<i32, i32>(&caller)?;
        pick.call(&mut caller, x).map(|_| ())
    };
    linker.func_wrap("host", "again", again).unwrap();
    let ty = GlobalType::new(ValType::I64, Mutability::Var);
    let level = Global::new(&mut *store, ty, Val::I64(1)).unwrap();
    linker.define(&mut *store, "host", "level", level).unwrap();
    let ty = GlobalType::new(ValType::I32, Mutability::Const);
    let limit = Global::new(&mut *store, ty, Val::I32(9)).unwrap();
    linker.define(&mut *store, "host", "limit", limit).unwrap();
    linker
}

/// All that is to be seen of an instance.
fn seen(store: &mut Store<()>, instance: Instance) -> (Vec<u8>, String) {
    let memory = instance.get_memory(&*store, "memory").expect("it's there");
    let bytes = memory.data(&*store).to_vec();
    let number = instance.get_global(&*store, "number").expect("it's there");
    let number = number.get(&mut *store);
    let table = instance.get_table(&*store, "table").expect("it's there");
    let elements: Vec<bool> = (0..table.size(&*store))
        .map(|index| {
            let element = table.get(&mut *store, index).expect("it's there");
            matches!(element, Val::FuncRef(Some(_)))
        })
        .collect();
    (bytes, format!("{number:?} {elements:?}"))
}

/// A value for a parameter, mostly a small one.
fn argument(ty: &ValType, rng: &mut Rng) -> Val {
    let most = [3, 12, 70_000][rng.usize(..3)];
    let small = rng.i32(..most);
    match ty {
        ValType::I32 => small.into(),
        ValType::I64 => i64::from(small).into(),
        ValType::F32 => (small as f32 / 2.0).into(),
        _ => (f64::from(small) / 4.0).into(),
    }
}

/// Calls everything that is exported, in a bounded number of steps. Returns
/// what the calls have ended in, in words.
fn try_everything(
    store: &mut Store<()>,
    instance: Instance,
    rng: &mut Rng,
) -> Vec<String> {
    let mut ended = Vec::new();
    let counts = store.engine().config().counts_fuel();
    for export in instance.exports(&*store) {
        let name = export.name().to_owned();
        let Extern::Func(function) = export.into_extern() else { continue };
        let ty = function.ty(&*store);
        let params: Vec<Val> =
            ty.params().iter().map(|ty| argument(ty, rng)).collect();
        if counts {
            store.set_fuel([40, 3000][rng.usize(..2)]).unwrap();
        }
        let mut call = function.call_resumable(&mut *store, &params);
        for round in 0..4 {
            let Ok(ResumableCall::Paused(paused)) = call else { break };
            store.set_fuel(rng.u64(..100)).unwrap();
            if round == 2 {
                // Either it's frozen, or it says why not.
                let _ = store.freeze(&[&paused]);
            }
            call = paused.resume(&mut *store);
        }
        ended.push(match call {
            Ok(ResumableCall::Finished(results)) => {
                let types = results.iter().map(Val::ty);
                assert!(types.eq(ty.results().iter().copied()), "{name}");
                format!("{name}: {results:?}")
            }
            Ok(ResumableCall::Paused(_)) => format!("{name}: paused"),
            Err(error) => format!("{name}: {error}"),
        });
    }
    ended
}

/// What the exports of a module end in. Nothing else is touched by them.
fn run(neighbour: &Module, module: &Module, rng: &mut Rng) -> Vec<String> {
    let engine = module.engine();
    let mut store = Store::new(engine, ());
    let mut linker = host(engine, &mut store);
    if engine.config().counts_fuel() {
        store.set_fuel(1000).unwrap();
    }
    let neighbour = linker.instantiate(&mut store, neighbour).unwrap();
    linker.instance(&store, "neighbour", neighbour).unwrap();
    let before = seen(&mut store, neighbour);
    let ended = match linker.instantiate(&mut store, module) {
        Ok(instance) => try_everything(&mut store, instance, rng),
        // Another name has been forged.
        Err(error) => vec![error.to_string()],
    };
    assert!(seen(&mut store, neighbour) == before, "the neighbour has changed");
    ended
}

/// How many forgeries a test tries, and the first one's number.
fn numbers(count: u64) -> std::ops::Range<u64> {
    let from = |name: &str| env::var(name).ok()?.parse().ok();
    let first = from("FIRST").unwrap_or(0);
    first..first + from("FORGED").unwrap_or(count)
}

fn forge(original: &Original, count: u64) {
    let honest = Module::deserialize(&original.engine, &original.bytes);
    let honest = honest.unwrap();
    let neighbour = Module::new(&original.engine, NEIGHBOUR).unwrap();
    let (mut other, mut compared, mut refused) = (0, 0, 0);
    let numbers = numbers(count);
    let tried = numbers.end - numbers.start;
    for number in numbers {
        let _tell = Tell(number);
        let mut rng = Rng::with_seed(number);
        let bytes = original.forged(&mut rng);
        let begin = Instant::now();
        match Module::deserialize(&original.engine, &bytes) {
            Ok(module) => {
                let mut same = rng.clone();
                let ended = run(&neighbour, &module, &mut rng);
                if number % 8 == 0 {
                    let wanted = run(&neighbour, &honest, &mut same);
                    other += u64::from(ended != wanted);
                    compared += 1;
                }
            }
            Err(_) => refused += 1,
        }
        let time = begin.elapsed();
        assert!(time < Duration::from_secs(20), "it took {time:?}");
    }
    println!("of {tried} {refused} are refused");
    println!("of {compared} {other} do something else");
    // Where none does, nothing is tested.
    assert!(other * 10 >= compared, "{other} of {compared}");
}

// `FORGED=1000000 cargo test --release -p ch22-embed --test compile` tries more
// of them; `FIRST=5000` begins with another one.
#[test]
fn forged_code_is_an_error_or_a_run_like_any_other() {
    forge(&Original::new(FORGED, true), 1000);
}

#[test]
fn so_it_is_where_no_fuel_is_counted() {
    forge(&Original::new(BOUNDED, false), 1000);
}
