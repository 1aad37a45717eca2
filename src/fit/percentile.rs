//! Percentile intervals over draws: the one place where their ends are made.
//!
//! Of many draws an end is a point between two order statistics (type 7 of Hyndman and Fan 1996, the default of R and
//! numpy). Of few it is the mean of the order statistics about it, weighted as Harrell and Davis do ("A new
//! distribution-free quantile estimator", Biometrika 69:635, 1982): the `i`th of `n` by the chance that the quantile `q`
//! of `n` values lies between `(i - 1)/n` and `i/n`, a Beta((n + 1) q, (n + 1)(1 - q)). Two order statistics alone jump
//! from draw to draw as a recipe moves, and of few draws each jump is seen; the mean does not, and scatters less.

use crate::maths;
use crate::order;

/// Draws up to which ends are means: the fourth and fifth of 64 lie a tenth of a standard deviation apart, the tenth and
/// eleventh of 200, of which a band on the chart has no fewer, a thirtieth. The first study the page shows has 100.
const FEW: usize = 100;
/// Draws within a tail from which on there is a mean to take: below, the end is the outermost draw, or beyond it.
const IN_TAIL: f64 = 1.0;
/// Whether ends are selected without sorting all values: the first screen, whose bytes are waited for, has no room for it.
const SELECTS: bool = cfg!(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"));
/// The part of the weight that is left out where it is spread over far draws.
const NEGLIGIBLE: f64 = 1e-9;
/// Points and weights of the Gauss-Legendre rule over -1 to 1 with four points.
const RULE: [(f64, f64); 4] = [
    (-0.861_136_311_594_052_6, 0.347_854_845_137_453_85),
    (-0.339_981_043_584_856_3, 0.652_145_154_862_546_1),
    (0.339_981_043_584_856_3, 0.652_145_154_862_546_1),
    (0.861_136_311_594_052_6, 0.347_854_845_137_453_85),
];

/// How the ends of an interval come out of so many sorted values: made once where many intervals are.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    count: usize,
    tail: f64,
    /// Weights of the outermost values, the outermost first; none where an end lies between two.
    weights: Vec<f64>,
}

impl Ends {
    /// The ends at `level` of `count` values.
    pub fn of(count: usize, level: f64) -> Self {
        let tail = (1.0 - level) / 2.0;
        let few = count <= FEW && (count + 1) as f64 * tail >= IN_TAIL;
        Self { count, tail, weights: if few { harrell_davis(count, tail) } else { Vec::new() } }
    }

    /// The ends of as many values as were said, the smallest first.
    pub fn between(&self, sorted: &[f64]) -> (f64, f64) {
        if self.weights.is_empty() {
            return (quantile(sorted, self.tail), quantile(sorted, 1.0 - self.tail));
        }
        let low = self.weights.iter().zip(sorted).map(|(weight, value)| weight * value).sum();
        let high = self.weights.iter().zip(sorted.iter().rev()).map(|(weight, value)| weight * value).sum();
        (low, high)
    }

    /// The weights of the outermost values in an end, the outermost first.
    pub fn weights(&self) -> Vec<f64> {
        if !self.weights.is_empty() || self.count == 0 {
            return self.weights.clone();
        }
        let position = self.tail.clamp(0.0, 1.0) * (self.count - 1) as f64;
        let (before, part) = (position.floor() as usize, position.fract());
        let mut weights = vec![0.0; before];
        weights.extend([1.0 - part, part]);
        weights.truncate(self.count);
        weights
    }

    /// The interval of as many values as were said. Reorders them.
    pub fn interval(&self, values: &mut [f64]) -> (f64, f64) {
        if SELECTS && self.weights.is_empty() && !values.is_empty() {
            // The rest need not be in order, and a slider's move asks for the ends of thousands of values.
            return (selected(values, self.tail), selected(values, 1.0 - self.tail));
        }
        order::ascending(values);
        self.between(values)
    }
}

