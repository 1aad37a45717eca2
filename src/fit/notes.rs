//! Decides which notes a fit carries: from the design of the data, from the optimum, from the draws, from the law's own
//! checks. The thresholds are here; the sentences are in [`note`](super::note).

use super::errors::Errors;
use super::note::Note;
use super::polish::{self, Polished};
use super::predict::percentile_interval;
use super::prepare::{Prepared, Row};
use super::quality;
use super::sample::Buffers;
use super::seeds::Seeds;
use super::study::{Fit, Options};
use crate::law::{Axis, Enters, Finding};
use crate::order;
use crate::table::Decay;

/// Below this many runs the spread of weighted draws is not called an interval (design: about six).
pub const FEW_RUNS: usize = 6;
/// Below this many degrees of freedom between runs the draws' tails are as uncertain as they are wide: chosen, as with
/// three a 90 % interval of a normal sample is 1.4 times as long as with many.
const FEW_FREEDOM: f64 = 3.0;
/// Two exponents and a constant want three distinct values of an axis; the ratio has γ, ε, C and η: four.
const ENOUGH_SIZES: usize = 3;
const ENOUGH_TOKENS: usize = 3;
const ENOUGH_RATIOS: usize = 4;
/// Up to this many sizes the size term passes near every size whatever the truth: resampling runs can't see its error.
const SATURATED_SIZES: usize = 3;
/// A parameter whose draws span more than this factor is open: chosen; a Chinchilla exponent spans 1.2 on 240 points.
const OPEN_FACTOR: f64 = 10.0;
/// ... or of which more than this share of draws ends at a bound.
const OPEN_AT_BOUND: f64 = 0.1;
/// ... while more than this share at the bound of the optimum leaves nothing open.
const ALWAYS_AT_BOUND: f64 = 0.9;
/// Relative distance at which a parameter counts as being at its bound.
const BOUND_TOLERANCE: f64 = 1e-6;
/// A run rises with tokens where its loss climbs by more than this (relative), ...
const RISE: f64 = 1e-3;
/// ... by more than this many standard deviations of its own checkpoint noise, ...
const RISE_IN_NOISE: f64 = 4.0;
/// ... and by more than this share of the run's whole range; ...
const RISE_OF_RANGE: f64 = 0.25;
/// ... and a loss rises where more than this share of runs does.
const RISING_RUNS: f64 = 0.2;
/// More than this share of cold draws in another basin is worth saying.
const COLD_SHARE: f64 = 0.1;

/// The notes of a fit, the most severe first.
pub fn notes(prepared: &Prepared, errors: &Errors, fit: &Fit, options: &Options, cold: (usize, usize)) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(rises_with_tokens(&prepared.rows, prepared.sample.law.name()));
    for finding in prepared.sample.law.check(&fit.theta, &prepared.scale, &prepared.ranges) {
        let Finding::RisesWithRatio { falls_from } = finding;
        notes.push(Note::not_monotone(falls_from));
    }
    design(prepared, &mut notes);
    let runs = prepared.sample.run_keys.len();
    if runs < FEW_RUNS {
        notes.push(Note::few_runs(runs));
    } else if errors.run.freedom < FEW_FREEDOM {
        notes.push(Note::few_spare_runs(runs, errors.run.freedom));
    }
    notes.push(match Seeds::of(prepared, errors) {
        Some(seeds) => Note::seeds(&seeds),
        None => Note::no_replicates(),
    });
    notes.extend(mid_schedule(prepared));
    parameters(prepared, fit, options, &mut notes);
    let (disagree, tried) = cold;
    if tried > 0 && disagree as f64 > COLD_SHARE * tried as f64 {
        notes.push(Note::draws_disagree(disagree, tried));
    }
    order::sort_by(&mut notes, |a, b| b.severity.cmp(&a.severity));
    notes
}

/// Rows measured in the middle of a decay, as far as the table knows the schedule.
fn mid_schedule(prepared: &Prepared) -> Option<Note> {
    let rows = |decay: Decay| prepared.rows.iter().filter(|row| row.decay == decay).count();
    let (under, annealed) = (rows(Decay::Under), rows(Decay::Annealed));
    (under > 0).then(|| Note::mid_schedule(under, annealed, prepared.rows.len()))
}

/// Too few distinct values of an axis that the law knows.
fn design(prepared: &Prepared, notes: &mut Vec<Note>) {
    let law = prepared.sample.law;
    let knows = |axis: Axis| law.collapse(&[axis]).iter().any(|held| held.because == axis);
    for (axis, enough) in [(Axis::Size, ENOUGH_SIZES), (Axis::Ratio, ENOUGH_RATIOS), (Axis::Tokens, ENOUGH_TOKENS)] {
        let distinct = prepared.ranges.span(axis).map_or(0, |span| span.distinct);
        if knows(axis) && distinct < enough {
            notes.push(Note::too_few(axis, distinct, enough));
        }
        if axis == Axis::Size && knows(axis) && (2..=SATURATED_SIZES).contains(&distinct) {
            notes.push(Note::size_term_saturated(distinct));
        }
    }
}

