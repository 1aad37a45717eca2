//! Moves a few draws so that the ends of their intervals are those of all draws.
//!
//! With 64 draws the end of a 90 % interval is the fourth of them, and the next one lies a tenth of a standard deviation
//! away: no choice among draws meets the ends everywhere. The law is linear in its coefficients, so an end that is off by
//! `e` is met by moving the coefficients of the draw that holds it. At every probe and end that is a linear equation; they
//! are met by descent on their squares, draw by draw, a part of the way in each round, and the ends are looked for again.

use super::thin::Few;
use crate::fit::Fit;
use crate::fit::predict::percentile_interval;
use crate::law::{self, Recipe};
use crate::maths;

/// Rounds: a browser does them in well under a second.
const ROUNDS: usize = 140;
/// Part of the way gone in the first round, and in the last: which draw is at an end changes less and less.
const PACE: (f64, f64) = (1.0, 0.15);

/// Moves the draws of one loss. `fit` has all of them.
pub fn nudge(fit: &Fit, few: &mut Few, probes: &[Recipe], level: f64) {
    let Some(law) = law::by_id(&fit.law) else { return };
    let held = |j: &usize| fit.parameters.get(*j).is_none_or(|parameter| parameter.held || parameter.chosen.is_some());
    let linear = |j: &usize| law.parameters().get(*j).is_some_and(|parameter| parameter.is_linear());
    let free: Vec<usize> = (0..fit.theta.len()).filter(|j| linear(j) && !held(j)).collect();
    let (points, count) = (fit.points(probes).gathered(), few.draws.len());
    let wanted = Wanted::of(fit, probes, level);
    let tail = (1.0 - level) / 2.0;
    let positions = [tail * (count - 1) as f64, (1.0 - tail) * (count - 1) as f64];
    // What a unit of a coefficient adds at each probe: by the draw's own exponents, which stay.
    let basis: Vec<Vec<f64>> = few
        .draws
        .iter()
        .map(|theta| {
            let mut basis = vec![0.0; free.len() * probes.len()];
            law.basis(theta, &points, &free, &mut basis);
            basis
        })
        .collect();
    let mean = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
    let usual: Vec<Vec<f64>> = basis.iter().map(|all| all.chunks_exact(probes.len()).map(mean).collect()).collect();
    let mut losses = vec![vec![0.0; probes.len()]; count];
    let mut best = (f64::INFINITY, few.clone());
    for round in 0..ROUNDS {
        let pace = PACE.0 + (PACE.1 - PACE.0) * round as f64 / ROUNDS as f64;
        let mut missed = 0.0;
        for (theta, row) in few.draws.iter().zip(&mut losses) {
            law.predict(theta, &points, row);
        }
        let mut moves = vec![Move::new(free.len()); count];
        for (at, (law_ends, run_ends)) in wanted.law.iter().zip(&wanted.new_run).enumerate() {
            let law_values = |draw: usize| losses[draw][at];
            let run_values = |draw: usize| losses[draw][at] * maths::exp(few.new_run[draw]);
            for (draw, error) in off(count, &law_values, positions, *law_ends) {
                missed += (error / wanted.width(at)).powi(2);
                moves[draw].of_law(error, basis[draw].iter().skip(at).step_by(probes.len()), &usual[draw]);
            }
            for (draw, error) in off(count, &run_values, positions, *run_ends) {
                missed += (error / wanted.width(at)).powi(2);
                moves[draw].of_run(error / run_values(draw));
            }
        }
        if missed < best.0 {
            best = (missed, few.clone());
        }
        for ((theta, residual), moved) in few.draws.iter_mut().zip(&mut few.new_run).zip(&moves) {
            for (k, &j) in free.iter().enumerate() {
                // A term that is not in the formula of a draw stays out of it.
                if theta[j] > 0.0 {
                    theta[j] = (theta[j] - pace * moved.coefficient(k)).max(0.0);
                }
            }
            *residual -= pace * moved.residual();
        }
    }
    *few = best.1;
}

/// The ends of all draws at each probe.
struct Wanted {
    law: Vec<(f64, f64)>,
    new_run: Vec<(f64, f64)>,
}

impl Wanted {
    /// Width of the law's interval, by which errors are weighed.
    fn width(&self, at: usize) -> f64 {
        (self.law[at].1 - self.law[at].0).max(f64::MIN_POSITIVE)
    }

    fn of(fit: &Fit, probes: &[Recipe], level: f64) -> Self {
        let rows = fit.losses_of_draws(probes, 1);
        let ends = |of: &dyn Fn(usize, f64) -> f64| {
            let column = |at: usize| {
                let mut values: Vec<f64> = rows.iter().enumerate().map(|(draw, row)| of(draw, row[at])).collect();
                percentile_interval(&mut values, level)
            };
            (0..probes.len()).map(column).collect()
        };
        let factors: Vec<f64> = fit.new_run.iter().map(|residual| maths::exp(*residual)).collect();
        Self { law: ends(&|_, loss| loss), new_run: ends(&|draw, loss| loss * factors[draw]) }
    }
}

/// The draws that hold the two ends, with how far those are off.
fn off(count: usize, value: &dyn Fn(usize) -> f64, positions: [f64; 2], wanted: (f64, f64)) -> Vec<(usize, f64)> {
    let values: Vec<f64> = (0..count).map(value).collect();
    let mut order: Vec<usize> = (0..count).collect();
    let mut holding = Vec::with_capacity(4);
    for (position, wanted) in positions.into_iter().zip([wanted.0, wanted.1]) {
        let (below, part) = (position.floor() as usize, position.fract());
        let compare = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
        let (_, &mut first, rest) = order.select_nth_unstable_by(below, compare);
        let next = rest.iter().copied().min_by(compare).filter(|_| part > 0.0);
        let end = next.map_or(values[first], |next| values[first] + part * (values[next] - values[first]));
        // Both draws beside the end move with it.
        holding.push((first, end - wanted));
        holding.extend(next.map(|next| (next, end - wanted)));
    }
    holding
}

/// How a draw is to move, by the ends it holds.
#[derive(Clone)]
struct Move {
    /// Of each coefficient: sums of error times basis, and of its square.
    coefficients: Vec<(f64, f64)>,
    /// Of the residual: sum and count.
    residual: (f64, f64),
}

impl Move {
    fn new(free: usize) -> Self {
        Self { coefficients: vec![(0.0, 0.0); free], residual: (0.0, 0.0) }
    }

    /// A coefficient that adds little here and much elsewhere is not the one to move: `usual` is the mean square of what
    /// each adds over all probes.
    fn of_law<'a>(&mut self, error: f64, basis: impl Iterator<Item = &'a f64>, usual: &[f64]) {
        for ((sums, basis), usual) in self.coefficients.iter_mut().zip(basis).zip(usual) {
            sums.0 += error * basis;
            sums.1 += (basis * basis).max(*usual);
        }
    }

    fn of_run(&mut self, error: f64) {
        self.residual.0 += error;
        self.residual.1 += 1.0;
    }

    /// The coefficients share an error.
    fn coefficient(&self, k: usize) -> f64 {
        let (sum, squares) = self.coefficients[k];
        if squares > 0.0 { sum / squares / self.coefficients.len() as f64 } else { 0.0 }
    }

    fn residual(&self) -> f64 {
        if self.residual.1 > 0.0 { self.residual.0 / self.residual.1 } else { 0.0 }
    }
}
