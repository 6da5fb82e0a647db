//! The instructions that the machine knows at the end of Part II, as the book's cheat sheet lists them.
//!
//! Names, bytes and types of numbers, loads and stores come from their tables. The other families have no table; what they mean is
//! written here, and the rest is asked of the crates: each is assembled, and `ch09` must read it back under the name it has here.

use std::fs;
use std::path::Path;

use ch07_values::{NumType, Operand};
use ch08_numeric::{Numeric, Row};
use ch09_module::Module;
use wasmparser::{Parser, Payload};

/// A family of instructions.
pub struct Family {
    /// What it is called.
    pub name: &'static str,
    /// Its instructions.
    pub rows: Vec<Operator>,
}

/// An instruction.
#[derive(Debug, PartialEq, Eq)]
pub struct Operator {
    /// Its bytes, without its immediates: `6a`, `fc 08`.
    pub bytes: String,
    /// Its name, with letters for its immediates.
    pub name: String,
    /// What it takes and leaves.
    pub ty: String,
    /// What it does.
    pub meaning: String,
    /// The crates of the chapters that it comes in.
    pub chapters: Vec<String>,
}

/// All families, in the order in which their opcodes begin.
pub fn operators() -> Vec<Family> {
    let toy = toy();
    let family = |name, rows: Vec<Operator>| Family { name, rows };
    let written =
        |name, rows: &[Written]| family(name, rows.iter().map(|row| row.operator(&toy)).collect());
    vec![
        written("Control", CONTROL),
        written("Operands of any type", PARAMETRIC),
        written("Variables", VARIABLES),
        written("Tables", TABLES),
        family("Loads", loads(&toy)),
        family("Stores", stores(&toy)),
        written("Memory", MEMORY),
        written("Constants", CONSTANTS),
        family("Numbers", Numeric::TABLE.iter().map(|row| numeric(row, &toy)).collect()),
        written("References", REFERENCES),
    ]
}

impl Family {
    /// All families as JSON, an instruction a line.
    ///
    /// # Errors
    /// None that an instruction is known to cause.
    pub fn text(families: &[Family]) -> serde_json::Result<String> {
        let mut parts = Vec::new();
        for family in families {
            let mut rows = Vec::new();
            for row in &family.rows {
                rows.push(serde_json::to_string(&serde_json::json!({
                    "bytes": row.bytes,
                    "name": row.name,
                    "type": row.ty,
                    "meaning": row.meaning,
                    "chapters": row.chapters,
                }))?);
            }
            let name = serde_json::to_string(family.name)?;
            parts.push(format!("{{\"name\": {name}, \"rows\": [\n{}\n]}}", rows.join(",\n")));
        }
        Ok(format!("[\n{}\n]\n", parts.join(",\n")))
    }
}

/// The chapter that executes a family.
const MEMORY_CHAPTER: &str = "ch10-memory";
const CORE: &str = "ch11-control";
const STORE: &str = "ch12-instance";

/// A family that has no table, row by row.
struct Written {
    /// An example of it as text. What follows the name are its immediates.
    example: &'static str,
    /// The letters for the immediates.
    immediates: &'static str,
    ty: &'static str,
    meaning: &'static str,
    chapter: &'static str,
}

const fn written(
    chapter: &'static str,
    example: &'static str,
    immediates: &'static str,
    ty: &'static str,
    meaning: &'static str,
) -> Written {
    Written { example, immediates, ty, meaning, chapter }
}

const CONTROL: &[Written] = &[
    written(CORE, "unreachable", "", "any →", "traps"),
    written(CORE, "nop", "", "→", "does nothing"),
    written(CORE, "block", "type … end", "as the type", "executes; its label stands at its end"),
    written(
        CORE,
        "loop",
        "type … end",
        "as the type",
        "executes; its label stands at its beginning",
    ),
    written(
        CORE,
        "if",
        "type … else … end",
        "i32, and as the type",
        "the first sequence if `x != 0`, else the second",
    ),
    written(CORE, "br 0", "l", "any →", "branches to the label that is `l` out"),
    written(CORE, "br_if 0", "l", "i32 →", "branches if `x != 0`"),
    written(
        CORE,
        "br_table 0 0",
        "l… d",
        "i32, any →",
        "branches to the label with number `x`, or else to `d`",
    ),
    written(CORE, "return", "", "any →", "leaves the function"),
    written(CORE, "call 0", "f", "as the function", "calls function `f`"),
    written(
        CORE,
        "call_indirect (type 0)",
        "t y",
        "i32, and as the type",
        "calls what table `t` has at `x`; traps unless it has type `y`",
    ),
];

