//! What the lines of a prompt do to an instance.

use std::io::{self, Write};

use ch09_module::{ExportItem, Module};
use ch22_embed::{
    AsContext, Error, Export, Extern, Func, Global, Instance, Memory, Mutability, Scalar, Table,
    Val, ValType,
};
use ch23_wasi::I32Exit;

use super::line::{self, Action, COMMANDS, Command, Line, Place, Word, Wrong};
use super::operands::{Failure, Operands};
use crate::call::function_type;
use crate::interrupt::{Cause, Running};
use crate::items::Items;
use crate::setup::{Loaded, World, shown, val};
use crate::terminal::{counted, printable, shortened};
use crate::values::value;

const HELP: &str = "\
add(3, 4)                      call an exported function
memory[16..48]                 bytes of a memory, with their text
memory.u16[16..24]             numbers: u8 i8 u16 i16 u32 i32 u64 i64 f32 f64
memory[16] = \"Hello\", 0        write strings and bytes
memory.f64[16] = 0.5, 1        write numbers
count, count = 5               read a global, and write it
table[0], table[0..4]          elements of a table
table[0] = add                 a function that is exported, or null
instr i32.const 2              execute instructions on an operand stack
stack, clear                   show this stack, and drop all operands
exports                        what the module exports
help, quit

A name may have the module's before it, `simple.add`, and any name may be
written as a string, `\"my function\"(1)`. `;;` begins a comment. An open
parenthesis, bracket or string goes on in the next line.

An instruction takes its operands from the stack, and reaches what the module
exports: `call $add`, `global.get $count`, `i32.load` (the first memory that is
exported). It has no locals and no labels of its own, and reaches nothing that
the module keeps to itself. If it traps, the stack stays as it was.";

/// Why a line has failed.
pub enum Trouble {
    /// It can't be done.
    Wrong(Wrong),
    /// Code of the module has failed, or was interrupted.
    Ended(Error, Option<Cause>),
    /// The output can't be written.
    Output(io::Error),
}

impl Trouble {
    /// Whether a program has ended itself, and says that all went well.
    pub fn is_success(&self) -> bool {
        matches!(self, Trouble::Ended(error, _) if error.downcast_ref() == Some(&I32Exit(0)))
    }
}

impl From<Wrong> for Trouble {
    fn from(wrong: Wrong) -> Trouble {
        Trouble::Wrong(wrong)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::Output(error)
    }
}

/// Whether there are more lines to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// There are.
    GoOn,
    /// `quit`.
    End,
}

/// An instance, and all that lines have changed.
pub struct Session {
    world: World,
    module: Module,
    instance: Instance,
    /// What may be before the name of an export, with its dot.
    prefixes: Vec<String>,
    operands: Operands,
}

impl Session {
    /// A session with an instance of a module. `stem` is the file's name.
    pub fn new(world: World, loaded: Loaded, instance: Instance, stem: Option<String>) -> Session {
        let module = loaded.decoded().clone();
        let prefixes = module.names.module.iter().chain(&stem).map(|name| format!("{name}."));
        let prefixes = prefixes.collect();
        let operands = Operands::new(&world.store, &module, instance);
        Session { world, module, instance, prefixes, operands }
    }

