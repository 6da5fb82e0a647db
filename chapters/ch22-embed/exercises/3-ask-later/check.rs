//! Answers, and what has none.

use std::collections::HashMap;

use ch22_embed::{Instance, ResumableCall, Store};

use super::{Wanted, finish, guest};

fn buy(
    store: &mut Store<()>,
    guest: Instance,
    things: [u32; 2],
) -> ResumableCall {
    let buy = guest.get_func(&*store, "buy").unwrap();
    buy.call_resumable(store, &things.map(Into::into)).unwrap()
}

#[test]
fn each_question_gets_its_answer() {
    let (mut store, guest) = guest().unwrap();
    let call = buy(&mut store, guest, [1, 2]);
    let prices = HashMap::from([(1, 30), (2, 12)]);
    let results = finish(&mut store, call, &prices).unwrap();
    assert_eq!(results.first().and_then(|it| it.i32()), Some(42));
}

#[test]
fn two_calls_of_a_store_are_answered_one_after_the_other() {
    let (mut store, guest) = guest().unwrap();
    let first = buy(&mut store, guest, [1, 1]);
    let second = buy(&mut store, guest, [2, 2]);
    let prices = HashMap::from([(1, 10), (2, 1)]);
    let results = finish(&mut store, second, &prices).unwrap();
    assert_eq!(results.first().and_then(|it| it.i32()), Some(2));
    let results = finish(&mut store, first, &prices).unwrap();
    assert_eq!(results.first().and_then(|it| it.i32()), Some(20));
}

#[test]
fn what_has_no_price_is_an_error_and_the_store_goes_on() {
    let (mut store, guest) = guest().unwrap();
    let prices = HashMap::from([(1, 30)]);
    let call = buy(&mut store, guest, [1, 7]);
    let error = finish(&mut store, call, &prices).unwrap_err();
    assert_eq!(error.downcast_ref::<Wanted>(), Some(&Wanted(7)));
    let call = buy(&mut store, guest, [1, 1]);
    let results = finish(&mut store, call, &prices).unwrap();
    assert_eq!(results.first().and_then(|it| it.i32()), Some(60));
}
