//! The imports of a module that are missing.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::Imports;
use ch09_module::{Module, ModuleError};

/// The imports of `module` that are missing, each as `` `module` `name` ``, in
/// the order of the module, none twice.
pub fn missing(module: &Module, imports: &Imports) -> Vec<String> {
    let first = module
        .imports
        .iter()
        .find(|import| imports.get(&import.module, &import.name).is_none())
        .map(|import| format!("`{}` `{}`", import.module, import.name));
    first.into_iter().collect()
}

fn main() -> Result<(), ModuleError> {
    let player =
        Module::from_bytes(include_bytes!("../../programs/player.wat"))?;
    println!("$player lacks {}", missing(&player, &Imports::new()).join(", "));
    println!("and should lack five things");
    Ok(())
}
