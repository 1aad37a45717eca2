//! The best mixture of several corpora: the weighted sum of the losses, least over all mixtures whose shares keep their
//! limits and add up to one. Solved for the fit and for every draw.
//!
//! Under the data mixing law each loss is `c + k e^(Σ t_j r_j)` with `k ≥ 0`, convex in the shares, and so is a sum of them
//! with weights that are not negative: what a projected gradient finds is the least there is. The gradient is the law's
//! own, by its shares; the step is projected onto the mixtures that are allowed (a capped simplex, by bisection on the one
//! multiplier).

use super::outcome::{Reason, Solved};
use super::pair::solved;
use crate::fit::percentile::percentile_interval;
use crate::fit::{Fit, Prediction, Study};
use crate::law::terms::by_shares;
use crate::law::{self, Law, Place, Points, Scale};
use crate::maths;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The losses that count, with their weights, 0 and above.
    pub weights: Vec<(String, f64)>,
    /// Least and largest share of each corpus.
    pub limits: Vec<(f64, f64)>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The share of each corpus, in the order of the file.
    pub shares: Vec<Solved>,
    /// Each loss there, in the order of the weights.
    pub losses: Vec<(String, Solved)>,
    /// Their weighted sum.
    pub value: Solved,
    /// Share of draws in which each corpus' share ends at one of its limits.
    pub at_limit: Vec<f64>,
    /// The best mixture of each draw that was solved.
    pub drawn: Vec<Vec<f64>>,
    /// What the ends of intervals are called.
    pub interval: String,
}

/// Whether a study's law is one of the shares of several corpora.
pub fn applies(study: &Study) -> bool {
    let mut laws = study.targets.values().filter_map(|fit| law::by_id(&fit.law));
    !study.corpora.is_empty() && laws.any(law::is_of_corpora)
}

