//! Residuals along each column and their quantiles, outliers, parameters that trade off, the influence of each run.

use super::validation::signed_percent;
use super::{Bench, Part, Question, counted_in_nats};
use crate::chart::scale::{Scale, Spacing};
use crate::chart::small::{self, Ruler, SmallView, Stroke};
use crate::chart::ticks;
use crate::decide::words::list;
use crate::fit::diagnostics::{Diagnostics, Residual, TradeOff, diagnose, influence};
use crate::fit::percentile::quantile;
use crate::fit::{Fit, Study};
use crate::law::{self, Axis};
use crate::maths;
use crate::number::{percent, three, with_error};
use crate::order;
use crate::quantity::{Params, Share, Tokens};
use crate::reply::Grid;
use crate::table::{LossKind, Measure};

/// Single residuals drawn at most; of more, as many evenly over the file. The means rest on all.
const MOST_DOTS: usize = 1500;
/// Rows of a table of outliers or influences at most.
const MOST_ROWS: usize = 10;
/// From this rank correlation on, two parameters are said to trade off.
const TRADES: f64 = 0.95;
/// From this condition number on, some combination of parameters is not held by the data (diagnostics.rs).
const ILL: f64 = 1e4;

/// An axis from 0 to 1 with its ticks.
pub(super) struct Reach {
    scale: Scale,
    spacing: Spacing,
}

impl Reach {
    /// From least to largest value.
    pub fn new(spacing: Spacing, low: f64, high: f64) -> Self {
        Self { scale: Scale::new(spacing, (low, high), (0.0, 1.0)), spacing }
    }

    /// The position of a value.
    pub fn at(&self, value: f64) -> f64 {
        self.scale.project(value)
    }

    /// The axis for a chart.
    pub fn ruler(&self, name: String, print: impl Fn(f64) -> String) -> Ruler {
        let ticks = |from: f64, to: f64| {
            let (low, high) = (self.scale.invert(from), self.scale.invert(to));
            let values = match self.spacing {
                Spacing::Log => ticks::log(low, high),
                Spacing::Linear => ticks::linear(low, high).values,
            };
            values.into_iter().map(|value| (self.at(value), print(value))).collect::<Vec<_>>()
        };
        let windows = |count: usize| (0..count).map(move |k| (k as f64 / count as f64, (k + 1) as f64 / count as f64));
        let finer = FINER.into_iter().flat_map(windows).flat_map(|(from, to)| ticks(from, to));
        Ruler { name, ticks: ticks(0.0, 1.0), finer: finer.collect() }
    }
}

/// Windows of an axis whose own ticks are there for who looks closer.
const FINER: [usize; 3] = [3, 9, 27];

pub(super) fn report(bench: &Bench, question: &Question, study: &Study) -> Vec<Part> {
    let target = bench.fitted(&question.target).and_then(|opened| Some((opened, opened.target()?)));
    let Some(((opened, target), fit)) = target.zip(study.targets.get(&question.target)) else { return Vec::new() };
    let found = diagnose(target, fit);
    let mut parts = vec![Part::Answer(format!(
        "A residual is how far a measured loss lies above the law. Half of the {} rows lie within {} of it.",
        found.rows.len(),
        // Of a normal sample half lies within 0.6745 standard deviations.
        percent(0.6745 * found.spread)
    ))];
    let mut charts: Vec<(SmallView, Grid)> = found
        .along
        .iter()
        .filter(|along| along.values.len() > 1)
        .map(|along| along_chart(&found, along, fit))
        .collect();
    charts.push(quantiles(&found, fit.kind));
    let measure = fit.measure(question.measure);
    parts.extend(counted_in_nats(measure));
    if measure == Measure::Perplexity {
        charts.iter_mut().for_each(|(chart, _)| chart.y.name = "Residual, % of the nats".to_owned());
    }
    parts.push(Part::Charts(charts));
    outliers(&found, &mut parts);
    let scores = opened.scores();
    influences(&influence(target, fit, &scores, question.at), question, fit, &mut parts);
    trade_offs(&found.trade_off, fit, &mut parts);
    parts
}

