//! What a fit's residuals, draws and left-out runs say about it: as plain data for a table or a picture.

use super::percentile::quantile;
use super::polish::Polished;
use super::prepare::{Prepared, Row};
use super::sample::log_residual;
use super::session::Target;
use super::study::Fit;
use super::validation::{HeldOut, Protocol, Score};
use crate::law::{Axis, Points, Recipe};
use crate::maths;
use crate::order;
use serde::{Deserialize, Serialize};

/// A residual this many robust standard deviations from the median is an outlier. Of normal residuals one in two million
/// is; Huber's loss keeps them from pulling the fit, so they are named and not left out.
const OUTLIER: f64 = 5.0;

/// Everything [`diagnose`] finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// One for each fitted row, in canonical order (size, ratio, tokens).
    pub rows: Vec<Residual>,
    /// Standard deviation of the residuals by the median absolute deviation (times 1.4826, exact for normal ones).
    pub spread: f64,
    /// Rows far from the rest, the farthest first: places in `rows`.
    pub outliers: Vec<usize>,
    /// How the residuals lie along each axis: the mean at each of its values.
    pub along: Vec<Along>,
    /// Which parameters trade off.
    pub trade_off: TradeOff,
}

/// A fitted row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Residual {
    /// Line of the file.
    pub line: u32,
    /// Name of the run.
    pub run: String,
    /// Model size in parameters.
    pub size: f64,
    /// Tokens.
    pub tokens: f64,
    /// Share of the loss's own corpus.
    pub ratio: f64,
    /// The law's loss.
    pub fitted: f64,
    /// `ln measured - ln fitted`.
    pub residual: f64,
    /// The residual a normal sample would have at its rank, in standard deviations.
    pub normal: f64,
}

/// The residuals along one axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Along {
    /// The axis; the ratio is the loss's own corpus'.
    pub axis: Axis,
    /// For each value of the axis: the value, rows there, the mean residual, and its standard error over runs (over
    /// rows where one run has all).
    pub values: Vec<(f64, usize, f64, Option<f64>)>,
}

/// Which parameters trade off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeOff {
    /// Names of the free parameters.
    pub names: Vec<String>,
    /// Rank correlation of each pair over the draws (Spearman), row by row; empty before there are draws.
    pub correlation: Vec<Vec<f64>>,
    /// Condition number of the linearised fit with each parameter in units of its own effect: 1 is best, above 1e4 some
    /// combination of parameters can move without the fit noticing.
    pub condition: f64,
    /// That combination: a weight for each name, of length 1, in those units.
    pub weakest: Vec<f64>,
}

/// How the answer changes without a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// Name of the run.
    pub run: String,
    /// The predicted loss at the recipe without it.
    pub loss: f64,
    /// That less the prediction with it.
    pub change: f64,
    /// Parameters without it, on the target's scaled axes: what a decision is solved again with.
    pub theta: Vec<f64>,
}

/// Residuals, outliers and trade-offs of a target; the draws are the fit's.
pub fn diagnose(target: &Target, fit: &Fit) -> Diagnostics {
    let prepared = &target.prepared;
    let mut loss = vec![0.0; prepared.rows.len()];
    prepared.sample.law.predict(&fit.theta, &prepared.sample.points, &mut loss);
    let rows: Vec<(&Row, usize, f64)> = prepared
        .rows
        .iter()
        .zip(&prepared.sample.run)
        .zip(&loss)
        .map(|((row, &run), &loss)| (row, run, loss))
        .collect();
    let residual: Vec<f64> = rows.iter().map(|(row, _, loss)| -log_residual(*loss, row.loss)).collect();
    let n = residual.len() as f64;
    let ranked = order::positions(residual.len(), &|a, b| residual[a].total_cmp(&residual[b]));
    let mut normal = vec![0.0; residual.len()];
    for (rank, &at) in ranked.iter().enumerate() {
        // Blom's plotting positions (1958).
        normal[at] = normal_quantile((rank as f64 + 0.625) / (n + 0.25));
    }
    let mut sorted = residual.clone();
    order::ascending(&mut sorted);
    let median = quantile(&sorted, 0.5);
    let mut distances: Vec<f64> = residual.iter().map(|s| (s - median).abs()).collect();
    order::ascending(&mut distances);
    let spread = 1.4826 * quantile(&distances, 0.5);
    let mut outliers: Vec<usize> =
        (0..residual.len()).filter(|&at| (residual[at] - median).abs() > OUTLIER * spread).collect();
    order::sort_by(&mut outliers, |a, b| (residual[*b] - median).abs().total_cmp(&(residual[*a] - median).abs()));
    Diagnostics {
        spread,
        outliers,
        along: [Axis::Size, Axis::Ratio, Axis::Tokens]
            .into_iter()
            .map(|axis| along(prepared, &residual, axis))
            .collect(),
        trade_off: trade_off(prepared, fit, target.basins.first()),
        rows: rows
            .into_iter()
            .zip(residual)
            .zip(normal)
            .map(|(((row, run, fitted), residual), normal)| Residual {
                line: row.line,
                run: prepared.run_names[run].clone(),
                size: row.size,
                tokens: row.tokens,
                ratio: row.ratio,
                fitted,
                residual,
                normal,
            })
            .collect(),
    }
}

