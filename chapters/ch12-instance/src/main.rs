//! Links two modules and the host; or runs a function of a file.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, fs};

use ch07_values::{NumType, Number};
use ch09_module::{FuncType, ValType};
use ch12_instance::{Counter, Engine, Extern, FuncAddr, Imports, InstanceAddr, Store, Value};

type Outcome = Result<(), Box<dyn Error>>;

const USAGE: &str = "usage: ch12-instance [FILE [FUNCTION [ARGUMENT…]]]";
const SCORES: &[u8] = include_bytes!("../programs/scores.wat");
const PLAYER: &[u8] = include_bytes!("../programs/player.wat");

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some(option) = arguments.first().filter(|argument| argument.starts_with('-')) {
        let _ = writeln!(io::stderr(), "error: unknown option `{option}`\n{USAGE}");
        return ExitCode::from(2);
    }
    let out = &mut io::stdout().lock();
    trace::report(match &arguments[..] {
        [] => demo(out),
        [file] => exports(out, file),
        [file, function, arguments @ ..] => run(out, file, function, arguments),
    })
}

/// Links two modules and the host, plays, and then asks for what cannot be had.
fn demo(out: &mut impl Write) -> Outcome {
    let mut store: Store<Counter> = Store::default();
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "cheer", |points: i32| f64::from(points).sqrt());

    let scores = store.instantiate(SCORES, &Imports::new())?;
    writeln!(out, "An instance of $scores:")?;
    show_exports(out, &store, scores)?;

    imports.instance(&store, "scores", scores);
    let player = store.instantiate(PLAYER, &imports)?;
    writeln!(out, "An instance of $player, linked to it and to the host:")?;
    show_exports(out, &store, player)?;

    let play = function(&store, player, "play")?;
    for (points, rule) in [(7, 0), (4, 1)] {
        let results = store.invoke(play, &[points.into(), rule.into()])?;
        writeln!(out, "play({points}, {rule}) = {}", texts(&results))?;
    }
    let memory = store.export(scores, "memory").and_then(|item| item.memory());
    let bytes = memory.map_or(&[][..], |memory| &store.memory(memory)[..12]);
    writeln!(out, "$scores' memory, which $player wrote to by calling it: {bytes:?}")?;
    let count = store.export(scores, "count").and_then(|item| item.global());
    let count = count.and_then(|count| store.global(count));
    writeln!(out, "$scores' count: {}", count.map_or_else(String::new, |count| count.to_string()))?;
    writeln!(out, "Instructions so far: {}\n", store.instructions().unwrap_or_default())?;

    let second = store.invoke(play, &[7.into(), 2.into()]);
    writeln!(out, "play(7, 2): {}", text(second))?;
    let wrong = store.invoke(play, &[7.into(), 2.5.into()]);
    writeln!(out, "play(7, 2.5): {}", text(wrong))?;
    let alone = store.instantiate(PLAYER, &Imports::new());
    writeln!(out, "$player alone: {}", text(alone.map(|_| Vec::new())))?;
    imports.func(&mut store, "host", "cheer", |points: f64| points);
    let deaf = store.instantiate(PLAYER, &imports);
    writeln!(out, "$player with another host: {}", text(deaf.map(|_| Vec::new())))?;
    Ok(())
}

/// Prints what a file exports.
fn exports(out: &mut impl Write, file: &str) -> Outcome {
    let (store, instance) = load(file)?;
    writeln!(out, "{file} exports:")?;
    show_exports(out, &store, instance)
}

/// Calls a function that a file exports.
fn run(out: &mut impl Write, file: &str, name: &str, arguments: &[String]) -> Outcome {
    let (mut store, instance) = load(file)?;
    let function = function(&store, instance, name)?;
    let ty = store.func_type(function).unwrap_or_default();
    let results = store.invoke(function, &parse(&ty, name, arguments)?)?;
    results.iter().try_for_each(|result| writeln!(out, "{result}"))?;
    Ok(())
}

fn load(file: &str) -> Result<(Store, InstanceAddr), Box<dyn Error>> {
    let bytes = fs::read(file).map_err(|error| format!("cannot read `{file}`: {error}"))?;
    let mut store = Store::default();
    let instance = store.instantiate(&bytes, &Imports::new());
    Ok((store, instance.map_err(|error| format!("{file}: {error}"))?))
}

fn function(store: &impl Engine, instance: InstanceAddr, name: &str) -> Result<FuncAddr, String> {
    let function = store.export(instance, name).and_then(|item| item.func());
    function.ok_or_else(|| format!("there is no exported function `{name}`"))
}

/// Reads the arguments of a command line as values of the function's types.
fn parse(ty: &FuncType, name: &str, arguments: &[String]) -> Result<Vec<Value>, String> {
    if arguments.len() != ty.params.len() {
        return Err(format!(
            "`{name}` is a func {ty}, and takes {} arguments, not {}",
            ty.params.len(),
            arguments.len()
        ));
    }
    let value = |(ty, text): (&ValType, &String)| -> Option<Value> {
        Some(match ty {
            ValType::Num(NumType::I32) => Number::I32(text.parse().ok()?).into(),
            ValType::Num(NumType::I64) => Number::I64(text.parse().ok()?).into(),
            ValType::Num(NumType::F32) => Number::F32(text.parse().ok()?).into(),
            ValType::Num(NumType::F64) => Number::F64(text.parse().ok()?).into(),
            ValType::V128 | ValType::Ref(_) => return None,
        })
    };
    let values = ty.params.iter().zip(arguments);
    values
        .map(|pair| value(pair).ok_or_else(|| format!("`{}` is not an {}", pair.1, pair.0)))
        .collect()
}

fn show_exports(out: &mut impl Write, store: &impl Engine, instance: InstanceAddr) -> Outcome {
    for (name, item) in store.exports(instance) {
        match item.func().and_then(|function| store.func_type(function)) {
            Some(ty) => writeln!(out, "  {name}: {}", format!("func {ty}").trim_end())?,
            None => writeln!(out, "  {name}: {}", kind(item))?,
        }
    }
    writeln!(out)?;
    Ok(())
}

fn kind(item: Extern) -> &'static str {
    match item {
        Extern::Func(_) => "func",
        Extern::Table(_) => "table",
        Extern::Memory(_) => "memory",
        Extern::Global(_) => "global",
        Extern::Tag(_) => "tag",
    }
}

fn text(outcome: Result<Vec<Value>, ch12_instance::Error>) -> String {
    match outcome {
        Ok(values) => texts(&values),
        Err(error) => error.to_string(),
    }
}

fn texts(values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.join(", ")
}
