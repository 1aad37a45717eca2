//! From a study and its observations to what the chart of loss against ratio shows.

use super::view::{ChartView, Measured, Panel};
use crate::fit::{Fit, Study};
use crate::law::{Axis, Recipe};
use crate::maths;
use crate::order;
use crate::table::{LossKind, Observations};

/// Steps of the curve along the domain share.
const STEPS: usize = 120;
/// Shares a thousandth from the ends: a law with a power of the ratio bends there, and a straight step would cut it.
const ENDS: [f64; 6] = [0.001, 0.002, 0.004, 0.996, 0.998, 0.999];
/// Budgets this factor apart count as the same: checkpoints rarely fall on the exact token count asked for.
const SAME_BUDGET: f64 = 1.25;

/// The chart of both losses through a what-if. For each run the checkpoint nearest to the what-if's budget is shown, so
/// that there is one point a run and not a cloud; it is solid where its size is the nearest to the what-if's and its
/// budget is within a factor of 1.25, and hollow otherwise. A target that was not fitted has no panel.
pub fn ratio_view(study: &Study, observations: &Observations, recipe: Recipe, domain: &str) -> ChartView {
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
            points: measured(observations, fit, recipe),
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

fn measured(observations: &Observations, fit: &Fit, recipe: Recipe) -> Vec<Measured> {
    let column = observations.losses.iter().find(|loss| loss.name == fit.target && loss.kind == fit.kind);
    let (Some(column), Some(shares)) = (column, &observations.domain_share) else { return Vec::new() };
    let value = |column: &Option<Vec<f64>>, row: usize| column.as_ref().and_then(|c| c.get(row).copied());
    let far = |a: f64, b: f64| maths::ln(a / b).abs();
    // The row of each run whose budget is nearest; rows at zero tokens are the base model, drawn as its own line.
    let mut nearest: Vec<Option<(f64, usize)>> = vec![None; observations.runs.len()];
    for (row, run) in observations.run.iter().enumerate() {
        let tokens = value(&observations.tokens, row);
        let usable = column.values.get(row).is_some_and(|v| v.is_finite()) && tokens.is_none_or(|d| d > 0.0);
        let distance = tokens.map_or(0.0, |d| far(d, recipe.tokens));
        if usable
            && distance.is_finite()
            && let Some(kept) = nearest.get_mut(*run as usize)
            && kept.is_none_or(|(least, _)| distance < least)
        {
            *kept = Some((distance, row));
        }
    }
    let size_gap = |row: usize| value(&observations.size, row).map_or(0.0, |n| far(n, recipe.size));
    let least = nearest.iter().flatten().map(|(_, row)| size_gap(*row)).fold(f64::INFINITY, f64::min);
    nearest
        .into_iter()
        .zip(&observations.runs)
        .filter_map(|(kept, run)| {
            let (gap, row) = kept?;
            Some(Measured {
                x: *shares.get(row)?,
                y: *column.values.get(row)?,
                size: value(&observations.size, row),
                tokens: value(&observations.tokens, row),
                other: size_gap(row) > least + 1e-9 || gap > maths::ln(SAME_BUDGET),
                line: observations.line.get(row).copied().unwrap_or(0),
                run: run.clone(),
            })
        })
        .collect()
}
