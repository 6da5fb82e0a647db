//! One flight with a mirror and one without.

use std::cell::RefCell;
use std::rc::Rc;

use ch12_instance::Store;
use ch13_rocket::{Control, Host, HostCall, Rocket};

use super::Mirror;

const WIDTH: f64 = 800.0;

fn mirror() -> Mirror<Vec<HostCall>> {
    Mirror { host: Vec::new(), width: WIDTH }
}

/// Turns, boosts and shoots for five seconds.
fn fly(host: Rc<RefCell<impl Host + 'static>>) {
    let game = include_bytes!("../../../../game/rocket.wasm");
    let engine = Box::new(Store::<()>::default());
    let mut rocket = Rocket::new(engine, game, host).unwrap();
    rocket.resize(WIDTH, 480.0).unwrap();
    rocket.toggle(Control::Boost, true).unwrap();
    rocket.toggle(Control::Shoot, true).unwrap();
    for frame in 0..300 {
        rocket.toggle(Control::TurnRight, frame % 90 < 30).unwrap();
        rocket.update(1.0 / 60.0).unwrap();
        rocket.draw().unwrap();
    }
}

#[test]
fn what_is_drawn_is_turned_round() {
    let mut mirror = mirror();
    mirror.clear_screen();
    mirror.draw_enemy(100.0, 20.0);
    mirror.draw_bullet(800.0, 30.0);
    mirror.draw_particle(400.0, 40.0, 2.0);
    mirror.draw_score(7.0);
    assert_eq!(
        mirror.host,
        [
            HostCall::ClearScreen,
            HostCall::DrawEnemy { x: 700.0, y: 20.0 },
            HostCall::DrawBullet { x: 0.0, y: 30.0 },
            HostCall::DrawParticle { x: 400.0, y: 40.0, radius: 2.0 },
            HostCall::DrawScore { score: 7.0 },
        ]
    );
}

#[test]
fn the_nose_is_turned_round() {
    // From the right and from the lower right; up stays up.
    for (right, down) in [(1.0, 0.0), (0.6, 0.8), (0.0, -1.0)] {
        let mut mirror = mirror();
        mirror.draw_player(100.0, 50.0, libm::atan2(down, right));
        let [HostCall::DrawPlayer { x: 700.0, y: 50.0, angle }] =
            mirror.host[..]
        else {
            panic!("drawn: {:?}", mirror.host);
        };
        let error =
            libm::hypot(libm::cos(angle) + right, libm::sin(angle) - down);
        assert!(error < 1e-9, "an angle of {angle} for ({right}, {down})");
    }
}

#[test]
fn the_other_host_is_asked_for_the_trigonometry() {
    let mut mirror = mirror();
    assert_eq!(mirror.sin(0.5), libm::sin(0.5));
    assert_eq!(mirror.cos(0.5), libm::cos(0.5));
    assert_eq!(mirror.atan(0.5), libm::atan(0.5));
    assert_eq!(
        mirror.host,
        [
            HostCall::Sin { angle: 0.5 },
            HostCall::Cos { angle: 0.5 },
            HostCall::Atan { tangent: 0.5 },
        ]
    );
}

#[test]
fn the_game_notices_nothing() {
    let straight = Rc::new(RefCell::new(Vec::<HostCall>::new()));
    let mirrored = Rc::new(RefCell::new(mirror()));
    fly(Rc::clone(&straight));
    fly(Rc::clone(&mirrored));
    // The same calls: the mirror of the mirror is the flight.
    let mut back = mirror();
    for call in &mirrored.borrow().host {
        call.repeat(&mut back);
    }
    let shown = |calls: &[HostCall]| -> Vec<String> {
        // The nose has been turned twice, and may differ in the last bits.
        let rounded = |call: &HostCall| match *call {
            HostCall::DrawPlayer { x, y, .. } => {
                format!("player {x:.6} {y:.6}")
            }
            HostCall::DrawEnemy { x, y } => format!("enemy {x:.6} {y:.6}"),
            HostCall::DrawBullet { x, y } => format!("bullet {x:.6} {y:.6}"),
            HostCall::DrawParticle { x, y, .. } => {
                format!("particle {x:.6} {y:.6}")
            }
            call => call.to_string(),
        };
        calls.iter().map(rounded).collect()
    };
    let (straight, back) = (shown(&straight.borrow()), shown(&back.host));
    assert_eq!(straight.len(), back.len(), "how many calls there are");
    for (straight, back) in straight.iter().zip(&back) {
        assert_eq!(straight, back);
    }
    // And it was turned round on the way.
    let seen = mirrored.borrow().host.clone();
    assert_ne!(shown(&seen), straight);
}
