//! Points, directions, and the field that has no edges.

use core::f64::consts::{FRAC_PI_2, PI, TAU};
use core::ops::{Add, AddAssign, Mul, Sub};

use crate::Host;

/// A place in pixels, or a velocity in pixels a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vector {
    /// To the right.
    pub x: f64,
    /// Downward.
    pub y: f64,
}

impl Vector {
    /// No distance at all.
    pub const ZERO: Self = Self::new(0.0, 0.0);

    /// The vector with these coordinates.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The vector of this length in the direction `angle`.
    pub fn polar(host: &mut impl Host, angle: f64, length: f64) -> Self {
        Self::new(host.cos(angle), host.sin(angle)) * length
    }

    /// The direction, between -π and π.
    pub fn angle(self, host: &mut impl Host) -> f64 {
        if self.x == 0.0 {
            return if self.y < 0.0 { -FRAC_PI_2 } else { FRAC_PI_2 };
        }
        // The tangent does not tell a direction from its opposite: the sign of x does.
        let angle = host.atan(self.y / self.x);
        if self.x > 0.0 { angle } else { normalise(angle + PI) }
    }

    /// The square of the length. Comparing squares saves the root.
    pub fn length_squared(self) -> f64 {
        self.x * self.x + self.y * self.y
    }

    /// Whether `other` is nearer than `distance`.
    pub fn is_within(self, distance: f64, other: Self) -> bool {
        (self - other).length_squared() < distance * distance
    }
}

impl Add for Vector {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl AddAssign for Vector {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Vector {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for Vector {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// The same direction between -π and π, for an angle that is at most one turn outside.
pub fn normalise(angle: f64) -> f64 {
    if angle > PI {
        angle - TAU
    } else if angle < -PI {
        angle + TAU
    } else {
        angle
    }
}

/// The direction `from`, turned towards `to` the short way round, by `most` radians at most.
pub fn turn_towards(from: f64, to: f64, most: f64) -> f64 {
    let difference = normalise(to - from);
    normalise(from + difference.min(most).max(-most))
}

/// The visible part of the sky, from (0, 0) to (width, height). Its opposite edges touch for the player.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// The width in pixels.
    pub width: f64,
    /// The height in pixels.
    pub height: f64,
}

impl Field {
    /// The smallest and the greatest side, in pixels.
    const SIDE: (f64, f64) = (64.0, 16_384.0);

    /// A field of this size, or of the nearest size that the game can be played on; none for a size that is no size.
    pub fn of_size(width: f64, height: f64) -> Option<Self> {
        let side = |length: f64| {
            let (least, most) = Self::SIDE;
            (length.is_finite() && length > 0.0).then(|| length.max(least).min(most))
        };
        Some(Self { width: side(width)?, height: side(height)? })
    }

    /// The point in the middle.
    pub fn centre(self) -> Vector {
        Vector::new(self.width, self.height) * 0.5
    }

    /// Whether `position` is in sight, or at most `margin` pixels out of it.
    pub fn contains(self, position: Vector, margin: f64) -> bool {
        self.clamp(position, margin) == position
    }

    /// The nearest point that is at most `margin` pixels out of sight.
    pub fn clamp(self, position: Vector, margin: f64) -> Vector {
        let axis = |value: f64, size: f64| value.max(-margin).min(size + margin);
        Vector::new(axis(position.x, self.width), axis(position.y, self.height))
    }

    /// Brings what left by one edge back by the opposite one.
    pub fn wrap(self, position: Vector) -> Vector {
        fn axis(value: f64, size: f64) -> f64 {
            if value < 0.0 {
                value + size
            } else if value > size {
                value - size
            } else {
                value
            }
        }
        Vector::new(axis(position.x, self.width), axis(position.y, self.height))
    }

    /// The square of the shortest way between two points, which may lead over the edges.
    pub fn way_squared(self, from: Vector, to: Vector) -> f64 {
        let axis =
            |difference: f64, size: f64| difference.abs().min((size - difference.abs()).abs());
        let way = to - from;
        Vector::new(axis(way.x, self.width), axis(way.y, self.height)).length_squared()
    }

    /// Where `position` lies after the field `self` was stretched to `other`.
    pub fn stretch(self, other: Self, position: Vector) -> Vector {
        Vector::new(position.x * other.width / self.width, position.y * other.height / self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Silent;

    #[test]
    fn an_angle_survives_the_way_through_a_vector() {
        for degrees in -179..=180 {
            let angle = f64::from(degrees).to_radians();
            let back = Vector::polar(&mut Silent, angle, 3.0).angle(&mut Silent);
            assert!(
                (back - angle).abs() < 1e-9,
                "{degrees} degrees came back as {}",
                back.to_degrees()
            );
        }
    }

    #[test]
    fn turning_takes_the_short_way_and_stops_at_the_goal() {
        assert_eq!(turn_towards(0.0, 1.0, 0.25), 0.25);
        assert_eq!(turn_towards(0.0, 0.1, 0.25), 0.1);
        assert!((turn_towards(3.0, -3.0, 0.1) - 3.1).abs() < 1e-9);
        assert!((turn_towards(3.0, -3.0, 1.0) + 3.0).abs() < 1e-9);
    }

    #[test]
    fn the_shortest_way_leads_over_an_edge() {
        let field = Field { width: 100.0, height: 100.0 };
        assert_eq!(field.way_squared(Vector::new(5.0, 50.0), Vector::new(95.0, 50.0)), 100.0);
        assert_eq!(field.way_squared(Vector::new(5.0, 50.0), Vector::new(25.0, 50.0)), 400.0);
    }

    #[test]
    fn a_field_refuses_what_is_no_size_and_bounds_the_rest() {
        for wrong in [0.0, -5.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Field::of_size(wrong, 100.0), None);
            assert_eq!(Field::of_size(100.0, wrong), None);
        }
        assert_eq!(Field::of_size(1.0, 1e9), Some(Field { width: 64.0, height: 16_384.0 }));
    }
}
