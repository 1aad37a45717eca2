//! The exports of trackers, told by their headers, and tables that hold several observations in a row brought into one
//! row each: Weights & Biases' of a step, and those with a column a ratio, as papers print them.

use super::found::Tracker;
use super::header;
use super::problem::Problem;
use super::recognise::{is_loss, is_share};
use super::rows::{Record, Row};

/// How the rows of a file are brought into the rows that are read.
#[derive(Debug)]
pub(super) enum Shape {
    /// As they are.
    Plain,
    /// One row becomes one a run: `Step`, `run - metric`, `run - metric__MIN`, …
    WeightsAndBiases {
        /// Columns that are of no run: the step.
        shared: Vec<usize>,
        /// Names of the runs, each with the column of every metric.
        runs: Vec<(String, Vec<Option<usize>>)>,
    },
    /// One row becomes one a ratio: `model`, `R1.0`, `R0.75`, …, with a loss below each.
    Ratios {
        /// Columns that are of no ratio.
        shared: Vec<usize>,
        /// Each ratio as its header writes it, the header, and its column.
        ratios: Vec<(String, String, usize)>,
    },
}

/// Columns that name a ratio before they are more than a coincidence.
const LEAST_RATIOS: usize = 3;

/// The tracker a header gives away, the shape of its rows, and the header that is read.
pub(super) fn shape(header: Vec<String>) -> (Option<Tracker>, Shape, Vec<String>) {
    let lower: Vec<String> = header.iter().map(|name| name.to_lowercase()).collect();
    let is = |names: &[&str]| lower.len() >= names.len() && names.iter().all(|name| lower.iter().any(|n| n == name));
    if is(&["wall time", "step", "value"]) {
        return (Some(Tracker::TensorBoard), Shape::Plain, header);
    }
    if is(&["run_id", "key", "value", "step"]) || is(&["key", "value", "step", "timestamp"]) {
        return (Some(Tracker::Mlflow), Shape::Plain, header);
    }
    if let Some((shape, read)) = ratios(&header) {
        return (None, shape, read);
    }
    weights_and_biases(header)
}

/// Columns that are ratios of one mixture, in a table without other losses.
fn ratios(header: &[String]) -> Option<(Shape, Vec<String>)> {
    let (mut shared, mut ratios, mut prefix) = (Vec::new(), Vec::new(), None);
    for (at, name) in header.iter().enumerate() {
        match ratio(name) {
            // What a paper predicts was not measured.
            Some((_, _, "predicted" | "prediction" | "paper_prediction")) => {}
            Some((before, value, _)) if *prefix.get_or_insert(before) == before => {
                ratios.push((value.to_owned(), name.clone(), at));
            }
            _ if header::read(name).role.is_some_and(|role| is_loss(role) || is_share(role)) => return None,
            _ => shared.push(at),
        }
    }
    if ratios.len() < LEAST_RATIOS || shared.is_empty() {
        return None;
    }
    let mut read: Vec<String> = shared.iter().filter_map(|at| header.get(*at).cloned()).collect();
    read.push(match prefix.unwrap_or_default() {
        "" => "ratio".to_owned(),
        prefix => prefix.to_owned(),
    });
    read.push("loss".to_owned());
    Some((Shape::Ratios { shared, ratios }, read))
}

/// "R0.25_observed" is the ratio "0.25" of "R", observed; the name before it must say ratio, or be blank.
fn ratio(name: &str) -> Option<(&str, &str, &str)> {
    let start = name.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = name.split_at(start);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let percent = rest.find('%').filter(|at| rest.get(end..*at).is_some_and(|gap| gap.trim().is_empty()));
    let (number, after) = rest.split_at(percent.map_or(end, |at| at + 1));
    let after = after.trim_start_matches(['_', ' ', '-']);
    let known =
        matches!(after, "" | "observed" | "measured" | "actual" | "predicted" | "prediction" | "paper_prediction");
    let before = before.trim_end_matches(['_', '=', ' ', '-', ':']);
    let says = match before {
        // A bare "0" or "1" may be anything; "0.25" and "25%" are shares.
        "" => number.contains(['.', '%']),
        before => header::read(before).role.is_some_and(is_share),
    };
    let share = match number.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => number.parse().ok()?,
    };
    (known && says && (0.0..=1.0).contains(&share)).then_some((before, number, after))
}

