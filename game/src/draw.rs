//! How things look. Everything is made of lights, which add up, and of shapes, which cover each other.

use std::f32::consts::{PI, TAU};

use macroquad::miniquad::{BlendFactor, BlendState, BlendValue, Equation, PipelineParams};
use macroquad::models::Vertex;
use macroquad::prelude::*;

use crate::effects::{Bonus, Effects, Kind, Nature, WAVE, Wave};
use crate::motion::Mover;
use crate::scene::{Point, Scene};
use crate::sky::{self, Star};

/// How much larger than life the rocket is drawn.
const ROCKET: f32 = 1.45;

/// Where the picture of the game is in the window: so much larger, and so far from the corner.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(crate) scale: f32,
    pub(crate) corner: Vec2,
}

impl View {
    /// The largest view of a picture of this size, in the middle of the window.
    pub(crate) fn fit((width, height): (f64, f64)) -> View {
        let size = vec2(width as f32, height as f32);
        let window = vec2(screen_width(), screen_height());
        let scale = (window / size).min_element();
        View { scale, corner: (window - size * scale) / 2.0 }
    }

    /// Where a point of the picture is in the window.
    pub(crate) fn at(self, (x, y): Point) -> Vec2 {
        self.corner + vec2(x as f32, y as f32) * self.scale
    }
}

/// What the looks are made of.
pub(crate) struct Looks {
    glow: Texture2D,
    nebulae: Texture2D,
    vignette: Texture2D,
    stars: Vec<Star>,
    /// Adds light to what is there.
    light: Material,
}

impl Looks {
    pub(crate) fn new() -> Result<Looks, macroquad::Error> {
        let add = BlendState::new(
            Equation::Add,
            BlendFactor::Value(BlendValue::SourceAlpha),
            BlendFactor::One,
        );
        let light = load_material(
            ShaderSource::Glsl { vertex: VERTEX, fragment: FRAGMENT },
            MaterialParams {
                pipeline_params: PipelineParams { color_blend: Some(add), ..Default::default() },
                ..Default::default()
            },
        )?;
        Ok(Looks {
            glow: Texture2D::from_image(&sky::glow()),
            nebulae: Texture2D::from_image(&sky::nebulae()),
            vignette: Texture2D::from_image(&sky::vignette()),
            stars: sky::stars(),
            light,
        })
    }

