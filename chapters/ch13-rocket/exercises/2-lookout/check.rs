//! The clock, the nearest, and a picture that begins anew.

use ch13_rocket::Host;

use super::{Lookout, o_clock};

#[test]
fn the_four_quarters() {
    let hours = [(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)].map(o_clock);
    assert_eq!(hours, [12, 3, 6, 9]);
}

#[test]
fn the_hours_between() {
    // Just above the middle line on the right, and so all round.
    let hours =
        [(5.0, -3.0), (5.0, 3.0), (-5.0, 3.0), (-5.0, -3.0)].map(o_clock);
    assert_eq!(hours, [2, 4, 8, 10]);
    assert_eq!(
        [(3.0, -5.0), (-3.0, -5.0), (3.0, 5.0), (-3.0, 5.0)].map(o_clock),
        [1, 11, 5, 7]
    );
    assert_eq!(o_clock((-5.0, -0.1)), 9);
    assert_eq!(o_clock((-5.0, 0.1)), 9);
}

#[test]
fn the_nearest_is_reported() {
    let mut lookout = Lookout::default();
    lookout.draw_enemy(400.0, 0.0);
    lookout.draw_enemy(460.0, 240.0);
    lookout.draw_enemy(0.0, 240.0);
    lookout.draw_player(400.0, 240.0, 0.0);
    assert_eq!(lookout.report(), "3 enemies, the nearest at 3 o'clock");
}

#[test]
fn a_new_frame_begins_without_enemies() {
    let mut lookout = Lookout::default();
    lookout.draw_player(400.0, 240.0, 0.0);
    lookout.draw_enemy(400.0, 300.0);
    assert_eq!(lookout.report(), "1 enemy at 6 o'clock");
    lookout.clear_screen();
    assert_eq!(lookout.report(), "all is quiet");
    lookout.draw_player(400.0, 240.0, 0.0);
    assert_eq!(lookout.report(), "all is quiet");
}
