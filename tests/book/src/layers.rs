//! Chapters 7 to 10, and the annex on vectors: layers without a machine. What is recorded is what their demos do, call by call.

use std::fmt::Display;

use annex_vector::{Lanes, V128, VectorOp, VectorStack};
use ch07_values::{NumType, Number, OperandStack, Trap};
use ch08_numeric::Numeric;
use ch09_module::{
    AddressType, Body, Control, FuncIdx, Instr, Limits, LoadOp, MemIdx, Memory, MemoryType, Module,
    StoreOp,
};
use ch10_memory::MemoryInstance;
use trace::{End, EndKind, Line, Moment, Recording, Written};

use crate::Named;

/// The recordings of these chapters.
pub fn recordings() -> Vec<Named> {
    let all = [
        ("ch07-values", "", values()),
        ("ch08-numeric", "", rows()),
        ("ch09-module", "", decoder()),
        ("ch10-memory", "", memory()),
        ("annex-vector", "", lanes()),
    ];
    all.map(|(chapter, name, recording)| Named { chapter, name, recording }).into()
}

/// Slots, the numbers that they are read as, and what was done to them.
struct Bench {
    slots: [u64; 4],
    height: usize,
    /// The types of the operands: the one who pushes knows them, the slot does not.
    types: Vec<NumType>,
    recording: Recording,
}

impl Bench {
    fn new(title: &str) -> Bench {
        let recording = Recording { title: title.to_owned(), ..Recording::default() };
        Bench { slots: [0; 4], height: 0, types: Vec::new(), recording }
    }

    /// The operands: as numbers, or as the bits of their slots too.
    fn stack(&self, bits: bool) -> Vec<String> {
        let operands = self.slots[..self.height].iter().zip(&self.types);
        let text = |(slot, ty): (&u64, &NumType)| match bits {
            true => format!("{slot:#018x}: {ty} {}", Number::from_slot(*ty, *slot)),
            false => Number::from_slot(*ty, *slot).to_string(),
        };
        operands.map(text).collect()
    }

    /// A call, with the state that it finds.
    fn step(&mut self, text: impl Display, bits: bool) {
        let moment = Moment {
            line: Some(self.recording.code.len()),
            stack: self.stack(bits),
            ..Moment::default()
        };
        self.recording.steps.push(moment);
        self.recording.code.push(Line { text: text.to_string(), ..Line::default() });
    }

    /// Does something with the stack.
    fn work<T>(&mut self, work: impl FnOnce(&mut OperandStack) -> T) -> T {
        let mut stack = OperandStack::new(&mut self.slots, self.height);
        let outcome = work(&mut stack);
        self.height = stack.height();
        outcome
    }

    fn push(&mut self, number: Number) {
        self.work(|stack| stack.push(number.to_slot())).expect("there is room");
        self.types.push(number.ty());
    }

    fn say(&mut self, line: impl Display) {
        if let Some(last) = self.recording.steps.last_mut() {
            last.output += &format!("{line}\n");
        }
    }

    fn end(mut self, kind: EndKind, text: impl Display, bits: bool) -> Recording {
        let line = (kind == EndKind::Trap).then(|| self.recording.code.len() - 1);
        let state = Moment { line, stack: self.stack(bits), ..Moment::default() };
        self.recording.end = End { kind, text: text.to_string(), state };
        self.recording
    }
}

/// Numbers, the slots they lie in, and a division.
fn values() -> Recording {
    let mut bench = Bench::new("Four types at the edge, 64 bits inside");
    let numbers = [Number::I32(-1), Number::I64(-1), Number::F32(1.5), Number::F64(1.5)];
    for number in numbers {
        bench.step(format!("push {} {number}", number.ty()), true);
        bench.push(number);
    }
    bench.step("push i32 1: one more than there are slots", true);
    let full = bench.work(|stack| stack.push(1_i32)).expect_err("there are four slots");
    bench.say(format!("trap: {full}"));
    for _ in numbers {
        bench.step("pop", true);
        let slot: u64 = bench.work(|stack| stack.pop());
        let ty = bench.types.pop().expect("there are as many types");
        bench.say(format!("{ty} {}", Number::from_slot(ty, slot)));
    }
    for operand in [7, 2] {
        bench.step(format!("push i32 {operand}"), true);
        bench.push(Number::I32(operand));
    }
    let divide = |stack: &mut OperandStack| {
        let (x, y): (i32, i32) = stack.pop();
        match y {
            0 => Err(Trap::IntegerDivideByZero),
            _ => stack.push(x.wrapping_div(y)),
        }
    };
    bench.step("divide", true);
    bench.work(divide).expect("2 is not 0");
    bench.types.pop();
    bench.step("push i32 0", true);
    bench.push(Number::I32(0));
    bench.step("divide", true);
    let trap = bench.work(divide).expect_err("0 is");
    bench.types.truncate(bench.height);
    bench.end(EndKind::Trap, format!("Trap: {trap}"), true)
}