const PARAMETRIC: &[Written] = &[
    written(CORE, "drop", "", "t →", "forgets `x`"),
    written(CORE, "select", "", "t t i32 → t", "`x` if the `i32` is not 0, else `y`"),
    written(
        CORE,
        "select (result i32)",
        "(result t)",
        "t t i32 → t",
        "the same, also for references",
    ),
];

const VARIABLES: &[Written] = &[
    written(CORE, "local.get 0", "l", "→ t", "the local"),
    written(CORE, "local.set 0", "l", "t →", "the local becomes `x`"),
    written(CORE, "local.tee 0", "l", "t → t", "the same, and `x` stays"),
    written(STORE, "global.get 0", "g", "→ t", "the global"),
    written(STORE, "global.set 0", "g", "t →", "the global becomes `x`"),
];

const TABLES: &[Written] = &[
    written(STORE, "table.get 0", "t", "i32 → ref", "the element at `x`"),
    written(STORE, "table.set 0", "t", "i32 ref →", "the element at `x` becomes `y`"),
    written(
        STORE,
        "table.init 0 0",
        "t e",
        "i32 i32 i32 →",
        "copies `z` elements of segment `e` from `y` on to `x`",
    ),
    written(STORE, "elem.drop 0", "e", "→", "empties the segment"),
    written(
        STORE,
        "table.copy 0 0",
        "t s",
        "i32 i32 i32 →",
        "copies `z` elements of table `s` from `y` on to `x` in `t`",
    ),
    written(
        STORE,
        "table.grow 0",
        "t",
        "ref i32 → i32",
        "adds `y` elements `x`; the former size, or -1",
    ),
    written(STORE, "table.size 0", "t", "→ i32", "the number of elements"),
    written(STORE, "table.fill 0", "t", "i32 ref i32 →", "`z` elements from `x` on become `y`"),
];

const MEMORY: &[Written] = &[
    written(MEMORY_CHAPTER, "memory.size", "", "→ i32", "the number of pages"),
    written(
        MEMORY_CHAPTER,
        "memory.grow",
        "",
        "i32 → i32",
        "adds `x` pages; the former number, or -1",
    ),
    written(
        MEMORY_CHAPTER,
        "memory.init 0",
        "d",
        "i32 i32 i32 →",
        "copies `z` bytes of segment `d` from `y` on to `x`",
    ),
    written(MEMORY_CHAPTER, "data.drop 0", "d", "→", "empties the segment"),
    written(
        MEMORY_CHAPTER,
        "memory.copy",
        "",
        "i32 i32 i32 →",
        "copies `z` bytes from `y` on to `x`",
    ),
    written(MEMORY_CHAPTER, "memory.fill", "", "i32 i32 i32 →", "`z` bytes from `x` on become `y`"),
];

const CONSTANTS: &[Written] = &[
    written(CORE, "i32.const 0", "n", "→ i32", "`n`"),
    written(CORE, "i64.const 0", "n", "→ i64", "`n`"),
    written(CORE, "f32.const 0", "z", "→ f32", "`z`"),
    written(CORE, "f64.const 0", "z", "→ f64", "`z`"),
];

const REFERENCES: &[Written] = &[
    written(STORE, "ref.null func", "type", "→ ref", "no reference"),
    written(STORE, "ref.is_null", "", "ref → i32", "1 if it is none, else 0"),
    written(STORE, "ref.func 0", "f", "→ ref", "the function `f`"),
];

impl Written {
    fn operator(&self, toy: &Toy) -> Operator {
        let (bytes, read) = assemble(self.example);
        assert_eq!(read, self.example, "ch09 reads another instruction");
        let name = self.example.split(' ').next().unwrap_or_default();
        Operator {
            bytes,
            name: format!("{name} {}", self.immediates).trim().to_owned(),
            ty: self.ty.to_owned(),
            meaning: self.meaning.to_owned(),
            chapters: toy.chapters(name, self.chapter),
        }
    }
}

