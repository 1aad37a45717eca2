//! Predictions on a grid as CSV: one row a recipe, every loss with both of its intervals.

use super::Taken;
use crate::decide::mixture::{grid, predict_all};
use crate::fit::Prediction;
use crate::law::{Axis, Recipe};
use std::fmt::Write;

/// Steps of the domain share: 21 values from 0 to 1.
const STEPS: usize = 20;
/// Sizes and token budgets beside the what-if's: the ends of the data and their geometric middle.
const ENDS: usize = 3;

/// The grid: 21 domain shares at the what-if's size and tokens and at those of the data's ends; of several corpora the
/// what-if's mixture and then [`grid`]. Losses as the file counts them, in nats; `law` is the interval of the law, `run`
/// that of a single new run.
pub fn csv(taken: &Taken) -> String {
    let losses: Vec<_> = taken.losses().collect();
    let mut out = match taken.shares.is_empty() {
        true => String::from("model_size,tokens,domain_ratio"),
        false => taken.corpora().map(|(name, _)| cell(&format!("share of {name}"))).collect::<Vec<_>>().join(","),
    };
    for fit in &losses {
        for part in ["", " law low", " law high", " run low", " run high"] {
            let _ = write!(out, ",{}", cell(&format!("{}{part}", fit.target)));
        }
    }
    out.push('\n');
    if !taken.shares.is_empty() {
        mixtures(&mut out, taken);
        return out;
    }
    let shares: Vec<f64> = (0..=STEPS).map(|k| k as f64 / STEPS as f64).collect();
    for size in values(taken, Axis::Size) {
        for tokens in values(taken, Axis::Tokens) {
            let at = Recipe { domain_share: 0.0, size, tokens };
            let level = taken.study.options.level;
            let curves: Vec<_> =
                losses.iter().map(|fit| fit.curve_of_all_draws(Axis::Ratio, at, &shares, level)).collect();
            for (k, share) in shares.iter().enumerate() {
                let _ = write!(out, "{size},{tokens},{share}");
                for curve in &curves {
                    let _ = write!(out, ",{}", curve.loss[k]);
                    for ends in [&curve.law, &curve.new_run] {
                        match ends.get(k) {
                            Some((low, high)) => drop(write!(out, ",{low},{high}")),
                            None => out.push_str(",,"),
                        }
                    }
                }
                out.push('\n');
            }
        }
    }
    out
}

/// The rows of mixtures.
fn mixtures(out: &mut String, taken: &Taken) {
    let mut rows = vec![taken.shares.to_vec()];
    rows.extend(grid(taken.shares));
    let level = taken.study.options.level;
    let losses: Vec<Vec<Prediction>> = taken.losses().map(|fit| predict_all(fit, &rows, level, usize::MAX)).collect();
    for (k, shares) in rows.iter().enumerate() {
        // A share that was reached by halving a rest has seventeen digits: nine say all of it.
        let shares: Vec<String> =
            shares.iter().map(|share| crate::quantity::significant(*share, 9).to_string()).collect();
        out.push_str(&shares.join(","));
        for predicted in losses.iter().filter_map(|of| of.get(k)) {
            let _ = write!(out, ",{}", predicted.loss);
            for ends in [predicted.law, predicted.new_run] {
                match ends {
                    Some((low, high)) => drop(write!(out, ",{low},{high}")),
                    None => out.push_str(",,"),
                }
            }
        }
        out.push('\n');
    }
}

/// The what-if's value and the data's on an axis, ascending.
fn values(taken: &Taken, axis: Axis) -> Vec<f64> {
    let own = if axis == Axis::Size { taken.at.size } else { taken.at.tokens };
    let mut values = vec![own];
    if let Some(span) = taken.study.ranges.span(axis) {
        let (low, high) = (span.low, span.high);
        let middle = (low * high).sqrt();
        values.extend([low, middle, high].into_iter().take(if span.distinct > 1 { ENDS } else { 1 }));
    }
    values.retain(|value| *value > 0.0 && value.is_finite());
    crate::order::sort_by(&mut values, f64::total_cmp);
    values.dedup_by(|a, b| (*a / *b - 1.0).abs() < 5e-3);
    values
}

/// A text as a cell: quoted where it must be, and never run by a spreadsheet, which takes what begins with one of these
/// for a formula (OWASP, CSV injection).
pub fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
