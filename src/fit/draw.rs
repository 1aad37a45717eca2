//! One paired draw: the same measurement once more, as it might have come out.
//!
//! The draws resample errors, not runs. A draw keeps every run of the design and gives each another run's level and slope
//! (size effects, run effects and slopes drawn from the stretched residuals of [`Errors`], with random signs; where runs are
//! many each keeps its own, see [`Source`]) and its own
//! checkpoint noise, again with a random sign; the spread of each is itself uncertain, so it is multiplied by
//! `sqrt(ν/χ²_ν)`. Then the law is fitted anew. A run takes its error from the same run, with the same sign, in the general and the domain loss:
//! the losses of a draw belong together.
//!
//! Draw `b` is a pure function of the data, the basins, the seed and `b`: any worker may compute any of them.
//!
//! Weighting runs by Exp(1) instead (the Bayesian bootstrap, [`Scheme::Weights`]) needs no model of the error, but
//! sees a designed grid with few runs too narrowly; `docs/method.md` has the measured coverage of both.

use super::errors::{Errors, Level, Source};
use super::polish::{self, Polished};
use super::prepare::Prepared;
use super::sample::{Buffers, Sample};
use super::search;
use super::study::{Options, Scheme};
use super::weights::{exponential, normal, uniform};
use crate::law::Enters;
use crate::maths;
use serde::{Deserialize, Serialize};

/// Every this many draws is also searched from nothing, to see whether the basins found first are the ones that count.
const COLD_EVERY: usize = 20;
/// A cold draw that ends lower than the warm one by more than this share of the objective disagrees.
const COLD_TOLERANCE: f64 = 1e-4;
/// δ a warm draw starts with: new errors move the optimum by about the noise.
const DRAW_DELTA: f64 = 1e-2;
/// A draw needs no more digits than its interval shows.
const DRAW: polish::Effort = polish::Effort { steps: 60, tolerance: 1e-7 };
/// A first look at the basins other than the optimum's.
const LOOK: polish::Effort = polish::Effort { steps: 8, tolerance: 1e-3 };
/// A basin that lies higher than the best by more than this share after the first look is left.
const HOPELESS: f64 = 0.05;
/// ... and one that agrees to this share is the same.
const SAME: f64 = 1e-3;

/// A draw of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// Parameters on scaled axes.
    pub theta: Vec<f64>,
    /// Whether a search from nothing ended lower, where one was made.
    pub disagrees: Option<bool>,
}

/// Streams of the generator that are not runs: levels' own spread, and what a new run gets.
mod stream {
    pub const RUN_SPREAD: u64 = 11;
    pub const SIZE_SPREAD: u64 = 13;
    pub const SLOPE_SPREAD: u64 = 15;
    pub const LEVEL: u64 = 1;
    pub const LEVEL_SIGN: u64 = 2;
    pub const CHECKPOINT: u64 = 3;
    pub const CHECKPOINT_RUN: u64 = 4;
    pub const NEW_SIZE: u64 = 5;
    pub const NEW_SIZE_SIGN: u64 = 6;
    /// Mixed into a run's key: whose level it gets, the signs of level and checkpoints, whose size effect.
    pub const SOURCE: u64 = 0x5eed_0000_0000_0001;
    pub const SIGN: u64 = 0x5eed_0000_0000_0002;
    pub const WITHIN_SIGN: u64 = 0x5eed_0000_0000_0003;
    pub const SLOPE_SOURCE: u64 = 0x5eed_0000_0000_0006;
    pub const SLOPE_SIGN: u64 = 0x5eed_0000_0000_0007;
    pub const OPEN: u64 = 0x5eed_0000_0000_0008;
    pub const SIZE_SOURCE: u64 = 0x5eed_0000_0000_0004;
    pub const SIZE_SIGN: u64 = 0x5eed_0000_0000_0005;
}

/// An index below `length` from a uniform number.
fn pick(length: usize, u: f64) -> usize {
    ((u * length as f64) as usize).min(length.saturating_sub(1))
}

fn sign(u: f64) -> f64 {
    if u < 0.5 { -1.0 } else { 1.0 }
}

/// `sqrt(ν/χ²_ν)` from a normal number, by Wilson and Hilferty's approximation (1931). Its lower tail is cut where the
/// approximation leaves its range: with one degree of freedom a tenth of a per cent of draws.
fn spread(level: &Level, z: f64) -> f64 {
    let v = 2.0 / (9.0 * level.freedom);
    (1.0 - v + z * v.sqrt()).max(0.1).powi(3).recip().sqrt()
}

