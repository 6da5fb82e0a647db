//! Numbers in a memory, in a row, without a copy in between.

use std::error::Error;
use std::io::{self, Write};

use ch22_embed::{Engine, Instance, Module, Store};

/// What the program does, with its output going to `out`.
///
/// # Errors
///
/// Whatever goes wrong.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let engine = Engine::default();
    let text = r#"(module
        (memory (export "memory") 1)
        ;; The sum of `$count` numbers from `$at` on.
        (func (export "sum") (param $at i32) (param $count i32) (result f32)
            (local $sum f32)
            (block $done (loop $next
                (br_if $done (i32.eqz (local.get $count)))
                (local.set $sum
                    (f32.add (local.get $sum) (f32.load (local.get $at))))
                (local.set $at (i32.add (local.get $at) (i32.const 4)))
                (local.set $count (i32.sub (local.get $count) (i32.const 1)))
                (br $next)))
            (local.get $sum)))"#;
    let module = Module::new(&engine, text)?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let memory = instance.get_memory(&mut store, "memory");
    let memory = memory.ok_or("the module exports no memory")?;
    // The type of the numbers is the view's. An address needs no alignment.
    let at = 1001;
    let mut view = memory.view_mut::<f32, _>(&mut store, at);
    view.write(0, &[1.5, 2.5, 3.0])?;
    view.set(3, 0.25)?;
    let sum = instance.get_typed_func::<(u32, u32), f32>(&store, "sum")?;
    writeln!(out, "sum: {}", sum.call(&mut store, (at as u32, 4))?)?;
    let view = memory.view::<f32, _>(&store, at).range(0..4);
    writeln!(out, "all: {view:?}")?;
    let largest = view.iter().fold(f32::MIN, f32::max);
    writeln!(out, "largest: {largest}, fifth: {:?}", view.get(4))?;
    // The same bytes are other numbers in another view.
    writeln!(
        out,
        "bits: {:#x}",
        memory
            .view::<u32, _>(&store, at)
            .range(0..1)
            .get(0)
            .unwrap_or_default()
    )?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