fn along(prepared: &Prepared, residual: &[f64], axis: Axis) -> Along {
    let of = |row: &Row| match axis {
        Axis::Size => row.size,
        Axis::Tokens => row.tokens,
        Axis::Ratio => row.ratio,
    };
    let order = order::positions(residual.len(), &|a, b| of(&prepared.rows[a]).total_cmp(&of(&prepared.rows[b])));
    let groups = order.chunk_by(|&a, &b| of(&prepared.rows[a]) == of(&prepared.rows[b]));
    let values = groups.map(|rows| {
        let n = rows.len();
        let mean = rows.iter().map(|&row| residual[row]).sum::<f64>() / n as f64;
        // Run by run, as a run's rows are alike; row by row where there is one run.
        let mut runs: Vec<(usize, f64, f64)> = Vec::new();
        for &row in rows {
            let run = prepared.sample.run[row];
            match runs.iter_mut().find(|known| known.0 == run) {
                Some(known) => (known.1, known.2) = (known.1 + residual[row], known.2 + 1.0),
                None => runs.push((run, residual[row], 1.0)),
            }
        }
        let means: Vec<f64> = match runs.len() {
            1 => rows.iter().map(|&row| residual[row]).collect(),
            _ => runs.iter().map(|(_, sum, count)| sum / count).collect(),
        };
        let k = means.len() as f64;
        let centre = means.iter().sum::<f64>() / k;
        let square: f64 = means.iter().map(|value| (value - centre).powi(2)).sum();
        let error = (k > 1.0).then(|| (square / (k - 1.0) / k).sqrt());
        (of(&prepared.rows[rows[0]]), n, mean, error)
    });
    Along { axis, values: values.collect() }
}

fn trade_off(prepared: &Prepared, fit: &Fit, best: Option<&Polished>) -> TradeOff {
    let sample = &prepared.sample;
    let free: Vec<usize> = (0..sample.parameters()).filter(|&j| sample.is_free(j)).collect();
    let names = free.iter().map(|&j| sample.law.parameters()[j].name.to_owned()).collect();
    let ranks: Vec<Vec<f64>> =
        free.iter().map(|&j| ranks(&fit.draws.iter().map(|draw| draw[j]).collect::<Vec<_>>())).collect();
    let correlation = match fit.draws.len() {
        0..=2 => Vec::new(),
        _ => ranks.iter().map(|a| ranks.iter().map(|b| correlation(a, b)).collect()).collect(),
    };
    let theta = best.map_or(&fit.theta, |best| &best.theta);
    let columns: Vec<Vec<f64>> = sample.sensitivities(theta).into_iter().map(|(_, column)| column).collect();
    let length = |column: &[f64]| column.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    let lengths: Vec<f64> = columns.iter().map(|column| length(column)).collect();
    let gram: Vec<Vec<f64>> = columns
        .iter()
        .zip(&lengths)
        .map(|(a, la)| {
            columns
                .iter()
                .zip(&lengths)
                .map(|(b, lb)| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>() / (la * lb))
                .collect()
        })
        .collect();
    let (values, vectors) = symmetric_eigen(gram);
    let most = values.iter().copied().fold(0.0, f64::max);
    let least = (0..values.len()).min_by(|&a, &b| values[a].total_cmp(&values[b]));
    let (condition, weakest) = match least {
        // Below the square of double precision's digits the ratio is rounding: no better known than 1e15.
        Some(at) => ((most / values[at].max(most * 1e-30)).sqrt(), vectors.iter().map(|row| row[at]).collect()),
        None => (1.0, Vec::new()),
    };
    TradeOff { names, correlation, condition, weakest }
}

