//! Imports of other people's modules.

use annex_embedding::{Engine, Extern, HostFunction, Imports};
use ch09_module::{FuncType, ImportType, Module};

/// All imports of a program, each a function that `host` makes for its name and type.
///
/// # Errors
///
/// The program imports something else.
pub fn link(
    program: &Module,
    engine: &mut dyn Engine,
    host: impl Fn(&str, FuncType) -> HostFunction,
) -> Result<Imports, Box<dyn std::error::Error>> {
    let mut imports = Imports::new();
    for import in &program.imports {
        let ImportType::Func(ty) = import.ty else {
            return Err(format!("`{}` is not a function", import.name).into());
        };
        let ty = program.func_type(ty).ok_or("this is no function type")?.clone();
        let function = engine.add_function(host(&import.name, ty));
        imports.define(&import.module, &import.name, Extern::Func(function));
    }
    Ok(imports)
}