/// The vertical axis of all residuals: as far below as above.
fn reach_of(found: &Diagnostics) -> Reach {
    let most = found.rows.iter().map(|row| row.residual.abs()).filter(|s| s.is_finite()).fold(1e-6, f64::max);
    Reach::new(Spacing::Linear, -105.0 * most, 105.0 * most)
}

fn along_chart(found: &Diagnostics, along: &crate::fit::diagnostics::Along, fit: &Fit) -> (SmallView, Grid) {
    let corpus = if fit.kind == LossKind::General { "general" } else { "domain" };
    let (name, print): (String, fn(f64) -> String) = match along.axis {
        Axis::Size => ("Model size".to_owned(), |v| Params(v).to_string()),
        Axis::Tokens => ("Tokens".to_owned(), |v| Tokens(v).to_string()),
        Axis::Ratio => (format!("Share of the {corpus} corpus"), |v| Share(v).to_string()),
    };
    let (first, last) = (along.values.first().map_or(0.0, |v| v.0), along.values.last().map_or(1.0, |v| v.0));
    let spacing = if along.axis == Axis::Ratio { Spacing::Linear } else { Spacing::Log };
    // A little room at both ends: points on the edge would hide the axis.
    let x = match spacing {
        Spacing::Linear => Reach::new(spacing, first - 0.03 * (last - first), last + 0.03 * (last - first)),
        Spacing::Log => {
            Reach::new(spacing, first / maths::pow(last / first, 0.03), last * maths::pow(last / first, 0.03))
        }
    };
    let y = reach_of(found);
    let every = found.rows.len().div_ceil(MOST_DOTS).max(1);
    let of = |row: &Residual| match along.axis {
        Axis::Size => row.size,
        Axis::Tokens => row.tokens,
        Axis::Ratio => row.ratio,
    };
    let place = |row: &Residual| (x.at(of(row)), y.at(100.0 * row.residual));
    let dots = found.rows.iter().step_by(every).map(place).collect();
    let said = found.rows.iter().step_by(every).map(|row| (place(row), words(row, corpus)));
    // Means of neighbouring values together, where there are many.
    let means = together(&along.values);
    let bars = means.iter().filter_map(|&(value, _, mean, error)| {
        let (mean, error) = (100.0 * mean, 100.0 * error?);
        Some(((x.at(value), y.at(mean - error)), (x.at(value), y.at(mean + error))))
    });
    let view = SmallView {
        title: format!("Residuals along {}", name.to_lowercase()),
        x: x.ruler(name.clone(), print),
        y: y.ruler("Residual, %".to_owned(), three),
        kind: fit.kind,
        strokes: vec![
            Stroke::Reference(vec![(0.0, y.at(0.0)), (1.0, y.at(0.0))]),
            Stroke::Dots(dots),
            Stroke::Bars(bars.collect()),
            Stroke::Marks(means.iter().map(|&(value, _, mean, _)| (x.at(value), y.at(100.0 * mean))).collect()),
        ],
        said: small::in_order(said.collect()),
    };
    let rows = means.iter().map(|&(value, rows, mean, error)| {
        vec![
            print(value),
            rows.to_string(),
            format!("{} %", with_error(100.0 * mean, error.map(|error| 100.0 * error))),
        ]
    });
    let head = vec![name.clone(), "Rows".to_owned(), "Mean residual".to_owned()];
    let caption = format!("Mean residuals along {}", name.to_lowercase());
    (view, Grid { caption, head, rows: rows.collect() })
}

/// A residual in words: which row of which run it is, and how far off.
fn words(row: &Residual, corpus: &str) -> String {
    let side = if row.residual < 0.0 { "below" } else { "above" };
    format!(
        "Row {}, {}: {} {side} the law; {}, {} tokens, {} {corpus}",
        row.line,
        row.run,
        percent(maths::exp_m1(row.residual).abs()),
        Params(row.size),
        Tokens(row.tokens),
        Share(row.ratio)
    )
}

/// Values of an axis with rows, mean residual and its standard error.
type Means = (f64, usize, f64, Option<f64>);