/// Columns `run - metric`, each beside its `__MIN` and `__MAX` (those of a smoothed or grouped line's range).
fn weights_and_biases(header: Vec<String>) -> (Option<Tracker>, Shape, Vec<String>) {
    let range_of = |name: &str| name.strip_suffix("__MIN").or_else(|| name.strip_suffix("__MAX")).map(str::to_owned);
    let ranged = header.iter().filter_map(|name| range_of(name)).any(|name| header.contains(&name));
    // A run's name may hold " - " itself; a metric's does not.
    let parts = |name: &str| name.rsplit_once(" - ").map(|(run, metric)| (run.to_owned(), metric.to_owned()));
    let of_runs = header.iter().filter(|name| range_of(name).is_none()).filter(|name| parts(name).is_some()).count();
    if of_runs == 0 || !(ranged || header.first().is_some_and(|name| name == "Step")) {
        return (ranged.then_some(Tracker::WeightsAndBiases), Shape::Plain, header);
    }
    let mut shared = Vec::new();
    let mut metrics: Vec<String> = Vec::new();
    let mut runs: Vec<(String, Vec<Option<usize>>)> = Vec::new();
    for (at, name) in header.iter().enumerate().filter(|(_, name)| range_of(name).is_none()) {
        let Some((run, metric)) = parts(name) else {
            shared.push(at);
            continue;
        };
        let which = metrics.iter().position(|m| *m == metric).unwrap_or_else(|| {
            metrics.push(metric);
            metrics.len() - 1
        });
        let of = runs.iter().position(|(r, _)| *r == run).unwrap_or_else(|| {
            runs.push((run, Vec::new()));
            runs.len() - 1
        });
        if let Some((_, columns)) = runs.get_mut(of) {
            if columns.len() <= which {
                columns.resize(which + 1, None);
            }
            columns[which] = Some(at);
        }
    }
    runs.iter_mut().for_each(|(_, columns)| columns.resize(metrics.len(), None));
    let mut read: Vec<String> = shared.iter().filter_map(|at| header.get(*at).cloned()).collect();
    read.push("run".to_owned());
    read.extend(metrics);
    (Some(Tracker::WeightsAndBiases), Shape::WeightsAndBiases { shared, runs }, read)
}

impl Shape {
    /// What a person may see otherwise, where the rows were brought into another shape by a guess.
    pub fn question(&self) -> Option<Problem> {
        let Self::Ratios { ratios, .. } = self else { return None };
        Some(Problem::RatioColumns { columns: ratios.iter().map(|(_, name, _)| name.clone()).collect() })
    }

    /// Gives out the rows that one row of the file becomes; a run without any value on it gives none.
    pub fn reshape(&self, row: Row<'_>, record: &mut Record, emit: &mut dyn FnMut(Row<'_>)) {
        let (shared, runs) = match self {
            Self::Plain => return emit(row),
            Self::WeightsAndBiases { shared, runs } => (shared, runs),
            Self::Ratios { shared, ratios } => {
                for (ratio, _, at) in ratios.iter().filter(|(_, _, at)| !row.cell(*at).is_empty()) {
                    record.clear();
                    shared.iter().for_each(|at| record.push(row.cell(*at)));
                    record.push(ratio);
                    record.push(row.cell(*at));
                    emit(record.row(row.line));
                }
                return;
            }
        };
        for (run, columns) in runs {
            let cell = |at: &Option<usize>| at.map_or("", |at| row.cell(at));
            if columns.iter().all(|at| cell(at).is_empty()) {
                continue;
            }
            record.clear();
            shared.iter().for_each(|at| record.push(row.cell(*at)));
            record.push(run);
            columns.iter().for_each(|at| record.push(cell(at)));
            emit(record.row(row.line));
        }
    }
}