/// The measured losses of a draw, and the weights of its rows.
fn drawn_data(sample: &Sample, errors: &Errors, options: &Options, draw: u64) -> (Vec<f64>, Vec<f64>) {
    match options.scheme {
        Scheme::Weights => {
            let seed = options.seed;
            let by_run: Vec<f64> = sample.run_keys.iter().map(|&key| exponential(seed, draw, key)).collect();
            let mean = sample.run.iter().map(|&run| by_run[run]).sum::<f64>() / sample.len() as f64;
            let weight = sample.run.iter().zip(&sample.weight).map(|(&run, w)| w * by_run[run] / mean).collect();
            (sample.measured.clone(), weight)
        }
        Scheme::Errors => {
            let u = |stream: u64| uniform(options.seed, draw, stream);
            let wide = |level: &Level, stream: u64| spread(level, normal(options.seed, draw, stream));
            // Another run's effect for each run, with a random sign.
            let resampled = |level: &Level, stream_spread: u64, source: u64, of_sign: u64| -> Vec<f64> {
                let wide = wide(level, stream_spread);
                let effect = |(run, key): (usize, &u64)| {
                    let from = match errors.source {
                        Source::Own => run,
                        Source::Any => errors.by_key[pick(errors.by_key.len(), u(key ^ source))],
                    };
                    wide * sign(u(key ^ of_sign)) * level.effect[from]
                };
                sample.run_keys.iter().enumerate().map(effect).collect()
            };
            let mut level = resampled(&errors.run, stream::RUN_SPREAD, stream::SOURCE, stream::SIGN);
            if let Some(size) = &errors.size {
                let wide = wide(size, stream::SIZE_SPREAD);
                for (of, runs) in errors.runs_of_size.iter().enumerate() {
                    // Sizes are the same for every loss of a file, smallest first. The mean of a size's runs is in its
                    // own effect already.
                    let source = pick(size.effect.len(), u(of as u64 ^ stream::SIZE_SOURCE));
                    let effect = wide * sign(u(of as u64 ^ stream::SIZE_SIGN)) * size.effect[source];
                    let mean = runs.iter().map(|&run| level[run]).sum::<f64>() / runs.len() as f64;
                    runs.iter().for_each(|&run| level[run] += effect - mean);
                }
            }
            let slope = errors
                .slope
                .as_ref()
                .map(|slope| resampled(slope, stream::SLOPE_SPREAD, stream::SLOPE_SOURCE, stream::SLOPE_SIGN));
            let mut measured = errors.fitted.clone();
            for (run, rows) in errors.rows.iter().enumerate() {
                let slope = slope.as_ref().map_or(0.0, |slope| slope[run]);
                let within = sign(u(sample.run_keys[run] ^ stream::WITHIN_SIGN));
                for &row in rows {
                    let error = level[run] + slope * errors.along[row] + within * errors.checkpoint[row];
                    measured[row] *= maths::exp(error);
                }
            }
            (measured, sample.weight.clone())
        }
    }
}

/// An exponent that the data leaves entirely open, and the range over which the fit is as good as at the optimum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Open {
    parameter: usize,
    low: f64,
    high: f64,
}

/// Values of an open exponent that are tried, over the range a search covers.
const OPEN_VALUES: usize = 16;
/// A fit whose objective is higher by no more than this share is as good: far below what any draw moves it by.
const AS_GOOD: f64 = 1e-3;

/// The exponents the data leaves open. Their range ends where another parameter meets its bound: an `α` so small that `E`
/// would be negative is not open.
pub fn open(prepared: &Prepared, best: &Polished, options: &Options, buffers: &mut Buffers) -> Vec<Open> {
    let mut found = Vec::new();
    for j in prepared.sample.law.open(&prepared.ranges.doubled()) {
        let Enters::Shape { low, high } = prepared.sample.law.parameters()[j].enters else { continue };
        // A range with zero in it has no logarithm to walk along.
        if !prepared.sample.is_free(j) || low <= 0.0 || prepared.sample.bounds[j].0 <= 0.0 {
            continue;
        }
        let (low, high) = (low.max(prepared.sample.bounds[j].0), high.min(prepared.sample.bounds[j].1));
        let mut sample = prepared.sample.clone();
        let mut range = (best.theta[j], best.theta[j]);
        for k in 0..OPEN_VALUES {
            let value = low * maths::pow(high / low, k as f64 / (OPEN_VALUES - 1) as f64);
            sample.held[j] = Some(value);
            let at = polish::polish(&sample, &sample.weight, &best.theta, DRAW_DELTA, options.turn(), DRAW, buffers);
            if at.value <= best.value * (1.0 + AS_GOOD) {
                range = (range.0.min(value), range.1.max(value));
            }
        }
        found.push(Open { parameter: j, low: range.0, high: range.1 });
    }
    found
}

