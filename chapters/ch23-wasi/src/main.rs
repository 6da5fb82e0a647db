//! A guest reads the file that it may read, and no other. A stranger asks for
//! more, and a sleeper is moved with its open file. Then two microcontrollers
//! blink side by side, on one thread.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ch22_embed::{Engine, Error, Instance, Linker, Module, Store, Thawed};
use ch23_wasi::{
    DirPerms, Errno, I32Exit, MemoryOutputPipe, Sketch, Sleep, WasiCtx,
    WasiCtxBuilder, add_to_linker,
};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const CAT: &str = include_str!("../programs/cat.wat");
const STRANGER: &str = include_str!("../programs/stranger.wat");
const SLEEPER: &str = include_str!("../programs/sleeper.wat");
const BLINK: &str = include_str!("../programs/blink.wat");
const CHASER: &str = include_str!("../programs/chaser.wat");

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    files(out)?;
    stranger(out)?;
    sleeper(out)?;
    boards(out)?;
    Ok(())
}

/// What each of these guests gets: the folder `programs`, for reading.
fn grant() -> io::Result<WasiCtxBuilder> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut wasi = WasiCtx::builder();
    wasi.preopened_dir(folder, "/", DirPerms::ReadOnly)?;
    Ok(wasi)
}

fn linker(engine: &Engine) -> Result<Linker<WasiCtx>, Error> {
    let mut linker = Linker::new(engine);
    add_to_linker(&mut linker, |wasi| wasi)?;
    Ok(linker)
}

/// A guest that is ready to run.
fn load(text: &str, wasi: WasiCtx) -> Outcome<(Store<WasiCtx>, Instance)> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, wasi);
    let module = Module::new(&engine, text)?;
    let instance = linker(&engine)?.instantiate(&mut store, &module)?;
    Ok((store, instance))
}

/// `cat` may read one folder. It tries some others.
fn files(out: &mut impl Write) -> Outcome {
    writeln!(out, "`cat` may read the folder `programs`:")?;
    for path in ["note.txt", "./note.txt", "no.txt", "../Cargo.toml", "/etc"] {
        let (code, text) = cat(path)?;
        let error = u16::try_from(code).ok().and_then(Errno::from_number);
        let words = error.map_or(text, |error| error.to_string());
        let words = words.trim_end();
        writeln!(out, "  cat {path:<14} exit code {code:<2}  {words}")?;
    }
    Ok(())
}

/// Runs `cat` with a path. Its exit code, and what it has written.
fn cat(path: &str) -> Outcome<(i32, String)> {
    let output = MemoryOutputPipe::new(1000);
    let wasi = grant()?.args(["cat", path]).stdout(output.clone()).build();
    let (mut store, instance) = load(CAT, wasi)?;
    let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
    let code = match start.call(&mut store, ()) {
        Ok(()) => 0,
        Err(error) => error.downcast::<I32Exit>()?.0,
    };
    Ok((code, String::from_utf8(output.take())?))
}

/// A guest that asks for what it wasn't granted.
fn stranger(out: &mut impl Write) -> Outcome {
    let (mut store, instance) = load(STRANGER, grant()?.build())?;
    let mut ask = |name| {
        let ask = instance.get_typed_func::<(), i32>(&mut store, name)?;
        ask.call(&mut store, ())
    };
    let (read, gone) = (ask("read")?, ask("gone")?);
    let folder = match ask("folder")? {
        0 => "made".to_owned(),
        code => format!("error {code}"),
    };
    let write = match (ask("open")?, ask("write")?) {
        (0, code) => format!("opened, and then error {code}"),
        (code, _) => format!("error {code}"),
    };
    writeln!(out, "\nA stranger asks for more:")?;
    writeln!(out, "  a part out of bounds   error {read}, {gone} bytes gone")?;
    writeln!(out, "  a new folder           {folder}")?;
    writeln!(out, "  `note.txt`, to write   {write}")?;
    Ok(())
}

/// A guest that reads a little, and sleeps. While it does, it's moved.
fn sleeper(out: &mut impl Write) -> Outcome {
    let output = MemoryOutputPipe::new(1000);
    let wasi = grant()?.stdout(output.clone()).suspending(true).build();
    let (mut store, instance) = load(SLEEPER, wasi)?;
    let start = instance.get_func(&store, "_start").ok_or("no `_start`")?;
    let call = start.call_resumable(&mut store, &[])?.paused();
    let call = call.ok_or("it doesn't sleep")?;
    let seconds = Sleep::of(&call).map_or(0, |sleep| sleep.time().as_secs());
    let text = String::from_utf8(output.take())?;
    writeln!(out, "\nA sleeper, with a file that's open:")?;
    writeln!(out, "  it reads `{text}`, and sleeps for {seconds} s")?;
    let frozen = (store.freeze(&[&call])?, store.data_mut().freeze()?);
    drop(store);
    elsewhere(out, &frozen.0, &frozen.1)?;
    Ok(())
}

/// The sleeper wakes in another store, as it would in another process.
fn elsewhere(out: &mut impl Write, store: &[u8], wasi: &[u8]) -> Outcome {
    let output = MemoryOutputPipe::new(1000);
    let wasi = grant()?.stdout(output.clone()).thaw(wasi)?;
    let engine = Engine::default();
    let thawed = Store::thaw(&engine, wasi, &linker(&engine)?, store)?;
    let Thawed { mut store, mut calls, .. } = thawed;
    Sleep::wake(calls.remove(0), &mut store)?;
    let text = String::from_utf8(output.take())?;
    writeln!(out, "  thawed, it reads `{}`", text.trim_end())?;
    Ok(())
}

/// Two boards for a second and a half of theirs. The one that wakes first is
/// next, and a line shows what has changed before the time moves on.
fn boards(out: &mut impl Write) -> Outcome {
    let engine = Engine::default();
    let load = |text| -> Result<(Duration, Sketch), Error> {
        let sketch = Sketch::new(&engine, &Module::new(&engine, text)?)?;
        Ok((Duration::ZERO, sketch))
    };
    writeln!(out, "\nTwo boards, one thread:")?;
    let mut boards = [load(BLINK)?, load(CHASER)?];
    let mut now = Duration::ZERO;
    while now < Duration::from_millis(1500) {
        for (wakes, sketch) in &mut boards {
            while *wakes == now {
                *wakes += sketch.advance()?;
            }
        }
        write!(out, "{:>6} ms ", now.as_millis())?;
        for (_, sketch) in &boards {
            write!(out, "  {}", sketch.board())?;
        }
        for (_, sketch) in &mut boards {
            let printed = sketch.board_mut().take_output();
            if !printed.is_empty() {
                write!(out, "  {}", String::from_utf8(printed)?)?;
            }
        }
        writeln!(out)?;
        let next = boards.iter().map(|(wakes, _)| *wakes).min();
        now = next.unwrap_or(Duration::MAX);
    }
    Ok(())
}
