//! How well a law predicts what it was not fitted to: the paper's protocols, runs left out, and rollouts.
//!
//! Que et al. (2024) leave out a model size, a third of the token budgets, or two of the ratios; here besides each run in
//! turn, and the largest size or the longest budget, which is what a plan extrapolates to. Every fold is a [`Job`] of its
//! own, so workers can share them: [`plan`] lists them, [`run`] does one, [`summary`] puts the scores together.
//!
//! Standard errors are over runs: a run's rows are one measurement of how far the law is off, however many folds scored
//! it.

use super::polish::{self, Polished};
use super::prepare::{Prepared, Row};
use super::sample::{Buffers, huber, log_residual};
use super::search;
use super::session::Target;
use super::study::Options;
use crate::maths;
use crate::order;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// Each model size in turn (the paper's).
    Size,
    /// Each of three consecutive segments of the token budgets in turn (the paper's).
    Tokens,
    /// Each pair of ratios in turn (the paper's, 36 splits of nine).
    Ratio,
    /// Each run in turn.
    Run,
    /// The largest size.
    LargestSize,
    /// The longest token budget.
    LongestBudget,
}

/// One fold of one target: rows are left out where every given range holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Name of the loss.
    pub target: String,
    /// Which protocol it belongs to.
    pub protocol: Protocol,
    /// What is left out.
    pub held_out: HeldOut,
}

/// What a fold leaves out, in natural units; the ratio is the loss's own corpus'.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldOut {
    /// Rows of this size.
    Size(f64),
    /// Rows with tokens from one to another, both included.
    Tokens(f64, f64),
    /// Rows of these two ratios.
    Ratios(f64, f64),
    /// Rows of this run, by its index in the observations.
    Run(u32),
}

/// How a fold's fit did on one run it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunScore {
    /// Index of the run in the observations.
    pub run: u32,
    /// Rows scored.
    pub n: usize,
    /// Sums over them: `|predicted - measured| / measured`, Huber's loss of the log residual, squared error, measured
    /// loss and its square, log residual (measured over predicted).
    pub relative: f64,
    /// See `relative`.
    pub huber: f64,
    /// See `relative`.
    pub square: f64,
    /// See `relative`.
    pub measured: f64,
    /// See `relative`.
    pub measured_square: f64,
    /// See `relative`.
    pub residual: f64,
}

/// A fold's scores, run by run, and its parameters on the target's scaled axes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The fold.
    pub job: Job,
    /// One for each run with rows left out.
    pub runs: Vec<RunScore>,
    /// The fit without them.
    pub theta: Vec<f64>,
}

/// A protocol's scores together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Name of the loss.
    pub target: String,
    /// The protocol.
    pub protocol: Protocol,
    /// Folds fitted.
    pub folds: usize,
    /// Runs scored.
    pub runs: usize,
    /// Mean of `|predicted - measured| / measured` over runs, and its standard error (none for a single run).
    pub relative_error: (f64, Option<f64>),
    /// Mean Huber loss of the log residuals, and its standard error.
    pub huber: (f64, Option<f64>),
    /// Mean of `measured / predicted - 1`: above 0 the law promises too little loss.
    pub bias: f64,
    /// Share of the left-out losses' variance the predictions explain.
    pub r2: f64,
    /// The fold with the largest relative error, and that error.
    pub worst: (HeldOut, f64),
}

/// At most this many runs are left out one by one; of more, as many evenly over the file.
const MOST_RUNS: usize = 200;
/// At most this many ratios are left out in all pairs; of more, in neighbouring ones.
const MOST_RATIOS: usize = 12;

/// Every fold a target allows, in the order of the protocols. A protocol that would leave too little to fit is not
/// there: a size needs two others, a ratio three, tokens two segments.
pub fn plan(target: &Target) -> Vec<Job> {
    let rows = &target.prepared.rows;
    let mut jobs = Vec::new();
    let mut add = |protocol: Protocol, held_out: HeldOut| {
        jobs.push(Job { target: target.name.clone(), protocol, held_out });
    };
    let (sizes, tokens, ratios) =
        (distinct(rows, |row| row.size), distinct(rows, |row| row.tokens), distinct(rows, |row| row.ratio));
    if sizes.len() >= 3 {
        sizes.iter().for_each(|&size| add(Protocol::Size, HeldOut::Size(size)));
    }
    if tokens.len() >= 3 {
        for segment in 0..3 {
            let at = |k: usize| k * tokens.len() / 3;
            add(Protocol::Tokens, HeldOut::Tokens(tokens[at(segment)], tokens[at(segment + 1) - 1]));
        }
    }
    if ratios.len() >= 5 {
        for (a, &first) in ratios.iter().enumerate() {
            let reach = if ratios.len() <= MOST_RATIOS { ratios.len() } else { (a + 2).min(ratios.len()) };
            ratios[a + 1..reach].iter().for_each(|&second| add(Protocol::Ratio, HeldOut::Ratios(first, second)));
        }
    }
    let runs = distinct(rows, |row| f64::from(row.run));
    if runs.len() >= 3 {
        let step = runs.len().div_ceil(MOST_RUNS);
        runs.iter().step_by(step).for_each(|&run| add(Protocol::Run, HeldOut::Run(run as u32)));
    }
    if let (true, Some(&largest)) = (sizes.len() >= 3, sizes.last()) {
        add(Protocol::LargestSize, HeldOut::Size(largest));
    }
    if let (true, Some(&longest)) = (tokens.len() >= 3, tokens.last()) {
        add(Protocol::LongestBudget, HeldOut::Tokens(longest, longest));
    }
    jobs
}

