//! The names of functions.

use ch09_module::{ExportItem, FuncIdx, Module};
use serde::Serialize;

use crate::terminal::printable;

/// A function and its names.
#[derive(Debug, Serialize)]
pub struct FunctionRef {
    /// Its index.
    pub index: u32,
    /// Its name in the name section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The first name that it is exported by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
}

impl FunctionRef {
    /// The function of an index.
    pub fn new(module: &Module, index: FuncIdx) -> FunctionRef {
        let mut exports = module.exports.iter();
        let export = exports.find(|export| export.item == ExportItem::Func(index));
        FunctionRef {
            index: index.0,
            name: module.names.functions.get(&index).cloned(),
            export: export.map(|export| export.name.clone()),
        }
    }

    /// The index, and the name or else the export: `3 $add`, `4 "add"`.
    pub fn words(&self) -> String {
        match self.shown() {
            Some(name) => format!("{} {name}", self.index),
            None => self.index.to_string(),
        }
    }

    fn shown(&self) -> Option<String> {
        let name = self.name.as_ref().map(|name| format!("${}", printable(name)));
        name.or_else(|| Some(format!("\"{}\"", printable(self.export.as_ref()?))))
    }
}

/// The index and the name of a function that a step is in: `3 $add` for `function 3 ($add)`. The
/// machine takes an export for the name where there is no other.
pub fn words(step: &str) -> String {
    match parts(step) {
        Some((index, Some(name))) => format!("{index} ${}", printable(name)),
        Some((index, None)) => index.to_owned(),
        None => printable(step),
    }
}

/// The name alone, if there is one: `$add` for `function 3 ($add)`, `func 3` for `function 3`.
pub fn brief(step: &str) -> String {
    match parts(step) {
        Some((_, Some(name))) => format!("${}", printable(name)),
        Some((index, None)) => format!("func {index}"),
        None => printable(step),
    }
}

fn parts(step: &str) -> Option<(&str, Option<&str>)> {
    let function = step.strip_prefix("function ")?;
    Some(match function.split_once(" ($") {
        Some((index, name)) => (index, Some(name.strip_suffix(')').unwrap_or(name))),
        None => (function, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_in_a_function_with_or_without_a_name() {
        let steps = ["function 0 ($a)", "function 1 ($f(x) ($y))", "function 2", "an expression"];
        assert_eq!(steps.map(words), ["0 $a", "1 $f(x) ($y)", "2", "an expression"]);
        assert_eq!(steps.map(brief), ["$a", "$f(x) ($y)", "func 2", "an expression"]);
    }

    #[test]
    fn a_function_is_called_by_its_name_or_its_export_or_its_index() {
        let text = r#"(func $a (export "x")) (func (export "b") (export "c")) (func)"#;
        let module = Module::from_text(text).unwrap();
        let words = [0, 1, 2].map(|index| FunctionRef::new(&module, FuncIdx(index)).words());
        assert_eq!(words, ["0 $a", "1 \"b\"", "2"]);
    }
}