    /// Draws the sky all over the window.
    pub(crate) fn sky(&self, effects: &Effects) {
        let window = vec2(screen_width(), screen_height());
        let drift =
            vec2((effects.travelled.0 + 5.0 * effects.time) as f32, effects.travelled.1 as f32);
        // The far clouds, side by side until the window is full.
        let tile = window.max_element().max(1.0) * 1.1;
        let from = vec2(
            (-drift.x * 0.02).rem_euclid(tile) - tile,
            (-drift.y * 0.02).rem_euclid(tile) - tile,
        );
        for (column, row) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            let place = from + vec2(column, row) * tile;
            if place.x < window.x && place.y < window.y && place.x > -tile && place.y > -tile {
                let size = Some(Vec2::splat(tile + 1.0));
                let params = DrawTextureParams { dest_size: size, ..Default::default() };
                draw_texture_ex(&self.nebulae, place.x, place.y, WHITE, params);
            }
        }
        gl_use_material(&self.light);
        for star in &self.stars {
            let place = star.place * window - drift * (0.03 + 0.16 * star.depth);
            let place = vec2(place.x.rem_euclid(window.x), place.y.rem_euclid(window.y));
            let twinkle = 0.75 + 0.25 * (effects.time as f32 * 1.7 + star.phase).sin();
            let color = faded(star.color, twinkle);
            self.light(place, star.radius * 2.6, color);
            if star.depth > 0.8 {
                self.light(place, star.radius * 8.0, faded(color, 0.22));
            }
        }
        gl_use_default_material();
    }

    /// Draws what the game shows.
    pub(crate) fn scene(&self, scene: &Scene, effects: &Effects, mut view: View) {
        let shake = (effects.shake * effects.shake) as f32 * 11.0 * view.scale;
        let wobble = |rate: f32| (effects.time as f32 * rate).sin();
        view.corner += vec2(wobble(61.0) + wobble(37.0), wobble(53.0) + wobble(43.0)) * shake / 2.0;
        let rocket = scene.player.map(|(place, angle)| Rocket {
            place: view.at(place),
            angle: angle as f32,
            size: ROCKET * view.scale,
            bank: effects.bank as f32,
        });

        gl_use_material(&self.light);
        for &(place, radius) in &scene.particles {
            self.particle(view.at(place), radius as f32, view.scale);
        }
        for (enemy, nature) in effects.enemies() {
            let pulse = 0.5 + 0.5 * (effects.time as f32 * 5.0 + enemy.id as f32).sin();
            let (color, size) = match nature.kind {
                Kind::Hunter => (Color::new(1.0, 0.16, 0.5, 0.30), 1.0),
                Kind::Dart => (Color::new(1.0, 0.75, 0.1, 0.34), 0.9),
                Kind::Hulk => (Color::new(0.1, 0.95, 0.65, 0.28), 1.35),
                Kind::Boss => (Color::new(0.75, 0.1, 1.0, 0.4), 3.2),
            };
            let color = Color { a: color.a + 0.22 * pulse, ..color };
            self.light(view.at(enemy.place), (30.0 + 7.0 * pulse) * size * view.scale, color);
        }
        for bonus in &effects.bonuses {
            let pulse = 0.5 + 0.5 * (effects.time as f32 * 7.0).sin();
            let color = faded(color_of(bonus), 0.4 + 0.3 * pulse);
            self.light(view.at(bonus.place), 34.0 * view.scale, color);
        }
        for bullet in effects.bullets.movers() {
            let nose = scene.player.map_or(0.0, |(_, angle)| angle as f32);
            self.bolt(bullet, nose, view);
        }
        if let Some(rocket) = &rocket {
            self.light(rocket.place, 40.0 * view.scale, Color::new(0.3, 0.6, 1.0, 0.3));
            self.flame(rocket, effects.thrust as f32, effects.time as f32);
        }
        gl_use_default_material();

        for (enemy, nature) in effects.enemies() {
            let time = effects.time as f32;
            match nature.kind {
                Kind::Hunter => self.hunter(enemy, time, view),
                Kind::Dart => dart(enemy, time, view),
                Kind::Hulk => hulk(enemy, nature, time, view),
                Kind::Boss => boss(enemy, nature, time, view),
            }
        }
        effects.bonuses.iter().for_each(|it| bonus(it, effects.time as f32, view));
        if let Some(rocket) = &rocket {
            rocket.draw();
        }

        gl_use_material(&self.light);
        if let Some(rocket) = rocket.as_ref().filter(|_| effects.is_shielded) {
            let blue = Color::new(0.3, 0.75, 1.0, 0.75 + 0.2 * wobble(9.0));
            let radius = 26.0 * view.scale;
            ring(rocket.place, (radius * 0.55, radius), [faded(blue, 0.0), faded(blue, 0.55)]);
            ring(rocket.place, (radius, radius * 1.12), [blue, faded(blue, 0.0)]);
        }
        for wave in &effects.waves {
            self.wave(wave, view);
        }
        gl_use_default_material();
        self.cover(Color::new(1.0, 0.75, 0.5, 0.18 * (effects.flash as f32).powi(2)));
    }

    /// Draws the dark corners of the window.
    pub(crate) fn frame(&self) {
        let params = DrawTextureParams {
            dest_size: Some(vec2(screen_width(), screen_height())),
            ..Default::default()
        };
        draw_texture_ex(&self.vignette, 0.0, 0.0, WHITE, params);
    }

    /// Draws a colour over the whole window.
    pub(crate) fn cover(&self, color: Color) {
        if color.a > 0.0 {
            draw_rectangle(0.0, 0.0, screen_width(), screen_height(), color);
        }
    }

    /// Draws bars where the window is not part of the picture.
    pub(crate) fn bars(&self, view: View) {
        let (bar, window) = (view.corner, vec2(screen_width(), screen_height()));
        if bar.x >= 1.0 {
            draw_rectangle(0.0, 0.0, bar.x, window.y, BLACK);
            draw_rectangle(window.x - bar.x, 0.0, bar.x, window.y, BLACK);
        }
        if bar.y >= 1.0 {
            draw_rectangle(0.0, 0.0, window.x, bar.y, BLACK);
            draw_rectangle(0.0, window.y - bar.y, window.x, bar.y, BLACK);
        }
    }

    /// Draws a large light behind a title.
    pub(crate) fn halo(&self, place: Vec2, size: Vec2, color: Color) {
        gl_use_material(&self.light);
        let params = DrawTextureParams { dest_size: Some(size), ..Default::default() };
        let corner = place - size / 2.0;
        draw_texture_ex(&self.glow, corner.x, corner.y, color, params);
        gl_use_default_material();
    }

    /// A round light. Lights are drawn between `gl_use_material` and `gl_use_default_material`.
    fn light(&self, place: Vec2, radius: f32, color: Color) {
        let params =
            DrawTextureParams { dest_size: Some(Vec2::splat(radius * 2.0)), ..Default::default() };
        draw_texture_ex(&self.glow, place.x - radius, place.y - radius, color, params);
    }

    /// A particle: large ones are hot, small ones are cold.
    fn particle(&self, place: Vec2, radius: f32, scale: f32) {
        let heat = (radius / 4.0).min(1.0);
        let color = ramp(heat);
        let radius = (radius.min(40.0) + 0.8) * scale;
        self.light(place, radius * 3.2, faded(color, 0.55 * heat.sqrt()));
        self.light(place, radius * 1.35, color);
    }

    /// A bullet: a bolt that points where it flies, or, when it is new, where the rocket does.
    fn bolt(&self, bullet: &Mover, nose: f32, view: View) {
        let head = view.at(bullet.place);
        let velocity = vec2(bullet.velocity.0 as f32, bullet.velocity.1 as f32);
        let along = velocity.try_normalize().unwrap_or(Vec2::from_angle(nose));
        let (tail, side) = (along * -26.0 * view.scale, along.perp() * 2.6 * view.scale);
        let bright = Color::new(0.45, 0.95, 1.0, 0.95);
        let tip = head + along * 5.0 * view.scale;
        triangle([head + side, head - side, head + tail], [bright, bright, faded(bright, 0.0)]);
        triangle([head + side, head - side, tip], [bright; 3]);
        self.light(head, 15.0 * view.scale, Color::new(0.2, 0.75, 1.0, 0.75));
        self.light(head, 5.0 * view.scale, WHITE);
    }

    /// A hunter: a star of knives that turns, and an eye that looks where it flies.
    fn hunter(&self, enemy: &Mover, time: f32, view: View) {
        let place = view.at(enemy.place);
        let turn = time * 1.6 + enemy.id as f32;
        let arrival = (enemy.age as f32 * 3.0).min(1.0);
        let size = view.scale * (0.4 + 0.6 * arrival);
        let (dark, edge) = (Color::new(0.16, 0.02, 0.2, 1.0), Color::new(1.0, 0.22, 0.55, 1.0));
        const KNIVES: usize = 7;
        for knife in 0..KNIVES {
            let angle = turn + TAU * knife as f32 / KNIVES as f32;
            let point = |radius: f32, angle: f32| place + Vec2::from_angle(angle) * radius * size;
            let (left, right) = (point(7.5, angle - 0.42), point(7.5, angle + 0.42));
            let tip = point(14.0, angle + 0.3);
            triangle([left, right, tip], [Color::new(0.55, 0.05, 0.35, 1.0), edge, WHITE]);
        }
        draw_poly(place.x, place.y, 14, 8.6 * size, turn.to_degrees(), edge);
        draw_poly(place.x, place.y, 14, 7.2 * size, turn.to_degrees(), dark);
        let velocity = vec2(enemy.velocity.0 as f32, enemy.velocity.1 as f32);
        let eye = place + velocity.try_normalize().unwrap_or_default() * 2.8 * size;
        let pulse = 0.5 + 0.5 * (time * 5.0 + enemy.id as f32).sin();
        draw_circle(eye.x, eye.y, 3.6 * size, Color::new(1.0, 0.45, 0.15, 1.0));
        draw_circle(eye.x, eye.y, 2.0 * size, Color::new(1.0, 0.85 + 0.15 * pulse, 0.6, 1.0));
    }

    fn flame(&self, rocket: &Rocket, thrust: f32, time: f32) {
        if thrust < 0.02 {
            return;
        }
        let flicker = 1.0 + 0.16 * (time * 71.0).sin() + 0.12 * (time * 113.0).sin();
        let flame = |length: f32, width: f32, root: Color, tip: Color| {
            let (length, width) = (length * thrust * flicker, width * (0.6 + 0.4 * thrust));
            let root = [root, root, faded(tip, 0.0)];
            triangle(
                [rocket.at(-8.0, width), rocket.at(-8.0, -width), rocket.at(-8.0 - length, 0.0)],
                root,
            );
        };
        let orange = Color::new(1.0, 0.45, 0.08, 0.9);
        self.light(rocket.at(-13.0, 0.0), 24.0 * rocket.size * thrust, faded(orange, 0.5));
        flame(25.0, 3.8, orange, Color::new(1.0, 0.1, 0.1, 0.0));
        flame(16.0, 2.6, Color::new(1.0, 0.8, 0.3, 0.95), orange);
        flame(9.0, 1.7, WHITE, Color::new(0.7, 0.8, 1.0, 0.0));
    }

    /// A shock wave: a ring that grows thin, and a flash at its beginning.
    fn wave(&self, wave: &Wave, view: View) {
        let age = (wave.age / WAVE) as f32;
        let place = view.at(wave.place);
        let radius = wave.radius as f32 * view.scale * (1.0 - (1.0 - age).powi(3));
        let width = 0.22 * radius * (1.0 - age) + 1.0;
        let color = Color::new(1.0, 0.55 - 0.3 * age, 0.3, 0.7 * (1.0 - age).powi(2));
        ring(place, (radius - width, radius), [faded(color, 0.0), color]);
        ring(place, (radius, radius + 2.0 + 0.4 * width), [color, faded(color, 0.0)]);
        let flash = (1.0 - age * 2.2).max(0.0);
        self.light(
            place,
            wave.radius as f32 * view.scale * 0.9,
            Color::new(1.0, 0.85, 0.6, flash * flash),
        );
    }
}

