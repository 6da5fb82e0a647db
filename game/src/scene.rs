//! A picture as the game describes it: the calls of one frame, by what they draw.

use ch13_rocket::HostCall;

/// A point, in pixels of the game.
pub(crate) type Point = (f64, f64);

/// So many things of a kind are drawn, and no more.
const MOST: usize = 4096;

/// What there is to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scene {
    /// The rocket, and where its nose points; nothing while there is none.
    pub(crate) player: Option<(Point, f64)>,
    pub(crate) enemies: Vec<Point>,
    pub(crate) bullets: Vec<Point>,
    /// Each with its radius.
    pub(crate) particles: Vec<(Point, f64)>,
    pub(crate) score: f64,
}

impl Scene {
    /// The picture that calls draw. What is not a number cannot be seen, and a radius is at least 0.
    pub(crate) fn new(calls: &[HostCall]) -> Scene {
        let mut scene = Scene::default();
        let finite = |numbers: &[f64]| numbers.iter().all(|number| number.is_finite());
        for call in calls {
            match *call {
                HostCall::ClearScreen => scene = Scene::default(),
                HostCall::DrawPlayer { x, y, angle } if finite(&[x, y, angle]) => {
                    scene.player = Some(((x, y), angle));
                }
                HostCall::DrawEnemy { x, y } if finite(&[x, y]) && scene.enemies.len() < MOST => {
                    scene.enemies.push((x, y));
                }
                HostCall::DrawBullet { x, y } if finite(&[x, y]) && scene.bullets.len() < MOST => {
                    scene.bullets.push((x, y));
                }
                HostCall::DrawParticle { x, y, radius }
                    if finite(&[x, y, radius]) && scene.particles.len() < MOST =>
                {
                    scene.particles.push(((x, y), radius.clamp(0.0, 100.0)));
                }
                HostCall::DrawScore { score } => scene.score = score,
                _ => {}
            }
        }
        scene
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_begins_with_a_clear_screen() {
        let enemy = |x| HostCall::DrawEnemy { x, y: 1.0 };
        let scene = Scene::new(&[enemy(1.0), HostCall::ClearScreen, enemy(2.0), enemy(3.0)]);
        assert_eq!(scene.enemies, [(2.0, 1.0), (3.0, 1.0)]);
    }

    #[test]
    fn calls_with_nan_draw_nothing() {
        let particle = |x, radius| HostCall::DrawParticle { x, y: 0.0, radius };
        let scene = Scene::new(&[
            particle(1.0, -0.25),
            particle(f64::NAN, 1.0),
            particle(2.0, f64::INFINITY),
            particle(3.0, 1e9),
        ]);
        assert_eq!(scene.particles, [((1.0, 0.0), 0.0), ((3.0, 0.0), 100.0)]);
    }
}
