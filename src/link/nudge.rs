//! Moves a few draws so that the ends of their intervals are those of all draws.
//!
//! No choice of 64 among 1,000 draws has the ends of all at every recipe: they scatter by a tenth of a width. So each
//! draw's parameters, and a new run's residuals, move by a part of their own spread. The ends of few draws are weighted
//! means of the draws about them (`fit::percentile`), so what is wanted are least squares over all parameters of all
//! draws: at every probe, of the law and of a new run, how far the width is off and how far the middle is. The steps are
//! damped as Levenberg's and Marquardt's, each solved by conjugate gradients, as the matrix is large and its products are
//! cheap. Which draws lie at an end changes on the way, so the squares have kinks, at which a search that only goes down
//! stops: every step is taken, the damping grows, and the best place is kept. After each round the places where widths
//! are off most join the probes. A small price on every move keeps each draw near where it was, and so keeps what belongs
//! together.

use super::places::Places;
use super::thin::Few;
use crate::fit::Fit;
use crate::fit::percentile::{Ends, percentile_interval};
use crate::law::{self, Law, Points};
use crate::{maths, order};

/// Rounds, and steps in each. Measured on four files: a sixth round lowers the worst error by less than a tenth.
const ROUNDS: usize = 5;
const STEPS: usize = 12;
/// Of the places looked at, every so many is a probe from the beginning; after each round so many join.
const FIRST: usize = 4;
const JOIN: usize = 200;
/// Products with the matrix in a step: half as many end in worse places, twice as many in no better ones.
const PRODUCTS: usize = 12;
/// Damping of the first step and of the last.
const DAMPING: (f64, f64) = (0.3, 3.0);
/// The price of a move by a unit, in squares of widths.
const PRICE: f64 = 1e-2;
/// What a move by a parameter's spread over all draws costs, in widths.
const SPREAD: f64 = 0.3;
/// What a middle that is off counts beside a width that is.
const MIDDLE: f64 = 0.3;
/// Widths below this part of the middle one count as that much: where all draws cross there is nothing to be a part of.
const LEAST_WIDTH: f64 = 0.02;
/// From this round on what is off most counts more: the bar is about the worst place, not the mean.
const FAIR: usize = 2;

/// Moves the draws of one loss until their ends at `places` are those of all draws, which `fit` has. `said` hears how
/// much of it is done, from 0 to 1.
pub fn nudge(fit: &Fit, few: &mut Few, places: &Places, level: f64, said: &mut dyn FnMut(f64)) {
    let Some(law) = law::by_id(&fit.law) else { return };
    if few.draws.is_empty() || few.new_run.len() != few.draws.len() || places.len() == 0 {
        return;
    }
    let task = Task { law, fit, places, all: Wanted::of(fit, places, level), level };
    let begin = few.clone();
    let mut chosen: Vec<usize> = (0..places.len()).step_by(FIRST).collect();
    for round in 0..ROUNDS {
        let mut problem = Problem::new(&task, few, &chosen);
        let mut best = (f64::INFINITY, few.clone());
        let mut here = problem.look(few);
        for step in 0..STEPS {
            let done = (round * STEPS + step) as f64 / (ROUNDS * STEPS) as f64;
            said(done);
            if round >= FAIR {
                problem.weigh(&here);
                here = problem.look(few);
            }
            let damping = DAMPING.0 * maths::pow(DAMPING.1 / DAMPING.0, done);
            *few = problem.moved(few, &problem.step(&here, few, &begin, damping));
            here = problem.look(few);
            let off = problem.off(&here);
            if off < best.0 {
                best = (off, few.clone());
            }
        }
        *few = best.1;
        chosen.extend(task.farthest_off(few, &chosen));
    }
}

/// What stays the same from round to round.
struct Task<'a> {
    law: &'a dyn Law,
    fit: &'a Fit,
    places: &'a Places,
    all: Wanted,
    level: f64,
}

impl Task<'_> {
    /// The places, of those not chosen yet, where widths are off most.
    fn farthest_off(&self, few: &Few, chosen: &[usize]) -> Vec<usize> {
        let count = self.places.len();
        let every: Vec<usize> = (0..count).collect();
        let look = Problem::new(self, few, &every).look(few);
        let off = |at: usize| look.errors[at][0].abs().max(look.errors[count + at][0].abs());
        let mut known = vec![false; count];
        chosen.iter().for_each(|at| known[*at] = true);
        let order = order::positions(count, &|a, b| off(b).total_cmp(&off(a)));
        order.into_iter().filter(|at| !known[*at]).take(JOIN).collect()
    }
}