/// Rows of the table, executed where it is interesting.
fn rows() -> Recording {
    use Number::{F32, F64, I32, I64};
    let rows = [
        (Numeric::I32Add, vec![I32(i32::MAX), I32(1)]),
        (Numeric::I32RemS, vec![I32(i32::MIN), I32(-1)]),
        (Numeric::I32LtS, vec![I32(-1), I32(1)]),
        (Numeric::I32LtU, vec![I32(-1), I32(1)]),
        (Numeric::I64Shl, vec![I64(1), I64(65)]),
        (Numeric::F64Min, vec![F64(0.0), F64(-0.0)]),
        (Numeric::F32Nearest, vec![F32(2.5)]),
        (Numeric::I32TruncSatF32U, vec![F32(-1.0)]),
        (Numeric::I32TruncF32U, vec![F32(-1.0)]),
    ];
    let mut bench = Bench::new("Some rows of the table, where they are interesting");
    for (operator, operands) in rows {
        let row = operator.row();
        for operand in operands {
            bench.step(format!("{}.const {operand}", operand.ty()), false);
            bench.push(operand);
        }
        bench.step(row.name, false);
        let outcome = bench.work(|stack| operator.execute(stack));
        bench.types.truncate(bench.types.len() - row.params.len());
        if let Err(trap) = outcome {
            bench.types.truncate(bench.height);
            return bench.end(EndKind::Trap, format!("Trap: {trap}, in {}", row.name), false);
        }
        bench.types.extend(row.results);
        let results = bench.stack(false).join(" ");
        bench.recording.steps.last_mut().expect("it was a step").output =
            format!("{} = {results}    {}\n", row.name, row.meaning);
        for _ in row.results {
            bench.step("drop", false);
            bench.work(|stack| stack.pop::<u64>());
            bench.types.pop();
        }
    }
    bench.end(EndKind::Done, "The end", false)
}

/// How the lanes of a vector are written.
type Shape = fn(V128) -> String;

/// `f32x4 1 5 -2 0`
fn shape<Lane: ToString, const COUNT: usize>(name: &str, vector: V128) -> String
where
    [Lane; COUNT]: Lanes,
{
    let lanes = vector.lanes::<[Lane; COUNT]>();
    [name.to_owned()]
        .into_iter()
        .chain(lanes.iter().map(Lane::to_string))
        .collect::<Vec<_>>()
        .join(" ")
}

const I8X16: Shape = |vector| shape::<i8, 16>("i8x16", vector);
const I16X8: Shape = |vector| shape::<i16, 8>("i16x8", vector);
const I32X4: Shape = |vector| shape::<i32, 4>("i32x4", vector);
const F32X4: Shape = |vector| shape::<f32, 4>("f32x4", vector);

/// An operand of a vector instruction, as the one who pushes it sees it.
#[derive(Clone, Copy)]
enum Lanewise {
    Vector(V128, Shape),
    Number(u32),
}

impl Lanewise {
    fn text(&self) -> String {
        match self {
            Lanewise::Vector(vector, shape) => shape(*vector),
            Lanewise::Number(number) => number.to_string(),
        }
    }
}

