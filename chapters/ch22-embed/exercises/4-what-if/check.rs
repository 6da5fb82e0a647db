//! Each answer is tried, and none of them was given.

use ch22_embed::Engine;

use super::{asked, linker, what_if};

#[test]
fn each_answer_has_its_own_result() {
    let engine = Engine::default();
    let linker = linker(&engine).unwrap();
    let (mut store, paused) = asked(&engine, &linker).unwrap();
    let results = what_if(&mut store, &linker, &paused, &[1, 4, 8]).unwrap();
    assert_eq!(results, [8, 20, 8]);
    // The same answer twice is the same result: nobody has kept anything.
    let results = what_if(&mut store, &linker, &paused, &[4, 4]).unwrap();
    assert_eq!(results, [20, 20]);
}

#[test]
fn the_call_still_waits_for_its_answer() {
    let engine = Engine::default();
    let linker = linker(&engine).unwrap();
    let (mut store, paused) = asked(&engine, &linker).unwrap();
    let results = what_if(&mut store, &linker, &paused, &[1, 2]).unwrap();
    assert_eq!(results, [8, 14]);
    let call = paused.answer(&mut store, &[5.into()]).unwrap();
    assert_eq!(call.finished().unwrap()[0].i32(), Some(20));
}
