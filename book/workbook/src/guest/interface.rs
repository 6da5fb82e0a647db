//! The interface of a module: its imports and exports, with their types.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use wasm_encoder::{ExportSection, Module, RawSection};
use wasmparser::types::{EntityType, Types};
use wasmparser::{Parser, Payload, ValType, Validator};

/// One line for each import and export.
pub type Interface = BTreeSet<String>;

/// The interface that the game's hosts and guests agree on.
const CONTRACT: &str = "\
import env.clear_screen: func()
import env.draw_player: func(f64, f64, f64)
import env.draw_enemy: func(f64, f64)
import env.draw_bullet: func(f64, f64)
import env.draw_particle: func(f64, f64, f64)
import env.draw_score: func(f64)
import env.sin: func(f64) -> f64
import env.cos: func(f64) -> f64
import env.Math_atan: func(f64) -> f64
export memory: memory
export resize: func(f64, f64)
export update: func(f64)
export draw: func()
export toggle_shoot: func(i32)
export toggle_boost: func(i32)
export toggle_turn_left: func(i32)
export toggle_turn_right: func(i32)
";

/// What a game may export besides: a host asks for it where it is there.
const OPTIONAL: &str = "\
export wave: func() -> i32
export lives: func() -> i32
export things: func() -> i32
export events: func() -> i32
";

/// The contract, line by line.
pub fn contract() -> Interface {
    CONTRACT.lines().map(str::to_owned).collect()
}

/// An interface without what the contract leaves to the game.
pub fn required(mut interface: Interface) -> Interface {
    interface.retain(|line| !OPTIONAL.lines().any(|optional| optional == line));
    interface
}

/// The interface of a module, after validating it.
pub fn of(module: &[u8]) -> Result<Interface> {
    let types = Validator::new().validate_all(module).context("this is not a valid module")?;
    let mut interface = Interface::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    let kind = types
                        .as_ref()
                        .entity_type_from_import(&import)
                        .context("an import has no type")?;
                    interface.insert(format!(
                        "import {}.{}: {}",
                        import.module,
                        import.name,
                        describe(&types, kind)
                    ));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    let kind = types
                        .as_ref()
                        .entity_type_from_export(&export)
                        .context("an export has no type")?;
                    interface.insert(format!("export {}: {}", export.name, describe(&types, kind)));
                }
            }
            _ => {}
        }
    }
    Ok(interface)
}

fn describe(types: &Types, kind: EntityType) -> String {
    match kind {
        EntityType::Func(id) | EntityType::FuncExact(id) => {
            let function = types[id].unwrap_func();
            let list = |types: &[ValType]| {
                types.iter().map(ValType::to_string).collect::<Vec<_>>().join(", ")
            };
            match function.results() {
                [] => format!("func({})", list(function.params())),
                results => format!("func({}) -> {}", list(function.params()), list(results)),
            }
        }
        EntityType::Memory(_) => "memory".into(),
        EntityType::Table(_) => "table".into(),
        EntityType::Global(global) => format!("global {}", global.content_type),
        EntityType::Tag(_) => "tag".into(),
    }
}

/// Compares two interfaces, and names each line that only one of them has.
pub fn same(expected: &Interface, found: &Interface) -> Result<()> {
    let missing = expected.difference(found).map(|line| format!("\n  missing: {line}"));
    let extra = found.difference(expected).map(|line| format!("\n  extra:   {line}"));
    let lines: String = missing.chain(extra).collect();
    if !lines.is_empty() {
        bail!("the imports and exports differ:{lines}");
    }
    Ok(())
}

/// The same module without the two globals that the linker always exports.
pub fn trim(module: &[u8]) -> Result<Vec<u8>> {
    let mut trimmed = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::ExportSection(exports) = payload {
            let mut kept = ExportSection::new();
            for export in exports {
                let export = export?;
                if !["__data_end", "__heap_base"].contains(&export.name) {
                    kept.export(export.name, export.kind.into(), export.index);
                }
            }
            trimmed.section(&kept);
        } else if let Some((id, range)) = payload.as_section() {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            let data = module.get(range).context("a section ends after the end of the module")?;
            trimmed.section(&RawSection { id, data });
        }
    }
    Ok(trimmed.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        ConstExpr, ExportKind, GlobalSection, GlobalType, ImportSection, TypeSection,
    };

    /// A module that imports `env.sin` with this type and exports a global under each of these
    /// names.
    fn module(parameters: &[wasm_encoder::ValType], exports: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function(parameters.iter().copied(), [wasm_encoder::ValType::F64]);
        let mut imports = ImportSection::new();
        imports.import("env", "sin", wasm_encoder::EntityType::Function(0));
        let mut globals = GlobalSection::new();
        let kind =
            GlobalType { val_type: wasm_encoder::ValType::I32, mutable: false, shared: false };
        globals.global(kind, &ConstExpr::i32_const(1));
        let mut section = ExportSection::new();
        for name in exports {
            section.export(name, ExportKind::Global, 0);
        }
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&globals).section(&section);
        module.finish()
    }

    const F64: &[wasm_encoder::ValType] = &[wasm_encoder::ValType::F64];

    #[test]
    fn an_interface_has_names_and_types() {
        let interface = of(&module(F64, &["answer"])).unwrap();
        assert_eq!(
            Vec::from_iter(interface),
            ["export answer: global i32", "import env.sin: func(f64) -> f64"]
        );
    }

    #[test]
    fn a_missing_line_is_named() {
        let [one, other] = [of(&module(F64, &[])).unwrap(), of(&module(&[], &["answer"])).unwrap()];
        assert!(same(&one, &one).is_ok());
        let error = same(&one, &other).unwrap_err().to_string();
        assert!(error.contains("missing: import env.sin: func(f64) -> f64"), "{error}");
        assert!(error.contains("extra:   import env.sin: func() -> f64"), "{error}");
        assert!(error.contains("extra:   export answer: global i32"), "{error}");
    }

    #[test]
    fn only_what_is_optional_may_be_there_or_not() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let interface: Interface =
            lines(&["export draw: func()", "export wave: func() -> i32", "export lives: func()"]);
        let expected: Interface = lines(&["export draw: func()", "export lives: func()"]);
        assert_eq!(required(interface), expected);
        assert_eq!(required(contract()), contract());
    }

    #[test]
    fn only_the_globals_of_the_linker_are_removed() {
        let trimmed = trim(&module(F64, &["__data_end", "answer", "__heap_base"])).unwrap();
        assert_eq!(trimmed, module(F64, &["answer"]));
    }

    #[test]
    fn bytes_that_are_not_a_module_are_an_error() {
        assert!(of(b"rocket").is_err());
        assert!(of(b"").is_err());
    }
}