/// The percentile interval of `values` at `level`. Reorders `values`.
pub fn percentile_interval(values: &mut [f64], level: f64) -> (f64, f64) {
    Ends::of(values.len(), level).interval(values)
}

/// Quantile `q` of values in any order, as [`quantile`] has it of sorted ones. Reorders them.
fn selected(values: &mut [f64], q: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let position = q.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let (_, at, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(*at);
    *at + (next - *at) * (position - below as f64)
}

/// Quantile `q` of sorted values, with linear interpolation between order statistics; NaN where there are none.
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = q.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64)
}

/// Weights of the smallest of `count` values in their quantile `q`; those of the largest in the quantile `1 - q`.
fn harrell_davis(count: usize, q: f64) -> Vec<f64> {
    let (n, a, b) = (count as f64, (count + 1) as f64 * q, (count + 1) as f64 * (1.0 - q));
    // Above its mode the density falls, so that far cells are soon negligible. Scaled to 1 at the mode.
    let mode = ((a - 1.0) / (a + b - 2.0)).clamp(0.5 / n, 1.0 - 0.5 / n);
    let log_density = |x: f64| (a - 1.0) * maths::ln(x) + (b - 1.0) * maths::ln(1.0 - x);
    let top = log_density(mode);
    let (mut weights, mut sum) = (Vec::new(), 0.0);
    for cell in 0..count {
        let at = |node: f64| (cell as f64 + 0.5 + 0.5 * node) / n;
        let weight: f64 = RULE.iter().map(|(node, weight)| weight * maths::exp(log_density(at(*node)) - top)).sum();
        weights.push(weight);
        sum += weight;
        if at(-1.0) > mode && weight < NEGLIGIBLE * sum {
            break;
        }
    }
    weights.iter_mut().for_each(|weight| *weight /= sum);
    weights
}

#[cfg(test)]
mod tests {
    use super::{Ends, FEW, percentile_interval, quantile};

    #[test]
    fn weights_are_those_of_the_beta_distribution() {
        // scipy.stats.beta.cdf at i/64 with a = 3.25, b = 61.75, differences.
        let known =
            [0.055782, 0.211708, 0.254556, 0.202978, 0.130962, 0.073953, 0.037986, 0.018136, 0.008155, 0.003483];
        let ends = Ends::of(64, 0.9);
        for (weight, known) in ends.weights().iter().zip(known) {
            assert!((weight - known).abs() < 2e-5, "{weight} {known}");
        }
        assert!((ends.weights().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ends_of_few_draws_mirror_each_other_and_move_with_every_draw_about_them() {
        let mut values: Vec<f64> = (0..64).map(|k| f64::from(k) - 31.5).collect();
        let (low, high) = percentile_interval(&mut values, 0.9);
        assert!((low + high).abs() < 1e-12 && low < -28.0 && low > -29.5, "{low} {high}");
        values[2] += 0.5;
        assert!(percentile_interval(&mut values, 0.9).0 > low);
    }

    #[test]
    fn many_draws_have_their_ends_between_two_and_so_have_those_too_few_for_a_mean() {
        for count in [5, 18, FEW + 1, 1000] {
            let mut values: Vec<f64> = (0..count).map(|k| (k as f64).sqrt()).collect();
            let sorted = values.clone();
            values.reverse();
            values.rotate_left(count / 3);
            let ends = percentile_interval(&mut values, 0.9);
            let (tail, values) = ((1.0 - 0.9) / 2.0, sorted);
            assert_eq!(ends, (quantile(&values, tail), quantile(&values, 1.0 - tail)), "{count}");
            let weights = Ends::of(count, 0.9).weights();
            let low: f64 = weights.iter().zip(&values).map(|(weight, value)| weight * value).sum();
            assert!((low - ends.0).abs() < 1e-12, "{count}: {low}");
        }
        assert!(percentile_interval(&mut [], 0.9).0.is_nan());
    }
}