fn distinct(rows: &[Row], of: impl Fn(&Row) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = rows.iter().map(of).collect();
    order::ascending(&mut values);
    values.dedup_by(|b, a| (*b - *a).abs() <= 1e-9 * a.abs());
    values
}

impl HeldOut {
    /// Whether a row is left out.
    fn holds(&self, row: &Row) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs();
        match *self {
            Self::Size(size) => near(row.size, size),
            Self::Tokens(low, high) => row.tokens >= low * (1.0 - 1e-9) && row.tokens <= high * (1.0 + 1e-9),
            Self::Ratios(a, b) => near(row.ratio, a) || near(row.ratio, b),
            Self::Run(run) => row.run == run,
        }
    }
}

/// Does one fold; `None` where the rows left are fewer than the law's free parameters.
pub fn run(target: &Target, job: &Job, options: &Options) -> Option<Score> {
    let rest = target.prepared.subset(|row| !job.held_out.holds(row));
    let mut buffers = Buffers::default();
    let theta = refit(target, &rest, options, &mut buffers)?.theta;
    let scored = target.prepared.subset(|row| job.held_out.holds(row));
    let mut loss = vec![0.0; scored.rows.len()];
    scored.sample.law.predict(&theta, &scored.sample.points, &mut loss);
    let mut runs: BTreeMap<u32, RunScore> = BTreeMap::new();
    for (row, &loss) in scored.rows.iter().zip(&loss) {
        let zero = RunScore {
            run: row.run,
            n: 0,
            relative: 0.0,
            huber: 0.0,
            square: 0.0,
            measured: 0.0,
            measured_square: 0.0,
            residual: 0.0,
        };
        let score = runs.entry(row.run).or_insert(zero);
        let s = log_residual(loss, row.loss);
        score.n += 1;
        score.relative += (loss - row.loss).abs() / row.loss;
        score.huber += huber(s, options.delta);
        score.square += (loss - row.loss).powi(2);
        score.measured += row.loss;
        score.measured_square += row.loss * row.loss;
        score.residual -= s;
    }
    Some(Score { job: job.clone(), runs: runs.into_values().collect(), theta })
}

/// The optimum of a part of a target's rows: from the whole one's basins, or searched anew where the part identifies
/// fewer parameters.
fn refit(target: &Target, rest: &Prepared, options: &Options, buffers: &mut Buffers) -> Option<Polished> {
    let (sample, delta) = (&rest.sample, options.turn());
    if sample.len() < sample.free().max(2) {
        return None;
    }
    if sample.held != target.prepared.sample.held {
        return search::search(sample, &sample.weight, delta, buffers).into_iter().next();
    }
    let from = 1e-2f64.max(delta);
    let polished = target
        .basins
        .iter()
        .map(|basin| polish::polish(sample, &sample.weight, &basin.theta, from, delta, polish::FULL, buffers));
    polished.min_by(|a, b| a.value.total_cmp(&b.value))
}

/// The summaries of one target's scores, a protocol each, in their order.
pub fn summary(scores: &[Score]) -> Vec<Summary> {
    let mut protocols: Vec<Protocol> = scores.iter().map(|score| score.job.protocol).collect();
    order::sort_by(&mut protocols, Protocol::cmp);
    protocols.dedup();
    let of = |protocol| scores.iter().filter(|score| score.job.protocol == protocol).collect::<Vec<_>>();
    protocols.into_iter().filter_map(|protocol| summary_of(protocol, &of(protocol))).collect()
}

fn summary_of(protocol: Protocol, scores: &[&Score]) -> Option<Summary> {
    let runs: Vec<&RunScore> = scores.iter().flat_map(|score| &score.runs).collect();
    let n: f64 = runs.iter().map(|run| run.n as f64).sum();
    let total = |of: fn(&RunScore) -> f64| runs.iter().map(|run| of(run)).sum::<f64>();
    let worst = scores
        .iter()
        .map(|score| {
            let sum = |of: fn(&RunScore) -> f64| score.runs.iter().map(of).sum::<f64>();
            (score.job.held_out.clone(), sum(|run| run.relative) / sum(|run| run.n as f64))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let variance = total(|run| run.measured_square) - total(|run| run.measured).powi(2) / n;
    Some(Summary {
        target: scores.first()?.job.target.clone(),
        protocol,
        folds: scores.len(),
        runs: per_run(scores, |run| run.relative).len(),
        relative_error: mean(&per_run(scores, |run| run.relative)),
        huber: mean(&per_run(scores, |run| run.huber)),
        bias: maths::exp_m1(total(|run| run.residual) / n),
        r2: if variance > 0.0 { 1.0 - total(|run| run.square) / variance } else { f64::NAN },
        worst,
    })
}

/// A mean score for each run, over all folds that scored it, by the run's index.
pub fn per_run(scores: &[&Score], of: impl Fn(&RunScore) -> f64) -> BTreeMap<u32, f64> {
    let mut sums: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for run in scores.iter().flat_map(|score| &score.runs) {
        let sum = sums.entry(run.run).or_default();
        *sum = (sum.0 + of(run), sum.1 + run.n as f64);
    }
    sums.into_iter().map(|(run, (sum, n))| (run, sum / n)).collect()
}

/// The mean over runs and its standard error.
pub fn mean(values: &BTreeMap<u32, f64>) -> (f64, Option<f64>) {
    let n = values.len() as f64;
    let mean = values.values().sum::<f64>() / n;
    let square = values.values().map(|value| (value - mean).powi(2)).sum::<f64>();
    (mean, (n > 1.0).then(|| (square / (n - 1.0) / n).sqrt()))
}