/// The rank of each value; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let order = order::positions(values.len(), &|a, b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean = first as f64 + 0.5 * (group.len() - 1) as f64;
        group.iter().for_each(|&at| ranks[at] = mean);
        first += group.len();
    }
    ranks
}

/// Spearman's rank correlation.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    correlation(&ranks(a), &ranks(b))
}

/// Pearson's correlation; 0 where one of the two does not vary.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (ma, mb) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(x - ma, y - mb)).sum::<f64>();
    let (ab, aa, bb) = (sum(&|x, y| x * y), sum(&|x, _| x * x), sum(&|_, y| y * y));
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// Eigenvalues and eigenvectors (as columns) of a small symmetric matrix by Jacobi's rotations (1846).
fn symmetric_eigen(mut a: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let p = a.len();
    let mut vectors: Vec<Vec<f64>> = (0..p).map(|i| (0..p).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    // Converges quadratically: six sweeps leave nothing of a 9 x 9; thirty is a limit against the unforeseen.
    for _ in 0..30 {
        for i in 0..p {
            for j in i + 1..p {
                if a[i][j].abs() < 1e-300 {
                    continue;
                }
                let tau = (a[j][j] - a[i][i]) / (2.0 * a[i][j]);
                let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
                let c = 1.0 / (1.0 + t * t).sqrt();
                let s = t * c;
                for row in &mut a {
                    (row[i], row[j]) = (c * row[i] - s * row[j], s * row[i] + c * row[j]);
                }
                let (above, below) = a.split_at_mut(j);
                for (x, y) in above[i].iter_mut().zip(&mut below[0]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
                for row in &mut vectors {
                    (row[i], row[j]) = (c * row[i] - s * row[j], s * row[i] + c * row[j]);
                }
            }
        }
    }
    ((0..p).map(|i| a[i][i]).collect(), vectors)
}

/// The influence of each left-out run on the predicted loss at a recipe, the largest first, from the scores of
/// [`Protocol::Run`]'s folds.
pub fn influence(target: &Target, fit: &Fit, scores: &[Score], recipe: Recipe) -> Vec<Influence> {
    let law = target.prepared.sample.law;
    let mut points = Points::default();
    let own = super::prepare::own_share(target.kind, recipe.domain_share);
    points.push(&target.prepared.scale, recipe.size, recipe.tokens, own);
    let at = |theta: &[f64]| {
        let mut loss = [f64::NAN];
        law.predict(theta, &points, &mut loss);
        loss[0]
    };
    let whole = at(&fit.theta);
    let name = |run: u32| {
        let row = target.prepared.rows.iter().position(|row| row.run == run);
        row.map_or(String::new(), |row| target.prepared.run_names[target.prepared.sample.run[row]].clone())
    };
    let mut found: Vec<Influence> = scores
        .iter()
        .filter(|score| score.job.target == target.name && score.job.protocol == Protocol::Run)
        .filter_map(|score| {
            let HeldOut::Run(run) = score.job.held_out else { return None };
            let loss = at(&score.theta);
            Some(Influence { run: name(run), loss, change: loss - whole, theta: score.theta.clone() })
        })
        .collect();
    order::sort_by(&mut found, |a, b| b.change.abs().total_cmp(&a.change.abs()));
    found
}

/// The standard normal quantile: Acklam's rational approximation (2003), relative error below 1.2e-9.
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 5] =
        [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 4] = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];
    let polynomial = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |p: f64| {
        let q = (-2.0 * maths::ln(p)).sqrt();
        polynomial(&C, q) / (polynomial(&D, q) * q + 1.0)
    };
    match p {
        p if p < 0.02425 => tail(p),
        p if p > 1.0 - 0.02425 => -tail(1.0 - p),
        p => {
            let q = p - 0.5;
            let r = q * q;
            polynomial(&A, r) * q / (polynomial(&B, r) * r + 1.0)
        }
    }
}
