//! Decides which notes a fit carries: from the design of the data, from the optimum, from the draws, from the law's own
//! checks. The thresholds are here; the sentences are in [`note`](super::note).

use super::errors::Errors;
use super::note::Note;
use super::percentile::percentile_interval;
use super::polish::{self, Polished};
use super::prepare::Prepared;
use super::quality;
use super::rise::{self, Rise};
use super::sample::Buffers;
use super::seeds::Seeds;
use super::study::{Fit, Options};
use crate::law::{self, Axis, Enters, Finding, Input};
use crate::order;
use crate::table::Decay;

/// Below this many runs the spread of weighted draws is not called an interval (design: about six).
pub const FEW_RUNS: usize = 6;
/// Below this many degrees of freedom between runs the draws' tails are as uncertain as they are wide: chosen, as with
/// three a 90 % interval of a normal sample is 1.4 times as long as with many.
const FEW_FREEDOM: f64 = 3.0;
/// A weight, an exponent and a constant want three distinct values of an axis; more parameters want as many values: the
/// D-CPT Law's ratio has γ, ε, C and η.
const LEAST_VALUES: usize = 3;
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
/// More than this share of cold draws in another basin is worth saying.
const COLD_SHARE: f64 = 0.1;

/// The notes of a fit, the most severe first.
pub fn notes(prepared: &Prepared, errors: &Errors, fit: &Fit, options: &Options, cold: (usize, usize)) -> Vec<Note> {
    let mut notes = Vec::new();
    let points: Vec<_> = prepared.rows.iter().map(|row| (row.run, row.tokens, row.loss)).collect();
    notes.extend(rise::find(&points).map(|rise| rises_with_tokens(rise, prepared, fit)));
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
    for axis in [Axis::Size, Axis::Ratio, Axis::Tokens] {
        // What the law's terms in this axis come to: their parameters.
        let known = law.collapse(&[Input::from(axis)]);
        let symbols: Vec<&str> = known.iter().map(|held| law.parameters()[held.index].symbol).collect();
        let enough = symbols.len().max(LEAST_VALUES);
        let distinct = prepared.ranges.span(axis).map_or(0, |span| span.distinct);
        if !symbols.is_empty() && distinct < enough {
            notes.push(Note::too_few(axis, &symbols, distinct, enough));
        }
        if axis == Axis::Size && !symbols.is_empty() && (2..=SATURATED_SIZES).contains(&distinct) {
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
        // Where both signs are allowed a factor says nothing: open is what spans many times its own size.
        let open = if low < 0.0 {
            to - from > OPEN_FACTOR * fit.theta[j].abs()
        } else {
            let floor = match parameter.enters {
                Enters::Linear => f64::MIN_POSITIVE,
                Enters::Shape { .. } => low.max(f64::MIN_POSITIVE),
            };
            to > OPEN_FACTOR * from.max(floor)
        };
        // Nearly always at the bound the optimum is at: the note about the bound says all.
        if at_bound(fit.theta[j]) && stuck > ALWAYS_AT_BOUND {
            continue;
        }
        if stuck > OPEN_AT_BOUND || open {
            notes.push(Note::unidentified(parameter, stuck));
        }
    }
}

/// What a rise means for a law: one that only falls with tokens can't follow it, one that may rise should.
fn rises_with_tokens(rise: Rise, prepared: &Prepared, fit: &Fit) -> Note {
    let law = prepared.sample.law;
    if !law.may_rise_with_tokens() {
        let others: Vec<&str> = law::that_may_rise(&prepared.ranges).map(law::Law::name).collect();
        return Note::rises_with_tokens(rise, law.name(), &others);
    }
    match fit.quality.mean_relative_error < FOLLOWS * rise.largest {
        true => Note::follows_the_rise(rise, law.name(), fit.quality.mean_relative_error),
        false => Note::misses_the_rise(rise, law.name(), fit.quality.mean_relative_error),
    }
}

/// A law follows a rise where it misses the measured losses by less than this share of the largest rise on average.
const FOLLOWS: f64 = 0.25;

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