    /// What can be completed: commands, and exports with the mark that comes after their names.
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = COMMANDS.iter().map(|(word, _)| (*word).to_owned()).collect();
        words.push(line::INSTR.to_owned());
        for export in &self.module.exports {
            let mark = match export.item {
                ExportItem::Func(_) => "(",
                ExportItem::Memory(_) | ExportItem::Table(_) => "[",
                ExportItem::Global(_) | ExportItem::Tag(_) => "",
            };
            if line::is_word(&export.name) {
                words.push(format!("{}{mark}", printable(&export.name)));
            }
        }
        words
    }

    /// Does what a line says.
    ///
    /// # Errors
    ///
    /// The line is wrong, and then nothing is changed; or code of the module has failed, and then
    /// what it had done before stays done.
    pub fn line(&mut self, text: &str, out: &mut impl Write) -> Result<Then, Trouble> {
        match line::parse(text)? {
            Line::Empty => {}
            Line::Command(Command::Quit) => return Ok(Then::End),
            Line::Command(Command::Help) => writeln!(out, "{HELP}")?,
            Line::Command(Command::Exports) => self.exports(out)?,
            Line::Command(Command::Clear) => {
                self.operands.clear();
                self.stack(out)?;
            }
            Line::Command(Command::Stack) => self.stack(out)?,
            Line::Instr(instr) => {
                let running = Running::new(self.world.handle());
                let outcome = self.operands.execute(&mut self.world.store, &instr);
                outcome.map_err(|failure| match failure {
                    Failure::Wrong(wrong) => Trouble::Wrong(wrong),
                    Failure::Ended(error) => Trouble::Ended(error, running.cause()),
                })?;
                self.stack(out)?;
            }
            Line::Item(name, action) => self.item(&name, action, out)?,
        }
        Ok(Then::GoOn)
    }

    fn stack(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", self.operands.words(&self.world.store))
    }

    fn exports(&self, out: &mut impl Write) -> io::Result<()> {
        let items = Items::of(&self.module);
        let names = self.module.exports.iter().map(|export| printable(&export.name));
        let width = names.map(|name| name.chars().count()).max().unwrap_or(0).min(30);
        for export in &self.module.exports {
            let (kind, _) = crate::items::kind(export.item);
            let (name, ty) = (printable(&export.name), items.ty(export.item));
            let line = format!("{name:width$}  {kind:6}  {ty}");
            writeln!(out, "{}", line.trim_end())?;
        }
        if self.module.exports.is_empty() {
            writeln!(out, "the module exports nothing")?;
        }
        Ok(())
    }

    fn item(&mut self, name: &Word, action: Action, out: &mut impl Write) -> Result<(), Trouble> {
        let Found { name: export, item, view } = self.find(name)?;
        match (item, action) {
            (Extern::Func(func), Action::Call(words)) => {
                for value in self.call(&export, func, name, &words)? {
                    writeln!(out, "{}", shown(&self.world.store, &value))?;
                }
            }
            (Extern::Global(global), Action::Show) => {
                let value = global.get(&mut self.world.store);
                writeln!(out, "{}", shown(&self.world.store, &value))?;
            }
            (Extern::Global(global), Action::Set(word)) => self.set(&export, global, &word)?,
            (Extern::Memory(memory), Action::Read(place)) => {
                let range = self.range(memory, &place, view.map_or(1, View::size))?;
                match view {
                    Some(view) => {
                        writeln!(out, "{}", view.read(&self.world, memory, range.0, range.1))?;
                    }
                    None if place.end.is_none() => {
                        writeln!(out, "{}", memory.data(&self.world.store)[range.0])?;
                    }
                    None => dump(&memory.data(&self.world.store)[range.0..range.1], range.0, out)?,
                }
            }
            (Extern::Memory(memory), Action::Write(place, words)) => {
                self.write(memory, view.unwrap_or(View::U8), &place, &words)?;
            }
            (Extern::Table(table), Action::Read(place)) => {
                let size = table.size(&self.world.store);
                let start = within(&place.start, size, "element")?;
                let end = match &place.end {
                    Some(end) => range_end(end, start, size, "elements")?,
                    None => start + 1,
                };
                for index in start..end {
                    let value = table.get(&mut self.world.store, index).unwrap_or(Val::I32(0));
                    writeln!(out, "{}", self.element(&value))?;
                }
            }
            (Extern::Table(table), Action::Write(place, words)) => {
                self.set_element(table, &place, &words)?;
            }
            (item, Action::Show) => {
                let ty = match item {
                    Extern::Memory(memory) => {
                        let size = memory.data_size(&self.world.store) as u64;
                        format!("a memory of {}", counted(size, "byte"))
                    }
                    Extern::Table(table) => {
                        format!("a table of {}", counted(table.size(&self.world.store), "element"))
                    }
                    item => item.ty(&self.world.store).to_string(),
                };
                writeln!(out, "{ty}")?;
            }
            (item, action) => {
                return Err(name.wrong(unfit(&export, item, &action)).into());
            }
        }
        Ok(())
    }

    /// What a name means: an export, perhaps after the module's name, perhaps with a view.
    fn find(&self, name: &Word) -> Result<Found, Wrong> {
        let exact = match name.is_string() {
            true => String::from_utf8(line::bytes(name)?).unwrap_or_default(),
            false => name.text.clone(),
        };
        let export = |name: &str| {
            let item = self.instance.get_export(&self.world.store, name)?;
            Some((name.to_owned(), item))
        };
        let plain = |name: &str| {
            let short = self.prefixes.iter().find_map(|prefix| name.strip_prefix(&**prefix));
            export(name).or_else(|| export(short?))
        };
        if let Some((name, item)) = plain(&exact) {
            return Ok(Found { name, item, view: None });
        }
        if let Some((before, last)) = exact.rsplit_once('.')
            && let Some((export, item @ Extern::Memory(_))) = plain(before)
        {
            let Some((_, view)) = VIEWS.iter().find(|(word, _)| *word == last) else {
                let at = name.at + before.len() + 1;
                let words: Vec<&str> = VIEWS.iter().map(|(word, _)| *word).collect();
                let known = format!("a memory has the views {}", words.join(", "));
                return Err(Wrong::at(at, known));
            };
            return Ok(Found { name: export, item, view: Some(*view) });
        }
        if line::is_instruction(&exact) {
            return Err(name.wrong(line::ADVICE));
        }
        let name_shown = printable(&shortened(&exact, 40));
        let mut commands = COMMANDS.iter().map(|(word, _)| *word).chain([line::INSTR]);
        let advice = match commands.find(|word| word.eq_ignore_ascii_case(&exact)) {
            Some(command) => format!("the command `{command}` is alone on its line"),
            None => "`exports` shows what there is".to_owned(),
        };
        let what = format!("there is no export `{name_shown}`; {advice}");
        Err(name.wrong(what))
    }

    fn call(
        &mut self,
        export: &str,
        func: Func,
        name: &Word,
        words: &[Word],
    ) -> Result<Vec<Val>, Trouble> {
        let ty = function_type(&self.module, export).expect("the export is a function");
        let (params, results) = (ty.params.clone(), ty.results.len());
        let takes = match params.len() {
            0 => format!("`{}` takes no arguments", printable(export)),
            _ => format!("`{}` takes {}", printable(export), annex_embedding::list(&params)),
        };
        if words.len() != params.len() {
            let at = words.get(params.len()).map_or(name.at, |word| word.at);
            let given = match words.len() {
                0 => "none is given".to_owned(),
                1 => "1 is given".to_owned(),
                count => format!("{count} are given"),
            };
            return Err(Wrong::at(at, format!("{takes}; {given}")).into());
        }
        let mut arguments = Vec::new();
        for (word, ty) in words.iter().zip(&params) {
            let value = value(&self.module, *ty, &word.text).map_err(|wrong| {
                word.wrong(format!("{takes}; `{}` {wrong}", printable(&shortened(&word.text, 40))))
            })?;
            arguments.push(val(&mut self.world.store, value));
        }
        let mut values = vec![Val::I32(0); results];
        let running = Running::new(self.world.handle());
        let outcome = func.call(&mut self.world.store, &arguments, &mut values);
        outcome.map_err(|error| Trouble::Ended(error, running.cause()))?;
        Ok(values)
    }

    fn set(&mut self, export: &str, global: Global, word: &Word) -> Result<(), Trouble> {
        let ty = global.ty(&self.world.store);
        if ty.mutability() == Mutability::Const {
            let what = format!("`{}` can't be written", printable(export));
            return Err(word.wrong(what).into());
        }
        let value = self.value(ty.content(), word)?;
        global.set(&mut self.world.store, value).map_err(|error| word.wrong(error.to_string()))?;
        Ok(())
    }

    fn value(&mut self, ty: ValType, word: &Word) -> Result<Val, Wrong> {
        let value = value(&self.module, ty.into(), &word.text).map_err(|wrong| {
            word.wrong(format!("`{}` {wrong}", printable(&shortened(&word.text, 40))))
        })?;
        Ok(val(&mut self.world.store, value))
    }

    /// The bytes from a place on, for numbers of this size.
    fn range(&self, memory: Memory, place: &Place, size: usize) -> Result<(usize, usize), Wrong> {
        let bytes = memory.data_size(&self.world.store) as u64;
        let start = within(&place.start, bytes, "byte")?;
        let end = match &place.end {
            Some(word) => {
                let end = range_end(word, start, bytes, "bytes")?;
                if !(end - start).is_multiple_of(size as u64) {
                    let what = format!("these are {} bytes; a number takes {size}", end - start);
                    return Err(word.wrong(what));
                }
                end
            }
            None => start + size as u64,
        };
        if end > bytes {
            return Err(place.start.wrong(format!("the memory ends at {bytes}")));
        }
        Ok((start as usize, end as usize))
    }

    fn write(
        &mut self,
        memory: Memory,
        view: View,
        place: &Place,
        words: &[Word],
    ) -> Result<(), Wrong> {
        if let Some(end) = &place.end {
            return Err(end.wrong("a write has no end; it ends after its last value"));
        }
        let size = memory.data_size(&self.world.store) as u64;
        let start = within(&place.start, size, "byte")? as usize;
        let mut bytes = Vec::new();
        for word in words {
            match word.is_string() {
                true if view == View::U8 => bytes.extend(line::bytes(word)?),
                true => return Err(word.wrong("a string is bytes: write it without a view")),
                false => view.push(word, &self.module, &mut bytes)?,
            }
        }
        memory.write(&mut self.world.store, start, &bytes).map_err(|_| {
            let (count, last) = (counted(bytes.len() as u64, "byte"), start + bytes.len());
            place.start.wrong(format!("{count} from here end at {last}; the memory ends at {size}"))
        })
    }

    fn set_element(&mut self, table: Table, place: &Place, words: &[Word]) -> Result<(), Wrong> {
        let size = table.size(&self.world.store);
        let index = within(&place.start, size, "element")?;
        let [word] = words else { return Err(words[1].wrong("one value is enough here")) };
        if let Some(end) = &place.end {
            return Err(end.wrong("one element is written at a time"));
        }
        let ty = ValType::Ref(table.ty(&self.world.store).element);
        let value = match self.find(word) {
            Ok(Found { item: Extern::Func(func), .. }) => func.into(),
            _ => self.value(ty, word).map_err(|_| {
                word.wrong("an element is `null`, or a function that the module exports")
            })?,
        };
        table
            .set(&mut self.world.store, index, value)
            .map_err(|error| word.wrong(error.to_string()))
    }

    /// An element of a table in words: an exported function by its name.
    fn element(&self, value: &Val) -> String {
        let Val::FuncRef(Some(func)) = value else { return shown(&self.world.store, value) };
        let ty = func.ty(&self.world.store);
        let exports = self.instance.exports(&self.world.store);
        let is_it = |export: &Export| export.clone().into_extern() == Extern::Func(*func);
        let export = exports.into_iter().find(is_it);
        match export {
            Some(export) => format!("{} {ty}", printable(export.name())),
            None => format!("a function that isn't exported, {ty}"),
        }
    }
}

