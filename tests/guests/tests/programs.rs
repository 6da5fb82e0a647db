//! Each guest runs on every machine, and must do the same on each, to the byte.

use std::path::Path;
use std::{env, fs};

use ch22_embed::{Config, Engine, Linker, Module, Store, Strategy};
use ch23_wasi::{
    DirPerms, I32Exit, MemoryInputPipe, MemoryOutputPipe, WasiCtx, WasiCtxBuilder, add_to_linker,
};

// The library takes text too.
const ECHO: &[u8] = include_bytes!("../sources/wat/echo.wat");
const WC: &[u8] = include_bytes!("../modules/wc.wasm");
const FREQUENT: &[u8] = include_bytes!("../modules/frequent.wasm");
const TREE: &[u8] = include_bytes!("../modules/tree.wasm");
const INDEX: &[u8] = include_bytes!("../modules/index.wasm");

/// Runs a guest on every machine. It must end with this exit code and have written this to the standard output and to
/// the standard error.
fn runs(module: &[u8], give: impl Fn(&mut WasiCtxBuilder), code: i32, out: &str, error: &str) {
    for strategy in Strategy::ALL {
        let engine = Engine::new(Config::new().strategy(strategy));
        let (stdout, stderr) = (MemoryOutputPipe::new(1 << 20), MemoryOutputPipe::new(1 << 20));
        let mut builder = WasiCtx::builder();
        give(builder.stdout(stdout.clone()).stderr(stderr.clone()));
        let mut store = Store::new(&engine, builder.build());
        let mut linker = Linker::new(&engine);
        add_to_linker(&mut linker, |wasi| wasi).unwrap();
        let module = Module::new(&engine, module).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let start = instance.get_typed_func::<(), ()>(&mut store, "_start").unwrap();
        let ended = match start.call(&mut store, ()) {
            Ok(()) => 0,
            Err(error) => error.downcast::<I32Exit>().unwrap().0,
        };
        let text = |pipe: MemoryOutputPipe| String::from_utf8(pipe.take()).unwrap();
        let did = (ended, text(stdout), text(stderr));
        assert_eq!(did, (code, out.to_owned(), error.to_owned()), "on {}", strategy.name());
    }
}

/// A folder with two files and a folder.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("poem"), "the order is\nthe formula\n").unwrap();
    fs::write(folder.path().join("empty"), "").unwrap();
    fs::create_dir(folder.path().join("below")).unwrap();
    fs::write(folder.path().join("below/note"), "one  two").unwrap();
    folder
}

fn grant(builder: &mut WasiCtxBuilder, folder: &Path) {
    builder.preopened_dir(folder, "/", DirPerms::ReadOnly).unwrap();
}

#[test]
fn echo_prints_its_arguments() {
    let with = |words: &'static [&str]| {
        move |builder: &mut WasiCtxBuilder| {
            builder.args(words.iter().copied());
        }
    };
    runs(ECHO, with(&["echo", "from", "a", "", "stack"]), 0, "from a  stack\n", "");
    runs(ECHO, with(&["echo"]), 0, "\n", "");
    runs(ECHO, with(&[]), 0, "\n", "");
    // More than the memory has at first.
    let long = "rocket ".repeat(30_000);
    let give = |builder: &mut WasiCtxBuilder| {
        builder.args(["echo", &long]);
    };
    runs(ECHO, give, 0, &format!("{long}\n"), "");
}

#[test]
fn wc_counts_files_and_says_which_are_not_there() {
    let folder = folder();
    let give = |builder: &mut WasiCtxBuilder| {
        grant(builder.args(["wc", "poem", "below/note", "no", "empty"]), folder.path());
    };
    let out = "      2       5      25 poem\n      0       2       8 below/note\n      0       0       0 empty\n      2       7      33 total\n";
    runs(WC, give, 1, out, "wc: no: No such file or directory\n");
}

#[test]
fn wc_counts_its_input() {
    let give = |builder: &mut WasiCtxBuilder| {
        builder.arg("wc").stdin(MemoryInputPipe::new("a\tb\nc"));
    };
    runs(WC, give, 0, "      1       3       5 -\n", "");
}

#[test]
fn frequent_sorts_words() {
    let input = "The order is the formula. The ORDER!";
    let give = |builder: &mut WasiCtxBuilder| {
        builder.arg("frequent").env("TOP", "3").stdin(MemoryInputPipe::new(input));
    };
    runs(FREQUENT, give, 0, "   3 the\n   2 order\n   1 formula\n", "");
    let give = |builder: &mut WasiCtxBuilder| {
        builder.args(["frequent", "--longest"]).stdin(MemoryInputPipe::new(input));
    };
    runs(FREQUENT, give, 0, "   1 formula\n   2 order\n   3 the\n   1 is\n", "");
    let give = |builder: &mut WasiCtxBuilder| {
        builder.args(["frequent", "--loud"]);
    };
    let error = "frequent: there is no option `--loud`, only `--longest`\n";
    runs(FREQUENT, give, 2, "", error);
}

#[test]
fn tree_lists_a_directory() {
    let folder = folder();
    let give = |builder: &mut WasiCtxBuilder| grant(builder.args(["tree"]), folder.path());
    let out = ".\n  below/\n    note (8 bytes)\n  empty (0 bytes)\n  poem (25 bytes)\n1 directories, 3 files\n";
    runs(TREE, give, 0, out, "");
    let give = |builder: &mut WasiCtxBuilder| grant(builder.args(["tree", "no"]), folder.path());
    runs(TREE, give, 1, "", "tree: no: FileNotFound\n");
}

#[test]
fn index_finds_each_word() {
    let folder = folder();
    let give = |builder: &mut WasiCtxBuilder| {
        builder
            .args(["index", "poem", "no", "-"])
            .stdin(MemoryInputPipe::new("Over the ÖRDER\n\nis"));
        grant(builder, folder.path());
    };
    let out = "the          1:1 1:2 3:1\nis           1:1 3:3\nformula      1:2\norder        1:1\n\
        over         3:1\nörder        3:1\n";
    runs(INDEX, give, 1, out, "index: no: No such file or directory (os error 44)\n");
}

/// Go's module is too large to be committed. `GUESTS_REQUIRE_ALL` makes its absence an error.
#[test]
fn anagrams_finds_words_of_the_same_letters() {
    let Some(module) =
        guests::own::built(Path::new(env!("CARGO_MANIFEST_DIR")), "anagrams").unwrap()
    else {
        let missing = "anagrams isn't built: `cargo workbook guest --own` builds it, with Go";
        assert!(env::var_os("GUESTS_REQUIRE_ALL").is_none(), "{missing}");
        println!("skipped: {missing}");
        return;
    };
    let folder = folder();
    fs::write(folder.path().join("one"), "Evil, stale: least!").unwrap();
    fs::write(folder.path().join("two"), "Vile vile steal. order").unwrap();
    let give = |builder: &mut WasiCtxBuilder| {
        grant(builder.args(["anagrams", "one", "no", "two"]), folder.path());
    };
    let out = "evil vile\nleast stale steal\n";
    runs(&module, give, 1, out, "anagrams: open no: No such file or directory\n");
}