/// Parameters at a bound, and parameters the draws leave open.
fn parameters(prepared: &Prepared, fit: &Fit, options: &Options, notes: &mut Vec<Note>) {
    let law = prepared.sample.law;
    let (idle, idle_draws) = (quality::idle(law, std::slice::from_ref(&fit.theta)), quality::idle(law, &fit.draws));
    for (j, parameter) in law.parameters().iter().enumerate() {
        if !prepared.sample.is_free(j) {
            continue;
        }
        let (low, high) = prepared.sample.bounds[j];
        let at_bound = |value: f64| {
            value <= low + BOUND_TOLERANCE * low.abs().max(BOUND_TOLERANCE) || value >= high * (1.0 - BOUND_TOLERANCE)
        };
        if at_bound(fit.theta[j]) {
            notes.push(Note::at_bound(parameter, fit.theta[j], (low, high)));
        }
        if idle[j] > 0.0 || idle_draws[j] > OPEN_AT_BOUND {
            notes.push(Note::not_in_the_formula(parameter, idle[j] > 0.0, idle_draws[j]));
            continue;
        }
        if fit.draws.is_empty() {
            continue;
        }
        // On scaled axes: A and B for N in parameters carry the exponent's uncertainty many times over.
        let mut values: Vec<f64> = fit.draws.iter().map(|draw| draw[j]).collect();
        let stuck = values.iter().filter(|value| at_bound(**value)).count() as f64 / values.len() as f64;
        let (from, to) = percentile_interval(&mut values, options.level);
        let floor = match parameter.enters {
            Enters::Linear => f64::MIN_POSITIVE,
            Enters::Shape { .. } => low,
        };
        // Nearly always at the bound the optimum is at: the note about the bound says all.
        if at_bound(fit.theta[j]) && stuck > ALWAYS_AT_BOUND {
            continue;
        }
        if stuck > OPEN_AT_BOUND || to > OPEN_FACTOR * from.max(floor) {
            notes.push(Note::unidentified(parameter, stuck));
        }
    }
}

/// Whether the measured loss rises with tokens, which a law that falls in `D` cannot follow.
fn rises_with_tokens(rows: &[Row], law: &str) -> Option<Note> {
    // Rows are in canonical order: size, ratio, tokens. A run's rows may be apart where several runs share a recipe.
    let mut runs: Vec<Vec<(f64, f64)>> =
        vec![Vec::new(); rows.iter().map(|row| row.run as usize + 1).max().unwrap_or(0)];
    for row in rows {
        runs[row.run as usize].push((row.tokens, row.loss.ln()));
    }
    let (mut long, mut rising, mut largest) = (0usize, 0usize, 0.0f64);
    for run in &mut runs {
        order::sort_by(run, |a, b| a.0.total_cmp(&b.0));
        run.dedup_by(|b, a| a.0 == b.0);
        if run.len() < 3 {
            continue;
        }
        long += 1;
        let losses: Vec<f64> = run.iter().map(|point| point.1).collect();
        let (mut least, mut rise) = (f64::INFINITY, 0.0f64);
        for &loss in &losses {
            least = least.min(loss);
            rise = rise.max(loss - least);
        }
        let range = losses.iter().copied().fold(f64::MIN, f64::max) - losses.iter().copied().fold(f64::MAX, f64::min);
        if rise > RISE.max(RISE_IN_NOISE * checkpoint_noise(&losses)) && rise > RISE_OF_RANGE * range {
            rising += 1;
            largest = largest.max(rise);
        }
    }
    (rising as f64 > RISING_RUNS * long as f64).then(|| Note::rises_with_tokens(rising, long, largest.exp_m1(), law))
}

/// A run's own checkpoint noise, from the median absolute second difference: a smooth curve has next to none. For
/// white noise of deviation σ a second difference has variance 6σ², and a normal's median absolute value is .6745σ.
fn checkpoint_noise(losses: &[f64]) -> f64 {
    let mut seconds: Vec<f64> = losses.windows(3).map(|w| (w[0] - 2.0 * w[1] + w[2]).abs()).collect();
    order::ascending(&mut seconds);
    super::predict::quantile(&seconds, 0.5) / (0.6745 * 6f64.sqrt())
}

/// With two or three sizes: the optimum without each of them, started from the full one.
pub fn without_a_size(prepared: &Prepared, basins: &[Polished], delta: f64, buffers: &mut Buffers) -> Vec<Vec<f64>> {
    let Some(best) = basins.first() else { return Vec::new() };
    let mut sizes: Vec<f64> = prepared.rows.iter().map(|row| row.size).collect();
    sizes.dedup();
    if !(2..=SATURATED_SIZES).contains(&sizes.len()) {
        return Vec::new();
    }
    sizes
        .iter()
        .filter_map(|&left_out| {
            let rest = prepared.subset(|row| row.size != left_out);
            let sample = &rest.sample;
            if sample.len() < sample.free() {
                return None;
            }
            let weight = &sample.weight;
            let mut start = best.theta.clone();
            // With one size left the size term is part of E: start from their sum.
            if rest.ranges.size.is_some_and(|span| span.distinct == 1) {
                start = super::search::search(sample, weight, delta, buffers).into_iter().next()?.theta;
            }
            Some(polish::polish(sample, weight, &start, 1e-2f64.max(delta), delta, polish::FULL, buffers).theta)
        })
        .collect()
}
