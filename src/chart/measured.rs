//! Which measured rows a chart shows, and which of them were measured at the what-if's own recipe.

use super::axis::{WHOLE, apart};
use super::view::{Measured, View, on};
use crate::fit::{Fit, Study};
use crate::law::{Axis, Recipe};
use crate::maths;
use crate::table::Observations;

/// Budgets this factor apart count as the same: checkpoints rarely fall on the exact token count asked for.
const SAME_BUDGET: f64 = 1.25;
/// Points a panel draws at most: more are a cloud, and a frame's worth of work. Those of other recipes are thinned.
const MOST: usize = 600;

/// The measured points of a loss for a chart through a what-if.
///
/// Along the ratio or the size, for each run the checkpoint nearest to the what-if's budget is shown, so that there is
/// one point a run and not a cloud; along tokens and on maps every checkpoint is. A point is solid where its size and its
/// ratio, as far as they are not on the chart's axes, are the nearest to the what-if's and its budget is within a factor
/// of 1.25, and hollow otherwise. Rows at zero tokens are the base model, which has a line of its own.
pub fn measured(observations: &Observations, fit: &Fit, recipe: Recipe, view: View) -> Vec<Measured> {
    let column = observations.losses.iter().find(|loss| loss.name == fit.target && loss.kind == fit.kind);
    let Some(column) = column else { return Vec::new() };
    let usable = |row: usize| {
        column.values.get(row).is_some_and(|value| value.is_finite())
            && observations.tokens.as_ref().is_none_or(|tokens| tokens.get(row).is_some_and(|tokens| *tokens > 0.0))
            && Axis::ALL.into_iter().all(|axis| !view.has(axis) || of(observations, axis, row).is_some())
    };
    let rows = if WHOLE && view.has(Axis::Tokens) {
        (0..observations.len()).filter(|&row| usable(row)).collect()
    } else {
        one_a_run(observations, recipe, usable)
    };
    let gap = |axis: Axis, row: usize| of(observations, axis, row).map_or(0.0, |v| apart(axis, v, on(axis, &recipe)));
    let least = |axis: Axis| rows.iter().map(|&row| gap(axis, row)).fold(f64::INFINITY, f64::min);
    let nearest = Axis::ALL.map(|axis| if axis == Axis::Tokens { maths::ln(SAME_BUDGET) } else { least(axis) + 1e-9 });
    let other =
        |row: usize| Axis::ALL.into_iter().zip(nearest).any(|(axis, most)| !view.has(axis) && gap(axis, row) > most);
    let rows: Vec<(usize, bool)> = rows.iter().map(|&row| (row, other(row))).collect();
    let own = rows.iter().filter(|(_, other)| !other).count();
    let thin = |count: usize, room: usize| count.div_ceil(room.max(1)).max(1);
    let every = [thin(own, MOST), thin(rows.len() - own, MOST.saturating_sub(own).max(MOST / 4))];
    let mut seen = [0usize; 2];
    let mut points = Vec::new();
    for (row, other) in rows {
        let which = usize::from(other);
        seen[which] += 1;
        if (seen[which] - 1).is_multiple_of(every[which])
            && let Some(&loss) = column.values.get(row)
        {
            let run = observations.run.get(row).and_then(|run| observations.runs.get(*run as usize));
            points.push(Measured {
                loss,
                share: of(observations, Axis::Ratio, row),
                size: of(observations, Axis::Size, row),
                tokens: of(observations, Axis::Tokens, row),
                other,
                line: observations.line.get(row).copied().unwrap_or(0),
                run: run.cloned().unwrap_or_default(),
            });
        }
    }
    points
}

/// For each run its general and its domain loss at the same row, that whose budget is nearest to the what-if's.
pub fn pairs(
    study: &Study,
    observations: &Observations,
    recipe: Recipe,
    (general, domain): (&str, &str),
) -> Vec<(Measured, Measured)> {
    let of = |name: &str| study.targets.get(name).map(|fit| measured(observations, fit, recipe, View::Ratio));
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

/// For each run the row whose budget is nearest to the what-if's, in the order of the runs.
fn one_a_run(observations: &Observations, recipe: Recipe, usable: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut nearest: Vec<Option<(f64, usize)>> = vec![None; observations.runs.len()];
    for (row, run) in observations.run.iter().enumerate() {
        let tokens = of(observations, Axis::Tokens, row);
        // A factor, not its logarithm: there may be a million rows, and the nearest is the same.
        let distance = tokens.map_or(1.0, |tokens| (tokens / recipe.tokens).max(recipe.tokens / tokens));
        if let Some(kept) = nearest.get_mut(*run as usize)
            && kept.is_none_or(|(least, _)| distance < least)
            && distance.is_finite()
            && usable(row)
        {
            *kept = Some((distance, row));
        }
    }
    nearest.into_iter().flatten().map(|(_, row)| row).collect()
}

/// A row's value on an axis; `None` where the file has no such column or the row no such number.
fn of(observations: &Observations, axis: Axis, row: usize) -> Option<f64> {
    let column = match axis {
        Axis::Ratio => &observations.domain_share,
        Axis::Size => &observations.size,
        Axis::Tokens => &observations.tokens,
    };
    column.as_ref()?.get(row).copied().filter(|value| value.is_finite())
}