/// The rocket in the window.
pub(crate) struct Rocket {
    pub(crate) place: Vec2,
    /// Where its nose points.
    pub(crate) angle: f32,
    /// How much larger it is than its plan.
    pub(crate) size: f32,
    /// How far it leans, from -1 to 1.
    pub(crate) bank: f32,
}

impl Rocket {
    /// A point of the plan, on which the nose points to the right: seen from the side, a wing is short.
    fn at(&self, x: f32, y: f32) -> Vec2 {
        let lean = self.bank * y.signum() * 0.22;
        let y = y * (1.0 - 0.12 * self.bank.abs() - lean);
        self.place + Vec2::from_angle(self.angle).rotate(vec2(x, y)) * self.size
    }

    /// Draws the hull, the wings and the cockpit.
    pub(crate) fn draw(&self) {
        let shade = |color: Color, side: f32| {
            // The light comes from the left wing; the side that rises catches more of it.
            let light = 1.0 - side * 0.2 - side * self.bank * 0.25;
            Color::new(color.r * light, color.g * light, color.b * light, 1.0)
        };
        let (red, dark_red) =
            (Color::new(0.96, 0.27, 0.22, 1.0), Color::new(0.55, 0.08, 0.16, 1.0));
        let (hull, tail) = (Color::new(0.93, 0.96, 1.0, 1.0), Color::new(0.58, 0.66, 0.8, 1.0));
        for side in [-1.0, 1.0] {
            let at = |x: f32, y: f32| self.at(x, y * side);
            let wing = [shade(red, side), shade(dark_red, side), shade(red, side)];
            triangle([at(3.0, 2.6), at(-11.0, 9.4), at(-7.0, 2.0)], wing);
            triangle([at(-11.0, 9.4), at(-9.2, 4.0), at(-7.0, 2.0)], wing);
            let (hull, tail) = (shade(hull, side), shade(tail, side));
            triangle([at(14.0, 0.0), at(4.0, 3.7), at(4.0, 0.0)], [hull; 3]);
            triangle([at(4.0, 0.0), at(4.0, 3.7), at(-7.5, 3.5)], [hull, hull, tail]);
            triangle([at(4.0, 0.0), at(-7.5, 3.5), at(-7.5, 0.0)], [hull, tail, tail]);
            let steel = shade(Color::new(0.28, 0.3, 0.38, 1.0), side);
            triangle([at(-7.5, 0.0), at(-7.5, 2.7), at(-9.6, 2.1)], [steel; 3]);
            triangle([at(-7.5, 0.0), at(-9.6, 2.1), at(-9.6, 0.0)], [steel; 3]);
            let nose = shade(red, side);
            triangle([at(14.0, 0.0), at(9.2, 1.8), at(9.2, 0.0)], [nose; 3]);
        }
        let (glass, edge) = (Color::new(0.35, 0.9, 1.0, 1.0), Color::new(0.08, 0.25, 0.45, 1.0));
        let degrees = self.angle.to_degrees();
        let middle = self.at(2.6, 0.0);
        draw_ellipse(middle.x, middle.y, 3.4 * self.size, 1.9 * self.size, degrees, edge);
        draw_ellipse(middle.x, middle.y, 2.7 * self.size, 1.3 * self.size, degrees, glass);
    }
}

