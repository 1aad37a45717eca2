//! How a fit's residuals are made of run levels and checkpoint noise, and what the parameters took up of each.
//!
//! `ln y = ln L(θ) + size effect + run effect + run slope · ln D + checkpoint noise`. Fitting shrinks all of them: with `H` the
//! hat matrix of the linearised fit, the residuals are `(I - H)ε`. For a level of grouping with indicator matrix `Z` and
//! group means `M`, the group means of the residuals are `K u` with `K = M (I - H) Z`, so their squares sum to `‖K‖²` effect
//! variances and not to as many as there are groups; slopes alike, with `ln D` in place of the ones of `Z`. Each level is stretched by `sqrt(groups / ‖K‖²)` (the analogue of CR2 corrections, Bell
//! and McCaffrey 2002) and known with `(tr KKᵀ)² / tr (KKᵀ)²` degrees of freedom (Satterthwaite 1946).

use super::polish::Polished;
use super::prepare::Prepared;
use crate::law::Input;
use crate::maths::dot;
use crate::order;
use nalgebra::DMatrix;

/// Sizes from which on size-to-size error can be seen at all: a size term has three parameters.
const LEAST_SIZES: usize = 4;
/// Rows a run needs on average for a slope of its own to be told from checkpoint noise.
const LEAST_CHECKPOINTS: usize = 4;
/// From this many runs for each free parameter on, a run keeps its own error: chosen, an order of magnitude above the
/// designs whose coverage is measured with pooled errors.
const RUNS_A_PARAMETER: usize = 10;
/// Below this many degrees of freedom a level's spread is a guess, and the stretch stops growing.
const LEAST_FREEDOM: f64 = 1.0;
/// Relative distance within which a parameter counts as being at its bound: it took up no error.
const AT_BOUND: f64 = 1e-9;

/// A level of the residuals: an effect a group.
#[derive(Debug, Clone)]
pub struct Level {
    /// The group's mean residual less that of the group it lies in, stretched to the effects' own spread.
    pub effect: Vec<f64>,
    /// Degrees of freedom the spread is known with.
    pub freedom: f64,
}

/// The residuals of a fit, taken apart.
#[derive(Debug, Clone)]
pub struct Errors {
    /// Fitted losses, a value a row.
    pub fitted: Vec<f64>,
    /// Runs of each size, where there is a level of sizes.
    pub runs_of_size: Vec<Vec<usize>>,
    /// Size-to-size error, where four or more sizes with several runs each let it be told from the size term.
    pub size: Option<Level>,
    /// Run-to-run error of the level, within sizes where there is a level of sizes.
    pub run: Level,
    /// Run-to-run error of the slope along [`Errors::along`], where runs are long enough to have one.
    pub slope: Option<Level>,
    /// What a slope multiplies: each row's `ln D` less its run's mean; all zero where there are no slopes.
    pub along: Vec<f64>,
    /// What is left of each row's residual: checkpoint noise, stretched.
    pub checkpoint: Vec<f64>,
    /// Runs in the order of their keys: the same for every loss of a file.
    pub by_key: Vec<usize>,
    /// Rows of each run.
    pub rows: Vec<Vec<usize>>,
    /// Whose error a run gets in a draw.
    pub source: Source,
}

/// Whose error a run gets in a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Any run's: with few runs a run's own residual is too poor a guess of its spread.
    Any,
    /// Its own, with a random sign (the wild bootstrap, Liu 1988): with many runs the errors need not be alike. On
    /// Chinchilla's 240 points, whose errors are larger at the ends, pooling halves the interval of B.
    Own,
}

