//! From a study and its observations to what the chart of loss against ratio shows.

use super::view::{ChartView, Measured, Panel};
use crate::fit::{Fit, Study};
use crate::law::{Axis, Recipe};
use crate::maths;
use crate::order;
use crate::table::{ByRun, LossKind, Observations};

/// Steps of the curve along the domain share.
const STEPS: usize = 120;
/// Shares a thousandth from the ends: a law with a power of the ratio bends there, and a straight step would cut it.
const ENDS: [f64; 6] = [0.001, 0.002, 0.004, 0.996, 0.998, 0.999];
/// Budgets this factor apart count as the same: checkpoints rarely fall on the exact token count asked for.
const SAME_BUDGET: f64 = 1.25;

/// The chart of both losses through a what-if. For each run the checkpoint nearest to the what-if's budget is shown, so
/// that there is one point a run and not a cloud; it is solid where its size is the nearest to the what-if's and its
/// budget is within a factor of 1.25, and hollow otherwise. A target that was not fitted has no panel.
pub fn ratio_view(
    study: &Study,
    observations: &Observations,
    by_run: &ByRun,
    recipe: Recipe,
    domain: &str,
) -> ChartView {
    let mut x: Vec<f64> = (0..=STEPS).map(|k| k as f64 / STEPS as f64).chain(ENDS).collect();
    order::ascending(&mut x);
    let targets = study.general.as_deref().into_iter().chain([domain]);
    let panels = targets
        .filter_map(|name| study.targets.get(name))
        .map(|fit| Panel {
            kind: fit.kind,
            title: title(fit),
            unit: "nats per token".to_owned(),
            curve: fit.curve(Axis::Ratio, recipe, &x, study.options.level),
            points: measured(observations, by_run, fit, recipe),
            base: study.base_loss(&fit.target, recipe.size),
        })
        .collect();
    let data = study.ranges.ratio.map_or((recipe.domain_share, recipe.domain_share), |span| (span.low, span.high));
    ChartView { panels, now: recipe.domain_share, data, ..ChartView::default() }
}

fn title(fit: &Fit) -> String {
    let word = match fit.kind {
        LossKind::General => "General loss",
        LossKind::Domain => "Domain loss",
    };
    let said = word.to_lowercase().replace(' ', "_");
    if fit.target.to_lowercase().replace([' ', '-'], "_") == said
        || fit.target.eq_ignore_ascii_case(&word[..word.len() - 5])
    {
        word.to_owned()
    } else {
        format!("{word}: {}", fit.target)
    }
}

/// The checkpoint of each run that is nearest to the what-if's budget, by the factor between them.
fn measured(observations: &Observations, by_run: &ByRun, fit: &Fit, recipe: Recipe) -> Vec<Measured> {
    let column = observations.losses.iter().find(|loss| loss.name == fit.target && loss.kind == fit.kind);
    let (Some(column), Some(shares)) = (column, &observations.domain_share) else { return Vec::new() };
    let value = |column: &Option<Vec<f64>>, row: usize| column.as_ref().and_then(|c| c.get(row).copied());
    let far = |a: f64, b: f64| maths::ln(a / b).abs();
    let gap = |row: usize| value(&observations.tokens, row).map_or(0.0, |tokens| far(tokens, recipe.tokens));
    // Rows at zero tokens are the base model, drawn as its own line.
    let usable = |row: usize| column.values.get(row).is_some_and(|loss| loss.is_finite()) && gap(row).is_finite();
    let nearest = |run: usize| {
        let rows = by_run.rows(run);
        let above = |row: &u32| value(&observations.tokens, *row as usize).is_some_and(|d| d < recipe.tokens);
        let (below, above) = rows.split_at(rows.partition_point(above));
        let first = |rows: &mut dyn Iterator<Item = &u32>| rows.map(|row| *row as usize).find(|row| usable(*row));
        let (below, above) = (first(&mut below.iter().rev()), first(&mut above.iter()));
        match (below, above) {
            (Some(below), Some(above)) if gap(above) < gap(below) => Some(above),
            (below, above) => below.or(above),
        }
    };
    let nearest: Vec<Option<usize>> = (0..observations.runs.len()).map(nearest).collect();
    let size_gap = |row: usize| value(&observations.size, row).map_or(0.0, |n| far(n, recipe.size));
    let least = nearest.iter().flatten().map(|row| size_gap(*row)).fold(f64::INFINITY, f64::min);
    nearest
        .into_iter()
        .zip(&observations.runs)
        .filter_map(|(row, run)| {
            let row = row?;
            Some(Measured {
                x: *shares.get(row)?,
                y: *column.values.get(row)?,
                size: value(&observations.size, row),
                tokens: value(&observations.tokens, row),
                other: size_gap(row) > least + 1e-9 || gap(row) > maths::ln(SAME_BUDGET),
                line: observations.line.get(row).copied().unwrap_or(0),
                run: run.clone(),
            })
        })
        .collect()
}
