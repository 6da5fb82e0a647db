//! Links two modules and the host; or runs a function of a file.

use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use annex_embedding::{
    Caller, Engine, Extern, HostError, Imports, InstanceAddr, Value,
};
use ch07_values::NumType;
use ch09_module::{FuncType, ValType};
use ch12_instance::{ModuleInstance, Store};
use trace::Counter;

type Outcome = Result<(), Box<dyn Error>>;

const USAGE: &str = "usage: ch12-instance [FILE [FUNCTION [ARGUMENT…]]]";
const SCORES: &[u8] = include_bytes!("../programs/scores.wat");
const PLAYER: &[u8] = include_bytes!("../programs/player.wat");
const COACH: &[u8] = include_bytes!("../programs/coach.wat");

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let is_option =
        |argument: &&OsString| argument.as_encoded_bytes().starts_with(b"-");
    if let Some(option) = arguments.first().filter(is_option) {
        let option = option.display();
        let _ =
            writeln!(io::stderr(), "error: unknown option `{option}`\n{USAGE}");
        return ExitCode::from(2);
    }
    let out = &mut io::stdout().lock();
    trace::report(match &arguments[..] {
        [] => demo(out),
        [file] => exports(out, file.as_ref()),
        [file, function, arguments @ ..] => {
            run(out, file.as_ref(), function, arguments)
        }
    })
}

/// Links two modules and the host, plays, and then asks for what cannot be had.
fn demo(out: &mut impl Write) -> Outcome {
    let mut store: Store<Counter> = Store::default();
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "cheer", |points: i32| {
        f64::from(points).sqrt()
    });

    let scores = store.instantiate(SCORES, &Imports::new())?;
    writeln!(out, "An instance of $scores:")?;
    show_lists(out, &store.data().instances[scores.index()])?;
    show_exports(out, &store, scores)?;

    imports.instance(&store, "scores", scores);
    let player = store.instantiate(PLAYER, &imports)?;
    writeln!(out, "An instance of $player, linked to it and to the host:")?;
    show_lists(out, &store.data().instances[player.index()])?;
    show_exports(out, &store, player)?;

    for (points, rule) in [(7, 0), (4, 1)] {
        let arguments = [points.into(), rule.into()];
        let results = store.call(player, "play", &arguments)?;
        writeln!(out, "play({points}, {rule}) = {}", texts(&results))?;
    }
    let memory = store.export(scores, "memory").and_then(Extern::memory);
    let bytes = memory.map_or(&[][..], |memory| &store.memory(memory)[..12]);
    writeln!(out, "$scores' memory, to which $player wrote by calling it:")?;
    writeln!(out, "  {bytes:?}")?;
    let count = store.export(scores, "count").and_then(Extern::global);
    if let Some(count) = count.and_then(|count| store.global(count)) {
        writeln!(out, "$scores' count: {count}")?;
    }
    if let Some(instructions) = store.instructions() {
        writeln!(out, "Instructions so far: {instructions}\n")?;
    }

    let third = store.call(player, "play", &[7.into(), 2.into()]);
    tell(out, "play(7, 2)", third)?;
    let wrong = store.call(player, "play", &[7.into(), 2.5.into()]);
    tell(out, "play(7, 2.5)", wrong)?;
    let alone = store.instantiate(PLAYER, &Imports::new()).map(|_| Vec::new());
    tell(out, "$player alone", alone)?;
    imports.func(&mut store, "host", "cheer", |points: f64| points);
    let deaf = store.instantiate(PLAYER, &imports).map(|_| Vec::new());
    tell(out, "$player with another host", deaf)?;

    imports.func(&mut store, "host", "shout", shout);
    let coach = store.instantiate(COACH, &imports)?;
    store.call(coach, "shout", &[0.into(), 12.into()])?;
    let memory = store.export(coach, "memory").and_then(Extern::memory);
    let bytes = memory.map_or(&[][..], |memory| &store.memory(memory)[..12]);
    let words = String::from_utf8_lossy(bytes);
    writeln!(out, "\n$coach's memory after shout(0, 12): {words}")?;
    let shouted = store.call(coach, "shout", &[65_530.into(), 12.into()]);
    tell(out, "shout(65530, 12)", shouted)?;
    Ok(())
}