/// Every loss of a study, the general and the domain losses first: a file of mixtures has a loss a corpus, of which several
/// may be general.
pub fn names(study: &Study) -> Vec<String> {
    let mut names: Vec<String> = study.general.iter().chain(&study.domains).cloned().collect();
    names.extend(study.targets.keys().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
    names
}

/// A mixture in the middle of those that were measured.
pub fn middle(study: &Study) -> Vec<f64> {
    normal(study.corpora.iter().map(|corpus| corpus.middle).collect())
}

/// The mixture with one share at another value, the others in the proportions they had.
pub fn with_share(shares: &[f64], at: usize, value: f64) -> Vec<f64> {
    let value = value.clamp(0.0, 1.0);
    let rest: f64 = shares.iter().enumerate().filter(|(j, _)| *j != at).map(|(_, share)| share).sum();
    let others = shares.len().saturating_sub(1).max(1) as f64;
    let other = |share: f64| if rest > 0.0 { share / rest * (1.0 - value) } else { (1.0 - value) / others };
    shares.iter().enumerate().map(|(j, share)| if j == at { value } else { other(*share) }).collect()
}

/// Shares that add up to one, in the same proportions.
fn normal(shares: Vec<f64>) -> Vec<f64> {
    let sum: f64 = shares.iter().sum();
    let even = 1.0 / shares.len().max(1) as f64;
    shares.into_iter().map(|share| if sum > 0.0 { share / sum } else { even }).collect()
}

/// The loss of a fit at a mixture, with both of its intervals; at most so many draws, evenly spaced.
pub fn predict(fit: &Fit, shares: &[f64], level: f64, most_draws: usize) -> Option<Prediction> {
    predict_all(fit, &[shares.to_vec()], level, most_draws).pop()
}

/// The same at several mixtures, one a mixture; nothing where the law is not known.
pub fn predict_all(fit: &Fit, mixtures: &[Vec<f64>], level: f64, most_draws: usize) -> Vec<Prediction> {
    let Some(law) = law::by_id(&fit.law) else { return Vec::new() };
    let one = Weighted { fit, law, weight: 1.0 };
    let every = fit.draws.len().div_ceil(most_draws.max(1)).max(1);
    let here = points(mixtures.iter().map(Vec::as_slice));
    let drawn: Vec<Vec<f64>> = fit.draws.iter().step_by(every).map(|theta| one.over(theta, &here)).collect();
    let residuals: Vec<f64> = fit.new_run.iter().step_by(every).map(|residual| maths::exp(*residual)).collect();
    let ends = |mut values: Vec<f64>| (values.len() > 1).then(|| percentile_interval(&mut values, level));
    let at = |(i, loss): (usize, f64)| {
        let law: Vec<f64> = drawn.iter().map(|losses| losses[i]).collect();
        let new_run = law.iter().zip(&residuals).map(|(loss, residual)| loss * residual).collect();
        Prediction { loss, law: ends(law), new_run: ends(new_run), without_a_size: None, base: None }
    };
    one.over(&fit.theta, &here).into_iter().enumerate().map(at).collect()
}

/// The loss of a fit at a mixture, and that of every draw.
pub fn drawn(fit: &Fit, shares: &[f64]) -> (f64, Vec<f64>) {
    let Some(law) = law::by_id(&fit.law) else { return (f64::NAN, Vec::new()) };
    let (one, here) = (Weighted { fit, law, weight: 1.0 }, points([shares]));
    (one.over(&fit.theta, &here)[0], fit.draws.iter().map(|theta| one.over(theta, &here)[0]).collect())
}

/// The corpora whose share lies outside those that were measured, by their place.
pub fn outside(study: &Study, shares: &[f64]) -> Vec<usize> {
    // A share read back from a field may differ in the fourth digit.
    const ROUNDED: f64 = 1e-3;
    let known = study.corpora.iter().zip(shares).enumerate();
    let beyond = known.filter(|(_, (corpus, share))| **share < corpus.low - ROUNDED || **share > corpus.high + ROUNDED);
    beyond.map(|(place, _)| place).collect()
}

/// A grid of mixtures for a table: every mixture in even steps where that is a few hundred rows; of more corpora than
/// that allows, each corpus in turn from nothing to everything, the others in the proportions of the mixture given.
pub fn grid(shares: &[f64]) -> Vec<Vec<f64>> {
    /// Steps by the number of corpora: 231 mixtures of three, 286 of four, 495, 462 and 462.
    const STEPS: [usize; 8] = [0, 0, 20, 20, 10, 8, 6, 5];
    /// Steps of a corpus alone.
    const ALONE: usize = 20;
    match STEPS.get(shares.len()) {
        Some(&steps) if steps > 0 => lattice(shares.len(), steps),
        Some(_) => Vec::new(),
        None => {
            let step = |k: usize| k as f64 / ALONE as f64;
            (0..shares.len()).flat_map(|j| (0..=ALONE).map(move |k| with_share(shares, j, step(k)))).collect()
        }
    }
}

/// Every mixture of so many corpora whose shares are whole steps, the first corpus' share rising slowest.
fn lattice(corpora: usize, steps: usize) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for left in (0..corpora).rev() {
        let next = |begun: Vec<usize>| {
            let rest = steps - begun.iter().sum::<usize>();
            // The last corpus takes what is left.
            let least = if left == 0 { rest } else { 0 };
            (least..=rest).map(move |k| begun.iter().copied().chain([k]).collect::<Vec<_>>())
        };
        all = all.into_iter().flat_map(next).collect();
    }
    all.into_iter().map(|counts| counts.into_iter().map(|k| k as f64 / steps as f64).collect()).collect()
}

/// Most steps of the projected gradient; it stops far earlier.
const STEPS: usize = 5_000;
/// It stops where no share moves by more than this.
const STILL: f64 = 1e-9;
/// Draws that are solved anew: a mixture of 17 corpora takes some milliseconds each.
const DRAWS: usize = 200;

/// One loss with its weight.
struct Weighted<'a> {
    fit: &'a Fit,
    law: &'static dyn Law,
    weight: f64,
}

impl Weighted<'_> {
    fn at(&self, theta: &[f64], shares: &[f64]) -> f64 {
        self.over(theta, &points([shares]))[0]
    }

    fn over(&self, theta: &[f64], points: &Points) -> Vec<f64> {
        let mut loss = vec![f64::NAN; points.len()];
        self.law.predict(theta, points, &mut loss);
        loss
    }
}

/// Mixtures as points: a law of several corpora knows neither size nor tokens, so one batch serves every loss.
fn points<'a>(mixtures: impl IntoIterator<Item = &'a [f64]>) -> Points {
    let mut points = Points::default();
    for corpora in mixtures {
        let place = Place { size: 1.0, tokens: 1.0, ratio: 1.0, start: 1.0, epochs: 1.0, corpora };
        points.push_place(&Scale { size: 1.0, tokens: 1.0 }, &place);
    }
    points
}