impl Errors {
    /// Takes the residuals at the optimum apart.
    pub fn of(prepared: &Prepared, best: &Polished) -> Self {
        let sample = &prepared.sample;
        let (n, runs) = (sample.len(), sample.run_keys.len());
        let mut rest = sample.residuals(&best.theta);
        let mut fitted = vec![0.0; n];
        sample.law.predict(&best.theta, &sample.points, &mut fitted);
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); runs];
        for (row, &run) in sample.run.iter().enumerate() {
            rows[run].push(row);
        }
        let hat = Hat::of(prepared, best);

        let ones = vec![1.0; n];
        let (level, kept) = hat.level(&rows, &ones, &mut rest);
        let mut spare = n as f64 - hat.rank - kept.trace();
        // Slopes along tokens: neighbouring checkpoints are alike, so a run is off by a slope as well as by a level.
        let along = along_tokens(prepared, &rows);
        let long = n >= LEAST_CHECKPOINTS * runs && along.iter().any(|x| *x != 0.0);
        let slope = long.then(|| {
            let (slope, kept) = hat.level(&rows, &along, &mut rest);
            spare -= kept.trace();
            stretched(slope, &kept)
        });

        let sizes = &sample.points.column(Input::Size).at;
        let size_of_run: Vec<usize> = rows.iter().map(|rows| sizes[rows[0]] as usize).collect();
        let groups = groups(&size_of_run);
        let nested = groups.len() >= LEAST_SIZES && runs >= 2 * groups.len();
        let size = nested.then(|| {
            let rows_of_size: Vec<Vec<usize>> =
                groups.iter().map(|runs| runs.iter().flat_map(|&run| rows[run].iter().copied()).collect()).collect();
            let means = groups.iter().map(|runs| runs.iter().map(|&run| level[run]).sum::<f64>() / runs.len() as f64);
            stretched(means.collect(), &hat.kept(&rows_of_size, &ones))
        });
        let run = if nested {
            let mut effect: Matrix = level.iter().map(|value| vec![*value]).collect();
            centre(&mut effect, &groups);
            stretched(effect.into_iter().flatten().collect(), &kept.within(&groups))
        } else {
            stretched(level, &kept)
        };

        // What is left has as many degrees of freedom as rows less those of the parameters, levels and slopes.
        let left: f64 = n as f64 - runs as f64 * if slope.is_some() { 2.0 } else { 1.0 };
        let stretch = if left > 0.0 { (left / spare.max(0.25 * left)).sqrt().max(1.0) } else { 1.0 };
        rest.iter_mut().for_each(|value| *value *= stretch);
        let by_key = order::positions(runs, &|a, b| sample.run_keys[a].cmp(&sample.run_keys[b]));
        let runs_of_size = if nested { groups } else { Vec::new() };
        let source = if runs >= RUNS_A_PARAMETER * sample.free() { Source::Own } else { Source::Any };
        Self { fitted, runs_of_size, size, run, slope, along, checkpoint: rest, by_key, rows, source }
    }

    /// A row's checkpoint noise and its run's own slope: what moves within a run.
    pub fn within_run(&self, run: usize, row: usize) -> f64 {
        self.checkpoint[row] + self.slope.as_ref().map_or(0.0, |slope| slope.effect[run] * self.along[row])
    }
}

/// Each row's `ln D` less its run's mean.
fn along_tokens(prepared: &Prepared, rows: &[Vec<usize>]) -> Vec<f64> {
    let tokens = prepared.sample.points.column(Input::Tokens);
    let mut along: Vec<f64> = tokens.at.iter().map(|&at| tokens.ln[at as usize]).collect();
    for rows in rows {
        let mean = rows.iter().map(|&row| along[row]).sum::<f64>() / rows.len() as f64;
        rows.iter().for_each(|&row| along[row] -= mean);
    }
    along
}

/// The effects of a level from their estimates: stretched, with their degrees of freedom.
fn stretched(mut effect: Vec<f64>, kept: &Kept) -> Level {
    let groups = effect.len() as f64;
    let (trace, square) = kept.moments();
    let stretch = (groups / trace.max(LEAST_FREEDOM)).sqrt();
    effect.iter_mut().for_each(|value| *value *= stretch);
    Level { effect, freedom: (trace * trace / square.max(f64::MIN_POSITIVE)).max(LEAST_FREEDOM) }
}

/// Members of each group.
fn groups(group_of: &[usize]) -> Vec<Vec<usize>> {
    let mut groups = vec![Vec::new(); group_of.iter().max().map_or(0, |last| last + 1)];
    for (member, &group) in group_of.iter().enumerate() {
        groups[group].push(member);
    }
    groups.retain(|members| !members.is_empty());
    groups
}

