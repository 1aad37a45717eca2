//! Which of the draws go into a link: few, paired, and with the intervals of all of them.
//!
//! The first 64 of 1,000 draws would do badly: an end of their 90 % interval scatters by a tenth of its width. So the draws
//! are chosen: of both losses at recipes over the data and beyond, the two ends of the law's interval and of a new run's
//! are wanted where all draws have them, and draws are exchanged one by one as long as that brings the ends nearer. What
//! is left, as an end is one of few draws, is taken up by nudging (`nudge`): the coefficients of the draws at an end,
//! and a new run's residuals, move by a fraction of their own spread until the ends are where they should be. Which draws
//! belong together stays.

use super::nudge;
use crate::fit::{Fit, Study};
use crate::law::{Axis, Ranges, Recipe};
use crate::{maths, order};

/// Draws looked at: more say nothing more about the ends.
const MOST_DRAWS: usize = 2000;
/// Exchanges tried: more bring the ends little nearer than these and the nudging after them.
const EXCHANGES: usize = 1000;
/// How far beyond the largest measured size and budget the ends are looked at.
const BEYOND: f64 = 4.0;

/// The draws of one loss that go along.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Few {
    /// Parameters on scaled axes.
    pub draws: Vec<Vec<f64>>,
    /// A new run's residual, a draw each.
    pub new_run: Vec<f64>,
}

/// `count` draws of each of the losses, or all where there are no more.
pub fn thin(study: &Study, targets: &[&str], count: usize) -> Vec<Few> {
    let chosen = choose(study, targets, count);
    let few = |name: &&str| {
        let fit = study.targets.get(*name)?;
        let draws = chosen.iter().filter_map(|draw| fit.draws.get(*draw).cloned()).collect();
        let new_run = chosen.iter().filter_map(|draw| fit.new_run.get(*draw).copied()).collect();
        let mut few = Few { draws, new_run };
        if chosen.len() < fit.draws.len() {
            nudge::nudge(fit, &mut few, &probes(&study.ranges, Density::Fine), study.options.level);
        }
        Some(few)
    };
    targets.iter().filter_map(few).collect()
}

/// Indices of `count` draws, ascending, whose intervals are those of all; every index where there are no more than that.
fn choose(study: &Study, targets: &[&str], count: usize) -> Vec<usize> {
    let fits: Vec<&Fit> = targets.iter().filter_map(|name| study.targets.get(*name)).collect();
    let all = fits.iter().map(|fit| fit.draws.len()).min().unwrap_or(0);
    if all <= count || count == 0 {
        return (0..all.min(count)).collect();
    }
    let stride = all.div_ceil(MOST_DRAWS);
    let columns = columns(study, &fits, stride);
    let draws = all.div_ceil(stride);
    let mut chosen = Chosen::new(columns, draws, count.min(draws), study.options.level);
    chosen.improve(EXCHANGES);
    let mut indices: Vec<usize> = chosen.inside.iter().map(|draw| draw * stride).collect();
    indices.sort_unstable();
    indices
}

/// How many recipes are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Density {
    /// To choose draws: 4 sizes, 4 budgets, 5 ratios.
    Coarse,
    /// To nudge them: 5 sizes, 5 budgets, 6 ratios.
    Fine,
}

/// Recipes at which the ends are looked at: over the data, to its ends, and beyond its largest sizes and budgets.
pub fn probes(ranges: &Ranges, density: Density) -> Vec<Recipe> {
    let (steps, shares) = match density {
        Density::Coarse => (3, 4),
        Density::Fine => (4, 5),
    };
    let span = |axis: Axis| match ranges.span(axis) {
        Some(span) if span.distinct > 1 && span.low > 0.0 => {
            let whole = span.high * BEYOND / span.low;
            (0..=steps).map(|k| span.low * maths::pow(whole, f64::from(k) / f64::from(steps))).collect()
        }
        Some(span) => vec![span.high],
        None => vec![1e9],
    };
    let shares: Vec<f64> = match ranges.span(Axis::Ratio) {
        Some(span) if span.distinct > 1 => {
            (0..=shares).map(|k| span.low + f64::from(k) / f64::from(shares) * (span.high - span.low)).collect()
        }
        Some(span) => vec![span.high],
        None => vec![0.5],
    };
    let mut probes = Vec::new();
    for size in span(Axis::Size) {
        for tokens in span(Axis::Tokens) {
            probes.extend(shares.iter().map(|&domain_share| Recipe { domain_share, size, tokens }));
        }
    }
    probes
}

/// Values of every draw, column by column: the losses at the probes, by the law and of a new run.
fn columns(study: &Study, fits: &[&Fit], stride: usize) -> Vec<Vec<f64>> {
    let probes = probes(&study.ranges, Density::Coarse);
    let mut columns = Vec::new();
    for fit in fits {
        let first = columns.len();
        columns.resize(first + 2 * probes.len(), Vec::new());
        let losses = fit.losses_of_draws(&probes, stride);
        for (losses, residual) in losses.iter().zip(fit.new_run.iter().step_by(stride)) {
            let factor = maths::exp(*residual);
            for (at, &loss) in losses.iter().enumerate() {
                columns[first + 2 * at].push(loss);
                columns[first + 2 * at + 1].push(loss * factor);
            }
        }
    }
    columns
}