struct Found {
    name: String,
    item: Extern,
    view: Option<View>,
}

/// What can't be done with an export, and what can.
fn unfit(export: &str, item: Extern, action: &Action) -> String {
    let export = printable(export);
    let (kind, can) = match item {
        Extern::Func(_) => ("a function", format!("call it, `{export}(…)`")),
        Extern::Global(_) => {
            ("a global", format!("read it, `{export}`, or set it, `{export} = …`"))
        }
        Extern::Memory(_) => {
            ("a memory", format!("read bytes, `{export}[0..16]`, or write some, `{export}[0] = …`"))
        }
        Extern::Table(_) => {
            ("a table", format!("read elements, `{export}[0..4]`, or set one, `{export}[0] = …`"))
        }
        Extern::Tag(_) => ("a tag", format!("throw it, `instr throw ${export}`")),
    };
    let done = match action {
        Action::Show => "shown",
        Action::Call(_) => "called",
        Action::Set(_) => "set",
        Action::Read(_) | Action::Write(..) => "indexed",
    };
    format!("`{export}` is {kind}, which can't be {done}; {can}")
}

/// An integer: `16`, `0x10`, `-1`, `1_000`.
fn integer(word: &str) -> Option<i128> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    let (radix, digits) = match digits.strip_prefix("0x") {
        Some(digits) => (16, digits),
        None => (10, digits),
    };
    let is_one = digits.starts_with(|char: char| char.is_digit(radix));
    let number = i128::from_str_radix(&digits.replace('_', ""), radix).ok().filter(|_| is_one)?;
    Some(sign * number)
}

