//! How a fit's residuals are made of run levels and checkpoint noise, and what the parameters took up of each.
//!
//! `ln y = ln L(θ) + size effect + run effect + checkpoint noise`. Fitting shrinks all of them: with `H` the hat matrix of the
//! linearised fit, the residuals are `(I - H)ε`. For a level of grouping with indicator matrix `Z` and group means `M`, the
//! group means of the residuals are `K u` with `K = M (I - H) Z`, so their squares sum to `‖K‖²` effect variances and not to
//! as many as there are groups. Each level is stretched by `sqrt(groups / ‖K‖²)` (the analogue of CR2 corrections, Bell
//! and McCaffrey 2002) and known with `(tr KKᵀ)² / tr (KKᵀ)²` degrees of freedom (Satterthwaite 1946).

use super::polish::Polished;
use super::prepare::Prepared;
use crate::order;
use nalgebra::DMatrix;

/// Sizes from which on size-to-size error can be seen at all: a size term has three parameters.
const LEAST_SIZES: usize = 4;
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
    /// For each run, the index of its size.
    pub size_of_run: Vec<usize>,
    /// Size-to-size error, where four or more sizes with several runs each let it be told from the size term.
    pub size: Option<Level>,
    /// Run-to-run error, within sizes where there is a level of sizes.
    pub run: Level,
    /// Each row's residual less its run's mean, stretched.
    pub checkpoint: Vec<f64>,
    /// Runs in the order of their keys: the same for every loss of a file.
    pub by_key: Vec<usize>,
    /// Rows of each run.
    pub rows: Vec<Vec<usize>>,
}

impl Errors {
    /// Takes the residuals at the optimum apart.
    pub fn of(prepared: &Prepared, best: &Polished) -> Self {
        let sample = &prepared.sample;
        let (n, runs) = (sample.len(), sample.run_keys.len());
        let residual = sample.residuals(&best.theta);
        let mut fitted = vec![0.0; n];
        sample.law.predict(&best.theta, &sample.points, &mut fitted);
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); runs];
        for (row, &run) in sample.run.iter().enumerate() {
            rows[run].push(row);
        }
        let sizes = &sample.points.column(crate::law::Axis::Size);
        let size_of_run: Vec<usize> = rows.iter().map(|rows| sizes.at[rows[0]] as usize).collect();
        let hat = Hat::of(prepared, best);

        let mean = |rows: &[usize]| rows.iter().map(|&row| residual[row]).sum::<f64>() / rows.len() as f64;
        let level: Vec<f64> = rows.iter().map(|rows| mean(rows)).collect();
        let kept = hat.kept(&rows);
        // Runs within sizes: both sides of K with the sizes' means taken out.
        let groups = groups(&size_of_run);
        let nested = groups.len() >= LEAST_SIZES && runs >= 2 * groups.len();
        let size = nested.then(|| {
            let rows_of_size: Vec<Vec<usize>> =
                groups.iter().map(|runs| runs.iter().flat_map(|&run| rows[run].iter().copied()).collect()).collect();
            let means = groups.iter().map(|runs| runs.iter().map(|&run| level[run]).sum::<f64>() / runs.len() as f64);
            stretched(means.collect(), &hat.kept(&rows_of_size))
        });
        let run = if nested {
            let mut within = kept.clone();
            centre(&mut within, &groups);
            within = transposed(&within);
            centre(&mut within, &groups);
            let mut effect = transposed(&vec![level.clone()]);
            centre(&mut effect, &groups);
            stretched(effect.into_iter().flatten().collect(), &within)
        } else {
            stretched(level.clone(), &kept)
        };

        // Of n - G deviations, the parameters took up what they did not take up of the levels.
        let deviations = (n - runs) as f64;
        let taken = (hat.rank - (0..runs).map(|run| 1.0 - kept[run][run]).sum::<f64>()).max(0.0);
        let spare = (deviations - taken).max(0.25 * deviations).max(1.0);
        let stretch = (deviations / spare).sqrt();
        let mut checkpoint = residual;
        for (run, rows) in rows.iter().enumerate() {
            for &row in rows {
                checkpoint[row] = stretch * (checkpoint[row] - level[run]);
            }
        }
        let by_key = order::positions(runs, &|a, b| sample.run_keys[a].cmp(&sample.run_keys[b]));
        Self { fitted, size_of_run, size, run, checkpoint, by_key, rows }
    }
}

/// The effects of a level from its residual means: stretched, with their degrees of freedom.
fn stretched(mut effect: Vec<f64>, kept: &Matrix) -> Level {
    let groups = effect.len() as f64;
    let trace: f64 = kept.iter().flatten().map(|value| value * value).sum();
    let square: f64 = kept
        .iter()
        .flat_map(|a| kept.iter().map(move |b| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>().powi(2)))
        .sum();
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
            value > low + AT_BOUND * low.abs().max(AT_BOUND) && (high.is_infinite() || value < high * (1.0 - AT_BOUND))
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

    /// `K = M (I - H) Z` for these groups of rows.
    fn kept(&self, groups: &[Vec<usize>]) -> Matrix {
        let (g, q) = (groups.len(), self.sensitivity.len());
        if g > MANY_GROUPS {
            // One group with what an average one keeps: `stretched` and the trace below ask for no more.
            let share = (1.0 - self.rank / g as f64).max(0.0).sqrt();
            return (0..g).map(|a| (0..g).map(|b| if a == b { share } else { 0.0 }).collect()).collect();
        }
        let sum = |rows: &[usize], j: usize, weight: &dyn Fn(usize) -> f64| -> f64 {
            rows.iter().map(|&row| weight(row) * self.sensitivity[j][row]).sum()
        };
        let means: Matrix =
            groups.iter().map(|rows| (0..q).map(|j| sum(rows, j, &|_| 1.0) / rows.len() as f64).collect()).collect();
        let sums: Matrix =
            groups.iter().map(|rows| (0..q).map(|j| sum(rows, j, &|row| self.weight[row])).collect()).collect();
        let hat = |a: usize, b: usize| -> f64 {
            (0..q).map(|j| means[a][j] * (0..q).map(|k| self.inverse[j][k] * sums[b][k]).sum::<f64>()).sum()
        };
        (0..g).map(|a| (0..g).map(|b| if a == b { 1.0 } else { 0.0 } - hat(a, b)).collect()).collect()
    }
}