/// The direction in which an enemy flies.
fn heading(enemy: &Mover) -> Vec2 {
    let velocity = vec2(enemy.velocity.0 as f32, enemy.velocity.1 as f32);
    velocity.try_normalize().unwrap_or(Vec2::Y)
}

/// How large an enemy is that has just arrived.
fn arrival(enemy: &Mover) -> f32 {
    0.4 + 0.6 * (enemy.age as f32 * 3.0).min(1.0)
}

/// A dart: a blade with two swept wings, and a flame behind it.
fn dart(enemy: &Mover, time: f32, view: View) {
    let place = view.at(enemy.place);
    let size = view.scale * arrival(enemy);
    let (along, side) = (heading(enemy) * size, heading(enemy).perp() * size);
    let at = |x: f32, y: f32| place + along * x + side * y;
    let flicker = 1.0 + 0.25 * (time * 60.0 + enemy.id as f32).sin();
    let (hot, cold) = (Color::new(1.0, 0.9, 0.5, 0.9), Color::new(1.0, 0.3, 0.0, 0.0));
    triangle([at(-7.0, 2.4), at(-7.0, -2.4), at(-20.0 * flicker, 0.0)], [hot, hot, cold]);
    let (light, dark) = (Color::new(1.0, 0.86, 0.25, 1.0), Color::new(0.62, 0.3, 0.02, 1.0));
    for turn in [1.0, -1.0] {
        let shade = if turn > 0.0 { dark } else { light };
        triangle([at(17.0, 0.0), at(-4.0, 4.6 * turn), at(-7.0, 0.0)], [WHITE, shade, shade]);
        triangle([at(3.0, 2.6 * turn), at(-13.0, 10.5 * turn), at(-6.0, 2.0 * turn)], [shade; 3]);
    }
}

