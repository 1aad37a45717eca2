//! The scores on what the law was not fitted to.

use super::{Bench, Part, Question, counted_in_nats};
use crate::decide::words::list;
use crate::fit::validation::{HeldOut, Protocol, Summary, summary};
use crate::fit::{Study, Target};
use crate::number::{percent, three, with_error};
use crate::published::quality;
use crate::quantity::{Params, Share, Tokens};
use crate::reply::Grid;
use crate::table::Measure;

/// What a protocol leaves out, in words.
fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Size => "Each size",
        Protocol::Tokens => "Thirds of tokens",
        Protocol::Ratio => "Pairs of ratios",
        Protocol::Run => "Each run",
        Protocol::LargestSize => "Largest size",
        Protocol::LongestBudget => "Longest budget",
    }
}

/// A mean relative error with its standard error, in per cent.
pub(super) fn error_of((mean, error): (f64, Option<f64>)) -> String {
    format!("{} %", with_error(100.0 * mean, error.map(|error| 100.0 * error)))
}

/// What a fold leaves out, in words.
fn held_out(held_out: &HeldOut, target: Option<&Target>) -> String {
    match *held_out {
        HeldOut::Size(size) => Params(size).to_string(),
        HeldOut::Tokens(low, high) if low == high => format!("{} tokens", Tokens(low)),
        HeldOut::Tokens(low, high) => format!("{} to {} tokens", Tokens(low), Tokens(high)),
        HeldOut::Ratios(a, b) => format!("{} and {}", Share(a), Share(b)),
        HeldOut::Run(run) => {
            let name = target.and_then(|target| {
                let prepared = &target.prepared;
                let row = prepared.rows.iter().position(|row| row.run == run)?;
                prepared.run_names.get(*prepared.sample.run.get(row)?).cloned()
            });
            name.unwrap_or_else(|| format!("run {}", run + 1))
        }
    }
}

pub(super) fn report(bench: &Bench, question: &Question, study: &Study) -> (Option<Grid>, Vec<Part>) {
    let Some(opened) = bench.fitted(&question.target) else { return (None, Vec::new()) };
    let protocols = summary(&opened.scores());
    if protocols.is_empty() {
        let why = "Nothing can be left out: with three runs or more, each is left out in turn.".to_owned();
        return (None, vec![Part::Answer(why)]);
    }
    let runs = opened.target();
    let measure = study.targets.get(&question.target).map_or(question.measure, |fit| fit.measure(question.measure));
    let error = if measure == Measure::Perplexity { "Mean error, of the nats" } else { "Mean error" };
    let row = |p: &Summary| vec![name(p.protocol).to_owned(), three(p.r2), error_of(p.relative_error)];
    let short = Grid {
        caption: "On what it was not fitted to".to_owned(),
        head: ["Left out", "R²", error].map(str::to_owned).to_vec(),
        rows: protocols.iter().map(row).collect(),
    };
    let full = |p: &Summary| {
        vec![
            name(p.protocol).to_owned(),
            p.folds.to_string(),
            p.runs.to_string(),
            three(p.r2),
            error_of(p.relative_error),
            with_error(p.huber.0 * 1e3, p.huber.1.map(|error| error * 1e3)),
            signed_percent(p.bias),
            format!("{}\n{}", percent(p.worst.1), held_out(&p.worst.0, runs)),
        ]
    };
    let head = ["Left out", "Folds", "Runs scored", "R²", error, "Huber × 10³", "Bias", "Worst fold"];
    let full = Grid {
        caption: "Scores out of sample".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: protocols.iter().map(full).collect(),
    };
    let mut parts = Vec::new();
    if let (Some(p), Some(fit)) =
        (protocols.iter().find(|p| p.protocol == Protocol::Run), study.targets.get(&question.target))
    {
        parts.push(Part::Answer(format!(
            "On a run it has not seen the law is off by {} on average; on the rows it was fitted to, by {}.",
            error_of(p.relative_error),
            percent(fit.quality.mean_relative_error),
        )));
    }
    parts.push(Part::Text(
        "For each row of the table something is left out, the law is fitted to the rest and asked for what was left out. \
         ± is one standard error over runs: a run’s checkpoints count as one measurement. Sizes, thirds of the token \
         budgets and pairs of ratios are the protocols of the D-CPT paper (Que et al. 2024); the largest size and the \
         longest budget are what a plan extrapolates to. Bias above 0: the law promises too little loss."
            .to_owned(),
    ));
    parts.extend(counted_in_nats(measure));
    parts.push(Part::Table(full));
    let fit = study.targets.get(&question.target);
    if let Some((fit, figures)) = fit.and_then(|fit| Some((fit, quality::of(&fit.law, fit.kind)?))) {
        parts.push(Part::Text(format!(
            "{} in the D-CPT paper, under this law: R² {:.4}, Huber loss {:.4}. {}",
            quality::of_what(fit.kind),
            figures.r2,
            figures.huber,
            quality::SOURCE,
        )));
    }
    let missing = missing(&protocols);
    if !missing.is_empty() {
        parts.push(Part::Text(format!("Not there, as too little would be left to fit: {}.", list(&missing))));
    }
    (Some(short), parts)
}

/// The protocols this data has no fold of.
fn missing(protocols: &[Summary]) -> Vec<String> {
    let all = [Protocol::Size, Protocol::Tokens, Protocol::Ratio, Protocol::Run];
    let known = |protocol: &Protocol| protocols.iter().any(|p| p.protocol == *protocol);
    all.iter().filter(|protocol| !known(protocol)).map(|protocol| name(*protocol).to_lowercase()).collect()
}

/// A relative difference with its sign: "+0.3 %".
pub(super) fn signed_percent(value: f64) -> String {
    format!("{}{}", if value > 0.0 { "+" } else { "" }, percent(value))
}
