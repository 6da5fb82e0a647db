//! The recording of the annex on embedding: how a program drives an engine, call by call.

use annex_embedding::{Caller, Engine, Extern, FuncAddr, HostError, HostFunction, Imports, Value};
use ch12_instance::Store;
use trace::{End, EndKind, Line, Moment, Recording};

use crate::Named;

const COACH: &str = include_str!("../../../chapters/ch12-instance/programs/coach.wat");

/// The recordings of this annex.
pub fn recordings() -> Vec<Named> {
    vec![Named { chapter: "annex-embedding", name: "", recording: seam() }]
}

/// What the program knows, and what it has asked.
struct Program {
    addresses: Vec<String>,
    recording: Recording,
}

impl Program {
    /// A call through the seam, and what came back.
    fn ask(&mut self, call: &str, answer: &str) {
        let line = Some(self.recording.code.len());
        let output = format!("{answer}\n");
        let stack = self.addresses.clone();
        self.recording.steps.push(Moment { line, stack, output, ..Moment::default() });
        self.recording.code.push(Line { text: call.to_owned(), ..Line::default() });
    }
}

/// Makes the letters in the caller's memory louder, each by a call back.
fn shout(caller: &mut Caller<'_>, at: u32, length: u32) -> Result<(), HostError> {
    let coach = caller.instance().ok_or("there is no instance to ask")?;
    for place in (at as usize..).take(length as usize) {
        let memory = caller.memory().ok_or("there is no memory")?;
        let letter = i32::from(*memory.get(place).ok_or("the text is not in memory")?);
        let louder = caller.engine().call(coach, "louder", &[letter.into()])?;
        let louder = louder.first().and_then(|value| value.i32());
        let memory = caller.memory().ok_or("there is no memory")?;
        memory[place] = louder.ok_or("there is no letter")? as u8;
    }
    Ok(())
}

/// An address, as people say it.
fn describe(item: Extern) -> String {
    match item {
        Extern::Func(address) => format!("function {}", address.0),
        Extern::Table(address) => format!("table {}", address.0),
        Extern::Memory(address) => format!("memory {}", address.0),
        Extern::Global(address) => format!("global {}", address.0),
        Extern::Tag(address) => format!("tag {}", address.0),
    }
}

/// A program, and chapter 12's engine.
fn seam() -> Recording {
    let recording = Recording {
        title: "A program drives an engine".to_owned(),
        stack: "The program's addresses".to_owned(),
        ..Recording::default()
    };
    let mut program = Program { addresses: Vec::new(), recording };
    let mut engine: Store = Store::default();

    let function = HostFunction::new(shout);
    let ty = function.ty().to_string();
    let function = engine.add_function(function);
    program.ask(
        "engine.add_function(HostFunction::new(shout))",
        &format!("function {}: {ty}", function.0),
    );
    program.addresses.push(format!("shout: function {}", function.0));

    let mut imports = Imports::new();
    imports.define("host", "shout", Extern::Func(function));
    program.ask("imports.define(\"host\", \"shout\", function 0)", "the name has an address");

    let coach = engine.instantiate(COACH.as_bytes(), &imports).expect("it links");
    program.ask("engine.instantiate($coach, &imports)", &format!("instance {}", coach.0));
    program.addresses.push(format!("$coach: instance {}", coach.0));

    let exports = engine.exports(coach).to_vec();
    let exports: Vec<String> =
        exports.iter().map(|(name, item)| format!("{name}: {}", describe(*item))).collect();
    program.ask("engine.exports(instance 0)", &exports.join("\n"));
    program.addresses.extend(exports.iter().map(|export| format!("$coach's {export}")));

    let memory = engine.export(coach, "memory").and_then(Extern::memory);
    let memory = memory.expect("the coach exports a memory");
    let words = |engine: &Store| {
        let bytes = &engine.memory(memory)[..12];
        format!("{bytes:?}\n{:?}", String::from_utf8_lossy(bytes))
    };
    program.ask("engine.memory(memory 0)[..12]", &words(&engine));

    let call = engine.export(coach, "shout").and_then(Extern::func);
    let call = call.expect("the coach exports a function");
    let mut invoke = |program: &mut Program, function: FuncAddr, arguments: &[Value]| {
        let list = annex_embedding::list(arguments);
        let text = format!("engine.invoke(function {}, {list})", function.0);
        match engine.invoke(function, arguments) {
            Ok(values) => program.ask(&text, &annex_embedding::list(&values)),
            Err(error) => program.ask(&text, &error.to_string()),
        }
        words(&engine)
    };
    let after = invoke(&mut program, call, &[0.into(), 12.into()]);
    program.ask("engine.memory(memory 0)[..12]", &after);
    invoke(&mut program, call, &[0.into(), 0.5.into()]);
    invoke(&mut program, call, &[65_530.into(), 12.into()]);
    invoke(&mut program, FuncAddr(9), &[]);

    let Program { addresses, recording } = program;
    let text = format!("{} calls, and the engine goes on", recording.code.len());
    let state = Moment { stack: addresses, ..Moment::default() };
    Recording { end: End { kind: EndKind::Done, text, state }, ..recording }
}