/// Loss predictions at mixtures: one a mixture.
pub fn losses(fit: &Fit, mixtures: &[Vec<f64>]) -> Vec<f64> {
    let Some(law) = law::by_id(&fit.law) else { return Vec::new() };
    let one = Weighted { fit, law, weight: 1.0 };
    one.over(&fit.theta, &points(mixtures.iter().map(Vec::as_slice)))
}

impl Ask {
    /// The answer under a study of the data mixing law over these corpora.
    ///
    /// # Errors
    /// Where a loss is not there, a weight is negative, or the limits leave no mixture.
    pub fn answer(&self, study: &Study) -> Result<Answer, Reason> {
        let unusable = |what: &str| Reason::Unusable { what: what.to_owned() };
        let weighted: Vec<Weighted<'_>> = self
            .weights
            .iter()
            .map(|(name, weight)| {
                let fit = study.targets.get(name).ok_or_else(|| Reason::NoSuchLoss {
                    asked: name.clone(),
                    known: study.targets.keys().cloned().collect(),
                })?;
                let law = law::by_id(&fit.law).ok_or(Reason::NoDomainLoss)?;
                Ok(Weighted { fit, law, weight: *weight })
            })
            .collect::<Result<_, Reason>>()?;
        let sound = |weight: f64| weight.is_finite() && weight >= 0.0;
        if weighted.is_empty() || !weighted.iter().all(|w| sound(w.weight)) {
            return Err(unusable("The weights of the losses must be numbers of 0 and above."));
        }
        let ends = |f: fn(&(f64, f64)) -> f64| self.limits.iter().map(f).sum::<f64>();
        let ordered = self.limits.iter().all(|(low, high)| (0.0..=1.0).contains(low) && low <= high);
        if !ordered || ends(|limit| limit.0) > 1.0 || ends(|limit| limit.1) < 1.0 {
            return Err(unusable(
                "No mixture keeps these limits: least shares add up to one at most, largest to one at least.",
            ));
        }
        let level = study.options.level;
        let even = vec![1.0 / self.limits.len() as f64; self.limits.len()];
        let own = self.solve(&weighted, |weighted| &weighted.fit.theta, &even);
        let count = weighted.iter().map(|w| w.fit.draws.len()).min().unwrap_or(0);
        let every = count.div_ceil(DRAWS).max(1);
        let places: Vec<usize> = (0..count).step_by(every).collect();
        // The sum is convex: from the fit's own answer a draw's is found in fewer steps, and it is the same.
        let drawn: Vec<Vec<f64>> = places.iter().map(|&b| self.solve(&weighted, |w| &w.fit.draws[b], &own)).collect();
        let value = |theta: &dyn Fn(&Weighted<'_>) -> Vec<f64>, shares: &[f64]| -> Vec<f64> {
            weighted.iter().map(|w| w.at(&theta(w), shares)).collect()
        };
        let own_losses = value(&|w| w.fit.theta.clone(), &own);
        let drawn_losses: Vec<Vec<f64>> =
            places.iter().zip(&drawn).map(|(&b, shares)| value(&|w| w.fit.draws[b].clone(), shares)).collect();
        let sum = |losses: &[f64]| losses.iter().zip(&weighted).map(|(loss, w)| loss * w.weight).sum::<f64>();
        let shares =
            (0..own.len()).map(|j| solved(own[j], drawn.iter().map(|draw| draw[j]).collect(), level)).collect();
        let at_limit = |j: usize| {
            let (low, high) = self.limits[j];
            let ends = drawn.iter().filter(|draw| draw[j] <= low + 1e-6 || draw[j] >= high - 1e-6).count();
            ends as f64 / drawn.len().max(1) as f64
        };
        Ok(Answer {
            at_limit: (0..own.len()).map(at_limit).collect(),
            drawn: drawn.clone(),
            shares,
            losses: weighted
                .iter()
                .enumerate()
                .map(|(i, w)| {
                    let drawn = drawn_losses.iter().map(|losses| losses[i]).collect();
                    (w.fit.target.clone(), solved(own_losses[i], drawn, level))
                })
                .collect(),
            value: solved(sum(&own_losses), drawn_losses.iter().map(|losses| sum(losses)).collect(), level),
            interval: weighted.first().map_or_else(String::new, |w| w.fit.interval_name(level)),
        })
    }

