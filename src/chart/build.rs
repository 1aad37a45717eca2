//! From a study and its observations to what a chart of loss against one axis shows.

use super::axis::AxisView;
use super::measured::{Rows, measured};
use super::view::{ChartView, Panel, View, on};
use crate::fit::{Fit, Study};
use crate::law::{Axis, Recipe};
use crate::table::LossKind;

/// Steps of a curve along its axis.
const STEPS: usize = 120;

/// The chart of both losses along an axis through a what-if, with the measured points that belong to it. A target that
/// was not fitted has no panel.
pub fn loss_view(study: &Study, rows: Rows<'_>, recipe: Recipe, domain: &str, across: AxisView) -> ChartView {
    let axis = across.axis;
    let x: Vec<f64> = across.positions(STEPS).into_iter().map(|part| across.value(part)).collect();
    let view = match axis {
        Axis::Ratio => View::Ratio,
        Axis::Size => View::Size,
        Axis::Tokens => View::Tokens,
    };
    let panels = fits(study, domain)
        .map(|fit| Panel {
            kind: fit.kind,
            title: title(fit),
            unit: "nats per token".to_owned(),
            curve: fit.curve(axis, recipe, &x, study.options.level),
            points: measured(rows, fit, recipe, view),
            base: study.base_loss(&fit.target, recipe.size),
            bases: if axis == Axis::Size { bases(study, fit) } else { Vec::new() },
        })
        .collect();
    let now = on(axis, &recipe);
    let data = study.ranges.span(axis).map_or((now, now), |span| (span.low, span.high));
    ChartView { across, panels, now, data, ..ChartView::default() }
}

/// The chart of both losses against the mixture ratio.
pub fn ratio_view(study: &Study, rows: Rows<'_>, recipe: Recipe, domain: &str) -> ChartView {
    loss_view(study, rows, recipe, domain, AxisView::default())
}

/// The fits a chart shows, general first.
pub(super) fn fits<'a>(study: &'a Study, domain: &'a str) -> impl Iterator<Item = &'a Fit> {
    let general = study.general.as_deref().filter(move |name| *name != domain);
    general.into_iter().chain([domain]).filter_map(|name| study.targets.get(name))
}

/// The base models' losses by size.
fn bases(study: &Study, fit: &Fit) -> Vec<(f64, f64)> {
    study.base.iter().filter_map(|base| Some((base.size?, *base.losses.get(&fit.target)?))).collect()
}

/// "General loss", with the column's name where that says more.
pub(super) fn title(fit: &Fit) -> String {
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
