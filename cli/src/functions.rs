//! What functions are called.

use std::collections::HashMap;

use ch09_module::{ExportItem, FuncIdx, Module};
use serde::Serialize;

use crate::terminal::printable;

/// A function and its names.
#[derive(Clone, Debug, Default, Serialize)]
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

    /// The name alone, if there is one: `$add`, `"add"`, `func 4`.
    pub fn brief(&self) -> String {
        self.shown().unwrap_or_else(|| format!("func {}", self.index))
    }

    fn shown(&self) -> Option<String> {
        let name = self.name.as_ref().map(|name| format!("${}", printable(name)));
        name.or_else(|| Some(format!("\"{}\"", printable(self.export.as_ref()?))))
    }
}

/// The functions of a module, by what a machine calls them in its steps: `function 3 ($add)`.
#[derive(Clone, Debug, Default)]
pub struct Functions(HashMap<String, FunctionRef>);

impl Functions {
    /// All functions of a module.
    pub fn of(module: &Module) -> Functions {
        let mut functions: HashMap<u32, FunctionRef> = HashMap::new();
        for (index, name) in &module.names.functions {
            let function = FunctionRef { index: index.0, name: Some(name.clone()), export: None };
            functions.insert(index.0, function);
        }
        for export in &module.exports {
            if let ExportItem::Func(index) = export.item {
                let function = functions.entry(index.0).or_default();
                function.index = index.0;
                function.export.get_or_insert_with(|| export.name.clone());
            }
        }
        let key = |function: &FunctionRef| match &function.name {
            Some(name) => format!("function {} (${name})", function.index),
            None => format!("function {}", function.index),
        };
        Functions(functions.into_values().map(|function| (key(&function), function)).collect())
    }

    /// The index and the name of a function that a step is in.
    pub fn words(&self, step: &str) -> String {
        match self.0.get(step) {
            Some(function) => function.words(),
            None => printable(step.strip_prefix("function ").unwrap_or(step)),
        }
    }

    /// The name alone.
    pub fn brief(&self, step: &str) -> String {
        match self.0.get(step) {
            Some(function) => function.brief(),
            None => printable(&step.replacen("function", "func", 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_called_by_its_name_or_its_export_or_its_index() {
        let text = r#"(func $a (export "x")) (func (export "b") (export "c")) (func)"#;
        let functions = Functions::of(&Module::from_text(text).unwrap());
        let steps = ["function 0 ($a)", "function 1", "function 2", "a constant expression"];
        assert_eq!(
            steps.map(|step| functions.words(step)),
            ["0 $a", "1 \"b\"", "2", "a constant expression"]
        );
        assert_eq!(
            steps.map(|step| functions.brief(step)),
            ["$a", "\"b\"", "func 2", "a constant expression"]
        );
    }
}
