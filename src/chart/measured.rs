//! Which measured rows a chart shows, and which of them were measured at the what-if's own recipe.

use super::axis::{WHOLE, apart};
use super::view::{Measured, View, on};
use crate::fit::{Fit, Study};
use crate::law::{Axis, Recipe, Span};
use crate::maths;
use crate::table::{ByRun, Observations};

/// Budgets this factor apart count as the same: checkpoints rarely fall on the exact token count asked for.
const SAME_BUDGET: f64 = 1.25;
/// Points of a panel of each sort: more are a cloud, and a frame's worth of work. Past that they are thinned evenly.
const MOST: usize = 300;

/// The measured rows, and where each run's are: nothing here looks at every row of a file, which may have a million.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The rows.
    pub all: &'a Observations,
    /// The same by run and tokens.
    pub by_run: &'a ByRun,
}

/// The measured points of a loss for a chart through a what-if.
///
/// Along the ratio or the size, for each run the checkpoint nearest to the what-if's budget is shown, so that there is
/// one point a run and not a cloud; along tokens and on maps every checkpoint is. A point is solid where its size and its
/// ratio, as far as they are not on the chart's axes, are the nearest to the what-if's and its budget is within a factor
/// of 1.25, and hollow otherwise; a what-if is a continued run of a single pass, so where a file has both kinds of runs those
/// from scratch are hollow, and those that repeat their data where not all do. Rows at zero tokens are the base model, which has a line of its own.
pub fn measured(rows: Rows<'_>, fit: &Fit, recipe: Recipe, view: View) -> Vec<Measured> {
    let Rows { all, by_run } = rows;
    let column = all.losses.iter().find(|loss| loss.name == fit.target && loss.kind == fit.kind);
    let Some(column) = column else { return Vec::new() };
    let usable = |row: usize| {
        column.values.get(row).is_some_and(|loss| loss.is_finite())
            && all.tokens.as_ref().is_none_or(|tokens| tokens.get(row).is_some_and(|d| *d > 0.0 && d.is_finite()))
            && Axis::ALL.into_iter().all(|axis| !view.has(axis) || of(all, axis, row).is_some())
    };
    let gap = |axis: Axis, row: usize| of(all, axis, row).map_or(0.0, |value| apart(axis, value, on(axis, &recipe)));
    // A run has one size and one ratio: the row that stands for it tells how near it is.
    let standing = (0..all.runs.len()).filter_map(|run| Some((run, nearest(rows, run, recipe, usable)?)));
    let standing: Vec<(usize, usize)> = standing.collect();
    let least = |axis: Axis| standing.iter().map(|(_, row)| gap(axis, *row)).fold(f64::INFINITY, f64::min);
    let most = Axis::ALL.map(|axis| if axis == Axis::Tokens { maths::ln(SAME_BUDGET) } else { least(axis) + 1e-9 });
    let varies = |span: Option<Span>| span.is_some_and(|span| span.distinct > 1);
    let is_not_one = |column: &Option<Vec<f64>>, row: usize| {
        column.as_ref().and_then(|column| column.get(row)).is_some_and(|value| *value != 1.0)
    };
    let of_another_kind = |row: usize| {
        varies(fit.ranges.start) && is_not_one(&all.start, row)
            || varies(fit.ranges.epochs) && is_not_one(&all.epochs, row)
    };
    let elsewhere = |row: usize| {
        let apart = |(axis, most): (Axis, f64)| !view.has(axis) && gap(axis, row) > most;
        Axis::ALL.into_iter().zip(most).any(apart)
    };
    let other = |row: usize| elsewhere(row) || of_another_kind(row);
    let point = |row: usize, other: bool| {
        let run = all.run.get(row).and_then(|run| all.runs.get(*run as usize));
        Measured {
            loss: column.values.get(row).copied().unwrap_or(f64::NAN),
            share: of(all, Axis::Ratio, row),
            size: of(all, Axis::Size, row),
            tokens: of(all, Axis::Tokens, row),
            other,
            line: all.line.get(row).copied().unwrap_or(0),
            run: run.cloned().unwrap_or_default(),
        }
    };
    if !(WHOLE && view.has(Axis::Tokens)) {
        return standing.into_iter().map(|(_, row)| point(row, other(row))).collect();
    }
    let mut points = Vec::new();
    for sort in [false, true] {
        let runs = || standing.iter().filter(|(_, row)| elsewhere(*row) == sort).map(|(run, _)| by_run.rows(*run));
        let every = runs().map(<[u32]>::len).sum::<usize>().div_ceil(MOST).max(1);
        // Counted on from run to run, so that short runs are thinned as well.
        let mut skip = 0;
        for rows in runs() {
            points.extend(
                rows.iter()
                    .skip(skip)
                    .step_by(every)
                    .map(|row| *row as usize)
                    .filter(|row| usable(*row))
                    .map(|row| point(row, other(row))),
            );
            skip = (skip + every - rows.len() % every) % every;
        }
    }
    points
}

/// The row of a run whose budget is nearest to the what-if's, by the factor between them.
fn nearest(
    Rows { all, by_run }: Rows<'_>,
    run: usize,
    recipe: Recipe,
    usable: impl Fn(usize) -> bool,
) -> Option<usize> {
    let tokens = |row: usize| all.tokens.as_ref().and_then(|tokens| tokens.get(row).copied());
    let gap = |row: usize| tokens(row).map_or(0.0, |tokens| apart(Axis::Tokens, tokens, recipe.tokens));
    let rows = by_run.rows(run);
    let (below, above) =
        rows.split_at(rows.partition_point(|row| tokens(*row as usize).is_some_and(|d| d < recipe.tokens)));
    let first = |rows: &mut dyn Iterator<Item = &u32>| rows.map(|row| *row as usize).find(|row| usable(*row));
    match (first(&mut below.iter().rev()), first(&mut above.iter())) {
        (Some(below), Some(above)) if gap(above) < gap(below) => Some(above),
        (below, above) => below.or(above),
    }
}

/// For each run its general and its domain loss at the same row, that whose budget is nearest to the what-if's.
pub fn pairs(
    study: &Study,
    rows: Rows<'_>,
    recipe: Recipe,
    (general, domain): (&str, &str),
) -> Vec<(Measured, Measured)> {
    let of = |name: &str| study.targets.get(name).map(|fit| measured(rows, fit, recipe, View::Ratio));
    let (Some(general), Some(domain)) = (of(general), of(domain)) else { return Vec::new() };
    // Both lists are in the order of the runs, but a run may lack a loss: searched from where the last one was found.
    let mut from = 0;
    let pair = general.into_iter().filter_map(|point| {
        let rest = domain.get(from..)?;
        let at = rest.iter().position(|other| other.line == point.line)?;
        from += at + 1;
        rest.get(at).map(|other| (point, other.clone()))
    });
    pair.collect()
}

/// A row's value on an axis; `None` where the file has no such column or the row no such number.
fn of(all: &Observations, axis: Axis, row: usize) -> Option<f64> {
    let column = match axis {
        Axis::Ratio => &all.domain_share,
        Axis::Size => &all.size,
        Axis::Tokens => &all.tokens,
    };
    column.as_ref()?.get(row).copied().filter(|value| value.is_finite())
}