/// Vectors, lane by lane.
fn lanes() -> Recording {
    let vector = |lanes: [f32; 4]| Lanewise::Vector(V128::from_lanes(lanes), F32X4);
    let words = |lanes: [i16; 8]| Lanewise::Vector(V128::from_lanes(lanes), I16X8);
    let (x, y) = (vector([1.0, 5.0, -2.0, 0.0]), vector([3.0, 4.0, -1.0, -0.0]));
    let rows: [(VectorOp, Vec<Lanewise>, Shape); 6] = [
        (VectorOp::F32x4Gt, vec![x, y, x, y], I32X4),
        // It finds its three operands there.
        (VectorOp::V128Bitselect, vec![], F32X4),
        (
            VectorOp::I16x8Shl,
            vec![words([1, 2, 4, 8, -1, -2, 4096, 8192]), Lanewise::Number(3)],
            I16X8,
        ),
        (VectorOp::I8x16NarrowI16x8S, vec![words([127, 128, -128, -129, 0, 1, 2, 3])], I8X16),
        (
            VectorOp::I32x4DotI16x8S,
            vec![words([1, 2, 3, 4, 5, 6, 7, 8]), words([10, 1, 10, 1, 10, 1, 10, 1])],
            I32X4,
        ),
        (VectorOp::I32x4Add, vec![], I32X4),
    ];
    let mut recording = Recording { title: "Vectors, lane by lane".into(), ..Recording::default() };
    let (mut slots, mut upper) = ([0; 8], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    let mut operands: Vec<Lanewise> = Vec::new();
    let texts = |operands: &[Lanewise]| operands.iter().map(Lanewise::text).collect::<Vec<_>>();
    let step = |recording: &mut Recording, text: String, operands: &[Lanewise], output: String| {
        let line = Some(recording.code.len());
        recording.steps.push(Moment { line, stack: texts(operands), output, ..Moment::default() });
        recording.code.push(Line { text, ..Line::default() });
    };
    for (operator, pushed, shape) in rows {
        for operand in pushed {
            let ty = if let Lanewise::Vector(..) = operand { "v128" } else { "i32" };
            step(
                &mut recording,
                format!("{ty}.const {}", operand.text()),
                &operands,
                String::new(),
            );
            match operand {
                Lanewise::Vector(vector, _) => stack.push(vector),
                Lanewise::Number(number) => stack.push(number),
            }
            .expect("there is room");
            operands.push(operand);
        }
        let row = operator.row();
        let output = format!("{operator} ({}): {}\n", operator.form(), row.meaning);
        step(&mut recording, operator.to_string(), &operands, output);
        operator.execute(&mut stack).expect("there is room");
        operands.truncate(operands.len() - row.params.len());
        operands.push(Lanewise::Vector(stack.vector(stack.height() - 1), shape));
    }
    let state = Moment { stack: texts(&operands), ..Moment::default() };
    recording.end = End { kind: EndKind::Done, text: "The end".into(), state };
    recording
}

/// The decoder reads the body of a function: what `expr` has in its hands before each instruction that it reads.
///
/// The instructions and their bytes are read here as there, from the same bytes by the same reader; what has become of them is held
/// against the body that the chapter's decoder makes.
fn decoder() -> Recording {
    let text = include_str!("../../../chapters/ch09-module/src/sample.wat");
    let binary = wat::parse_str(text).expect("the sample is a module");
    let module = Module::from_bytes(&binary).expect("the sample is a module");
    let sum = FuncIdx(5);
    let function = module.function(sum).expect("it has this function");
    let mut recording = Recording {
        title: "The body of $sum, from bytes to a tree".into(),
        stack: "The sequence so far".into(),
        ..Recording::default()
    };
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    let mut sequence: Vec<String> = Vec::new();
    let mut tree = Flat::default();
    tree.body(&function.body, 0);
    let operators = operators(&binary, 4);
    assert_eq!(operators.len(), tree.lines.len() + 1, "an `end` closes the body itself");
    let texts = tree.lines.into_iter().chain([("end".to_owned(), 0)]);
    for (bytes, (text, indent)) in operators.into_iter().zip(texts) {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let labels = open.iter().map(|(head, _)| head.clone()).collect();
        recording.steps.push(Moment {
            line: Some(recording.code.len()),
            stack: sequence.clone(),
            labels,
            ..Moment::default()
        });
        let text_and_bytes = format!("{text:<width$}{}", hex.join(" "), width = 30 - 2 * indent);
        recording.code.push(Line { text: text_and_bytes, indent, place: None });
        let word = text.split(' ').next().unwrap_or_default();
        match (word, open.pop()) {
            ("block" | "loop" | "if", outer) => {
                open.extend(outer);
                open.push((text, std::mem::take(&mut sequence)));
            }
            ("else", Some((head, outer))) => {
                let then = std::mem::take(&mut sequence);
                open.push((format!("{head} {} else", braces(&then)), outer));
            }
            ("end", Some((head, outer))) => {
                let body = std::mem::replace(&mut sequence, outer);
                sequence.push(format!("{head} {}", braces(&body)));
            }
            ("end", None) => {}
            (_, outer) => {
                open.extend(outer);
                sequence.push(text);
            }
        }
    }
    assert_eq!(sequence.len(), function.body.len(), "the tree is that of the chapter's decoder");
    let state = Moment { stack: sequence, ..Moment::default() };
    recording.end = End { kind: EndKind::Done, text: "The body is a tree".into(), state };
    recording
}

/// `{3 instructions}`
fn braces(body: &[String]) -> String {
    match body.len() {
        1 => "{1 instruction}".to_owned(),
        count => format!("{{{count} instructions}}"),
    }
}

/// The bytes of each operator in the body of the function that is the `position`th in the code section.
fn operators(binary: &[u8], position: usize) -> Vec<Vec<u8>> {
    let payloads = wasmparser::Parser::new(0).parse_all(binary);
    let mut bodies = payloads.filter_map(|payload| match payload {
        Ok(wasmparser::Payload::CodeSectionEntry(body)) => Some(body),
        _ => None,
    });
    let body = bodies.nth(position).expect("it has this function");
    let mut reader = body.get_operators_reader().expect("validation has read it");
    let mut operators = Vec::new();
    while !reader.eof() {
        let start = reader.original_position() as usize;
        reader.read().expect("validation has read it");
        operators.push(binary[start..reader.original_position() as usize].to_vec());
    }
    operators
}

/// The instructions of a body one after the other, as bytes have them: with `else` and `end`.
#[derive(Default)]
struct Flat {
    lines: Vec<(String, usize)>,
}

impl Flat {
    fn body(&mut self, body: &Body, indent: usize) {
        for instr in body.iter() {
            self.lines.push((instr.to_string(), indent));
            let bodies = match instr {
                Instr::Control(Control::Block(block) | Control::Loop(block)) => vec![&block.body],
                Instr::Control(Control::If(branches)) => vec![&branches.then, &branches.otherwise],
                _ => continue,
            };
            for (number, body) in bodies.into_iter().enumerate() {
                if number == 1 {
                    self.lines.push(("else".to_owned(), indent));
                }
                self.body(body, indent + 1);
            }
            self.lines.push(("end".to_owned(), indent));
        }
    }
}

/// Loads that widen, stores that narrow, the end of the memory, and growing it.
fn memory() -> Recording {
    let limits = Limits { min: 1, max: Some(2) };
    let ty = MemoryType::new(AddressType::I32, limits);
    let mut memory = MemoryInstance::new(ty).expect("there is room for a page");
    let mut bench = Bench::new("Stores that narrow, loads that widen, and the end of a memory");
    let constant = |bench: &mut Bench, value: i32| {
        bench.step(format!("i32.const {value}"), false);
        bench.push(Number::I32(value));
    };
    for (op, address, value) in [(StoreOp::I32Store, 0, -2), (StoreOp::I32Store8, 1, 0x1234)] {
        constant(&mut bench, address);
        constant(&mut bench, value);
        bench.step(op, false);
        bench.work(|stack| memory.store(op, 0, stack)).expect("it is within the memory");
        bench.types.clear();
        let bytes = memory.bytes()[address as usize..][..op.width()].to_vec();
        let last = bench.recording.steps.last_mut().expect("the store");
        last.writes.push(Written { address: address as u64, bytes, value: String::new() });
    }
    let loads = [LoadOp::I32Load, LoadOp::I32Load8S, LoadOp::I32Load8U, LoadOp::I64Load32U];
    for op in loads {
        constant(&mut bench, 0);
        bench.step(op, false);
        bench.work(|stack| memory.load(op, 0, stack)).expect("it is within the memory");
        bench.types = op.row().results.to_vec();
        bench.step("drop", false);
        bench.work(|stack| stack.pop::<u64>());
        bench.types.clear();
    }
    for _ in 0..2 {
        constant(&mut bench, 1);
        bench.step("memory.grow", false);
        let grow = Memory::Grow(MemIdx(0));
        bench.work(|stack| memory.execute(grow, &mut [], stack)).expect("it does not trap");
        bench.say(format!("{} pages", memory.size()));
        bench.step("drop", false);
        bench.work(|stack| stack.pop::<u64>());
        bench.types.clear();
    }
    constant(&mut bench, 131_069);
    bench.step("i32.load", false);
    let trap = bench.work(|stack| memory.load(LoadOp::I32Load, 0, stack));
    bench.types.truncate(bench.height);
    let trap = trap.expect_err("it ends one byte past the memory");
    bench.end(EndKind::Trap, format!("Trap: {trap}"), false)
}
