//! Scales: from the data's units to CSS pixels and back.

use crate::maths;
use serde::{Deserialize, Serialize};

/// How values are spaced along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spacing {
    /// Equal differences are equally far apart.
    Linear,
    /// Equal factors are equally far apart.
    Log,
}

/// A finite, never empty mapping from values to pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    spacing: Spacing,
    domain: (f64, f64),
    range: (f64, f64),
}

impl Scale {
    /// Maps `domain` to `range`. A domain that is not finite becomes 0 to 1, an empty one is widened around its value;
    /// a logarithmic scale that reaches 0 is drawn linearly, so that every scale projects every finite value.
    pub fn new(spacing: Spacing, domain: (f64, f64), range: (f64, f64)) -> Self {
        let domain = widen(domain);
        let spacing = if domain.0 > 0.0 { spacing } else { Spacing::Linear };
        Self { spacing, domain, range }
    }

    /// The least and largest value.
    pub fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// The pixels of the least and the largest value.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }

    /// The pixel of a value, also outside the domain.
    pub fn project(&self, value: f64) -> f64 {
        let (low, high) = self.domain;
        let t = match self.spacing {
            Spacing::Linear => (value - low) / (high - low),
            // Zero has no place on a logarithmic axis: the smallest positive number is far outside, and finite.
            Spacing::Log => maths::ln(value.max(f64::MIN_POSITIVE) / low) / maths::ln(high / low),
        };
        self.range.0 + t * (self.range.1 - self.range.0)
    }

    /// The value at a pixel.
    pub fn invert(&self, pixel: f64) -> f64 {
        let (low, high) = self.domain;
        let t = (pixel - self.range.0) / (self.range.1 - self.range.0);
        match self.spacing {
            Spacing::Linear => low + t * (high - low),
            Spacing::Log => low * maths::pow(high / low, t),
        }
    }
}

/// A finite range with room between its ends.
fn widen((low, high): (f64, f64)) -> (f64, f64) {
    let span = high - low;
    if !low.is_finite() || !high.is_finite() || !span.is_finite() {
        return (0.0, 1.0);
    }
    let (low, high) = (low.min(high), low.max(high));
    // Narrower than this and neighbouring ticks print alike in double precision.
    let least = low.abs().max(high.abs()).max(1e-6) * 1e-6;
    if high - low < least { (low - 0.5 * least.max(0.02), high + 0.5 * least.max(0.02)) } else { (low, high) }
}

#[cfg(test)]
mod tests {
    use super::{Scale, Spacing};

    #[test]
    fn projects_and_inverts_both_spacings() {
        for (spacing, domain) in [(Spacing::Linear, (-2.0, 7.0)), (Spacing::Log, (1e8, 3e10))] {
            let scale = Scale::new(spacing, domain, (40.0, 600.0));
            for k in 0..=20 {
                let pixel = 40.0 + 28.0 * f64::from(k);
                assert!((scale.project(scale.invert(pixel)) - pixel).abs() < 1e-9);
            }
            assert!((scale.project(domain.0) - 40.0).abs() < 1e-9);
            assert!((scale.invert(600.0) / domain.1 - 1.0).abs() < 1e-9);
        }
        let log = Scale::new(Spacing::Log, (1.0, 100.0), (0.0, 10.0));
        assert!((log.project(10.0) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn odd_domains_stay_finite() {
        for domain in [(1.0, 1.0), (0.0, 0.0), (f64::NAN, 1.0), (-f64::MAX, f64::MAX), (3.0, 2.0)] {
            for spacing in [Spacing::Linear, Spacing::Log] {
                let scale = Scale::new(spacing, domain, (300.0, 20.0));
                assert!(scale.domain().0 < scale.domain().1, "{domain:?}");
                assert!(scale.project(1.0).is_finite() && scale.invert(100.0).is_finite(), "{domain:?}");
            }
        }
    }
}