/// An address that is within.
fn within(word: &Word, size: u64, what: &str) -> Result<u64, Wrong> {
    let number = address(word)?;
    match number < size {
        true => Ok(number),
        false => Err(word.wrong(format!("there is no {what} {number}; there are {size}"))),
    }
}

/// The end of a range.
fn range_end(word: &Word, start: u64, size: u64, what: &str) -> Result<u64, Wrong> {
    let end = address(word)?;
    match end {
        end if end < start => Err(word.wrong("the range ends before it begins")),
        end if end > size => Err(word.wrong(format!("there are only {size} {what}"))),
        end => Ok(end),
    }
}

fn address(word: &Word) -> Result<u64, Wrong> {
    let number = integer(&word.text).and_then(|number| u64::try_from(number).ok());
    let shown = printable(&shortened(&word.text, 40));
    number.ok_or_else(|| word.wrong(format!("`{shown}` is no address")))
}

/// Bytes of a memory as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

const VIEWS: [(&str, View); 10] = [
    ("u8", View::U8),
    ("i8", View::I8),
    ("u16", View::U16),
    ("i16", View::I16),
    ("u32", View::U32),
    ("i32", View::I32),
    ("u64", View::U64),
    ("i64", View::I64),
    ("f32", View::F32),
    ("f64", View::F64),
];

