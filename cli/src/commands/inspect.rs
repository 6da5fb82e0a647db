//! `wasm inspect`: the contents of a module.

use std::io::Write;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use ch09_module::{
    AddressType, Export, ExportItem, FuncIdx, Import, MemoryType, Module, TableType,
};
use serde::Serialize;
use wasmparser::{Parser, Payload};

use crate::features;
use crate::functions::FunctionRef;
use crate::input::{self, Compiled, Source};
use crate::items::{Items, kind};
use crate::terminal::{self, HEADING, counted, grouped, percent, printable, shortened};

const EXAMPLES: &str = "\
Examples:
  wasm inspect game.wasm
  wasm inspect game.wasm --json | jq .imports
  curl -s https://example.org/game.wasm | wasm inspect -";

/// The arguments of `wasm inspect`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The module: a file, or `-` for standard input.
    pub file: PathBuf,
    /// Print the same as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Prints the contents of the module.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (source, module) = input::module(&arguments.file)?;
    let report = Report::new(&source, &module)?;
    let mut out = terminal::stdout();
    match arguments.json {
        true => {
            serde_json::to_writer_pretty(&mut out, &report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        false => report.print(&mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// How many of the biggest functions are named.
const BIGGEST: usize = 10;

/// The contents of a module.
#[derive(Debug, Serialize)]
struct Report {
    file: String,
    /// The name of the module, if it has one.
    name: Option<String>,
    /// Which of the two formats the file is in, or that it was compiled.
    format: &'static str,
    /// What else is in a compiled file.
    #[serde(skip_serializing_if = "Option::is_none")]
    compiled: Option<CompiledRow>,
    /// The length of the binary format.
    bytes: u64,
    features: Vec<FeatureRow>,
    sections: Vec<SectionRow>,
    imports: Vec<ItemRow>,
    exports: Vec<ItemRow>,
    memories: Vec<MemoryRow>,
    tables: Vec<TableRow>,
    start: Option<FunctionRef>,
    /// How many functions the module defines itself.
    functions: usize,
    biggest_functions: Vec<FunctionRow>,
}

/// What a compiled file has beside the module.
#[derive(Debug, Serialize)]
struct CompiledRow {
    /// The length of the file.
    bytes: usize,
    /// How many functions have code.
    functions: usize,
    /// The length of all their code.
    code_bytes: usize,
    /// Whether the code is for engines that count fuel or can be interrupted.
    counts_fuel: bool,
}

impl CompiledRow {
    fn of(Compiled { bytes, contents }: &Compiled) -> CompiledRow {
        let codes = || contents.functions.iter().flatten();
        CompiledRow {
            bytes: bytes.len(),
            functions: codes().count(),
            code_bytes: codes().sum(),
            counts_fuel: contents.counts_fuel,
        }
    }

    fn words(&self, all: usize) -> String {
        let (some, bytes) = (self.functions as u64, self.code_bytes as u64);
        let whose = match self.counts_fuel {
            true => "used by `wasm run`",
            false => "for engines that count no fuel, so not for `wasm run`",
        };
        format!(
            "for {} of {}, {}; {whose}",
            grouped(some),
            counted(all as u64, "function"),
            counted(bytes, "byte")
        )
    }
}

/// A feature that the module needs beyond 1.0.
#[derive(Debug, Serialize)]
struct FeatureRow {
    name: &'static str,
    /// The version of the standard that it is a part of; nothing for a proposal.
    version: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct SectionRow {
    /// The standard's name for it.
    section: &'static str,
    /// The name of a custom section.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// How many entries it has, if it is a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<u64>,
    /// Its size, with the number and the length that it begins with.
    bytes: u64,
    percent: f64,
}

/// An import or an export.
#[derive(Debug, Serialize)]
struct ItemRow {
    /// The module that an import comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<String>,
    name: String,
    kind: &'static str,
    /// Its index among those of its kind.
    index: u32,
    #[serde(rename = "type")]
    ty: String,
}

#[derive(Debug, Serialize)]
struct MemoryRow {
    index: usize,
    imported: bool,
    min_pages: u64,
    max_pages: Option<u64>,
    page_bytes: u64,
    address: &'static str,
}

#[derive(Debug, Serialize)]
struct TableRow {
    index: usize,
    imported: bool,
    min: u64,
    max: Option<u64>,
    element: String,
    address: &'static str,
}

#[derive(Debug, Serialize)]
struct FunctionRow {
    #[serde(flatten)]
    function: FunctionRef,
    bytes: u64,
    percent: f64,
}

impl SectionRow {
    /// The section in words: `code, 7 entries`.
    fn words(&self) -> String {
        match (&self.name, self.entries) {
            (Some(name), _) => format!("custom \"{}\"", shortened(&printable(name), 40)),
            (None, Some(1)) => format!("{}, 1 entry", self.section),
            (None, Some(entries)) => format!("{}, {} entries", self.section, grouped(entries)),
            (None, None) => self.section.to_owned(),
        }
    }
}

impl Report {
    fn new(source: &Source, module: &Module) -> Result<Report> {
        let bytes = source.binary.len() as u64;
        let needed = features::needed(&source.binary).unwrap_or_default();
        let (sections, bodies) = sections(&source.binary)?;
        let items = Items::of(module);
        let first = items.imported_functions as u32;
        let mut biggest: Vec<(u32, u64)> = (first..).zip(bodies).collect();
        biggest.sort_by_key(|(index, bytes)| (std::cmp::Reverse(*bytes), *index));
        biggest.truncate(BIGGEST);
        Ok(Report {
            file: source.name.clone(),
            name: module.names.module.clone(),
            format: match (&source.compiled, source.is_text) {
                (Some(_), _) => "compiled",
                (None, true) => "text",
                (None, false) => "binary",
            },
            compiled: source.compiled.as_ref().map(CompiledRow::of),
            bytes,
            features: needed
                .iter()
                .map(|feature| FeatureRow { name: feature.name, version: feature.version })
                .collect(),
            sections,
            imports: imports(module, &items),
            exports: exports(module, &items),
            memories: memories(&items),
            tables: tables(&items),
            start: module.start.map(|index| FunctionRef::new(module, index)),
            functions: module.functions.len(),
            biggest_functions: biggest
                .into_iter()
                .map(|(index, size)| FunctionRow {
                    function: FunctionRef::new(module, FuncIdx(index)),
                    bytes: size,
                    percent: rounded(size, bytes),
                })
                .collect(),
        })
    }

    fn print(&self, out: &mut impl Write) -> std::io::Result<()> {
        let format = match self.format {
            "compiled" => {
                let bytes = self.compiled.as_ref().map_or(0, |row| row.bytes);
                let bytes = counted(bytes as u64, "byte");
                format!("compiled module, {bytes}; {} as binary", counted(self.bytes, "byte"))
            }
            "text" => format!("text format, {} as binary", counted(self.bytes, "byte")),
            _ => format!("binary format, {}", counted(self.bytes, "byte")),
        };
        writeln!(out, "{HEADING}file  {HEADING:#} {}: {format}", self.file)?;
        if let Some(compiled) = &self.compiled {
            let code = wrapped(&compiled.words(self.functions), 7);
            writeln!(out, "{HEADING}code  {HEADING:#} {code}")?;
        }
        if let Some(name) = &self.name {
            writeln!(out, "{HEADING}name  {HEADING:#} {}", printable(name))?;
        }
        writeln!(out, "{HEADING}needs {HEADING:#} {}", wrapped(&self.needs(), 7))?;
        if let Some(start) = &self.start {
            writeln!(out, "{HEADING}start {HEADING:#} function {}", start.words())?;
        }
        let names: Vec<String> = self.sections.iter().map(SectionRow::words).collect();
        let width = names.iter().map(|name| name.chars().count()).fold(20, usize::max);
        heading(out, &format!("{:width$}  {:>12}  {:>5}", "sections", "bytes", "%"))?;
        for (section, name) in self.sections.iter().zip(names) {
            let (bytes, percent) = (grouped(section.bytes), section.percent);
            writeln!(out, "  {name:width$}{bytes:>12}  {percent:>5.1}")?;
        }
        self.print_items(out)?;
        if !self.biggest_functions.is_empty() {
            let all = self.functions;
            let title = match all > self.biggest_functions.len() {
                true => format!("the biggest of {}", counted(all as u64, "function")),
                false => counted(all as u64, "function"),
            };
            heading(out, &format!("{:>10}  {:>5}  {title}", "bytes", "%"))?;
            for row in &self.biggest_functions {
                let (bytes, percent) = (grouped(row.bytes), row.percent);
                writeln!(out, "{bytes:>10}  {percent:>5.1}  {}", row.function.words())?;
            }
        }
        Ok(())
    }

    fn print_items(&self, out: &mut impl Write) -> std::io::Result<()> {
        if !self.imports.is_empty() {
            heading(out, &counted(self.imports.len() as u64, "import"))?;
        }
        for ItemRow { module, name, kind, index, ty } in &self.imports {
            let module = printable(module.as_deref().unwrap_or_default());
            let name = printable(name);
            writeln!(out, "  {kind} {index} \"{module}\" \"{name}\"{}", spaced(ty))?;
        }
        if !self.exports.is_empty() {
            heading(out, &counted(self.exports.len() as u64, "export"))?;
        }
        for ItemRow { name, kind, index, ty, .. } in &self.exports {
            let name = printable(name);
            writeln!(out, "  {kind} {index} \"{name}\"{}", spaced(ty))?;
        }
        if !self.memories.is_empty() {
            heading(out, &plural(self.memories.len(), "memory", "memories"))?;
        }
        for memory in &self.memories {
            let MemoryRow { index, min_pages, max_pages, page_bytes, .. } = memory;
            let bytes = |pages: u64| size(u128::from(pages) * u128::from(*page_bytes));
            let most = match max_pages {
                Some(max) if max == min_pages => "always".to_owned(),
                Some(max) => format!("to {} ({})", counted(*max, "page"), bytes(*max)),
                None => "and more".to_owned(),
            };
            let least = format!("{} ({})", counted(*min_pages, "page"), bytes(*min_pages));
            let more = marks(memory.imported, memory.address);
            writeln!(out, "  {index}: {least} {most}{more}")?;
        }
        if !self.tables.is_empty() {
            heading(out, &counted(self.tables.len() as u64, "table"))?;
        }
        for table in &self.tables {
            let TableRow { index, min, max, element, .. } = table;
            let most = match max {
                Some(max) if max == min => "always".to_owned(),
                Some(max) => format!("to {}", grouped(*max)),
                None => "and more".to_owned(),
            };
            let more = marks(table.imported, table.address);
            writeln!(out, "  {index}: {element}, {} {most}{more}", grouped(*min))?;
        }
        Ok(())
    }

    /// The oldest version of the standard that has the features, the features, and the proposals
    /// that are in no version yet.
    fn needs(&self) -> String {
        let names = |is_standard: bool| {
            let features =
                self.features.iter().filter(|feature| feature.version.is_some() == is_standard);
            features.map(|feature| feature.name).collect::<Vec<_>>().join(", ")
        };
        let versions = self.features.iter().filter_map(|feature| feature.version);
        let mut text = format!("WebAssembly {}", versions.max().unwrap_or("1.0"));
        let (standard, proposals) = (names(true), names(false));
        if !standard.is_empty() {
            text += &format!(": {standard}");
        }
        if !proposals.is_empty() {
            text += &format!("; and the proposals {proposals}");
        }
        text
    }
}

/// The text in lines of at most 80 columns, all but the first indented. A longer word stays whole.
fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = indent;
    for word in text.split(' ') {
        let width = word.chars().count();
        match column {
            _ if column == indent && lines.is_empty() => {}
            _ if column + 1 + width > 80 => {
                lines += &format!("\n{:indent$}", "");
                column = indent;
            }
            _ => {
                lines.push(' ');
                column += 1;
            }
        }
        lines += word;
        column += width;
    }
    lines
}

fn heading(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    writeln!(out, "\n{HEADING}{text}{HEADING:#}")
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count as u64), if count == 1 { one } else { many })
}

/// A type after a name.
fn spaced(ty: &str) -> String {
    if ty.is_empty() { String::new() } else { format!(" {ty}") }
}

/// What is unusual about a memory or a table, for the end of its line.
fn marks(imported: bool, address: &str) -> String {
    let mut marks = String::new();
    if address != "i32" {
        marks += &format!(", addresses are {address}");
    }
    if imported {
        marks += ", imported";
    }
    marks
}

/// A number of bytes in its largest unit: `64 KiB`.
fn size(bytes: u128) -> String {
    const UNITS: [&str; 7] = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut bytes = bytes as f64;
    let mut unit = 0;
    while bytes >= 1024.0 && unit + 1 < UNITS.len() {
        bytes /= 1024.0;
        unit += 1;
    }
    let digits = if bytes.fract() == 0.0 { 0 } else { 1 };
    format!("{bytes:.digits$} {}", UNITS[unit])
}

/// Percent with one digit after the point.
fn rounded(part: u64, whole: u64) -> f64 {
    (percent(part, whole) * 10.0).round() / 10.0
}

/// The sections of a valid module, and the sizes of its functions' bodies.
fn sections(binary: &[u8]) -> Result<(Vec<SectionRow>, Vec<u64>)> {
    let whole = binary.len() as u64;
    let mut rows = Vec::new();
    let mut bodies = Vec::new();
    // The header comes before the first section.
    let mut end = 8;
    for payload in Parser::new(0).parse_all(binary) {
        let payload = payload?;
        if let Payload::CodeSectionEntry(body) = &payload {
            bodies.push(length(&body.range()));
        }
        let Some((_, range)) = payload.as_section() else { continue };
        let (section, entries) = section(&payload);
        let name = match &payload {
            Payload::CustomSection(custom) => Some(custom.name().to_owned()),
            _ => None,
        };
        let bytes = range.end - end;
        end = range.end;
        rows.push(SectionRow { section, name, entries, bytes, percent: rounded(bytes, whole) });
    }
    Ok((rows, bodies))
}

fn length(range: &Range<u64>) -> u64 {
    range.end - range.start
}

/// The standard's name for a section, and how many entries the section has.
fn section(payload: &Payload<'_>) -> (&'static str, Option<u64>) {
    let (name, entries) = match payload {
        Payload::TypeSection(section) => ("type", section.count()),
        Payload::ImportSection(section) => ("import", section.count()),
        Payload::FunctionSection(section) => ("function", section.count()),
        Payload::TableSection(section) => ("table", section.count()),
        Payload::MemorySection(section) => ("memory", section.count()),
        Payload::TagSection(section) => ("tag", section.count()),
        Payload::GlobalSection(section) => ("global", section.count()),
        Payload::ExportSection(section) => ("export", section.count()),
        Payload::ElementSection(section) => ("element", section.count()),
        Payload::CodeSectionStart { count, .. } => ("code", *count),
        Payload::DataSection(section) => ("data", section.count()),
        Payload::StartSection { .. } => return ("start", None),
        Payload::DataCountSection { .. } => return ("data count", None),
        _ => return ("custom", None),
    };
    (name, Some(entries.into()))
}

fn imports(module: &Module, items: &Items<'_>) -> Vec<ItemRow> {
    let row = |(item, import): (ExportItem, &Import)| {
        let ((kind, index), ty) = (kind(item), items.ty(item));
        let (module, name) = (Some(import.module.clone()), import.name.clone());
        ItemRow { module, name, kind, index, ty }
    };
    module.imported_items().map(row).collect()
}

fn exports(module: &Module, items: &Items<'_>) -> Vec<ItemRow> {
    let row = |export: &Export| {
        let ((kind, index), ty) = (kind(export.item), items.ty(export.item));
        ItemRow { module: None, name: export.name.clone(), kind, index, ty }
    };
    module.exports.iter().map(row).collect()
}

fn memories(items: &Items<'_>) -> Vec<MemoryRow> {
    let row = |(index, ty): (usize, &MemoryType)| MemoryRow {
        index,
        imported: index < items.imported_memories,
        min_pages: ty.limits.min,
        max_pages: ty.limits.max,
        page_bytes: ty.page_size,
        address: address(ty.address),
    };
    items.memories.iter().enumerate().map(row).collect()
}

fn tables(items: &Items<'_>) -> Vec<TableRow> {
    let row = |(index, ty): (usize, &TableType)| TableRow {
        index,
        imported: index < items.imported_tables,
        min: ty.limits.min,
        max: ty.limits.max,
        element: ty.element.to_string(),
        address: address(ty.address),
    };
    items.tables.iter().enumerate().map(row).collect()
}

fn address(ty: AddressType) -> &'static str {
    match ty {
        AddressType::I32 => "i32",
        AddressType::I64 => "i64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_a_unit() {
        let sizes = [0, 1023, 1024, 65_536, 1536, 1 << 32, 1 << 64].map(size);
        let wanted = ["0 bytes", "1023 bytes", "1 KiB", "64 KiB", "1.5 KiB", "4 GiB", "16 EiB"];
        assert_eq!(sizes, wanted);
    }

    #[test]
    fn a_proposal_belongs_to_no_version() {
        let text = "(memory 1 (pagesize 1)) (func (drop (v128.const i64x2 0 0)))";
        let source = Source {
            name: "x".to_owned(),
            binary: wast_module(text).into(),
            is_text: true,
            compiled: None,
        };
        let module = source.validate(features::KNOWN).unwrap();
        let report = Report::new(&source, &module).unwrap();
        assert_eq!(report.needs(), "WebAssembly 2.0: simd; and the proposals custom-page-sizes");
    }

    #[test]
    fn a_long_line_goes_on_below() {
        let text = "word ".repeat(30);
        let lines = wrapped(text.trim_end(), 7);
        assert!(lines.lines().all(|line| line.len() <= 80), "{lines}");
        assert_eq!(lines.replace("\n       ", " "), text.trim_end());
        assert_eq!(lines.lines().map(str::len).collect::<Vec<_>>(), [69, 76, 16]);
        assert_eq!(wrapped("one", 7), "one");
    }

    #[test]
    fn the_sections_and_the_header_are_the_whole_file() {
        let module = wast_module("(memory 1) (func) (data \"abc\") (@custom \"x\" \"yz\")");
        let (rows, bodies) = sections(&module).unwrap();
        let sum: u64 = rows.iter().map(|row| row.bytes).sum();
        assert_eq!(sum + 8, module.len() as u64);
        assert_eq!(bodies, [2]);
    }

    fn wast_module(text: &str) -> Vec<u8> {
        let buffer = wast::parser::ParseBuffer::new(text).unwrap();
        wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap().encode().unwrap()
    }
}
