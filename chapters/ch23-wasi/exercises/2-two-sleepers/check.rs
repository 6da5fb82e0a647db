//! Who has finished when.

use super::{by_turns, sleeper};

fn finished(guests: &[&[u32]]) -> Vec<(usize, u32)> {
    let sleepers = guests.iter().map(|naps| sleeper(naps).unwrap()).collect();
    by_turns(sleepers).unwrap()
}

#[test]
fn one_guest_finishes_after_all_its_naps() {
    assert_eq!(finished(&[&[10, 20, 30]]), [(0, 60)]);
}

#[test]
fn whoever_wakes_first_goes_on() {
    assert_eq!(finished(&[&[300, 300], &[500]]), [(1, 500), (0, 600)]);
    let guests: [&[u32]; 3] = [&[90], &[30, 30, 30, 30], &[50, 50]];
    assert_eq!(finished(&guests), [(0, 90), (2, 100), (1, 120)]);
}

#[test]
fn of_two_that_wake_together_the_first_in_the_list_goes_on() {
    assert_eq!(
        finished(&[&[20, 20], &[40], &[40]]),
        [(0, 40), (1, 40), (2, 40)]
    );
}

#[test]
fn nobody_finishes_nothing() {
    assert_eq!(finished(&[]), []);
}