/// The ends of all draws at places, and the width errors there are counted in.
struct Wanted {
    ends: [Vec<(f64, f64)>; 2],
    widths: [Vec<f64>; 2],
}

impl Wanted {
    fn of(fit: &Fit, places: &Places, level: f64) -> Self {
        let mut by_law = ends_of_all(fit, places, level);
        let of_run = by_law.split_off(places.len());
        let widths = |ends: &[(f64, f64)]| {
            let widths: Vec<f64> = ends.iter().map(|(low, high)| high - low).collect();
            let mut sorted = widths.clone();
            order::ascending(&mut sorted);
            let least = (sorted[sorted.len() / 2] * LEAST_WIDTH).max(f64::MIN_POSITIVE);
            widths.into_iter().map(|width| width.max(least)).collect::<Vec<f64>>()
        };
        Self { widths: [widths(&by_law), widths(&of_run)], ends: [by_law, of_run] }
    }
}

/// What is wanted, and what may move how far.
struct Problem<'a> {
    law: &'a dyn Law,
    points: Points,
    draws: usize,
    probes: usize,
    /// Weights of the outermost draws in an end.
    ends: Vec<f64>,
    /// Of each column (the probes by the law, then of a new run): the ends of all draws, and the width errors are in.
    wanted: Vec<(f64, f64)>,
    widths: Vec<f64>,
    /// How much a column's errors count.
    weights: Vec<f64>,
    /// Parameters that may move, with their bounds.
    free: Vec<(usize, f64, f64)>,
    /// Directions a draw's parameters move along, draw by draw: what a parameter moves by, `[parameter][direction]`.
    along: Vec<f64>,
    /// The other way round: `[direction][parameter]`.
    back: Vec<f64>,
    /// A unit of a new run's residual.
    residual: f64,
}

/// Where a few draws are.
struct Look {
    /// Losses, draw by draw.
    losses: Vec<f64>,
    /// `e^residual` of each draw.
    factors: Vec<f64>,
    /// Of each column: the draws at its low end, then those at its high end, the outermost first.
    holding: Vec<u32>,
    /// Of each column, in weighted widths: how far the width is off, and the middle.
    errors: Vec<[f64; 2]>,
}

impl<'a> Problem<'a> {
    fn new(task: &Task<'a>, few: &Few, chosen: &[usize]) -> Self {
        let Task { law, fit, places, ref all, level } = *task;
        let kept =
            |j: usize| fit.parameters.get(j).is_none_or(|parameter| parameter.held || parameter.chosen.is_some());
        let free: Vec<(usize, f64, f64)> = (0..fit.theta.len())
            .filter(|j| !kept(*j))
            .filter_map(|j| law.parameters().get(j).map(|parameter| (j, parameter.bounds.0, parameter.bounds.1)))
            .collect();
        let of_chosen =
            |halves: &[Vec<f64>; 2]| halves.iter().flat_map(|half| chosen.iter().map(|at| half[*at])).collect();
        let mut problem = Self {
            law,
            points: places.at(chosen).points(),
            draws: few.draws.len(),
            probes: chosen.len(),
            ends: Ends::of(few.draws.len(), level).weights(),
            wanted: all.ends.iter().flat_map(|half| chosen.iter().map(|at| half[*at])).collect(),
            widths: of_chosen(&all.widths),
            weights: vec![1.0; 2 * chosen.len()],
            free,
            along: Vec::new(),
            back: Vec::new(),
            residual: spread(fit.new_run.clone()),
        };
        problem.turn(fit, few);
        problem
    }