/// Takes each group's mean out of the rows that are its members.
fn centre(matrix: &mut Matrix, groups: &[Vec<usize>]) {
    for column in 0..matrix.first().map_or(0, Vec::len) {
        for group in groups {
            let mean = group.iter().map(|&row| matrix[row][column]).sum::<f64>() / group.len() as f64;
            group.iter().for_each(|&row| matrix[row][column] -= mean);
        }
    }
}

fn transposed(matrix: &Matrix) -> Matrix {
    (0..matrix.first().map_or(0, Vec::len)).map(|j| matrix.iter().map(|row| row[j]).collect()).collect()
}

/// A small matrix, row by row.
type Matrix = Vec<Vec<f64>>;

/// What the estimates of groups' effects keep of the effects: `K`.
enum Kept {
    /// As it is, for groups one by one.
    OneByOne(Matrix),
    /// Of many groups, what an average one keeps, times a projection: `share` times that of this rank.
    Alike { share: f64, rank: f64 },
}

impl Kept {
    /// The trace of `K`.
    fn trace(&self) -> f64 {
        match self {
            Self::OneByOne(matrix) => matrix.iter().enumerate().map(|(i, row)| row[i]).sum(),
            Self::Alike { share, rank } => share * rank,
        }
    }

    /// The traces of `K Kᵀ` and of its square.
    fn moments(&self) -> (f64, f64) {
        match self {
            Self::OneByOne(matrix) => {
                let squares = matrix.iter().flatten().map(|value| value * value).sum();
                let products = matrix.iter().flat_map(|a| matrix.iter().map(move |b| dot(a, b).powi(2)));
                (squares, products.sum())
            }
            Self::Alike { share, rank } => (share * share * rank, share.powi(4) * rank),
        }
    }

    /// `K` with the means of groups taken out on both sides.
    fn within(self, groups: &[Vec<usize>]) -> Self {
        match self {
            Self::OneByOne(mut within) => {
                centre(&mut within, groups);
                within = transposed(&within);
                centre(&mut within, groups);
                Self::OneByOne(within)
            }
            Self::Alike { share, rank } => Self::Alike { share, rank: rank - groups.len() as f64 },
        }
    }
}

/// The hat matrix of the linearised fit, in the pieces that are small: `H = S P Sᵀ W`.
struct Hat {
    /// `d ln L/dθ` of the parameters that move, a vector a parameter, each of length 1.
    sensitivity: Vec<Vec<f64>>,
    /// Row weights.
    weight: Vec<f64>,
    /// The inverse of `Sᵀ W S`.
    inverse: Matrix,
    /// The trace of `H`: how many directions the fit took up.
    rank: f64,
}

/// What keeps `Sᵀ W S` invertible where the data does not see a direction at all, which then took up nothing.
const RIDGE: f64 = 1e-9;
/// More groups than this are not looked at one by one: each then keeps nearly all of its effect.
const MANY_GROUPS: usize = 250;

impl Hat {
    fn of(prepared: &Prepared, best: &Polished) -> Self {
        let sample = &prepared.sample;
        let moves = |j: usize| {
            let ((low, high), value) = (sample.bounds[j], best.theta[j]);
            let inside =
                |bound: f64, distance: f64| bound.is_infinite() || distance > AT_BOUND * bound.abs().max(AT_BOUND);
            inside(low, value - low) && inside(high, high - value)
        };
        let moving = sample.sensitivities(&best.theta).into_iter().filter(|(j, _)| moves(*j));
        let mut sensitivity: Vec<Vec<f64>> = moving.map(|(_, column)| column).collect();
        let product =
            |a: &[f64], b: &[f64]| a.iter().zip(b).zip(&sample.weight).map(|((a, b), w)| a * b * w).sum::<f64>();
        // Columns of length 1: exponents and coefficients differ by orders of magnitude.
        sensitivity.retain_mut(|column| {
            let length = product(column, column).sqrt();
            column.iter_mut().for_each(|value| *value /= length);
            length > 0.0 && length.is_finite()
        });
        let q = sensitivity.len();
        let gram = DMatrix::from_fn(q, q, |a, b| product(&sensitivity[a], &sensitivity[b]));
        let ridged = DMatrix::from_fn(q, q, |a, b| gram[(a, b)] + if a == b { RIDGE } else { 0.0 });
        let inverse = ridged.cholesky().map(|factor| factor.inverse());
        let at = |a: usize, b: usize| inverse.as_ref().map_or(0.0, |inverse| inverse[(a, b)]);
        let rank = (0..q).map(|a| (0..q).map(|b| at(a, b) * gram[(b, a)]).sum::<f64>()).sum();
        let inverse = (0..q).map(|a| (0..q).map(|b| at(a, b)).collect()).collect();
        Self { sensitivity, weight: sample.weight.clone(), inverse, rank }
    }

