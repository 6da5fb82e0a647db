//! A guest reads the file that it may read, and no other. Then two
//! microcontrollers blink side by side, on one thread.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ch22_embed::{Engine, Error, Linker, Module, Store};
use ch23_wasi::{
    DirPerms, Errno, I32Exit, MemoryOutputPipe, Sketch, WasiCtx, add_to_linker,
};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const CAT: &str = include_str!("../programs/cat.wat");
const BLINK: &str = include_str!("../programs/blink.wat");
const CHASER: &str = include_str!("../programs/chaser.wat");

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    files(out)?;
    boards(out)?;
    Ok(())
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let output = MemoryOutputPipe::new(1000);
    let wasi = WasiCtx::builder()
        .args(["cat", path])
        .stdout(output.clone())
        .preopened_dir(folder, "/", DirPerms::ReadOnly)?
        .build();
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, |wasi| wasi)?;
    let mut store = Store::new(&engine, wasi);
    let module = Module::new(&engine, CAT)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
    let code = match start.call(&mut store, ()) {
        Ok(()) => 0,
        Err(error) => error.downcast::<I32Exit>()?.0,
    };
    Ok((code, String::from_utf8(output.take())?))
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