    /// Makes the directions a draw moves along: of one unit each changes the losses by their intervals' width, in the mean
    /// over the probes, and no other direction changes them alike. Parameters trade off, so by themselves they would be far
    /// from that, and the conjugate gradients need as many products more. What the losses hardly know moves by a parameter's
    /// spread over all draws at most, as far out along a valley the slopes are no longer these.
    fn turn(&mut self, fit: &Fit, few: &Few) {
        let (free, probes) = (self.free.len(), self.probes);
        let usual: Vec<f64> =
            self.free.iter().map(|(j, ..)| spread(fit.draws.iter().map(|draw| draw[*j]).collect())).collect();
        let slopes = self.raw_slopes(few);
        let scale = 1.0 / (probes as f64).sqrt();
        let (mut along, mut back) = (Vec::new(), Vec::new());
        for (draw, slopes) in few.draws.iter().zip(slopes.chunks_exact((free * probes).max(1))) {
            // Gram and Schmidt over the slopes in widths, and the spreads below them.
            let mut own: Vec<Vec<f64>> = Vec::with_capacity(free);
            let (mut to, mut from) = (vec![0.0; free * free], vec![0.0; free * free]);
            for (k, (j, low, high)) in self.free.iter().enumerate() {
                let slopes = slopes[k * probes..(k + 1) * probes].iter().zip(&self.widths);
                let spreads = (0..free).map(|other| if other == k { SPREAD / usual[k] } else { 0.0 });
                let mut column: Vec<f64> = slopes.map(|(slope, width)| slope / width * scale).chain(spreads).collect();
                // What is at its bound stays there, and a term that is not in the formula of a draw stays out of it.
                let stays = draw[*j] <= *low || draw[*j] >= *high || column[..probes].iter().all(|slope| *slope == 0.0);
                if stays || column.iter().any(|value| !value.is_finite()) {
                    own.push(vec![0.0; probes + free]);
                    continue;
                }
                for (before, own) in own.iter().enumerate() {
                    let part = dot(&column, own);
                    column.iter_mut().zip(own).for_each(|(value, own)| *value -= part * own);
                    from[before * free + k] = part;
                }
                let left = dot(&column, &column).sqrt();
                from[k * free + k] = left;
                column.iter_mut().for_each(|value| *value /= left);
                own.push(column);
                // The inverse of the triangle, a column more.
                to[k * free + k] = 1.0 / left;
                for row in 0..k {
                    let sum: f64 = (row..k).map(|at| to[row * free + at] * from[at * free + k]).sum();
                    to[row * free + k] = -sum / left;
                }
            }
            along.extend(to);
            back.extend(from);
        }
        (self.along, self.back) = (along, back);
    }

    /// The derivatives by the free parameters: `[draw][parameter][probe]`.
    fn raw_slopes(&self, few: &Few) -> Vec<f64> {
        let count = self.law.parameters().len();
        let (mut losses, mut gradient) = (vec![0.0; self.probes], vec![0.0; count * self.probes]);
        let mut slopes = Vec::with_capacity(self.draws * self.free.len() * self.probes);
        for theta in &few.draws {
            self.law.gradient(theta, &self.points, &mut losses, &mut gradient);
            for (j, ..) in &self.free {
                slopes.extend_from_slice(&gradient[j * self.probes..(j + 1) * self.probes]);
            }
        }
        slopes
    }

    /// The same along the directions: `[draw][direction][probe]`.
    fn slopes(&self, few: &Few) -> Vec<f64> {
        let (free, probes) = (self.free.len(), self.probes);
        let raw = self.raw_slopes(few);
        let mut slopes = vec![0.0; raw.len()];
        let draws = raw.chunks_exact((free * probes).max(1)).zip(slopes.chunks_exact_mut((free * probes).max(1)));
        for ((raw, slopes), along) in draws.zip(self.along.chunks_exact((free * free).max(1))) {
            for (k, slopes) in slopes.chunks_exact_mut(probes).enumerate() {
                for (j, raw) in raw.chunks_exact(probes).take(k + 1).enumerate() {
                    let part = along[j * free + k];
                    slopes.iter_mut().zip(raw).for_each(|(slope, raw)| *slope += part * raw);
                }
            }
        }
        slopes
    }

    /// Errors count more the larger they are beside the others.
    fn weigh(&mut self, here: &Look) {
        let size = |errors: &[f64; 2], weight: &f64| errors[0].hypot(errors[1]) / weight;
        let sizes: Vec<f64> =
            here.errors.iter().zip(&self.weights).map(|(errors, weight)| size(errors, weight)).collect();
        let mean = (sizes.iter().map(|size| size * size).sum::<f64>() / sizes.len() as f64).sqrt();
        for (weight, size) in self.weights.iter_mut().zip(&sizes) {
            // Half way, as what was off most and is not now comes back where its weight falls at once.
            let now = (1.0 + (size / mean.max(f64::MIN_POSITIVE)).powi(2)).sqrt();
            *weight = 0.5 * (*weight + now);
        }
    }

