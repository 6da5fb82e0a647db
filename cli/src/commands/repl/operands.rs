//! Single instructions on an operand stack that stays between lines.
//!
//! Each line becomes a small module. It has a function that takes all operands, executes the
//! instructions, and returns what they leave. Since the small module imports what the module exports,
//! an instruction can reach this, and nothing else.

use std::fmt::Write;

use ch09_module::Module;
use ch22_embed::{Error, Extern, Instance, Module as Small, Store, Val};
use wasmparser::{Operator, Parser, ValType, ValidPayload, Validator};
use wast::Wat;
use wast::parser::{self, ParseBuffer};

use super::line::{Word, Wrong};
use crate::features::KNOWN;
use crate::items::{Items, kind};
use crate::setup::{Host, shown};
use crate::terminal::printable;

/// The operand stack, and what its instructions can reach.
pub struct Operands {
    /// The values with their types, the top last.
    values: Vec<(Val, String)>,
    /// The exports, as imports of a small module.
    imports: Vec<(String, Extern)>,
    /// The functions among them, whose references may be made.
    declared: String,
}

/// What went wrong with an instruction.
pub enum Failure {
    /// It can't be executed.
    Wrong(Wrong),
    /// It was executed, and failed.
    Ended(Error),
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Failure {
        Failure::Wrong(wrong)
    }
}

impl Operands {
    /// An empty stack.
    pub fn new(store: &Store<Host>, module: &Module, instance: Instance) -> Operands {
        let items = Items::of(module);
        let (mut imports, mut declared) = (Vec::new(), String::new());
        for export in &module.exports {
            let Some(item) = instance.get_export(store, &export.name) else { continue };
            let (kind, _) = kind(export.item);
            let (name, ty) = (quoted(&export.name), items.ty(export.item));
            let import = format!("(import {name} {name} ({kind} ${name} {ty}))");
            // A type that the module defines means nothing in another one.
            if assemble(&format!("(module {import})")).is_ok_and(|binary| is_valid(&binary)) {
                if kind == "func" {
                    let _ = write!(declared, " ${name}");
                }
                imports.push((import, item));
            }
        }
        Operands { values: Vec::new(), imports, declared }
    }

    /// Drops all operands.
    pub fn clear(&mut self) {
        self.values.clear();
    }

    /// The operands in words: `[i32 2, i32 3]`.
    pub fn words(&self, store: &Store<Host>) -> String {
        let word = |(value, ty): &(Val, String)| format!("{ty} {}", shown(store, value));
        let words: Vec<String> = self.values.iter().map(word).collect();
        format!("[{}]", words.join(", "))
    }

    /// Executes instructions. If they fail, the stack stays as it was.
    ///
    /// # Errors
    ///
    /// They aren't valid on this stack, reach what isn't exported, or trap.
    pub fn execute(&mut self, store: &mut Store<Host>, instr: &Word) -> Result<(), Failure> {
        let types = self.leaves(instr)?;
        let (text, _) = self.text(instr, &types);
        // With these results, only a branch to the function's own label isn't valid.
        let small = assemble(&text).map_err(|_| instr.wrong(NOWHERE))?;
        let small = Small::new(store.engine(), small).map_err(|_| instr.wrong(NOWHERE))?;
        let imports: Vec<Extern> = self.imports.iter().map(|(_, item)| *item).collect();
        let instance = Instance::new(&mut *store, &small, &imports).map_err(Failure::Ended)?;
        let func = instance.get_func(&*store, RUN).expect("the small module exports it");
        let values: Vec<Val> = self.values.iter().map(|(value, _)| value.clone()).collect();
        let mut results = vec![Val::I32(0); types.len()];
        func.call(store, &values, &mut results).map_err(Failure::Ended)?;
        self.values = results.into_iter().zip(types).collect();
        Ok(())
    }

    /// The small module with these results, and where the instructions begin in it.
    fn text(&self, instr: &Word, results: &[String]) -> (String, usize) {
        let mut text = "(module $instr".to_owned();
        for (import, _) in &self.imports {
            text += import;
        }
        let _ = write!(text, "(elem declare func{})(func (export \"{RUN}\")", self.declared);
        for (_, ty) in &self.values {
            let _ = write!(text, "(param {ty})");
        }
        for ty in results {
            let _ = write!(text, "(result {ty})");
        }
        for index in 0..self.values.len() {
            let _ = write!(text, " local.get {index}");
        }
        text.push('\n');
        let start = text.len();
        let _ = write!(text, "{}\n))", instr.text);
        (text, start)
    }

