//! What `call_indirect` asks before it calls.

use ch07_values::Trap;
use ch09_module::{FuncIdx, Module, TypeIdx};

/// The function that an element of a table refers to, if it is of the type that
/// `call_indirect` names. The module imports nothing.
pub fn callee(
    module: &Module,
    table: &[Option<FuncIdx>],
    element: usize,
    ty: TypeIdx,
) -> Result<FuncIdx, Trap> {
    let element = table.get(element).ok_or(Trap::UndefinedElement)?;
    let function = element.ok_or(Trap::UninitializedElement)?;
    let found = module.functions[function.index()].ty;
    if module.func_type(found) != module.func_type(ty) {
        return Err(Trap::IndirectCallTypeMismatch);
    }
    Ok(function)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let module = Module::from_text(
        "(module (type (func)) (type (func)) (func (type 1)))",
    )?;
    let outcome = callee(&module, &[Some(FuncIdx(0))], 0, TypeIdx(0));
    println!(
        "A function of type 1, called as type 0, which is the same type: \
         {outcome:?}"
    );
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