/// Holds open exponents at a value of the draw's own, evenly in the logarithm over their range: no fit would move them
/// from where they start, and the draws would claim to know them.
fn leave_open(sample: &mut Sample, open: &[Open], options: &Options, draw: u64) {
    for &Open { parameter, low, high } in open {
        let u = uniform(options.seed, draw, stream::OPEN ^ parameter as u64);
        sample.held[parameter] = Some(maths::exp(maths::ln(low) + u * maths::ln(high / low)));
    }
}

/// How much better draw `draw` fits with parameter `j` free than with it held where `theta` has it: the drop of the
/// objective that a profile of the data shows at the truth.
pub fn profile_drop(
    prepared: &Prepared,
    theta: &[f64],
    errors: &Errors,
    options: &Options,
    (draw, j): (usize, usize),
    buffers: &mut Buffers,
) -> f64 {
    let (measured, weight) = drawn_data(&prepared.sample, errors, options, draw as u64);
    let mut sample = Sample { measured, ..prepared.sample.clone() };
    let (delta, first) = (options.turn(), DRAW_DELTA.max(options.turn()));
    let free = polish::polish(&sample, &weight, theta, first, delta, DRAW, buffers);
    sample.held[j] = Some(theta[j]);
    let held = polish::polish(&sample, &weight, &free.theta, first, delta, DRAW, buffers);
    (held.value - free.value).max(0.0)
}

/// Draw `draw` of a target, from the basins of its optimum; `None` where there is no basin.
pub fn draw(
    prepared: &Prepared,
    basins: &[Polished],
    errors: &Errors,
    open: &[Open],
    options: &Options,
    draw: usize,
    buffers: &mut Buffers,
) -> Option<Drawn> {
    let (measured, weight) = drawn_data(&prepared.sample, errors, options, draw as u64);
    let mut sample = Sample { measured, ..prepared.sample.clone() };
    leave_open(&mut sample, open, options, draw as u64);
    let sample = &sample;
    let (delta, first) = (options.turn(), DRAW_DELTA.max(options.turn()));
    let (best, others) = basins.split_first()?;
    let look = polish::newton(sample, &weight, &best.theta, first, LOOK, buffers);
    let mut warm = polish::polish(sample, &weight, &look.theta, first, delta, DRAW, buffers);
    for basin in others {
        let other = polish::newton(sample, &weight, &basin.theta, first, LOOK, buffers);
        let apart = other.value / look.value - 1.0;
        if apart.abs() < SAME || apart > HOPELESS {
            continue;
        }
        let other = polish::polish(sample, &weight, &other.theta, first, delta, DRAW, buffers);
        if other.value < warm.value {
            warm = other;
        }
    }
    if draw % COLD_EVERY != COLD_EVERY - 1 {
        return Some(Drawn { theta: warm.theta, disagrees: None });
    }
    let cold = search::search(sample, &weight, delta, buffers).into_iter().next();
    let lower = cold.filter(|cold| cold.value < warm.value);
    let disagrees = lower.as_ref().is_some_and(|cold| cold.value < warm.value * (1.0 - COLD_TOLERANCE));
    Some(Drawn { theta: lower.map_or(warm.theta, |cold| cold.theta), disagrees: Some(disagrees) })
}

/// For each draw the log residual a new run adds to the law: a resampled run's level with a random sign, a resampled
/// size's where there is a level of sizes, and a resampled checkpoint's deviation, stretched as in the draws themselves.
pub fn new_run(errors: &Errors, options: &Options, draws: usize) -> Vec<f64> {
    let runs = errors.by_key.len();
    if runs == 0 {
        return vec![0.0; draws];
    }
    (0..draws as u64)
        .map(|draw| {
            let u = |stream: u64| uniform(options.seed, draw, stream);
            let source = errors.by_key[pick(runs, u(stream::LEVEL))];
            let wide = spread(&errors.run, normal(options.seed, draw, stream::RUN_SPREAD));
            let level = wide * sign(u(stream::LEVEL_SIGN)) * errors.run.effect[source];
            let of_size = errors.size.as_ref().map_or(0.0, |size| {
                let wide = spread(size, normal(options.seed, draw, stream::SIZE_SPREAD));
                let source = pick(size.effect.len(), u(stream::NEW_SIZE));
                wide * sign(u(stream::NEW_SIZE_SIGN)) * size.effect[source]
            });
            let run = errors.by_key[pick(runs, u(stream::CHECKPOINT_RUN))];
            let rows = &errors.rows[run];
            of_size + level + errors.within_run(run, rows[pick(rows.len(), u(stream::CHECKPOINT))])
        })
        .collect()
}
