//! C's `longjmp` as an exception of WebAssembly.
//!
//! Where MicroPython may have to catch something, it doesn't call a function
//! but asks its host to: `invoke_iii(index, a, b)`. The host calls the function
//! at this index of the module's table. If that ends in a `longjmp`, the host
//! puts the stack pointer back, calls `setThrew(1, 0)`, and returns.
//!
//! A host in Rust could do so, but then there would be Rust calls among the
//! guest's, and those can be neither paused nor frozen. So a small module does
//! it. What it needs of MicroPython can't be imported, because MicroPython
//! imports *its* functions. It comes later, in two tables. The clock is in it
//! for the same reason: an interrupt is a jump (`interrupt.rs`).

use std::fmt::Write;

use ch22_embed::{
    AsContextMut, Error, ExternType, Instance, Module, Table, Val, ValType,
};

/// What the second table has, in this order, by the names that MicroPython's
/// Emscripten gave them.
pub const LATE: [&str; 4] = [
    "emscripten_stack_get_current",
    "_emscripten_stack_restore",
    "setThrew",
    "proxy_c_to_js_get_iter",
];

/// The text of a module that has each `invoke_*` that another one imports, and
/// `more`.
pub fn text(program: &Module, more: &str) -> String {
    let mut text = format!("(module{more}");
    text += r#"
  (table $functions (export "functions") 0 funcref)
  (table $late (export "late") 4 funcref)
  (tag $longjmp)
  (func (export "_emscripten_throw_longjmp") (throw $longjmp))
"#;
    for import in program.imports() {
        let ExternType::Func(ty) = import.ty() else { continue };
        if import.name().starts_with("invoke_") {
            // The first parameter is the index.
            let params = ty.params().get(1..).unwrap_or_default();
            invoke(&mut text, import.name(), params, ty.results());
        }
    }
    text + ")"
}

fn invoke(
    text: &mut String,
    name: &str,
    params: &[ValType],
    results: &[ValType],
) {
    let list = |keyword: &str, types: &[ValType]| {
        let types: String = types.iter().map(|ty| format!(" {ty}")).collect();
        format!("({keyword}{types})")
    };
    let (ps, rs) = (list("param", params), list("result", results));
    let stack = params.len() + 1;
    let arguments: String =
        (1..stack).map(|local| format!("(local.get {local}) ")).collect();
    let nothing: String =
        results.iter().map(|ty| format!("({ty}.const 0)")).collect();
    // Nothing can go wrong when a `String` is written.
    _ = write!(
        text,
        r#"
  (func (export "{name}")
    (param i32) {ps} {rs} (local i32)
    (local.set {stack}
      (call_indirect $late (result i32) (i32.const 0)))
    (block $caught
      (return (try_table {rs} (catch $longjmp $caught)
        (call_indirect $functions {ps} {rs}
          {arguments}(local.get 0)))))
    (call_indirect $late (param i32) (local.get {stack}) (i32.const 1))
    (call_indirect $late (param i32 i32)
      (i32.const 1) (i32.const 0) (i32.const 2))
    {nothing})
"#
    );
}

/// Fills the tables of the small module, once MicroPython is there. `late` is
/// [`LATE`], as far as the module needs it, by the names that its Emscripten
/// gave.
///
/// # Errors
///
/// One of them lacks something.
pub fn connect(
    mut store: impl AsContextMut,
    small: Instance,
    program: Instance,
    late: &[&str],
) -> Result<(), Error> {
    let mut store = store.as_context_mut();
    let missing = |what: &str| Error::msg(format!("there is no `{what}`"));
    let mut table = |instance: Instance, name| -> Result<Table, Error> {
        let table = instance.get_table(&mut store, name);
        table.ok_or_else(|| missing(name))
    };
    let from = table(program, "__indirect_function_table")?;
    let to = table(small, "functions")?;
    let to_late = table(small, "late")?;
    let size = from.size(&store);
    to.grow(&mut store, size, Val::FuncRef(None))?;
    for index in 0..size {
        let function = from.get(&mut store, index);
        let function = function.ok_or_else(|| missing("function"))?;
        to.set(&mut store, index, function)?;
    }
    for (index, name) in (0..).zip(late.iter().copied()) {
        let function = program.get_func(&store, name);
        let function = function.ok_or_else(|| missing(name))?;
        to_late.set(&mut store, index, Val::FuncRef(Some(function)))?;
    }
    Ok(())
}