    /// The best mixture under one set of parameters a loss, looked for from a mixture.
    fn solve<'a>(
        &self,
        weighted: &'a [Weighted<'a>],
        theta: impl Fn(&'a Weighted<'a>) -> &'a Vec<f64>,
        from: &[f64],
    ) -> Vec<f64> {
        let k = self.limits.len();
        let mut part = vec![0.0; k];
        // The weighted sum at a mixture, its slopes into the second argument.
        let mut at = |shares: &[f64], slope: &mut [f64]| {
            slope.fill(0.0);
            let mut sum = 0.0;
            for one in weighted {
                sum += one.weight * by_shares(one.law.terms(), theta(one), shares, &mut part);
                slope.iter_mut().zip(&part).for_each(|(slope, part)| *slope += one.weight * part);
            }
            sum
        };
        let mut shares = self.project(from);
        let (mut slope, mut trial_slope) = (vec![0.0; k], vec![0.0; k]);
        let mut now = at(&shares, &mut slope);
        let mut step = 1.0;
        for _ in 0..STEPS {
            let mut accepted = None;
            // The step grows while it holds what it promises, and halves while it does not.
            while accepted.is_none() && step > 1e-12 {
                let moved: Vec<f64> = shares.iter().zip(&slope).map(|(share, slope)| share - step * slope).collect();
                let trial = self.project(&moved);
                let promised: f64 = trial.iter().zip(&shares).zip(&slope).map(|((t, s), slope)| (t - s) * slope).sum();
                let then = at(&trial, &mut trial_slope);
                match then <= now + 0.3 * promised {
                    true => accepted = Some((trial, then)),
                    false => step *= 0.5,
                }
            }
            let Some((trial, then)) = accepted else { break };
            let moved = trial.iter().zip(&shares).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            (shares, now) = (trial, then);
            std::mem::swap(&mut slope, &mut trial_slope);
            step *= 2.0;
            if moved < STILL {
                break;
            }
        }
        shares
    }

    /// The nearest mixture that keeps the limits: shares less one number, each cut to its limits, add up to one.
    fn project(&self, shares: &[f64]) -> Vec<f64> {
        let cut = |less: f64| {
            shares.iter().zip(&self.limits).map(move |(share, (low, high))| (share - less).clamp(*low, *high))
        };
        let most = shares.iter().map(|share| share.abs()).fold(0.0, f64::max) + 1.0;
        let (mut low, mut high) = (-most - 1.0, most + 1.0);
        // A long step leaves a wide range: a hundred halvings end at the last bits of a share from any.
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if cut(middle).sum::<f64>() > 1.0 { low = middle } else { high = middle }
        }
        cut(0.5 * (low + high)).collect()
    }
}

/// The rank correlation of two columns (Spearman's), and the mean error of the first relative to the second.
pub fn agreement(predicted: &[f64], measured: &[f64]) -> (f64, f64) {
    let rank = crate::fit::diagnostics::rank_correlation(predicted, measured);
    let error = predicted.iter().zip(measured).map(|(p, m)| (p / m - 1.0).abs()).sum::<f64>();
    (rank, error / measured.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use super::{grid, with_share};

    #[test]
    fn a_grid_covers_the_mixtures_of_few_corpora_and_goes_along_each_of_many() {
        for (corpora, rows) in [(2, 21), (3, 231), (4, 286), (5, 495), (6, 462), (7, 462), (8, 168), (17, 357)] {
            let all = grid(&vec![1.0 / f64::from(corpora); corpora as usize]);
            assert_eq!(all.len(), rows, "{corpora} corpora");
            for shares in &all {
                assert_eq!(shares.len(), corpora as usize);
                assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12 && shares.iter().all(|s| *s >= 0.0));
            }
            assert!(all.iter().any(|shares| shares[0] == 1.0) && all.iter().any(|shares| shares[0] == 0.0));
        }
    }

    #[test]
    fn one_share_moves_and_the_others_keep_their_proportions() {
        let moved = with_share(&[0.5, 0.3, 0.2], 0, 0.75);
        assert!(moved.iter().zip([0.75, 0.15, 0.1]).all(|(a, b)| (a - b).abs() < 1e-12), "{moved:?}");
        // Nothing is left to give way in proportion: the others share evenly.
        assert_eq!(with_share(&[1.0, 0.0, 0.0], 0, 0.5), [0.5, 0.25, 0.25]);
        for value in [-1.0, 0.0, 0.4, 1.0, 7.0] {
            assert!((with_share(&[0.2, 0.5, 0.3], 1, value).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}