/// Replaces letters in the caller's memory. Which letter replaces another is
/// asked of the caller's own function `louder`.
fn shout(
    caller: &mut Caller<'_>,
    at: u32,
    length: u32,
) -> Result<(), HostError> {
    let coach = caller.instance().ok_or("there is no instance to ask")?;
    for place in (at as usize..).take(length as usize) {
        let memory = caller.memory().ok_or("there is no memory")?;
        let letter = *memory.get(place).ok_or("the text is not in memory")?;
        let letter = [i32::from(letter).into()];
        let louder = caller.engine().call(coach, "louder", &letter)?;
        let louder = louder.first().and_then(|value| value.i32());
        let memory = caller.memory().ok_or("there is no memory")?;
        memory[place] = louder.ok_or("there is no letter")? as u8;
    }
    Ok(())
}

/// Prints what a file exports.
fn exports(out: &mut impl Write, file: &Path) -> Outcome {
    let (store, instance) = load(file)?;
    writeln!(out, "{} exports:", file.display())?;
    show_exports(out, &store, instance)
}

/// Calls a function that a file exports.
fn run(
    out: &mut impl Write,
    file: &Path,
    name: &OsStr,
    arguments: &[OsString],
) -> Outcome {
    let (mut store, instance) = load(file)?;
    let name = text(name)?;
    let function = store.export(instance, name).and_then(Extern::func);
    let ty = function.and_then(|function| store.func_type(function));
    let ty =
        ty.ok_or_else(|| format!("there is no exported function `{name}`"))?;
    let arguments = parse(&ty, name, arguments)?;
    let results = store.call(instance, name, &arguments)?;
    results.iter().try_for_each(|result| writeln!(out, "{result}"))?;
    Ok(())
}

fn load(file: &Path) -> Result<(Store, InstanceAddr), Box<dyn Error>> {
    let shown = file.display();
    let bytes = fs::read(file)
        .map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    let mut store = Store::default();
    let instance = store.instantiate(&bytes, &Imports::new());
    Ok((store, instance.map_err(|error| format!("{shown}: {error}"))?))
}

/// An argument of the command line that has to be text.
fn text(argument: &OsStr) -> Result<&str, String> {
    let wrong = || format!("`{}` is not UTF-8", argument.display());
    argument.to_str().ok_or_else(wrong)
}

/// Reads the arguments of a command line as values of the function's types.
fn parse(
    ty: &FuncType,
    name: &str,
    arguments: &[OsString],
) -> Result<Vec<Value>, String> {
    if arguments.len() != ty.params.len() {
        return Err(format!(
            "`{name}` is a func {ty}, and takes {} arguments, not {}",
            ty.params.len(),
            arguments.len()
        ));
    }
    let value = |(ty, argument): (&ValType, &OsString)| -> Option<Value> {
        let ValType::Num(ty) = ty else { return None };
        let text = argument.to_str()?;
        Some(match ty {
            NumType::I32 => text.parse::<i32>().ok()?.into(),
            NumType::I64 => text.parse::<i64>().ok()?.into(),
            NumType::F32 => text.parse::<f32>().ok()?.into(),
            NumType::F64 => text.parse::<f64>().ok()?.into(),
        })
    };
    let values = ty.params.iter().zip(arguments).map(|pair| {
        let (ty, argument) = pair;
        let wrong = || format!("`{}` is not an {ty}", argument.display());
        value(pair).ok_or_else(wrong)
    });
    values.collect()
}

/// Prints the address that each index of an instance means.
fn show_lists(out: &mut impl Write, instance: &ModuleInstance) -> Outcome {
    let ModuleInstance { functions, tables, memories, globals, .. } = instance;
    let functions: Vec<u32> = functions.iter().map(|it| it.0).collect();
    let tables: Vec<u32> = tables.iter().map(|it| it.0).collect();
    let memories: Vec<u32> = memories.iter().map(|it| it.0).collect();
    let globals: Vec<u32> = globals.iter().map(|it| it.0).collect();
    write!(out, "  functions {functions:?}, tables {tables:?}, ")?;
    writeln!(out, "memories {memories:?}, globals {globals:?}")?;
    Ok(())
}

fn show_exports(
    out: &mut impl Write,
    store: &impl Engine,
    instance: InstanceAddr,
) -> Outcome {
    for (name, item) in store.exports(instance) {
        match item.func().and_then(|function| store.func_type(function)) {
            Some(ty) => {
                writeln!(out, "  {name}: {}", format!("func {ty}").trim_end())?
            }
            None => writeln!(out, "  {name}: {}", kind(*item))?,
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

/// Prints what came of an attempt.
fn tell(
    out: &mut impl Write,
    what: &str,
    outcome: Result<Vec<Value>, annex_embedding::Error>,
) -> Outcome {
    let text = match outcome {
        Ok(values) => texts(&values),
        Err(error) => error.to_string(),
    };
    writeln!(out, "{}", trace::fit(&format!("{what}: {text}"), 2))?;
    Ok(())
}

fn texts(values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.join(", ")
}
