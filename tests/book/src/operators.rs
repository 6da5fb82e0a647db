//! The instructions of the standard, as the book's cheat sheet lists them.
//!
//! Names, bytes and types of numbers, loads, stores and vectors come from their tables. The other families have no table; what they mean is
//! written here, and the rest is asked of the crates: each is assembled, and `ch09` must read it back under the name it has here.

mod written;

use std::fs;
use std::path::Path;

use annex_vector::{OperandType, VectorLaneOp, VectorMemoryLaneOp, VectorMemoryOp, VectorOp};
use ch07_values::NumType;
use ch08_numeric::{Numeric, Row};
use ch09_module::{LoadOp, Module, StoreOp};
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
        family("Numbers", Numeric::TABLE.iter().map(|(_, row)| numeric(row, &toy)).collect()),
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
    let read = module.functions[0].read().body[1].to_string();
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
    Operator {
        bytes: bytes(row.opcode),
        name: row.name.to_owned(),
        ty: ty(row.params, row.results, NumType::to_string),
        meaning: meaning(row.meaning),
        chapters: toy.chapters(row.name, "ch08-numeric"),
    }
}

/// `i32 i32 → i32`
fn ty<T>(params: &[T], results: &[T], text: impl Fn(&T) -> String) -> String {
    let texts = |types: &[T]| types.iter().map(&text).collect::<Vec<_>>().join(" ");
    format!("{} → {}", texts(params), texts(results)).trim().to_owned()
}

fn loads(toy: &Toy) -> Vec<Operator> {
    let row = |(_, row): &(LoadOp, Row)| Operator {
        bytes: bytes(row.opcode),
        name: format!("{} m", row.name),
        ty: format!("i32 {}", ty(row.params, row.results, NumType::to_string)),
        meaning: meaning(row.meaning),
        chapters: toy.chapters(row.name, MEMORY_CHAPTER),
    };
    LoadOp::TABLE.iter().map(row).collect()
}

fn stores(toy: &Toy) -> Vec<Operator> {
    let row = |(_, row): &(StoreOp, Row)| Operator {
        bytes: bytes(row.opcode),
        name: format!("{} m", row.name),
        ty: format!("i32 {}", ty(row.params, row.results, NumType::to_string)),
        // In the table's meaning `x` is what is stored; here it is the address, as everywhere.
        meaning: meaning(&row.meaning.replace("(x", "(y").replace("x.", "y.")),
        chapters: toy.chapters(row.name, MEMORY_CHAPTER),
    };
    StoreOp::TABLE.iter().map(row).collect()
}

/// The prefix of the vectors, and the number behind it as the format writes it: seven bits a byte, the low ones first.
fn vector_bytes(opcode: u16) -> String {
    match (opcode & 0x7f, opcode >> 7) {
        (low, 0) => format!("fd {low:02x}"),
        (low, high) => format!("fd {:02x} {high:02x}", low | 0x80),
    }
}

fn vectors(toy: &Toy) -> Vec<Operator> {
    let row = |row: &Row<OperandType>, immediate: &str, form: &str| {
        let what = meaning(row.meaning);
        let name = format!("{}{immediate}", row.name);
        Operator {
            bytes: vector_bytes(row.opcode),
            chapters: toy.chapters(&name, VECTORS),
            name,
            ty: ty(row.params, row.results, operand),
            meaning: if form == "whole" { what } else { format!("lane by lane: {what}") },
        }
    };
    let ops = VectorOp::TABLE.iter().map(|(op, of_op)| row(of_op, "", op.form()));
    let lanes = VectorLaneOp::TABLE.iter().map(|(_, of_op)| row(of_op, " l", "whole"));
    ops.chain(lanes).collect()
}

fn operand(ty: &OperandType) -> String {
    match ty {
        OperandType::Number(ty) => ty.to_string(),
        OperandType::Vector => "v128".to_owned(),
    }
}

/// In the tables' meanings `x` is what is loaded or stored; here it is the address, as everywhere.
fn vector_memory(toy: &Toy) -> Vec<Operator> {
    let row = |row: &Row<OperandType>, immediates: &str| {
        let what = match row.results {
            [] => row.meaning.replace('x', "y"),
            _ => row.meaning.replace("x", "loaded").replace("i8loaded", "i8x"),
        };
        Operator {
            bytes: vector_bytes(row.opcode),
            name: format!("{} {immediates}", row.name),
            ty: format!("i32 {}", ty(row.params, row.results, operand)),
            meaning: meaning(&what),
            chapters: toy.chapters(row.name, VECTORS),
        }
    };
    let whole = VectorMemoryOp::TABLE.iter().map(|(_, of_op)| row(of_op, "m"));
    let lanes = VectorMemoryLaneOp::TABLE.iter().map(|(_, of_op)| row(of_op, "m l"));
    whole.chain(lanes).collect()
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