impl View {
    fn size(self) -> usize {
        match self {
            View::U8 | View::I8 => 1,
            View::U16 | View::I16 => 2,
            View::U32 | View::I32 | View::F32 => 4,
            View::U64 | View::I64 | View::F64 => 8,
        }
    }

    /// The numbers between two addresses.
    fn read(self, world: &World, memory: Memory, start: usize, end: usize) -> String {
        match self {
            View::U8 => numbers::<u8>(world, memory, start, end),
            View::I8 => numbers::<i8>(world, memory, start, end),
            View::U16 => numbers::<u16>(world, memory, start, end),
            View::I16 => numbers::<i16>(world, memory, start, end),
            View::U32 => numbers::<u32>(world, memory, start, end),
            View::I32 => numbers::<i32>(world, memory, start, end),
            View::U64 => numbers::<u64>(world, memory, start, end),
            View::I64 => numbers::<i64>(world, memory, start, end),
            View::F32 => numbers::<f32>(world, memory, start, end),
            View::F64 => numbers::<f64>(world, memory, start, end),
        }
    }

    /// Adds the bytes of a number.
    fn push(self, word: &Word, module: &Module, bytes: &mut Vec<u8>) -> Result<(), Wrong> {
        let shown = || printable(&shortened(&word.text, 40));
        let name = VIEWS.iter().find(|(_, view)| *view == self).map_or("", |(name, _)| name);
        if matches!(self, View::F32 | View::F64) {
            let ty = if self == View::F32 { ValType::F32 } else { ValType::F64 };
            let value = value(module, ty.into(), &word.text);
            let value = value.map_err(|wrong| word.wrong(format!("`{}` {wrong}", shown())))?;
            let slot = match value {
                annex_embedding::Value::Number(ch07_values::Number::F32(float)) => {
                    float.to_bits().into()
                }
                annex_embedding::Value::Number(ch07_values::Number::F64(float)) => float.to_bits(),
                _ => 0,
            };
            bytes.extend(&slot.to_le_bytes()[..self.size()]);
            return Ok(());
        }
        let number =
            integer(&word.text).ok_or_else(|| word.wrong(format!("`{}` is no {name}", shown())))?;
        // As in the text format, a number is signed or not.
        let bits = 8 * self.size() as u32;
        let (least, most) = (-(1_i128 << (bits - 1)), (1_i128 << bits) - 1);
        if !(least..=most).contains(&number) {
            let what =
                format!("`{}` is out of the range of {bits} bits, {least} to {most}", shown());
            return Err(word.wrong(what));
        }
        bytes.extend(&number.to_le_bytes()[..self.size()]);
        Ok(())
    }
}

