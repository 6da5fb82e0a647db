//! The contract: what a module may import, and what it has to export, to fly.
//!
//! It is that of Adolfo Ochagavía's *Rocket on Wasm*, so that his game flies as
//! well as ours.

use std::{error, fmt};

use ch07_values::NumType::{self, F64, I32};
use ch09_module::{ExportItem, FuncType, ImportType, Module, TypeIdx, ValType};

/// A function of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub name: &'static str,
    /// The types of its parameters.
    pub params: &'static [NumType],
    /// The types of its results.
    pub results: &'static [NumType],
}

const fn function(
    name: &'static str,
    params: &'static [NumType],
    results: &'static [NumType],
) -> Signature {
    Signature { name, params, results }
}

/// The functions that a module may import from `env`.
pub const IMPORTS: [Signature; 9] = [
    function("clear_screen", &[], &[]),
    function("draw_player", &[F64, F64, F64], &[]),
    function("draw_enemy", &[F64, F64], &[]),
    function("draw_bullet", &[F64, F64], &[]),
    function("draw_particle", &[F64, F64, F64], &[]),
    function("draw_score", &[F64], &[]),
    function("sin", &[F64], &[F64]),
    function("cos", &[F64], &[F64]),
    function("Math_atan", &[F64], &[F64]),
];

/// The functions that a module has to export, beside a memory that is called
/// `memory`.
pub const EXPORTS: [Signature; 7] = [
    function("resize", &[F64, F64], &[]),
    function("update", &[F64], &[]),
    function("draw", &[], &[]),
    function("toggle_shoot", &[I32], &[]),
    function("toggle_boost", &[I32], &[]),
    function("toggle_turn_left", &[I32], &[]),
    function("toggle_turn_right", &[I32], &[]),
];

/// The module name of all imports.
pub(crate) const ENV: &str = "env";

/// Everything in which a module breaks the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError(pub Vec<Breach>);

/// One thing in which a module breaks the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which way the thing goes.
    pub direction: Direction,
    /// Its name: that of an import has two parts.
    pub name: String,
    /// What it has to be: to the module for an import, to the host for an
    /// export.
    pub wanted: String,
    /// What it is; `None` if the host has nothing of that name.
    pub given: Option<String>,
}

/// Whether a module takes something or gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Direction {
    Import,
    Export,
}

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the module does not keep the rocket's contract:")?;
        self.0.iter().try_for_each(|breach| write!(f, "\n  {breach}"))
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Import => "import",
            Direction::Export => "export",
        };
        let Breach { name, wanted, .. } = self;
        write!(f, "{direction} {name}: expected {wanted}, found ")?;
        match &self.given {
            Some(given) => f.write_str(given),
            None => write!(f, "no such {direction}"),
        }
    }
}

impl error::Error for ContractError {}

/// Compares a module with the contract, from its first import to its last
/// export.
pub(crate) fn check(module: &Module) -> Result<(), ContractError> {
    let mut breaches = imports(module);
    breaches.extend(exports(module));
    match breaches.is_empty() {
        true => Ok(()),
        false => Err(ContractError(breaches)),
    }
}

fn imports(module: &Module) -> Vec<Breach> {
    let breach = |import: &ch09_module::Import| {
        let wanted = match import.ty {
            ImportType::Func(ty) => of_type(module, ty),
            ImportType::Table(ty) => format!("table {ty}"),
            ImportType::Memory(ty) => format!("memory {ty}"),
            ImportType::Global(ty) => format!("global {ty}"),
            ImportType::Tag(_) => "tag".to_owned(),
        };
        let given = IMPORTS
            .iter()
            .find(|signature| {
                import.module == ENV && import.name == signature.name
            })
            .map(Signature::to_string);
        (given.as_ref() != Some(&wanted)).then(|| Breach {
            direction: Direction::Import,
            name: format!("`{}` `{}`", import.module, import.name),
            wanted,
            given,
        })
    };
    module.imports.iter().filter_map(breach).collect()
}

fn exports(module: &Module) -> Vec<Breach> {
    let imported = module.imports.iter().filter_map(|import| match import.ty {
        ImportType::Func(ty) => Some(ty),
        _ => None,
    });
    let functions: Vec<TypeIdx> = imported
        .chain(module.functions.iter().map(|function| function.ty))
        .collect();
    let given = |name: &str| {
        let export =
            module.exports.iter().find(|export| export.name == name)?;
        Some(match export.item {
            ExportItem::Func(index) => {
                of_type(module, functions[index.index()])
            }
            ExportItem::Table(_) => "table".to_owned(),
            ExportItem::Memory(_) => "memory".to_owned(),
            ExportItem::Global(_) => "global".to_owned(),
            ExportItem::Tag(_) => "tag".to_owned(),
        })
    };
    let breach = |name: &str, wanted: String| {
        let given = given(name);
        (given.as_ref() != Some(&wanted)).then(|| Breach {
            direction: Direction::Export,
            name: format!("`{name}`"),
            wanted,
            given,
        })
    };
    let functions = EXPORTS
        .iter()
        .map(|signature| breach(signature.name, signature.to_string()));
    functions.chain([breach("memory", "memory".to_owned())]).flatten().collect()
}

fn of_type(module: &Module, ty: TypeIdx) -> String {
    let ty = module.func_type(ty).cloned().unwrap_or_default();
    format!("func {ty}").trim_end().to_owned()
}

impl fmt::Display for Signature {
    /// Its type in the text format, without the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = |types: &[NumType]| {
            types.iter().copied().map(ValType::Num).collect()
        };
        let ty = FuncType {
            params: types(self.params),
            results: types(self.results),
        };
        f.write_str(format!("func {ty}").trim_end())
    }
}