/// At most a dozen: neighbouring values together, each group at its middle value; the error of a group is that of its
/// values taken as independent, which runs that go through several of them are not, so the larger of it and their mean.
fn together(values: &[Means]) -> Vec<Means> {
    let every = values.len().div_ceil(12).max(1);
    values
        .chunks(every)
        .map(|group| {
            let rows: usize = group.iter().map(|value| value.1).sum();
            let mean = group.iter().map(|value| value.2 * value.1 as f64).sum::<f64>() / rows.max(1) as f64;
            let error = group.iter().map(|value| value.3).sum::<Option<f64>>().map(|sum| sum / group.len() as f64);
            (group[group.len() / 2].0, rows, mean, error)
        })
        .collect()
}

fn quantiles(found: &Diagnostics, kind: LossKind) -> (SmallView, Grid) {
    let most = found.rows.iter().map(|row| row.normal.abs()).fold(1.0, f64::max);
    let (x, y) = (Reach::new(Spacing::Linear, -1.05 * most, 1.05 * most), reach_of(found));
    let mut sorted: Vec<f64> = found.rows.iter().map(|row| row.residual).collect();
    order::ascending(&mut sorted);
    let median = quantile(&sorted, 0.5);
    let every = found.rows.len().div_ceil(MOST_DOTS).max(1);
    let place = |row: &Residual| (x.at(row.normal), y.at(100.0 * row.residual));
    let dots = found.rows.iter().step_by(every).map(place).collect();
    let corpus = if kind == LossKind::General { "general" } else { "domain" };
    let said = found.rows.iter().step_by(every).map(|row| (place(row), words(row, corpus)));
    // The line of a normal sample with this median and spread, as far as the chart goes.
    let end = |sign: f64| {
        let (_, top) = (0.0, 1.0);
        let far = sign * most;
        let value = 100.0 * (median + far * found.spread);
        let (at, height) = (x.at(far), y.at(value));
        let middle = (x.at(0.0), y.at(100.0 * median));
        let part = match height {
            h if h > top => (top - middle.1) / (h - middle.1),
            h if h < 0.0 => middle.1 / (middle.1 - h),
            _ => 1.0,
        };
        (middle.0 + part * (at - middle.0), middle.1 + part * (height - middle.1))
    };
    let view = SmallView {
        title: "Quantiles of the residuals; on the line: normal".to_owned(),
        x: x.ruler("Normal quantile, standard deviations".to_owned(), three),
        y: y.ruler("Residual, %".to_owned(), three),
        kind,
        strokes: vec![Stroke::Reference(vec![end(-1.0), end(1.0)]), Stroke::Dots(dots)],
        said: small::in_order(said.collect()),
    };
    let rows = [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| {
        let normal = median + found.spread * crate::fit::diagnostics::normal_quantile(p);
        vec![percent(p), signed_percent(quantile(&sorted, p)), signed_percent(normal)]
    });
    let head = ["Share of rows below", "Residual", "If normal"].map(str::to_owned).to_vec();
    (view, Grid { caption: "Quantiles of the residuals".to_owned(), head, rows: rows.to_vec() })
}