fn numbers<N: Scalar>(world: &World, memory: Memory, start: usize, end: usize) -> String {
    let store = world.store.as_context();
    let view = memory.view::<N, _>(store, start).range(0..(end - start) / N::SIZE);
    let words: Vec<String> = view.iter().map(|number| format!("{number:?}")).collect();
    // Rust has another word for what is not a number.
    words.join(", ").replace("NaN", "nan")
}

/// Sixteen bytes a row: the address, the bytes, and what they are as text.
fn dump(bytes: &[u8], start: usize, out: &mut impl Write) -> io::Result<()> {
    for (row, bytes) in bytes.chunks(16).enumerate() {
        write!(out, "{:08x} ", start + row * 16)?;
        for column in 0..16 {
            let gap = if column == 8 { " " } else { "" };
            match bytes.get(column) {
                Some(byte) => write!(out, "{gap} {byte:02x}")?,
                None => write!(out, "{gap}   ")?,
            }
        }
        let text: String = bytes.iter().map(|byte| ascii(*byte)).collect();
        writeln!(out, "  |{text}|")?;
    }
    Ok(())
}

fn ascii(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { byte.into() } else { '.' }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_those_of_the_text_format() {
        let words = ["7", "-7", "+7", "0x1f", "-0x10", "1_000", "18446744073709551615"];
        let numbers = [7, -7, 7, 31, -16, 1000, 18_446_744_073_709_551_615];
        assert_eq!(words.map(|word| integer(word).unwrap()), numbers);
        for word in ["", "-", "0x", "--1", "-+1", "x", "1.5", "_1"] {
            assert_eq!(integer(word), None, "{word}");
        }
    }

    #[test]
    fn a_row_of_a_dump_has_sixteen_bytes() {
        let mut out = Vec::new();
        dump(b"Hello, memory!\0\xff\n", 4096, &mut out).unwrap();
        let text = "\
00001000  48 65 6c 6c 6f 2c 20 6d  65 6d 6f 72 79 21 00 ff  |Hello, memory!..|
00001010  0a                                                |.|
";
        assert_eq!(String::from_utf8(out).unwrap(), text);
    }
}
