//! Big programs of other people on the library of chapter 22 with the WASI of chapter 23. Each is one function here: it says
//! what the program does, and what has to come out.

mod desk;
mod emscripten;
mod ours;

use std::fs;
use std::process::Command;
use std::time::Duration;

use guests::file;

pub use desk::{BoxError, Desk, MOST, Machine, Session};
pub use ours::Ours;

/// A program: its name, and the function that runs it and checks the results.
pub type Program = (&'static str, fn(&mut Desk<'_>) -> Result<(), BoxError>);

/// All programs.
pub const PROGRAMS: [Program; 10] = [
    ("SQLite", sqlite),
    ("Ruby", ruby),
    ("CPython", cpython),
    ("clang", clang),
    ("PHP", php),
    ("QuickJS", quickjs),
    ("Lua", lua),
    ("gofmt", gofmt),
    ("zig fmt", zig_fmt),
    ("icepll", icepll),
];

/// Runs a program so many times on a machine. Returns the shortest times, until it is ready and in its code, and what came out.
///
/// # Errors
///
/// It can't be run, or something else came out than must.
pub fn measure(
    machine: &dyn Machine,
    program: fn(&mut Desk<'_>) -> Result<(), BoxError>,
    rounds: u32,
) -> Result<([Duration; 2], String), BoxError> {
    let (mut shortest, mut came_out) = ([Duration::MAX; 2], String::new());
    for _ in 0..rounds {
        let mut desk = Desk::new(machine)?;
        program(&mut desk)?;
        shortest = [shortest[0].min(desk.start_up), shortest[1].min(desk.running)];
        came_out = desk.came_out;
    }
    Ok((shortest, came_out))
}

/// SQLite makes a table and answers a query. The file is one of SQLite's afterwards, and another run finds everything in it.
/// (This build has no `pragma integrity_check`.)
fn sqlite(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    let script = include_str!("../files/stars.sql").replace('\n', " ");
    let found = desk.run(file("sqlite.wasm"), &["sqlite", "/stars.db", &script])?;
    desk.expect(&found, "Proxima Centauri|4.2\nSirius|8.6\nAltair|16.7\n")?;
    let bytes = fs::read(desk.path("stars.db"))?;
    if !bytes.starts_with(b"SQLite format 3\0") || bytes.len() != 8192 {
        return Err(format!("the file has {} bytes, not two pages of 4,096", bytes.len()).into());
    }
    let script = "select count(*), sum(distance) from stars";
    let found = desk.run(file("sqlite.wasm"), &["sqlite", "/stars.db", script])?;
    desk.expect(&found, "4|54.5\n")
}

/// Ruby prints a Mandelbrot set.
fn ruby(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    desk.write("mandelbrot.rb", include_str!("../files/mandelbrot.rb"))?;
    let found = desk.run(file("ruby.wasm"), &["ruby", "/mandelbrot.rb"])?;
    desk.expect(&found, include_str!("../files/mandelbrot.txt"))
}

/// CPython goes through a directory by a generator, with `re` and `json`.
fn cpython(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    desk.write("stars/vega.json", r#"{"name": "Vega", "distance": 25.0}"#)?;
    desk.write("stars/sirius.json", r#"{"name": "Sirius", "distance": 8.6}"#)?;
    desk.write("stars/note.txt", "not a star")?;
    desk.write("walk.py", include_str!("../files/walk.py"))?;
    let found = desk.run(file("cpython.wasm"), &["python", "/walk.py"])?;
    desk.expect(&found, "33.6 ['Sirius', 'Vega']\n")
}

/// Clang compiles a C program, its linker links it, and the module that they have made runs, too.
fn clang(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(file("clang-fs.tar.gz")).arg("-C").arg(desk.path(""));
    if !tar.status().map_err(|error| format!("cannot run tar: {error}"))?.success() {
        return Err("tar doesn't unpack clang-fs.tar.gz".into());
    }
    desk.write("hello.c", include_str!("../files/hello.c"))?;
    let compile = "clang -cc1 -triple wasm32-unknown-wasi -isysroot /sys -internal-isystem /sys/include \
        -internal-isystem /sys/lib/clang/8.0.1/include -O2 -emit-obj -o /hello.o /hello.c";
    let words: Vec<&str> = compile.split_whitespace().collect();
    desk.run(file("clang.wasm"), &words)?;
    let link = "wasm-ld --no-threads -L/sys/lib/wasm32-wasi /sys/lib/wasm32-wasi/crt1.o /hello.o -lc -o /hello.wasm";
    let words: Vec<&str> = link.split_whitespace().collect();
    desk.run(file("wasm-ld.wasm"), &words)?;
    let found = desk.run(desk.path("hello.wasm"), &["hello"])?;
    desk.expect(&found, "1 + 2 + ... + 100 = 5050\n")
}

/// PHP renders a page.
fn php(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    desk.write("page.php", include_str!("../files/page.php"))?;
    let found = desk.run(file("php.wasm"), &["php", "/page.php"])?;
    let (_, page) = found.split_once("\r\n\r\n").ok_or("PHP prints no headers")?;
    desk.expect(
        page,
        "<!doctype html>\n<title>Stars &amp; planets</title>\n<ul>\n<li>Sirius: 8.6 light years\n\
         <li>Vega: 25.0 light years\n</ul>\n",
    )
}

/// QuickJS sorts a JSON. It has no `main`: the host hands it a text, and asks for the value.
fn quickjs(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    const SCRIPT: &str = r#"JSON.stringify(JSON.parse('[{"n":"Vega","d":25},{"n":"Sirius","d":8.6}]').sort((a, b) => a.d - b.d))"#;
    let mut session = desk.load(file("quickjs.wasm"), &[])?;
    desk.call(&mut session, "_initialize", &[])?;
    desk.call(&mut session, "qjs_init", &[])?;
    let mut pass = |desk: &mut Desk<'_>, text: &str| -> Result<i32, BoxError> {
        let address = one(&desk.call(&mut session, "wasm_malloc", &[text.len() as i32 + 1])?)?;
        session.write(address, text.as_bytes())?;
        session.write(address + text.len() as i32, &[0])?;
        Ok(address)
    };
    let (script, name) = (pass(desk, SCRIPT)?, pass(desk, "sort.js")?);
    let length = SCRIPT.len() as i32;
    let value = one(&desk.call(&mut session, "qjs_eval", &[script, length, name, 0])?)?;
    let address = one(&desk.call(&mut session, "qjs_get_string", &[value])?)?;
    let length = one(&desk.call(&mut session, "strlen", &[address])?)?;
    desk.expect(
        &text(&mut session, address, length)?,
        r#"[{"n":"Sirius","d":8.6},{"n":"Vega","d":25}]"#,
    )
}

/// Lua reads a table of stars with a coroutine, patterns, a sort and closures, and catches an error. It has no `main` either.
fn lua(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    let script = [include_bytes!("../files/stars.lua"), &b"\0"[..]].concat();
    let mut session = desk.load(file("lua.wasm"), &[])?;
    desk.call(&mut session, "emscripten_stack_init", &[])?;
    desk.call(&mut session, "__wasm_call_ctors", &[])?;
    let state = one(&desk.call(&mut session, "luaL_newstate", &[])?)?;
    desk.call(&mut session, "luaL_openlibs", &[state])?;
    let address = one(&desk.call(&mut session, "malloc", &[script.len() as i32])?)?;
    session.write(address, &script)?;
    let outcome = match one(&desk.call(&mut session, "luaL_loadstring", &[state, address])?)? {
        0 => one(&desk.call(&mut session, "lua_pcallk", &[state, 0, 0, 0, 0, 0])?)?,
        error => error,
    };
    if outcome != 0 {
        return Err(format!("the script ends with error {outcome}").into());
    }
    desk.expect(
        &String::from_utf8(session.printed())?,
        "1 Proxima Centauri   4.2\n2 Sirius             8.6\n3 Altair            16.7\n4 Vega              25.0\n\
         farthest:\t25.0\nfalse\t[string \"-- Each line of the text is a star: its name,...\"]:37: \
         attempt to index a nil value (field 'integer index')\n",
    )
}

/// gofmt formats a file. The text goes through its memory.
fn gofmt(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    let source = "package main\nfunc  main( ) {\nx:=[]int{1,2 ,3}\nfor _,v:=range x{println(v)}}\n";
    let mut session = desk.load(file("gofmt.wasm"), &[])?;
    desk.call(&mut session, "_initialize", &[])?;
    let address = one(&desk.call(&mut session, "alloc", &[source.len() as i32])?)?;
    session.write(address, source.as_bytes())?;
    let status = one(&desk.call(&mut session, "format", &[])?)?;
    let address = one(&desk.call(&mut session, "output_ptr", &[])?)?;
    let length = one(&desk.call(&mut session, "output_len", &[])?)?;
    let found = text(&mut session, address, length)?;
    if status != 1 {
        return Err(found.into());
    }
    desk.expect(
        &found,
        "package main\n\nfunc main() {\n\tx := []int{1, 2, 3}\n\tfor _, v := range x {\n\t\tprintln(v)\n\t}\n}\n",
    )
}

/// zig fmt formats a file, too.
fn zig_fmt(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    let source = "const std=@import(\"std\");\npub fn main( ) void{const x=1+2; _=x;}\n";
    let mut session = desk.load(file("zig_fmt.wasm"), &[])?;
    let length = source.len() as i32;
    let address = one(&desk.call(&mut session, "alloc", &[length])?)?;
    session.write(address, source.as_bytes())?;
    let [address, length] = desk.call(&mut session, "format", &[address, length])?[..] else {
        return Err("zig fmt returns no text".into());
    };
    desk.expect(
        &text(&mut session, address, length)?,
        "const std = @import(\"std\");\npub fn main() void {\n    const x = 1 + 2;\n    _ = x;\n}\n",
    )
}

/// icepll computes the settings of a PLL: 60 MHz of 12 MHz.
fn icepll(desk: &mut Desk<'_>) -> Result<(), BoxError> {
    let found = desk.run(file("icepll.wasm"), &["icepll", "-i", "12", "-o", "60"])?;
    desk.came_out.push_str(&found);
    for line in ["F_PLLOUT:   60.000 MHz (achieved)", "DIVF: 79 (7'b1001111)", "DIVQ:  4 (3'b100)"]
    {
        if !found.lines().any(|found| found == line) {
            return Err(format!("expected a line `{line}`, found:\n{found}").into());
        }
    }
    Ok(())
}

/// The one result of a function.
fn one(results: &[i32]) -> Result<i32, BoxError> {
    results.first().copied().ok_or_else(|| "the function returns nothing".into())
}

/// A text in a module's memory.
fn text(session: &mut Box<dyn Session>, address: i32, length: i32) -> Result<String, BoxError> {
    Ok(String::from_utf8(session.read(address, length)?)?)
}
