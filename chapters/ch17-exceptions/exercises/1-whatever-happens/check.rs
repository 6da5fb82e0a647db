//! The count goes down on both ways out, and the exception goes on.

use annex_embedding::{Engine, Error, Extern, Imports, Value};
use ch17_exceptions::Store;

use super::TOILET;

/// How a visit ends, and whether it is taken afterwards.
fn visit(sheets: i32) -> (Result<Vec<Value>, Error>, Option<Value>) {
    let mut store: Store = Store::default();
    let toilet = store.instantiate(TOILET.as_bytes(), &Imports::new()).unwrap();
    let visit = store.export(toilet, "visit").and_then(Extern::func).unwrap();
    let taken = store.export(toilet, "taken").and_then(Extern::global).unwrap();
    (store.invoke(visit, &[sheets.into()]), store.global(taken))
}

#[test]
fn the_toilet_is_free_after_a_visit() {
    let (outcome, taken) = visit(5);
    assert!(outcome.is_ok());
    assert_eq!(taken, Some(0.into()));
}

#[test]
fn the_toilet_is_free_after_an_exception_which_goes_on() {
    let (outcome, taken) = visit(2);
    let Err(Error::Exception(report)) = outcome else {
        panic!("wanted $no_paper: {outcome:?}")
    };
    assert_eq!(report.values, [2.into()]);
    assert_eq!(taken, Some(0.into()));
}
