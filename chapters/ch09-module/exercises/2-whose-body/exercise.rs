//! Which functions does a function call?

use ch09_module::{Control, ExportItem, FuncIdx, Instr, Module};

/// The names of the functions that a function calls outside of its blocks, in
/// the order of the calls. What is imported calls nobody.
pub fn callees(module: &Module, function: FuncIdx) -> Vec<String> {
    let Some(function) = module.functions.get(function.index()) else {
        return Vec::new();
    };
    let function = function.read();
    let calls = function.body.iter().filter_map(|instr| match instr {
        Instr::Control(Control::Call(callee)) => Some(*callee),
        _ => None,
    });
    calls.map(|callee| name(module, callee)).collect()
}

/// The name under which a function is exported, or the two names under which it
/// is imported: `env.print`. If it is neither: `function 3`.
fn name(module: &Module, function: FuncIdx) -> String {
    let exported = module
        .exports
        .iter()
        .find(|export| export.item == ExportItem::Func(function));
    match exported {
        Some(export) => export.name.clone(),
        None => format!("function {function}"),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = "
        (module
          (import \"env\" \"print\" (func $print (param i32)))
          (func $answer (result i32) i32.const 42)
          (func (export \"main\") call $answer call $print))";
    println!("main calls {:?}", callees(&Module::from_text(text)?, FuncIdx(2)));
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