/// A hulk: a six-cornered block. It loses a third of its armour with each blow.
fn hulk(enemy: &Mover, nature: Nature, time: f32, view: View) {
    let place = view.at(enemy.place);
    let size = view.scale * arrival(enemy);
    let turn = time * 0.5 + enemy.id as f32;
    let degrees = turn.to_degrees();
    let (steel, edge) = (Color::new(0.05, 0.2, 0.2, 1.0), Color::new(0.2, 0.95, 0.65, 1.0));
    draw_poly(place.x, place.y, 6, 14.5 * size, degrees, edge);
    draw_poly(place.x, place.y, 6, 12.6 * size, degrees, steel);
    let plates = (nature.soundness as f32 * 3.0).ceil();
    for plate in 0..3_u8 {
        let whole = f32::from(plate) < plates;
        let color = if whole { edge } else { Color::new(0.1, 0.3, 0.28, 1.0) };
        let middle = turn + TAU * f32::from(plate) / 3.0;
        let at = |radius: f32, angle: f32| place + Vec2::from_angle(middle + angle) * radius * size;
        let inner = [at(13.5, -0.78), at(13.5, 0.78)];
        let outer =
            [at(if whole { 19.0 } else { 15.0 }, -0.62), at(if whole { 19.0 } else { 15.0 }, 0.62)];
        triangle([inner[0], inner[1], outer[0]], [steel, steel, color]);
        triangle([inner[1], outer[0], outer[1]], [steel, color, color]);
    }
    let pulse = 0.5 + 0.5 * (time * 4.0 + enemy.id as f32).sin();
    let eye = place + heading(enemy) * 3.5 * size;
    draw_poly(eye.x, eye.y, 6, 5.2 * size, -degrees, Color::new(0.9, 0.2, 0.15, 1.0));
    draw_circle(eye.x, eye.y, 2.6 * size, Color::new(1.0, 0.7 + 0.3 * pulse, 0.5, 1.0));
}