    fn look(&self, few: &Few) -> Look {
        let mut losses = vec![0.0; self.draws * self.probes];
        for (theta, row) in few.draws.iter().zip(losses.chunks_exact_mut(self.probes)) {
            self.law.predict(theta, &self.points, row);
        }
        let factors: Vec<f64> = few.new_run.iter().map(|residual| maths::exp(*residual)).collect();
        let mut look = Look { losses, factors, holding: Vec::new(), errors: Vec::new() };
        let mut values = vec![0.0; self.draws];
        for (column, (wanted, width)) in self.wanted.iter().zip(&self.widths).enumerate() {
            let (of_run, at) = (column >= self.probes, column % self.probes);
            for (draw, value) in values.iter_mut().enumerate() {
                *value = look.losses[draw * self.probes + at] * if of_run { look.factors[draw] } else { 1.0 };
            }
            let order = order::positions(self.draws, &|a, b| values[a].total_cmp(&values[b]));
            let (low, high) = (order.iter(), order.iter().rev());
            let mean = |end: &mut dyn Iterator<Item = &usize>| -> f64 {
                self.ends.iter().zip(end).map(|(weight, draw)| weight * values[*draw]).sum()
            };
            let off = (mean(&mut low.clone()) - wanted.0, mean(&mut high.clone()) - wanted.1);
            look.errors.push(self.of_ends(column, off).map(|error| error / width));
            look.holding.extend(low.take(self.ends.len()).chain(high.take(self.ends.len())).map(|draw| *draw as u32));
        }
        look
    }

    /// Of what two ends are off: width and middle, weighted.
    fn of_ends(&self, column: usize, (low, high): (f64, f64)) -> [f64; 2] {
        [(high - low) * self.weights[column], (high + low) * MIDDLE * 0.5 * self.weights[column]]
    }

    /// Sum of fourth powers of how far widths are off, so that the worst counts most.
    fn off(&self, look: &Look) -> f64 {
        let sum: f64 = look.errors.iter().zip(&self.weights).map(|(errors, weight)| (errors[0] / weight).powi(4)).sum();
        if sum.is_finite() { sum } else { f64::INFINITY }
    }

    /// How far each draw is from where it began, along its directions and in units of the residual.
    fn moves(&self, few: &Few, begin: &Few) -> Vec<f64> {
        let free = self.free.len();
        let mut moves = Vec::with_capacity(self.draws * (free + 1));
        for draw in 0..self.draws {
            let back = &self.back[draw * free * free..][..free * free];
            let moved: Vec<f64> = self.free.iter().map(|(j, ..)| few.draws[draw][*j] - begin.draws[draw][*j]).collect();
            moves.extend(back.chunks_exact(free.max(1)).map(|row| dot(row, &moved)));
            let residual = few.new_run[draw] - begin.new_run[draw];
            moves.push(if self.residual > 0.0 { residual / self.residual } else { 0.0 });
        }
        moves
    }

    /// A few draws after their moves.
    fn moved(&self, few: &Few, moves: &[f64]) -> Few {
        let free = self.free.len();
        let mut few = few.clone();
        for (draw, moves) in moves.chunks_exact(free + 1).enumerate() {
            for (k, (j, low, high)) in self.free.iter().enumerate() {
                let step = dot(&self.along[(draw * free + k) * free..][..free], moves);
                if step != 0.0 {
                    few.draws[draw][*j] = (few.draws[draw][*j] + step).clamp(*low, *high);
                }
            }
            few.new_run[draw] += moves[free] * self.residual;
        }
        few
    }

    /// The step of Levenberg and Marquardt: `(JᵀJ + price + damping) x = -Jᵀe - price moves`.
    fn step(&self, here: &Look, few: &Few, begin: &Few, damping: f64) -> Vec<f64> {
        let slopes = &self.slopes(few);
        let mut rest = self.back(here, slopes, &here.errors);
        for (rest, moved) in rest.iter_mut().zip(self.moves(few, begin)) {
            *rest = -*rest - PRICE * moved;
        }
        let mut found = vec![0.0; rest.len()];
        let mut along = rest.clone();
        let mut square = dot(&rest, &rest);
        for _ in 0..PRODUCTS {
            if square <= f64::MIN_POSITIVE {
                break;
            }
            let mut product = self.back(here, slopes, &self.forth(here, slopes, &along));
            for (product, along) in product.iter_mut().zip(&along) {
                *product += (PRICE + damping) * along;
            }
            let far = square / dot(&along, &product);
            for k in 0..found.len() {
                found[k] += far * along[k];
                rest[k] -= far * product[k];
            }
            let next = dot(&rest, &rest);
            for (along, rest) in along.iter_mut().zip(&rest) {
                *along = rest + next / square * *along;
            }
            square = next;
        }
        found
    }

