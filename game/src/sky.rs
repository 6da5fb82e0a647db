//! The sky: painted once, by numbers that look random and are the same each time.

use macroquad::prelude::*;

/// A star.
pub(crate) struct Star {
    /// Where it is, in parts of the sky.
    pub(crate) place: Vec2,
    /// How near it is, from 0 to 1: near stars move more.
    pub(crate) depth: f32,
    /// Its radius in pixels.
    pub(crate) radius: f32,
    pub(crate) color: Color,
    /// Where in its twinkling it begins.
    pub(crate) phase: f32,
}

/// The stars, the far ones first.
pub(crate) fn stars() -> Vec<Star> {
    const COUNT: u32 = 190;
    let tints = [
        Color::new(0.75, 0.85, 1.0, 1.0),
        Color::new(1.0, 0.95, 0.85, 1.0),
        Color::new(1.0, 0.8, 0.7, 1.0),
        Color::new(0.8, 0.8, 1.0, 1.0),
    ];
    let star = |index: u32| {
        let chance = |n: u32| hash(index, n);
        let depth = (index as f32 / COUNT as f32).powi(2);
        Star {
            place: vec2(chance(1), chance(2)),
            depth,
            radius: 0.5 + 0.5 * chance(3) + depth * 0.9,
            color: Color {
                a: 0.35 + 0.4 * chance(4) + 0.25 * depth,
                ..tints[(chance(5) * 4.0) as usize % 4]
            },
            phase: chance(6) * 6.3,
        }
    };
    (0..COUNT).map(star).collect()
}

/// A sky with nebulae. It can be put side by side with itself.
pub(crate) fn nebulae() -> Image {
    const SIZE: u16 = 256;
    let mut image = Image::gen_image_color(SIZE, SIZE, BLACK);
    for y in 0..u32::from(SIZE) {
        for x in 0..u32::from(SIZE) {
            let (u, v) = (x as f32 / f32::from(SIZE), y as f32 / f32::from(SIZE));
            let (warp, dust) = (clouds(u, v, 4, 3) - 0.5, clouds(u, v, 6, 17));
            let cloud = clouds(u + 0.22 * warp, v - 0.22 * warp, 3, 31);
            let glow = ((cloud - 0.40) * 2.7).clamp(0.0, 1.0).powf(1.4);
            let hue = clouds(u, v, 2, 47);
            let (violet, teal) = (vec3(0.36, 0.12, 0.48), vec3(0.05, 0.34, 0.48));
            let tint = violet.lerp(teal, ((hue - 0.35) * 3.0).clamp(0.0, 1.0));
            // A little noise, so that the dark does not fall into bands.
            let noise = (hash(x, y + 7919) - 0.5) / 90.0;
            let dark = vec3(0.020, 0.026, 0.066);
            let color = dark + tint * glow * (0.35 + 0.65 * dust) + Vec3::splat(noise);
            image.set_pixel(x, y, Color::new(color.x, color.y, color.z, 1.0));
        }
    }
    image
}

/// A round light: white in the middle, and nothing at its edge.
pub(crate) fn glow() -> Image {
    const SIZE: u16 = 64;
    let mut image = Image::gen_image_color(SIZE, SIZE, BLANK);
    let middle = f32::from(SIZE - 1) / 2.0;
    for y in 0..u32::from(SIZE) {
        for x in 0..u32::from(SIZE) {
            let distance = vec2(x as f32 - middle, y as f32 - middle).length() / middle;
            let light = (1.0 - distance).clamp(0.0, 1.0).powf(2.2);
            image.set_pixel(x, y, Color::new(1.0, 1.0, 1.0, light));
        }
    }
    image
}

/// Clear in the middle, and dark in the corners.
pub(crate) fn vignette() -> Image {
    const SIZE: u16 = 64;
    let mut image = Image::gen_image_color(SIZE, SIZE, BLANK);
    let middle = f32::from(SIZE - 1) / 2.0;
    for y in 0..u32::from(SIZE) {
        for x in 0..u32::from(SIZE) {
            let distance = vec2(x as f32 - middle, y as f32 - middle).length() / middle;
            let dark = ((distance - 0.75) / 0.7).clamp(0.0, 1.0).powi(2) * 0.6;
            image.set_pixel(x, y, Color::new(0.0, 0.0, 0.02, dark));
        }
    }
    image
}

/// Noise of several sizes, from 0 to 1, which repeats where `u` or `v` grows by 1.
fn clouds(u: f32, v: f32, cells: u32, seed: u32) -> f32 {
    let octave = |octave: u32| {
        let cells = cells << octave;
        noise(u, v, cells, seed + octave) * 0.5f32.powi(octave as i32 + 1)
    };
    (0..5).map(octave).sum::<f32>() / 0.97
}

/// Noise of one size: random heights at the corners of cells, and smooth slopes between.
fn noise(u: f32, v: f32, cells: u32, seed: u32) -> f32 {
    let cell = |x: f32| {
        let x = x.rem_euclid(1.0) * cells as f32;
        (x as u32 % cells, x.fract() * x.fract() * (3.0 - 2.0 * x.fract()))
    };
    let ((x, right), (y, below)) = (cell(u), cell(v));
    let height = |x: u32, y: u32| hash((x % cells) * 7 + seed * 1009, (y % cells) * 13 + seed);
    let upper = height(x, y) + (height(x + 1, y) - height(x, y)) * right;
    let lower = height(x, y + 1) + (height(x + 1, y + 1) - height(x, y + 1)) * right;
    upper + (lower - upper) * below
}

/// A number from 0 to 1 that two numbers always lead to.
pub(crate) fn hash(x: u32, y: u32) -> f32 {
    let mut bits = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x2c1b_3c6d);
    bits = (bits ^ (bits >> 12)).wrapping_mul(0x297a_2d39);
    (bits ^ (bits >> 15)) as f32 / u32::MAX as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sky_is_the_same_each_time_and_not_flat() {
        let (one, other) = (nebulae(), nebulae());
        assert_eq!(one.bytes, other.bytes);
        let (least, most) = (one.bytes.iter().min(), one.bytes.iter().filter(|&&b| b < 255).max());
        assert!(least < Some(&10) && most > Some(&60), "{least:?} {most:?}");
    }

    #[test]
    fn the_stars_are_all_over_the_sky() {
        let quarters: std::collections::BTreeSet<(bool, bool)> =
            stars().iter().map(|star| (star.place.x < 0.5, star.place.y < 0.5)).collect();
        assert_eq!(quarters.len(), 4);
    }
}