/// A boss: two crowns of knives that turn against each other, an eye, and a bow that shows what is left of it.
fn boss(enemy: &Mover, nature: Nature, time: f32, view: View) {
    let place = view.at(enemy.place);
    let size = view.scale * arrival(enemy);
    let (dark, deep) = (Color::new(0.1, 0.01, 0.16, 1.0), Color::new(0.35, 0.04, 0.5, 1.0));
    let (violet, hot) = (Color::new(0.78, 0.25, 1.0, 1.0), Color::new(1.0, 0.3, 0.35, 1.0));
    let crown = |knives: u8, turn: f32, radii: (f32, f32), lean: f32, color: Color| {
        for knife in 0..knives {
            let angle = turn + TAU * f32::from(knife) / f32::from(knives);
            let point = |radius: f32, angle: f32| place + Vec2::from_angle(angle) * radius * size;
            let width = 2.4 / f32::from(knives);
            let root = [point(radii.0, angle - width), point(radii.0, angle + width)];
            triangle([root[0], root[1], point(radii.1, angle + lean)], [deep, color, WHITE]);
        }
    };
    crown(14, time * 0.7, (24.0, 40.0), 0.22, violet);
    draw_circle(place.x, place.y, 27.0 * size, violet);
    draw_circle(place.x, place.y, 25.0 * size, dark);
    crown(9, -time * 1.1, (17.0, 24.0), -0.2, hot);
    draw_circle(place.x, place.y, 17.0 * size, deep);
    draw_circle(place.x, place.y, 15.5 * size, dark);
    let pulse = 0.5 + 0.5 * (time * 6.0).sin();
    let eye = place + heading(enemy) * 5.5 * size;
    draw_circle(eye.x, eye.y, 8.5 * size, hot);
    draw_circle(eye.x, eye.y, 6.0 * size, Color::new(1.0, 0.6 + 0.25 * pulse, 0.3, 1.0));
    let pupil = eye + heading(enemy) * 1.5 * size;
    draw_circle(pupil.x, pupil.y, 2.8 * size, dark);

    let radii = (45.0 * view.scale, 48.5 * view.scale);
    let left = nature.soundness as f32;
    let color = if left > 0.5 { violet } else { hot };
    bow(place, radii, (0.0, 1.0), Color::new(0.3, 0.25, 0.4, 0.5));
    bow(place, radii, (0.0, left), color);
}

/// The colour of a bonus.
fn color_of(bonus: &Bonus) -> Color {
    match bonus.is_shield {
        true => Color::new(0.25, 0.65, 1.0, 1.0),
        false => Color::new(0.45, 1.0, 0.35, 1.0),
    }
}

/// A bonus: a capsule with the sign of what is in it.
fn bonus(bonus: &Bonus, time: f32, view: View) {
    let place = view.at(bonus.place);
    let size = view.scale * (1.0 + 0.08 * (time * 7.0).sin());
    let color = color_of(bonus);
    draw_circle(place.x, place.y, 13.0 * size, color);
    draw_circle(place.x, place.y, 11.0 * size, Color::new(0.02, 0.06, 0.14, 1.0));
    let at = |x: f32, y: f32| place + vec2(x, y) * size;
    if bonus.is_shield {
        let pale = Color::new(0.8, 0.93, 1.0, 1.0);
        for side in [1.0, -1.0] {
            let shade = if side > 0.0 { color } else { pale };
            triangle([at(0.0, -6.5), at(5.5 * side, -4.5), at(0.0, 7.0)], [shade; 3]);
            triangle([at(5.5 * side, -4.5), at(4.5 * side, 2.0), at(0.0, 7.0)], [shade; 3]);
        }
    } else {
        for lean in [-0.6_f32, 0.0, 0.6] {
            let along = Vec2::from_angle(lean - PI / 2.0);
            let (root, tip) = (at(0.0, 6.0), along * 13.0 * size);
            let side = along.perp() * 1.5 * size;
            triangle([root + side, root - side, root + tip], [color, color, WHITE]);
        }
    }
}

