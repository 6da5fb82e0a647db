//! A ticket is good for one coat.

use super::{Cloakroom, Ticket};

#[test]
fn a_ticket_fetches_its_coat_once() {
    let mut room = Cloakroom::default();
    let (red, blue) = (room.bring("red"), room.bring("blue"));
    assert_eq!(room.fetch(red), Some("red"));
    assert_eq!(room.fetch(red), None);
    assert_eq!(room.fetch(blue), Some("blue"));
}

#[test]
fn an_old_ticket_does_not_fetch_the_coat_that_came_after() {
    let mut room = Cloakroom::default();
    let old = room.bring("red");
    room.fetch(old);
    let new = room.bring("blue");
    assert_eq!(new.hook, old.hook, "the hook is used again");
    assert_eq!(room.fetch(old), None);
    assert_eq!(
        room.fetch(new),
        Some("blue"),
        "and the attempt has cost nobody a coat"
    );
}

#[test]
fn a_forged_ticket_fetches_nothing() {
    let mut room = Cloakroom::default();
    let red = room.bring("red");
    assert_eq!(room.fetch(Ticket { hook: 7, generation: 0 }), None);
    assert_eq!(room.fetch(Ticket { generation: 1, ..red }), None);
    assert_eq!(room.fetch(red), Some("red"));
    assert_eq!(
        room.fetch(Ticket { generation: 1, ..red }),
        None,
        "nothing hangs there yet"
    );
}

#[test]
fn a_hook_that_was_used_too_often_stays_empty() {
    let mut room = Cloakroom::default();
    let first = room.bring("first");
    room.fetch(first);
    for _ in 1..256 {
        let ticket = room.bring("next");
        assert_eq!(ticket.hook, first.hook);
        assert_eq!(room.fetch(ticket), Some("next"));
    }
    let ticket = room.bring("last");
    assert_ne!(ticket.hook, first.hook);
    assert_eq!(room.fetch(first), None);
    assert_eq!(room.fetch(ticket), Some("last"));
}
