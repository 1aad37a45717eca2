//! Where the intervals of few draws are held against those of all: recipes scattered over the data and beyond it, or
//! mixtures where a law is one of the shares of several corpora.

use crate::fit::{Corpus, Fit, Study};
use crate::law::{self, Axis, Place, Points, Ranges, Recipe, Scale};
use crate::maths;

/// How far beyond the largest measured size and budget the ends are looked at, in factors.
const BEYOND: f64 = 4.0;
/// Levels of an axis, and one.
const LEVELS: f64 = 24.0;

/// Places on one fit's axes.
#[derive(Debug, Clone, PartialEq)]
pub enum Places {
    /// Recipes: the loss's own share, size and tokens, on the fit's scaled axes.
    Recipes(Vec<[f64; 3]>),
    /// Shares of all corpora.
    Mixtures(Vec<Vec<f64>>),
}

impl Places {
    /// `inside` places scattered over the data, its ends included, and `beyond` of them outside.
    pub fn scattered(study: &Study, fit: &Fit, inside: usize, beyond: usize) -> Self {
        if law::by_id(&fit.law).is_some_and(law::is_of_corpora) {
            return Self::Mixtures(mixtures(&study.corpora, inside, beyond));
        }
        let own = |recipe: &Recipe| {
            let share = fit.own_share(recipe.domain_share);
            [share, recipe.size / fit.scale.size, recipe.tokens / fit.scale.tokens]
        };
        Self::Recipes(recipes(&study.ranges, inside, beyond).iter().map(own).collect())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Recipes(recipes) => recipes.len(),
            Self::Mixtures(mixtures) => mixtures.len(),
        }
    }

    /// Those at these positions.
    pub fn at(&self, positions: &[usize]) -> Self {
        match self {
            Self::Recipes(recipes) => Self::Recipes(positions.iter().map(|at| recipes[*at]).collect()),
            Self::Mixtures(mixtures) => Self::Mixtures(positions.iter().map(|at| mixtures[*at].clone()).collect()),
        }
    }

    /// As points of the law, each value of an axis once: they are computed many times.
    pub fn points(&self) -> Points {
        const SCALED: Scale = Scale { size: 1.0, tokens: 1.0 };
        let mut points = Points::default();
        match self {
            Self::Recipes(recipes) => {
                recipes.iter().for_each(|[ratio, size, tokens]| points.push(&SCALED, *size, *tokens, *ratio));
            }
            Self::Mixtures(mixtures) => {
                for corpora in mixtures {
                    let place = Place { size: 1.0, tokens: 1.0, ratio: 1.0, start: 1.0, epochs: 1.0, corpora };
                    points.push_place(&SCALED, &place);
                }
            }
        }
        points.gathered()
    }

    /// One of them as numbers.
    pub fn numbers(&self, at: usize) -> Vec<f64> {
        match self {
            Self::Recipes(recipes) => recipes[at].to_vec(),
            Self::Mixtures(mixtures) => mixtures[at].clone(),
        }
    }
}

/// The part of one that the `k`th of a low-discrepancy sequence has along one of several axes (Roberts 2018, "The
/// unreasonable effectiveness of quasirandom sequences": powers of one over the root of `x^(d + 1) = x + 1`).
fn part(root: f64, k: usize, axis: i32) -> f64 {
    (0.5 + (k + 1) as f64 / root.powi(axis)).fract()
}

/// Recipes on a few levels of each axis, as a law is computed from tables of its axes' values. In the ratio the levels lie
/// closer towards the ends, where losses bend most. Beyond the data: up to `BEYOND` times its largest size and budget.
fn recipes(ranges: &Ranges, inside: usize, beyond: usize) -> Vec<Recipe> {
    /// Of `x⁴ = x + 1`.
    const ROOT: f64 = 1.220_744_084_605_759_5;
    let recipe = |k: usize, times: f64| {
        let level = |axis: i32| (part(ROOT, k, axis) * (LEVELS + 1.0) - 0.5).round().clamp(0.0, LEVELS) / LEVELS;
        let span = |axis: Axis, part: f64| match ranges.span(axis) {
            Some(span) if span.distinct > 1 && span.low > 0.0 => {
                span.low * maths::pow(span.high * times / span.low, part)
            }
            Some(span) => span.high,
            None => 1e9,
        };
        let domain_share = match ranges.span(Axis::Ratio) {
            Some(span) if span.distinct > 1 => {
                span.low + 0.5 * (1.0 - maths::cos(std::f64::consts::PI * level(3))) * (span.high - span.low)
            }
            Some(span) => span.high,
            None => 0.5,
        };
        Recipe { domain_share, size: span(Axis::Size, level(1)), tokens: span(Axis::Tokens, level(2)) }
    };
    let inside = (0..inside).map(|k| recipe(k, 1.0));
    inside.chain((0..beyond).map(|k| recipe(k, BEYOND))).collect()
}

/// Mixtures: inside, each share between its least and largest before they are made to add up to one; beyond, anywhere,
/// more of them near the corners than an even spread has.
fn mixtures(corpora: &[Corpus], inside: usize, beyond: usize) -> Vec<Vec<f64>> {
    let root = (0..64).fold(1.0, |root: f64, _| maths::pow(1.0 + root, 1.0 / (corpora.len() as f64 + 1.0)));
    let normal = |shares: Vec<f64>| {
        let sum: f64 = shares.iter().sum();
        shares.into_iter().map(|share| share / sum.max(f64::MIN_POSITIVE)).collect()
    };
    let within = |k: usize| {
        let share = |(corpus, axis): (&Corpus, i32)| corpus.low + part(root, k, axis) * (corpus.high - corpus.low);
        normal(corpora.iter().zip(1..).map(share).collect())
    };
    let anywhere = |k: usize| {
        // An exponential's square: shares of even spread were plain exponentials.
        let share = |(_, axis): (&Corpus, i32)| maths::ln(1.0 - part(root, k, axis)).powi(2);
        normal(corpora.iter().zip(1..).map(share).collect())
    };
    (0..inside).map(within).chain((inside..inside + beyond).map(anywhere)).collect()
}

#[cfg(test)]
mod tests {
    use super::mixtures;
    use crate::fit::Corpus;

    #[test]
    fn mixtures_add_up_to_one_and_cover_the_corners() {
        let corpus = |name: &str| Corpus { name: name.into(), low: 0.1, high: 0.6, middle: 0.33 };
        let all = mixtures(&[corpus("a"), corpus("b"), corpus("c")], 200, 200);
        assert!(all.iter().all(|shares| (shares.iter().sum::<f64>() - 1.0).abs() < 1e-12));
        for j in 0..3 {
            assert!(all[200..].iter().any(|shares| shares[j] > 0.9), "corner {j}");
            assert!(all[..200].iter().all(|shares| shares[j] < 0.8), "inside {j}");
        }
    }
}