fn outliers(found: &Diagnostics, parts: &mut Vec<Part>) {
    parts.push(Part::Title("Outliers".to_owned()));
    if found.outliers.is_empty() {
        let text = "No row lies more than five robust standard deviations from the rest.";
        return parts.push(Part::Text(text.to_owned()));
    }
    let rows = found.outliers.iter().take(MOST_ROWS).filter_map(|&at| found.rows.get(at)).map(|row| {
        vec![
            format!("Row {}", row.line),
            row.run.clone(),
            Params(row.size).to_string(),
            Tokens(row.tokens).to_string(),
            signed_percent(maths::exp_m1(row.residual)),
        ]
    });
    let many = found.outliers.len();
    let shown = if many > MOST_ROWS { format!(", the farthest {MOST_ROWS}") } else { String::new() };
    parts.push(Part::Table(Grid {
        caption: format!(
            "{many} row{} more than five robust standard deviations from the rest{shown}",
            if many == 1 { "" } else { "s" }
        ),
        head: ["Row of the file", "Run", "Size", "Tokens", "Measured against the law"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }));
    let text =
        "Huber’s loss keeps such rows from pulling the fit; look whether they are typing errors or runs that broke.";
    parts.push(Part::Text(text.to_owned()));
}

fn influences(found: &[crate::fit::diagnostics::Influence], question: &Question, fit: &Fit, parts: &mut Vec<Part>) {
    parts.push(Part::Title("Influence of each run on the answer".to_owned()));
    let at = question.at;
    let recipe = format!("{}, {}, {} tokens", Share(at.domain_share), Params(at.size), Tokens(at.tokens));
    let Some(most) = found.first() else {
        let text = "Known once each run has been left out of the fit in turn.";
        return parts.push(Part::Text(text.to_owned()));
    };
    let what = if fit.kind == LossKind::General { "general" } else { "domain" };
    let measure = fit.measure(question.measure);
    parts.push(Part::Answer(format!(
        "Without {} the predicted {what} loss at {recipe} changes by {}, more than without any other run.",
        most.run,
        measure.difference(most.change)
    )));
    let rows = found
        .iter()
        .take(MOST_ROWS)
        .map(|one| vec![one.run.clone(), measure.loss(one.loss), measure.difference(one.change)]);
    let shown = if found.len() > MOST_ROWS {
        format!("the largest {MOST_ROWS} of {}", found.len())
    } else {
        "all runs".to_owned()
    };
    parts.push(Part::Table(Grid {
        caption: format!("Left out of the fit in turn: {shown}"),
        head: ["Run", "Predicted without it", "Change"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }));
}

fn trade_offs(found: &TradeOff, fit: &Fit, parts: &mut Vec<Part>) {
    let law = law::by_id(&fit.law);
    let symbol = |name: &String| {
        let known = law.and_then(|law| law.parameters().iter().find(|parameter| parameter.name == *name));
        known.map_or_else(|| name.clone(), |parameter| parameter.symbol.to_owned())
    };
    let names: Vec<String> = found.names.iter().map(symbol).collect();
    parts.push(Part::Title("Which parameters trade off".to_owned()));
    let mut pairs = Vec::new();
    for (i, row) in found.correlation.iter().enumerate() {
        for (j, value) in row.iter().enumerate().skip(i + 1).filter(|(_, value)| value.abs() >= TRADES) {
            pairs.push(format!("{} and {} ({})", names[i], names[j], hundredths(*value)));
        }
    }
    let said = match pairs.len() {
        0 => "No two parameters stand for each other: no rank correlation over the draws reaches 0.95.".to_owned(),
        _ => {
            format!("These stand for each other over the draws: {}. Read them together, not one by one.", list(&pairs))
        }
    };
    parts.push(Part::Answer(said));
    if !found.correlation.is_empty() {
        parts.push(Part::Matrix {
            caption: "Rank correlation of each pair over the draws".to_owned(),
            names: names.clone(),
            values: found.correlation.clone(),
        });
        parts.push(Part::Charts(super::draws::pairs(found, fit)));
    }
    let mut order: Vec<usize> = (0..found.weakest.len().min(names.len())).collect();
    order::sort_by(&mut order, |a, b| found.weakest[*b].abs().total_cmp(&found.weakest[*a].abs()));
    let leading: Vec<String> =
        order.iter().take(3).filter(|at| found.weakest[**at].abs() > 0.2).map(|at| names[*at].clone()).collect();
    let verdict = if found.condition > ILL {
        format!("some combination, mostly of {}, can move without the fit noticing", list(&leading))
    } else {
        format!("the data hold every combination; the one they hold least is mostly {}", list(&leading))
    };
    parts.push(Part::Text(format!(
        "Condition number {} (1 is best, above 10,000 is trouble): {verdict}.",
        three(found.condition)
    )));
}

/// "−0.98".
pub(super) fn hundredths(value: f64) -> String {
    format!("{value:.2}").replace('-', "−")
}
