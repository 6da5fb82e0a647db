//! The words of the table's meanings that Rust has no operator for.
//!
//! The words for lanes of floats are the scalar instructions' own.
//!
//! Specification: Execution, *Numerics*.

use std::array;
use std::ops::{Add, Mul};

pub use ch08_numeric::operations::{max, min, rounded};
use num_traits::{Bounded, WrappingAdd, Zero};

/// The lower half of the lanes.
#[inline(always)]
pub fn low<T: Copy, const ALL: usize, const HALF: usize>(
    x: [T; ALL],
) -> [T; HALF] {
    array::from_fn(|lane| x[lane])
}

/// The upper half of the lanes.
#[inline(always)]
pub fn high<T: Copy, const ALL: usize, const HALF: usize>(
    x: [T; ALL],
) -> [T; HALF] {
    array::from_fn(|lane| x[HALF + lane])
}

/// All lanes of two halves.
#[inline(always)]
pub fn join<T: Copy, const HALF: usize, const ALL: usize>(
    x: [T; HALF],
    y: [T; HALF],
) -> [T; ALL] {
    array::from_fn(|lane| if lane < HALF { x[lane] } else { y[lane - HALF] })
}

/// The lanes with another one in its place.
#[inline(always)]
pub fn replace<T: Copy, const ALL: usize>(
    mut x: [T; ALL],
    lane: usize,
    y: T,
) -> [T; ALL] {
    x[lane] = y;
    x
}

/// For each lane of `y` the lane of `x` that it names, or 0 if there is none.
#[inline(always)]
pub fn swizzle(x: [u8; 16], y: [u8; 16]) -> [u8; 16] {
    y.map(|lane| x.get(usize::from(lane)).copied().unwrap_or(0))
}

/// One bit per lane, the first lane's bit the lowest.
#[inline(always)]
pub fn bitmask<const ALL: usize>(x: [bool; ALL]) -> u32 {
    x.iter().rev().fold(0, |bits, lane| bits << 1 | u32::from(*lane))
}

/// A number as the nearest one of a narrower type.
#[inline(always)]
pub fn saturate<T: PartialOrd + Zero, N: TryFrom<T> + Bounded>(x: T) -> N {
    let end = if x < T::zero() { N::min_value() } else { N::max_value() };
    N::try_from(x).unwrap_or(end)
}

/// The mean of two numbers, a half rounded up.
#[inline(always)]
pub fn average<T: Into<u32> + TryFrom<u32> + Bounded>(x: T, y: T) -> T {
    saturate((x.into() + y.into()).div_ceil(2))
}

/// The product of two fractions with 15 bits after the point, rounded. Only the
/// product of -1 and -1 does not fit.
#[inline(always)]
pub fn q15_product(x: i16, y: i16) -> i16 {
    saturate((i32::from(x) * i32::from(y) + (1 << 14)) >> 15)
}

/// The lanes' products, in lanes of twice the width, which they fit.
#[inline(always)]
pub fn products<T: Copy, W: From<T> + Mul<Output = W>, const ALL: usize>(
    x: [T; ALL],
    y: [T; ALL],
) -> [W; ALL] {
    array::from_fn(|lane| W::from(x[lane]) * W::from(y[lane]))
}

/// The sums of neighbours, in lanes of twice the width, which they fit.
#[inline(always)]
pub fn sums<
    T: Copy,
    W: From<T> + Add<Output = W>,
    const ALL: usize,
    const HALF: usize,
>(
    x: [T; ALL],
) -> [W; HALF] {
    array::from_fn(|lane| W::from(x[2 * lane]) + W::from(x[2 * lane + 1]))
}

/// The sums of neighbours among the products. If all four factors are the
/// smallest value, the sum does not fit, and wraps.
#[inline(always)]
pub fn dot<T, W, const ALL: usize, const HALF: usize>(
    x: [T; ALL],
    y: [T; ALL],
) -> [W; HALF]
where
    T: Copy,
    W: From<T> + Mul<Output = W> + WrappingAdd,
{
    let products: [W; ALL] = products(x, y);
    array::from_fn(|lane| {
        products[2 * lane].wrapping_add(&products[2 * lane + 1])
    })
}

/// The sums of four neighbours among the products, each added to a lane of `z`.
#[inline(always)]
pub fn dot_add(x: [i8; 16], y: [i8; 16], z: [i32; 4]) -> [i32; 4] {
    let pairs: [i16; 8] = dot(x, y);
    let fours: [i32; 4] = sums(pairs);
    array::from_fn(|lane| fours[lane].wrapping_add(z[lane]))
}