/// A bow between two radii: a part of a ring that begins at the top.
fn bow(place: Vec2, radii: (f32, f32), (from, to): (f32, f32), color: Color) {
    const PARTS: u8 = 48;
    let corner = |part: u8, radius: f32| {
        let turn = from + (to - from) * f32::from(part) / f32::from(PARTS);
        place + Vec2::from_angle(turn * TAU - PI / 2.0) * radius
    };
    for part in 0..PARTS {
        let inner = [corner(part, radii.0), corner(part + 1, radii.0)];
        let outer = [corner(part, radii.1), corner(part + 1, radii.1)];
        triangle([inner[0], inner[1], outer[0]], [color; 3]);
        triangle([inner[1], outer[0], outer[1]], [color; 3]);
    }
}

/// The colour of a particle, by its heat from 0 to 1.
fn ramp(heat: f32) -> Color {
    const COLORS: [(f32, [f32; 4]); 6] = [
        (0.0, [0.10, 0.06, 0.35, 0.0]),
        (0.2, [0.38, 0.10, 0.45, 0.45]),
        (0.4, [0.85, 0.16, 0.16, 0.75]),
        (0.65, [1.0, 0.45, 0.08, 0.9]),
        (0.85, [1.0, 0.78, 0.28, 1.0]),
        (1.0, [1.0, 0.97, 0.86, 1.0]),
    ];
    let upper = COLORS.iter().position(|(at, _)| heat <= *at).unwrap_or(5);
    let lower = upper.saturating_sub(1);
    let (from, to) = (COLORS[lower], COLORS[upper]);
    let part = match upper == lower {
        true => 0.0,
        false => (heat - from.0) / (to.0 - from.0),
    };
    let mix = |index: usize| from.1[index] + (to.1[index] - from.1[index]) * part;
    Color::new(mix(0), mix(1), mix(2), mix(3))
}

/// The colour, made this many times as strong.
pub(crate) fn faded(color: Color, strength: f32) -> Color {
    Color { a: color.a * strength, ..color }
}

/// A triangle with a colour at each corner.
fn triangle(corners: [Vec2; 3], colors: [Color; 3]) {
    let vertex =
        |(corner, color): (Vec2, Color)| Vertex::new(corner.x, corner.y, 0.0, 0.5, 0.5, color);
    draw_mesh(&Mesh {
        vertices: corners.into_iter().zip(colors).map(vertex).collect(),
        indices: vec![0, 1, 2],
        texture: None,
    });
}

/// A ring between two radii, with a colour at each.
fn ring(place: Vec2, radii: (f32, f32), colors: [Color; 2]) {
    const PARTS: u16 = 40;
    let mut mesh = Mesh { vertices: Vec::new(), indices: Vec::new(), texture: None };
    for part in 0..=PARTS {
        let direction = Vec2::from_angle(f32::from(part) * 2.0 * PI / f32::from(PARTS));
        for (radius, color) in [radii.0.max(0.0), radii.1].into_iter().zip(colors) {
            let point = place + direction * radius;
            mesh.vertices.push(Vertex::new(point.x, point.y, 0.0, 0.5, 0.5, color));
        }
        if part < PARTS {
            let first = part * 2;
            mesh.indices.extend([0, 1, 2, 1, 2, 3].map(|corner| first + corner));
        }
    }
    draw_mesh(&mesh);
}

const VERTEX: &str = "#version 100
attribute vec3 position;
attribute vec2 texcoord;
attribute vec4 color0;
varying lowp vec2 uv;
varying lowp vec4 color;
uniform mat4 Model;
uniform mat4 Projection;
void main() {
    gl_Position = Projection * Model * vec4(position, 1);
    color = color0 / 255.0;
    uv = texcoord;
}";

const FRAGMENT: &str = "#version 100
varying lowp vec4 color;
varying lowp vec2 uv;
uniform sampler2D Texture;
void main() {
    gl_FragColor = color * texture2D(Texture, uv);
}";
