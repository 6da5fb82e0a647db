//! What becomes of flat code: which operations there are, what they name, and
//! which functions stay as they are.

use std::sync::{Arc, PoisonError};

use annex_embedding::{Engine, FuncAddr, Imports};
use ch09_module::Module;
use ch20_slots::{Show, Shown};

/// What is shown of the first function of a module, when it is called with
/// zeros; `None` if it stays flat code.
fn shown(text: &str) -> Option<Shown> {
    let mut store = Show::store();
    let shown = Arc::clone(&store.layer().tier.shown);
    store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let ty = store.func_type(FuncAddr(0)).unwrap();
    let zeros: Vec<_> = ty
        .params
        .iter()
        .map(|ty| annex_embedding::Value::zero(*ty).unwrap())
        .collect();
    let _ = store.invoke(FuncAddr(0), &zeros);
    let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    shown.get(&0).cloned()
}
