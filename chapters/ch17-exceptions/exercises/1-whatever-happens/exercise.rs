//! Something has to be done at the end, however the end comes.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, Extern, Imports};
use ch17_exceptions::Store;

/// `visit` may end in the exception that `$stay` throws; `taken` is to be 0
/// afterwards.
pub const TOILET: &str = r#"(module $toilet
  (global $taken (export "taken") (mut i32) (i32.const 0))
  (tag $no_paper (export "no_paper") (param i32))

  (func $visit (export "visit") (param $sheets i32)
    i32.const 1
    call $count
    local.get $sheets
    call $stay
    i32.const -1
    call $count)

  (func $stay (param $sheets i32)
    local.get $sheets
    i32.const 3
    i32.lt_s
    if
      local.get $sheets
      throw $no_paper
    end)

  (func $count (param $more i32)
    global.get $taken
    local.get $more
    i32.add
    global.set $taken))"#;

fn main() -> Result<(), Error> {
    let mut store: Store = Store::default();
    let toilet = store.instantiate(TOILET.as_bytes(), &Imports::new())?;
    let visit = store.export(toilet, "visit").and_then(Extern::func);
    let taken = store.export(toilet, "taken").and_then(Extern::global);
    if let (Some(visit), Some(taken)) = (visit, taken) {
        for sheets in [5, 2] {
            if let Err(error) = store.invoke(visit, &[sheets.into()]) {
                println!("{error}");
            }
            println!(
                "with {sheets} sheets, taken afterwards: {:?}",
                store.global(taken)
            );
        }
    }
    Ok(())
}
