//! The functions in the table's meanings that Rust doesn't have.
//!
//! `num-traits` lets one function serve 32 and 64 bits.
//!
//! Specification: Execution, *Numerics*.

use ch07_values::Trap;
use num_traits::{CheckedDiv, CheckedRem, Float, NumCast, PrimInt};

/// Integer division, truncated toward zero.
///
/// # Errors
///
/// Traps on a zero divisor, and if the quotient does not fit: the minimum
/// divided by -1.
#[inline(always)]
pub fn div<T: PrimInt + CheckedDiv>(x: T, y: T) -> Result<T, Trap> {
    if y.is_zero() {
        return Err(Trap::IntegerDivideByZero);
    }
    x.checked_div(&y).ok_or(Trap::IntegerOverflow)
}

/// The remainder of a division, with the sign of the dividend.
///
/// The minimum divided by -1 does not fit, but its remainder does: 0, and no
/// trap.
///
/// # Errors
///
/// Traps on a zero divisor.
#[inline(always)]
pub fn rem<T: PrimInt + CheckedRem>(x: T, y: T) -> Result<T, Trap> {
    if y.is_zero() {
        return Err(Trap::IntegerDivideByZero);
    }
    Ok(x.checked_rem(&y).unwrap_or_else(T::zero))
}

/// A float without its fraction, as an integer.
///
/// # Errors
///
/// Traps on a NaN, and if the rest does not fit after the fraction is gone:
/// -0.9 is a fine `u32`, -1 is not.
#[inline(always)]
pub fn trunc<F: Float, T: NumCast>(x: F) -> Result<T, Trap> {
    if x.is_nan() {
        return Err(Trap::InvalidConversionToInteger);
    }
    NumCast::from(x).ok_or(Trap::IntegerOverflow)
}

/// The smaller float; a NaN if either is one; and -0 is smaller than 0.
#[inline(always)]
pub fn min<F: Float>(x: F, y: F) -> F {
    if x.is_nan() || y.is_nan() {
        x + y
    } else if x.is_zero() && y.is_zero() {
        if x.is_sign_negative() { x } else { y }
    } else if x < y {
        x
    } else {
        y
    }
}

/// The larger float; a NaN if either is one; and 0 is larger than -0.
#[inline(always)]
pub fn max<F: Float>(x: F, y: F) -> F {
    if x.is_nan() || y.is_nan() {
        x + y
    } else if x.is_zero() && y.is_zero() {
        if x.is_sign_negative() { y } else { x }
    } else if x > y {
        x
    } else {
        y
    }
}

/// The float `integral` that `x` is rounded to; a quiet NaN if `x` is a NaN.
#[inline(always)]
pub fn rounded<F: Float>(x: F, integral: F) -> F {
    if x.is_nan() { x + x } else { integral }
}

/// The 128 bits of a lower and an upper half.
#[inline(always)]
pub fn wide(low: u64, high: u64) -> u128 {
    (high as u128) << 64 | low as u128
}

/// The lower and the upper half of 128 bits.
#[inline(always)]
pub fn halves(x: u128) -> (u64, u64) {
    (x as u64, (x >> 64) as u64)
}