/// The bytes of an instruction's opcode, and how `ch09` writes what it has read of them.
fn assemble(instruction: &str) -> (String, String) {
    let end = match instruction {
        "block" | "loop" | "if" => " end",
        _ => "",
    };
    // Behind `unreachable` every operand is there, and before it none is left over.
    let text = format!(
        r#"(module (type (func)) (memory 1) (data "") (table 1 funcref) (elem func)
             (global (mut i32) i32.const 0) (elem declare func 0)
             (func (type 0) (local i32) unreachable {instruction}{end} unreachable))"#
    );
    let fails = |what: &str| -> ! { panic!("{instruction}: {what}") };
    let binary = wat::parse_str(text).unwrap_or_else(|error| fails(&error.to_string()));
    let module = Module::from_bytes(&binary).unwrap_or_else(|error| fails(&error.to_string()));
    let read = module.functions[0].body[1].to_string();
    for payload in Parser::new(0).parse_all(&binary) {
        let Ok(Payload::CodeSectionEntry(body)) = payload else { continue };
        let Ok(reader) = body.get_operators_reader() else { fails("no body") };
        let Some((_, start)) = reader.into_iter_with_offsets().flatten().nth(1) else { continue };
        let opcode = usize::try_from(start).ok().and_then(|start| binary.get(start..));
        return match opcode {
            Some([prefix @ 0xfc, opcode, ..]) => (format!("{prefix:02x} {opcode:02x}"), read),
            Some([opcode, ..]) => (format!("{opcode:02x}"), read),
            _ => fails("it has no bytes"),
        };
    }
    fails("it has no bytes")
}

fn numeric(row: &Row, toy: &Toy) -> Operator {
    let params: Vec<String> = row.params.iter().map(NumType::to_string).collect();
    Operator {
        bytes: bytes(row.opcode),
        name: row.name.to_owned(),
        ty: format!("{} → {}", params.join(" "), row.result),
        meaning: meaning(row.meaning),
        chapters: toy.chapters(row.name, "ch08-numeric"),
    }
}

macro_rules! load_rows {
    ($($opcode:literal $name:literal $variant:ident ($x:ident: $bytes:ty) -> $result:ty = $meaning:expr;)*) => {
        vec![$(($opcode, $name, <$result as Operand>::TYPE, stringify!($meaning))),*]
    };
}

macro_rules! store_rows {
    ($($opcode:literal $name:literal $variant:ident ($x:ident: $operand:ty) -> $bytes:ty = $meaning:expr;)*) => {
        // Of an operand the table says how many bits it has; of which type they are, its name says.
        vec![$(($opcode, $name, stringify!($meaning))),*]
    };
}

fn loads(toy: &Toy) -> Vec<Operator> {
    let rows: Vec<(u16, &str, NumType, &str)> = ch09_module::load_table!(load_rows);
    let row = |(opcode, name, result, what)| Operator {
        bytes: bytes(opcode),
        name: format!("{name} m"),
        ty: format!("i32 → {result}"),
        meaning: meaning(what),
        chapters: toy.chapters(name, MEMORY_CHAPTER),
    };
    rows.into_iter().map(row).collect()
}

fn stores(toy: &Toy) -> Vec<Operator> {
    let rows: Vec<(u16, &str, &str)> = ch09_module::store_table!(store_rows);
    let row = |(opcode, name, what): (u16, &str, &str)| Operator {
        bytes: bytes(opcode),
        name: format!("{name} m"),
        ty: format!("i32 {} →", name.split('.').next().unwrap_or_default()),
        meaning: meaning(&what.replace("(x", "(y").replace("x.", "y.")),
        chapters: toy.chapters(name, MEMORY_CHAPTER),
    };
    rows.into_iter().map(row).collect()
}

fn bytes(opcode: u16) -> String {
    match opcode.to_be_bytes() {
        [0, opcode] => format!("{opcode:02x}"),
        [prefix, opcode] => format!("{prefix:02x} {opcode:02x}"),
    }
}

/// Rust as code, on one line.
fn meaning(rust: &str) -> String {
    let words: Vec<&str> = rust.split_whitespace().collect();
    format!("`{}`", words.join(" ").replace(" :: ", "::"))
}

/// The instructions of Part I: their names, and the chapters in which they come.
struct Toy(Vec<(String, String)>);

/// Reads them from the crates' texts.
fn toy() -> Toy {
    let chapters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../chapters");
    let mut names: Vec<(String, String)> = Vec::new();
    for chapter in
        ["ch02-machine", "ch03-memory", "ch04-functions", "ch05-branches", "ch06-imports"]
    {
        let file = chapters.join(chapter).join("src").join("instr.rs");
        let text =
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for line in text.lines() {
            let Some((_, name)) = line.split_once("=> \"") else { continue };
            let name = name.split(['"', ' ']).next().unwrap_or_default();
            if !names.iter().any(|(known, _)| known == name) {
                names.push((name.to_owned(), chapter.to_owned()));
            }
        }
    }
    Toy(names)
}

impl Toy {
    /// The chapter of Part I that has the instruction, if any, and then `chapter`. The toy's numbers are `f64`.
    fn chapters(&self, name: &str, chapter: &str) -> Vec<String> {
        let short = name.strip_prefix("f64.").unwrap_or(name);
        let toy = self.0.iter().find(|(known, _)| known == short).map(|(_, chapter)| chapter);
        toy.cloned().into_iter().chain([chapter.to_owned()]).collect()
    }
}