/// A generator for the exchanges (SplitMix64, Steele et al. 2014): the same link for the same fit.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % count.max(1) as u64) as usize
    }
}

/// A column with the ends that are wanted.
struct Column {
    values: Vec<f64>,
    /// Of the draws inside, ascending.
    sorted: Vec<f64>,
    wanted: (f64, f64),
    width: f64,
}

/// The draws inside and outside.
struct Chosen {
    columns: Vec<Column>,
    inside: Vec<usize>,
    outside: Vec<usize>,
    /// Where the two ends lie among the sorted draws inside.
    ends: (f64, f64),
}

impl Chosen {
    fn new(columns: Vec<Vec<f64>>, draws: usize, count: usize, level: f64) -> Self {
        // To begin with, evenly over the order of the first column: its ends are about right already.
        let order = columns.first().map_or_else(
            || (0..draws).collect(),
            |first| order::positions(first.len(), &|a, b| first[a].total_cmp(&first[b])),
        );
        let even: Vec<usize> = (0..count).map(|k| (2 * k + 1) * draws / (2 * count)).collect();
        let inside: Vec<usize> = even.iter().filter_map(|at| order.get(*at).copied()).collect();
        let outside = (0..draws).filter(|draw| !inside.contains(draw)).collect();
        let tail = (1.0 - level) / 2.0;
        let last = inside.len().saturating_sub(1) as f64;
        let columns = columns
            .into_iter()
            .filter_map(|values| {
                let mut all = values.clone();
                let wanted = crate::fit::predict::percentile_interval(&mut all, level);
                let width = wanted.1 - wanted.0;
                // A column that does not vary has its ends right with any draws.
                (width > 0.0 && width.is_finite()).then(|| {
                    let mut sorted: Vec<f64> = inside.iter().map(|draw| values[*draw]).collect();
                    order::ascending(&mut sorted);
                    Column { values, sorted, wanted, width }
                })
            })
            .collect();
        Self { columns, inside, outside, ends: (tail * last, (1.0 - tail) * last) }
    }

    fn improve(&mut self, exchanges: usize) {
        let mut dice = Dice(0x7261_7469_6f73_636f);
        let mut best = self.score(None);
        for _ in 0..exchanges {
            let (out, inn) = (dice.below(self.inside.len()), dice.below(self.outside.len()));
            let (Some(&leaves), Some(&comes)) = (self.inside.get(out), self.outside.get(inn)) else { return };
            let score = self.score(Some((leaves, comes)));
            if score < best {
                best = score;
                (self.inside[out], self.outside[inn]) = (comes, leaves);
                for column in &mut self.columns {
                    let (a, b) = (column.values[leaves], column.values[comes]);
                    let at = column.sorted.partition_point(|v| v.total_cmp(&a).is_lt());
                    column.sorted.remove(at.min(column.sorted.len() - 1));
                    let at = column.sorted.partition_point(|v| v.total_cmp(&b).is_lt());
                    column.sorted.insert(at, b);
                }
            }
        }
    }

    /// How far the ends are off, in widths: the sum of fourth powers, so that the worst counts most.
    fn score(&self, exchange: Option<(usize, usize)>) -> f64 {
        let off = |column: &Column| {
            let end = |position: f64| match exchange {
                None => between(position, |k| column.sorted[k]),
                Some((leaves, comes)) => {
                    let (a, b) = (column.values[leaves], column.values[comes]);
                    let out = column.sorted.partition_point(|v| v.total_cmp(&a).is_lt());
                    let before = column.sorted.partition_point(|v| v.total_cmp(&b).is_lt());
                    let inn = if out < before { before - 1 } else { before };
                    let without = |k: usize| column.sorted[if k < out { k } else { k + 1 }];
                    between(position, |k| match k.cmp(&inn) {
                        std::cmp::Ordering::Less => without(k),
                        std::cmp::Ordering::Equal => b,
                        std::cmp::Ordering::Greater => without(k - 1),
                    })
                }
            };
            let low = (end(self.ends.0) - column.wanted.0) / column.width;
            let high = (end(self.ends.1) - column.wanted.1) / column.width;
            let (low, high) = (low * low, high * high);
            low * low + high * high
        };
        self.columns.iter().map(off).sum()
    }
}

/// The value at a position between two sorted ones.
fn between(position: f64, value: impl Fn(usize) -> f64) -> f64 {
    let below = position.floor();
    let (low, part) = (value(below as usize), position - below);
    if part > 0.0 { low + (value(below as usize + 1) - low) * part } else { low }
}
