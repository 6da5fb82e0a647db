//! The instructions of the standard, as the book's cheat sheet lists them.
//!
//! Names, bytes and types of numbers, loads, stores and vectors come from their tables. The other families have no table; what they mean is
//! written here, and the rest is asked of the crates: each is assembled, and `ch09` must read it back under the name it has here.

mod written;

use std::fs;
use std::path::Path;

use annex_vector::{OperandType, Row as VectorRow, VectorLaneOp, VectorOp};
use ch07_values::{NumType, Operand};
use ch08_numeric::{Numeric, Row};
use ch09_module::Module;
use wasmparser::{Parser, Payload};
use written::{MEMORY_CHAPTER, VECTORS};

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
        written("Control", written::CONTROL),
        written("Operands of any type", written::PARAMETRIC),
        written("Variables", written::VARIABLES),
        written("Tables", written::TABLES),
        family("Loads", loads(&toy)),
        family("Stores", stores(&toy)),
        written("Memory", written::MEMORY),
        written("Constants", written::CONSTANTS),
        family("Numbers", Numeric::TABLE.iter().map(|row| numeric(row, &toy)).collect()),
        written("References", written::REFERENCES),
        written("Structures, arrays, small integers", written::AGGREGATES),
        family("Vectors in memories", vector_memory(&toy)),
        written("Whole vectors", written::VECTORS_WRITTEN),
        family("Lanes", vectors(&toy)),
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

/// A family that has no table, row by row.
struct Written {
    chapter: &'static str,
    /// An example of it as text. What follows the name are its immediates.
    example: &'static str,
    /// The letters for the immediates.
    immediates: &'static str,
    ty: &'static str,
    meaning: &'static str,
}

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
        "block" | "loop" | "if" | "try_table" => " end",
        _ => "",
    };
    // A branch that carries a reference needs a label that takes one.
    let ty = if instruction.starts_with("br_on_") { 1 } else { 0 };
    // Behind `unreachable` every operand is there, and before it none is left over.
    let text = format!(
        r#"(module (type (func)) (type (func (result anyref))) (type (struct (field (mut i32)) (field i8)))
             (type (array (mut i32))) (type (array (mut i8))) (type (array (mut funcref)))
             (memory 1) (data "") (table 1 funcref) (elem func) (tag (type 0))
             (global (mut i32) i32.const 0) (elem declare func 0)
             (func (type {ty}) (local i32) unreachable {instruction}{end} unreachable))"#
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
            Some([prefix @ (0xfb | 0xfc), opcode, ..]) => {
                (format!("{prefix:02x} {opcode:02x}"), read)
            }
            Some([0xfd, opcode, ..]) => (vector_bytes((*opcode).into()), read),
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

/// The prefix of the vectors, and the number behind it as the format writes it: seven bits a byte, the low ones first.
fn vector_bytes(opcode: u16) -> String {
    match (opcode & 0x7f, opcode >> 7) {
        (low, 0) => format!("fd {low:02x}"),
        (low, high) => format!("fd {:02x} {high:02x}", low | 0x80),
    }
}

fn vectors(toy: &Toy) -> Vec<Operator> {
    let ops =
        VectorOp::TABLE.iter().map(|(op, opcode, name)| (op.row(), *opcode, (*name).to_owned()));
    let lanes = VectorLaneOp::TABLE
        .iter()
        .map(|(op, opcode, name)| (op.row(), *opcode, format!("{name} l")));
    let row = |(row, opcode, name): (&VectorRow, u16, String)| {
        let params: Vec<String> = row.params.iter().map(|ty| operand(*ty)).collect();
        let what = meaning(row.meaning);
        Operator {
            bytes: vector_bytes(opcode),
            chapters: toy.chapters(&name, VECTORS),
            name,
            ty: format!("{} → {}", params.join(" "), operand(row.result)),
            meaning: if row.form == "whole" { what } else { format!("lane by lane: {what}") },
        }
    };
    ops.chain(lanes).map(row).collect()
}

fn operand(ty: OperandType) -> String {
    match ty {
        OperandType::Number(ty) => ty.to_string(),
        OperandType::Vector => "v128".to_owned(),
    }
}

macro_rules! vector_memory_rows {
    ($($opcode:literal $name:literal $variant:ident $form:ident ($($operands:tt)+) -> $result:ty = $meaning:expr;)*) => {
        vec![$(($opcode, $name, stringify!($form), stringify!($meaning))),*]
    };
}

/// In the tables' meanings `x` is what is loaded or stored; here it is the address, as everywhere.
fn vector_memory(toy: &Toy) -> Vec<Operator> {
    type Rows = Vec<(u16, &'static str, &'static str, &'static str)>;
    let whole: Rows = annex_vector::vector_memory_table!(vector_memory_rows);
    let lanes: Rows = annex_vector::vector_memory_lane_table!(vector_memory_rows);
    let row = |lane: &'static str| {
        move |(opcode, name, form, what): (u16, &str, &str, &str)| {
            let ty = match (form, lane) {
                ("store", _) => "i32 v128 →",
                (_, "") => "i32 → v128",
                _ => "i32 v128 → v128",
            };
            let what = match form {
                "store" => what.replace('x', "y"),
                _ => what.replace("x", "loaded").replace("i8loaded", "i8x"),
            };
            Operator {
                bytes: vector_bytes(opcode),
                name: format!("{name} m{lane}"),
                ty: ty.to_owned(),
                meaning: meaning(&what),
                chapters: toy.chapters(name, VECTORS),
            }
        }
    };
    whole.into_iter().map(row("")).chain(lanes.into_iter().map(row(" l"))).collect()
}

fn bytes(opcode: u16) -> String {
    match opcode.to_be_bytes() {
        [0, opcode] => format!("{opcode:02x}"),
        [prefix, opcode] => format!("{prefix:02x} {opcode:02x}"),
    }
}

/// Rust as code, on one line, and as people space it.
fn meaning(rust: &str) -> String {
    let words: Vec<&str> = rust.split_whitespace().collect();
    let spacing = [(" :: ", "::"), ("! ", "!"), ("(& ", "(&"), ("| x |", "|x|")];
    let line = spacing.iter().fold(words.join(" "), |line, (from, to)| line.replace(from, to));
    format!("`{line}`")
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
