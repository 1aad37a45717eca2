//! Which of the draws go into a link: few, paired, and with the intervals of all of them.
//!
//! The first 64 of 1,000 draws would do badly: an end of their 90 % interval scatters by a tenth of its width. So the draws
//! are chosen: of both losses at recipes over the data and beyond, the two ends of the law's interval and of a new run's
//! are wanted where all draws have them, and draws are exchanged one by one as long as that brings the ends nearer. What
//! is left is taken up by nudging (`nudge`): the parameters of every draw, and a new run's residuals, move by a part of
//! their own spread until the ends are where they should be. Which draws belong together stays.

use super::nudge;
use super::places::Places;
use crate::fit::percentile::Ends;
use crate::fit::{Fit, Study};
use crate::{maths, order};

/// Draws looked at: more say nothing more about the ends.
const MOST_DRAWS: usize = 2000;
/// Exchanges tried: more bring the ends little nearer than these and the nudging after them.
const EXCHANGES: usize = 1000;
/// Places by which draws are chosen, inside the data and beyond it.
pub const COARSE: (usize, usize) = (80, 30);
/// Places by which they are nudged: some are probes from the beginning, the others where widths are off most.
const FINE: (usize, usize) = (3200, 480);

/// The draws of one loss that go along.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Few {
    /// Parameters on scaled axes.
    pub draws: Vec<Vec<f64>>,
    /// A new run's residual, a draw each.
    pub new_run: Vec<f64>,
}

/// `count` draws of each of the losses, or all where there are no more. `said` hears how much is done, from 0 to 1.
pub fn thin(study: &Study, targets: &[&str], count: usize, said: &mut dyn FnMut(f64)) -> Vec<Few> {
    let chosen = choose(study, targets, count);
    let mut thinned = Vec::with_capacity(targets.len());
    for (at, fit) in targets.iter().filter_map(|name| study.targets.get(*name)).enumerate() {
        let draws = chosen.iter().filter_map(|draw| fit.draws.get(*draw).cloned()).collect();
        let new_run = chosen.iter().filter_map(|draw| fit.new_run.get(*draw).copied()).collect();
        let mut few = Few { draws, new_run };
        if chosen.len() < fit.draws.len() {
            let mut part = |done: f64| said((at as f64 + done) / targets.len() as f64);
            let places = Places::scattered(study, fit, FINE.0, FINE.1);
            nudge::nudge(fit, &mut few, &places, study.options.level, &mut part);
        }
        thinned.push(few);
    }
    thinned
}

/// The first draws of each of the losses: as long as chosen ones, and no more like all.
pub fn first(study: &Study, targets: &[&str], count: usize) -> Vec<Few> {
    let first = |fit: &Fit| Few {
        draws: fit.draws.iter().take(count).cloned().collect(),
        new_run: fit.new_run.iter().take(count).copied().collect(),
    };
    targets.iter().filter_map(|name| study.targets.get(*name)).map(first).collect()
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

/// Values of every draw, column by column: the losses at the probes, by the law and of a new run.
fn columns(study: &Study, fits: &[&Fit], stride: usize) -> Vec<Vec<f64>> {
    let mut columns = Vec::new();
    for fit in fits {
        let probes = Places::scattered(study, fit, COARSE.0, COARSE.1);
        let first = columns.len();
        columns.resize(first + 2 * probes.len(), Vec::new());
        let losses = fit.losses_of_draws(&probes.points(), stride);
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
    /// Weights of the outermost draws inside in an end.
    ends: Vec<f64>,
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
        let ends = Ends::of(inside.len(), level).weights();
        let of_all = Ends::of(draws, level);
        let columns = columns
            .into_iter()
            .filter_map(|values| {
                let mut all = values.clone();
                let wanted = of_all.interval(&mut all);
                let width = wanted.1 - wanted.0;
                // A column that does not vary has its ends right with any draws.
                (width > 0.0 && width.is_finite()).then(|| {
                    let mut sorted: Vec<f64> = inside.iter().map(|draw| values[*draw]).collect();
                    order::ascending(&mut sorted);
                    Column { values, sorted, wanted, width }
                })
            })
            .collect();
        Self { columns, inside, outside, ends }
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
        let last = self.inside.len() - 1;
        let off = |column: &Column| {
            let ends = |value: &dyn Fn(usize) -> f64| {
                let low = self.ends.iter().enumerate().map(|(k, weight)| weight * value(k)).sum::<f64>();
                let high = self.ends.iter().enumerate().map(|(k, weight)| weight * value(last - k)).sum::<f64>();
                (low, high)
            };
            let sorted = &column.sorted;
            let (low, high) = match exchange {
                None => ends(&|k| sorted[k]),
                Some((leaves, comes)) => {
                    let (a, b) = (column.values[leaves], column.values[comes]);
                    let out = sorted.partition_point(|v| v.total_cmp(&a).is_lt());
                    let before = sorted.partition_point(|v| v.total_cmp(&b).is_lt());
                    let inn = if out < before { before - 1 } else { before };
                    let without = |k: usize| sorted[if k < out { k } else { k + 1 }];
                    ends(&|k| match k.cmp(&inn) {
                        std::cmp::Ordering::Less => without(k),
                        std::cmp::Ordering::Equal => b,
                        std::cmp::Ordering::Greater => without(k - 1),
                    })
                }
            };
            let (low, high) = ((low - column.wanted.0) / column.width, (high - column.wanted.1) / column.width);
            low.powi(4) + high.powi(4)
        };
        self.columns.iter().map(off).sum()
    }
}