    /// What moves change in the errors: `J x`.
    fn forth(&self, here: &Look, slopes: &[f64], moves: &[f64]) -> Vec<[f64; 2]> {
        let (free, probes) = (self.free.len(), self.probes);
        let mut changes = vec![0.0; self.draws * probes];
        for (draw, changes) in changes.chunks_exact_mut(probes).enumerate() {
            for k in 0..free {
                let moved = moves[draw * (free + 1) + k];
                let slopes = &slopes[(draw * free + k) * probes..][..probes];
                changes.iter_mut().zip(slopes).for_each(|(change, slope)| *change += moved * slope);
            }
        }
        let change = |column: usize, draw: u32| {
            let (draw, at) = (draw as usize, column % probes);
            let change = changes[draw * probes + at];
            if column < probes {
                return change;
            }
            let residual = moves[draw * (free + 1) + free] * self.residual;
            here.factors[draw] * (change + here.losses[draw * probes + at] * residual)
        };
        let holding = here.holding.chunks_exact(2 * self.ends.len()).enumerate();
        holding
            .map(|(column, holding)| {
                let (low, high) = holding.split_at(self.ends.len());
                let mean =
                    |end: &[u32]| self.ends.iter().zip(end).map(|(w, draw)| w * change(column, *draw)).sum::<f64>();
                self.of_ends(column, (mean(low), mean(high))).map(|error| error / self.widths[column])
            })
            .collect()
    }

    /// Its transpose: `Jᵀ e`.
    fn back(&self, here: &Look, slopes: &[f64], errors: &[[f64; 2]]) -> Vec<f64> {
        let (free, probes) = (self.free.len(), self.probes);
        let mut changes = vec![0.0; self.draws * probes];
        let mut moves = vec![0.0; self.draws * (free + 1)];
        for (column, (holding, [width, middle])) in
            here.holding.chunks_exact(2 * self.ends.len()).zip(errors).enumerate()
        {
            let scale = self.weights[column] / self.widths[column];
            let (width, middle) = (width * scale, middle * scale * MIDDLE * 0.5);
            let (low, high) = holding.split_at(self.ends.len());
            for (end, error) in [(low, middle - width), (high, middle + width)] {
                for (weight, draw) in self.ends.iter().zip(end) {
                    let (draw, at) = (*draw as usize, column % probes);
                    let mut part = weight * error;
                    if column >= probes {
                        part *= here.factors[draw];
                        let residual = draw * (free + 1) + free;
                        moves[residual] += part * here.losses[draw * probes + at] * self.residual;
                    }
                    changes[draw * probes + at] += part;
                }
            }
        }
        for (draw, changes) in changes.chunks_exact(probes).enumerate() {
            for k in 0..free {
                let slopes = &slopes[(draw * free + k) * probes..][..probes];
                moves[draw * (free + 1) + k] = changes.iter().zip(slopes).map(|(change, slope)| change * slope).sum();
            }
        }
        moves
    }
}

/// Half of what the middle two thirds of values range over.
fn spread(mut values: Vec<f64>) -> f64 {
    let (low, high) = percentile_interval(&mut values, 0.68);
    (high - low) / 2.0
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The ends of all draws at each probe: by the law, then of a new run.
pub fn ends_of_all(fit: &Fit, probes: &Places, level: f64) -> Vec<(f64, f64)> {
    let rows = fit.losses_of_draws(&probes.points(), 1);
    let factors: Vec<f64> = fit.new_run.iter().map(|residual| maths::exp(*residual)).collect();
    let ends = Ends::of(rows.len(), level);
    let mut values = vec![0.0; rows.len()];
    let mut of = |at: usize, of_run: bool| {
        for ((value, row), factor) in values.iter_mut().zip(&rows).zip(&factors) {
            *value = row[at] * if of_run { *factor } else { 1.0 };
        }
        ends.interval(&mut values)
    };
    let by_law: Vec<(f64, f64)> = (0..probes.len()).map(|at| of(at, false)).collect();
    by_law.into_iter().chain((0..probes.len()).map(|at| of(at, true))).collect()
}
