//! The profile of a parameter: how much worse the best fit gets as the parameter is held away from its optimum.
//!
//! The interval is where the objective has risen by less than a cut-off. A likelihood has `χ²/2` for it; this objective
//! is no likelihood and a run's checkpoints are no independent rows, so the cut-off comes from the draws: in each, the
//! drop from holding the parameter at the value the draw was made from, at the level asked for. A side on which the
//! objective never rises that far ends at the parameter's bound and is reported as unbounded, which is an answer.

use super::draw;
use super::errors::Errors;
use super::percentile::quantile;
use super::polish::{self, Effort, Polished};
use super::sample::Buffers;
use super::session::Target;
use super::study::Options;
use crate::law::{Axis, Scale};
use crate::order;
use serde::{Deserialize, Serialize};

/// Draws behind the cut-off: its standard error in rank is 3 % at a level of 90 %.
const DRAWS: usize = 99;
/// Values on each side at most; steps grow by half, so they span a factor of 1e7 in the step.
const STEPS: usize = 40;
const GROWTH: f64 = 1.5;
/// First step as a share of the value, or of the parameter's own scale where that is 0.
const FIRST_STEP: f64 = 0.01;
/// A profile is drawn a little beyond its cut-off.
const BEYOND: f64 = 1.6;
const EFFORT: Effort = Effort { steps: 80, tolerance: 1e-9 };

/// Where a profile's interval ends on one side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The objective reaches the cut-off here.
    At(f64),
    /// It does not reach the cut-off up to here, the parameter's bound or as far as was looked.
    Unbounded(f64),
}

/// The profile of one parameter, for `N` in parameters and `D` in tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Name of the parameter.
    pub parameter: String,
    /// Its value at the optimum.
    pub value: f64,
    /// Values it was held at, in order, and the rise of the objective at each.
    pub points: Vec<(f64, f64)>,
    /// The rise at which the interval ends.
    pub cut_off: f64,
    /// Where the interval begins.
    pub low: Side,
    /// Where it ends.
    pub high: Side,
}

/// The profile of a target's parameter by name; `None` where the law has no such parameter or it is not fitted.
pub fn profile(target: &Target, parameter: &str, options: &Options) -> Option<Profile> {
    let law = target.prepared.sample.law;
    let j = law.parameters().iter().position(|known| known.name == parameter)?;
    let best = target.basins.first()?;
    // In natural units a coefficient is what the person reads; on the scaled axis it would be its value at the data's
    // middle, whatever the exponent.
    let mut scale = target.prepared.scale;
    for carry in law.carries(j) {
        match carry.axis {
            Axis::Size => scale = Scale { size: 1.0, ..scale },
            Axis::Tokens => scale = Scale { tokens: 1.0, ..scale },
            Axis::Ratio => {}
        }
    }
    let (prepared, theta) = target.prepared.rescaled(scale, &best.theta);
    if !prepared.sample.is_free(j) {
        return None;
    }
    let mut buffers = Buffers::default();
    let sample = &prepared.sample;
    let best = polish::polish(sample, &sample.weight, &theta, options.turn(), options.turn(), EFFORT, &mut buffers);
    let errors = Errors::of(&prepared, &best);
    let mut drops: Vec<f64> = (0..DRAWS)
        .map(|b| draw::profile_drop(&prepared, &best.theta, &errors, options, (b, j), &mut buffers))
        .collect();
    order::ascending(&mut drops);
    let cut_off = quantile(&drops, options.level);

    let mut walk = |direction: f64| {
        let (bound_low, bound_high) = sample.bounds[j];
        let value = best.theta[j];
        let mut held = sample.clone();
        let mut start: Polished = best.clone();
        let mut step = FIRST_STEP * if value != 0.0 { value.abs() } else { sample.measured[0] };
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut at = value;
        for _ in 0..STEPS {
            // Positive parameters shrink by factors, so that a side towards zero is not passed in one step.
            let next = if direction < 0.0 && value > 0.0 { at / (1.0 + step / value) } else { at + direction * step };
            at = next.clamp(bound_low, bound_high);
            step *= GROWTH;
            held.held[j] = Some(at);
            let from = (1e-2f64).max(options.turn());
            start = polish::polish(&held, &held.weight, &start.theta, from, options.turn(), EFFORT, &mut buffers);
            let rise = (start.value - best.value).max(0.0);
            points.push((at, if rise.is_finite() { rise } else { f64::MAX }));
            if rise > BEYOND * cut_off || at <= bound_low || at >= bound_high {
                break;
            }
        }
        points
    };
    let (down, up) = (walk(-1.0), walk(1.0));
    let low = side(best.theta[j], &down, cut_off);
    let high = side(best.theta[j], &up, cut_off);
    let mut points: Vec<(f64, f64)> = down.into_iter().rev().collect();
    points.push((best.theta[j], 0.0));
    points.extend(up);
    Some(Profile { parameter: parameter.to_owned(), value: best.theta[j], points, cut_off, low, high })
}

/// Where the rise crosses the cut-off on one side, walking outwards: between two values along a straight line in the
/// square root of the rise, as the rise is a parabola where it is smooth.
fn side(value: f64, points: &[(f64, f64)], cut_off: f64) -> Side {
    let mut before = (value, 0.0f64);
    for &(at, rise) in points {
        if rise > cut_off {
            let (a, b) = (before.1.sqrt(), rise.sqrt());
            let share = if b > a { (cut_off.sqrt() - a) / (b - a) } else { 1.0 };
            return Side::At(before.0 + share * (at - before.0));
        }
        before = (at, rise);
    }
    Side::Unbounded(before.0)
}