    /// Takes an effect a group out of the residuals: `shape` times the regression of the group's residuals on it.
    /// Returns the effects and their `K`.
    fn level(&self, groups: &[Vec<usize>], shape: &[f64], residual: &mut [f64]) -> (Vec<f64>, Kept) {
        let effect = groups.iter().map(|rows| {
            let square: f64 = rows.iter().map(|&row| shape[row] * shape[row]).sum();
            let product: f64 = rows.iter().map(|&row| shape[row] * residual[row]).sum();
            let effect = if square > 0.0 { product / square } else { 0.0 };
            rows.iter().for_each(|&row| residual[row] -= effect * shape[row]);
            effect
        });
        (effect.collect(), self.kept(groups, shape))
    }

    /// `K = M (I - H) Z`, with `shape` on a group's rows as its column of `Z` and the regression on it as its row of `M`.
    fn kept(&self, groups: &[Vec<usize>], shape: &[f64]) -> Kept {
        let (g, q) = (groups.len(), self.sensitivity.len());
        if g > MANY_GROUPS {
            return Kept::Alike { share: (1.0 - self.rank / g as f64).max(0.0).sqrt(), rank: g as f64 };
        }
        let square =
            |rows: &[usize]| rows.iter().map(|&row| shape[row] * shape[row]).sum::<f64>().max(f64::MIN_POSITIVE);
        let sum = |rows: &[usize], j: usize, weight: &dyn Fn(usize) -> f64| -> f64 {
            rows.iter().map(|&row| weight(row) * shape[row] * self.sensitivity[j][row]).sum()
        };
        let means: Matrix =
            groups.iter().map(|rows| (0..q).map(|j| sum(rows, j, &|_| 1.0) / square(rows)).collect()).collect();
        let sums: Matrix =
            groups.iter().map(|rows| (0..q).map(|j| sum(rows, j, &|row| self.weight[row])).collect()).collect();
        let spread: Matrix = sums.iter().map(|sums| self.inverse.iter().map(|row| dot(row, sums)).collect()).collect();
        let hat = |a: usize, b: usize| dot(&means[a], &spread[b]);
        let kept = (0..g).map(|a| (0..g).map(|b| if a == b { 1.0 } else { 0.0 } - hat(a, b)).collect()).collect();
        Kept::OneByOne(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Matrix};

    /// What many groups keep as two numbers is what the same matrix has, whole and with the means of sizes taken out.
    #[test]
    fn groups_that_are_alike_need_no_matrix() {
        let (share, count) = (0.9, 12);
        let of = |a: usize, b: usize| if a == b { share } else { 0.0 };
        let matrix: Matrix = (0..count).map(|a| (0..count).map(|b| of(a, b)).collect()).collect();
        let sizes = vec![vec![0, 1, 2], vec![3, 4, 5, 6], vec![7, 8, 9, 10, 11]];
        let both = || [Kept::OneByOne(matrix.clone()), Kept::Alike { share, rank: count as f64 }];
        for [one, alike] in [both(), both().map(|kept| kept.within(&sizes))] {
            let ((trace, square), (other, its_square)) = (one.moments(), alike.moments());
            assert!((trace - other).abs() < 1e-12 && (square - its_square).abs() < 1e-12, "{trace} {square}");
            assert!((one.trace() - alike.trace()).abs() < 1e-12);
        }
    }
}