    /// The types that the instructions leave on the stack.
    fn leaves(&self, instr: &Word) -> Result<Vec<String>, Wrong> {
        let (text, start) = self.text(instr, &[]);
        let binary = assemble(&text).map_err(|error| {
            let at = error.span().offset().saturating_sub(start).min(instr.text.len());
            let what = error.message();
            let what = what.lines().next().unwrap_or_default();
            let is_name = what.starts_with("unknown") && !what.starts_with("unknown operator");
            let advice = if is_name { REACH } else { "" };
            Wrong::at(instr.at + at, printable(what) + advice)
        })?;
        let wrong = |error: wasmparser::BinaryReaderError| {
            let what = error.message();
            let advice = if what.starts_with("unknown") { REACH } else { "" };
            let stack = if what.starts_with("type mismatch") { STACK } else { "" };
            instr.wrong(printable(what) + advice + stack)
        };
        let mut validator = Validator::new_with_features(KNOWN);
        for payload in Parser::new(0).parse_all(&binary) {
            let payload = payload.map_err(wrong)?;
            let ValidPayload::Func(func, body) = validator.payload(&payload).map_err(wrong)? else {
                continue;
            };
            let mut func = func.into_validator(Default::default());
            func.read_locals(&mut body.get_binary_reader()).map_err(wrong)?;
            let operators = body.get_operators_reader().map_err(wrong)?;
            let mut stops = false;
            for (number, operator) in operators.into_iter_with_offsets().enumerate() {
                let (operator, offset) = operator.map_err(wrong)?;
                let is_last = func.control_stack_height() == 1;
                if is_last && matches!(operator, Operator::End) {
                    break;
                }
                match operator {
                    Operator::LocalGet { .. } if number < self.values.len() => {}
                    Operator::LocalGet { .. }
                    | Operator::LocalSet { .. }
                    | Operator::LocalTee { .. } => {
                        return Err(instr.wrong("there are no locals here, only the operand stack"));
                    }
                    Operator::Unreachable | Operator::Throw { .. } | Operator::ThrowRef => {
                        stops = true;
                    }
                    _ => {}
                }
                func.op(offset, &operator).map_err(wrong)?;
            }
            let leaves = func.get_control_frame(0).is_some_and(|frame| frame.unreachable);
            if leaves && !stops {
                return Err(instr.wrong(NOWHERE));
            }
            let height = func.operand_stack_height() as usize;
            let types = (0..height).rev().map(|depth| match func.get_operand_type(depth) {
                // Only `ref.func` makes references to a type of the small module.
                Some(Some(ValType::Ref(ty))) if ty.is_concrete_type_ref() => {
                    if ty.is_nullable() { "funcref" } else { "(ref func)" }.to_owned()
                }
                Some(Some(ty)) => ty.to_string(),
                // After `unreachable` nothing is returned, whatever the type.
                _ => "i32".to_owned(),
            });
            return Ok(types.collect());
        }
        Err(instr.wrong("this is no instruction"))
    }
}

/// The export of the small module.
const RUN: &str = "run";

/// What is wrong with a branch.
const NOWHERE: &str = "a branch or a return has nowhere to go here";

/// What an instruction reaches.
const REACH: &str = "; an instruction reaches what the module exports, such as `call $add`";

/// Where its operands are.
const STACK: &str = "; `stack` shows the operands";

/// A name of the module as a string of the text format.
fn quoted(name: &str) -> String {
    let mut text = "\"".to_owned();
    for byte in name.bytes() {
        match byte {
            b'_' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => text.push(byte.into()),
            _ => _ = write!(text, "\\{byte:02x}"),
        }
    }
    text + "\""
}

fn assemble(text: &str) -> Result<Vec<u8>, wast::Error> {
    let buffer = ParseBuffer::new(text)?;
    parser::parse::<Wat<'_>>(&buffer)?.encode()
}

fn is_valid(binary: &[u8]) -> bool {
    Validator::new_with_features(KNOWN).validate_all(binary).is_ok()
}
