//! The one seam to transcendental functions: the same digits in the browser and natively.
//!
//! `f64::exp` and its kin are the C library's natively and the compiler's own in WebAssembly, a last digit apart now and
//! then. A polish that stops at one trial point instead of the next turns that into a difference of 1e-9 in a draw's
//! interval. So whatever the engine computes goes through `libm`, compiled from the same source on both sides; the lints
//! of `tools/clippy-wasm` ban the others. `sqrt` needs no seam: IEEE 754 gives its last digit.

/// `e^x`.
#[inline]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// `e^x - 1`, exact for small `x`.
#[inline]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// The natural logarithm.
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `x^y`.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// The cosine of an angle in radians.
#[inline]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}
