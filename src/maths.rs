//! The one seam to transcendental functions: the same digits in the browser and natively.
//!
//! `f64::exp` and its kin are the C library's natively and the compiler's own in WebAssembly, a last digit apart now and
//! then. A polish that stops at one trial point instead of the next turns that into a difference of 1e-9 in a draw's
//! interval. So whatever the engine computes goes through `libm`, compiled from the same source on both sides; the lints
//! of `tools/clippy-wasm` ban the others. `sqrt` needs no seam: IEEE 754 gives its last digit.
//!
//! Sums of products are here, too, as the order of their additions is part of their digits.

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

/// `Σ a b`, one product after the other.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `Σ a b`, in four sums that the processor can run side by side.
pub fn dot_by_four(a: &[f64], b: &[f64]) -> f64 {
    let (mut sums, whole) = ([0.0; 4], a.len() / 4 * 4);
    for (x, y) in a[..whole].chunks_exact(4).zip(b[..whole].chunks_exact(4)) {
        for k in 0..4 {
            sums[k] += x[k] * y[k];
        }
    }
    let tail: f64 = a[whole..].iter().zip(&b[whole..]).map(|(x, y)| x * y).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + tail
}
