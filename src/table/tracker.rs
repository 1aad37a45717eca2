//! The exports of trackers, told by their headers, and Weights & Biases' brought into one row a step and run.

use super::found::Tracker;
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
}

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
    weights_and_biases(header)
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
    /// Gives out the rows that one row of the file becomes; a run without any value on it gives none.
    pub fn reshape(&self, row: Row<'_>, record: &mut Record, emit: &mut dyn FnMut(Row<'_>)) {
        let Self::WeightsAndBiases { shared, runs } = self else { return emit(row) };
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
