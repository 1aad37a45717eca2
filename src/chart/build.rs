//! From a study and its observations to what a chart of loss against one axis shows, in the measure it is to be shown in:
//! whoever lays it out or draws it knows of none.

use super::axis::{AxisView, WHOLE};
use super::measured::{Rows, measured};
use super::view::{ChartView, Measured, Panel, View, on};
use crate::fit::{Fit, Study};
use crate::law::{Axis, Recipe};
use crate::shown::Shown;
use crate::table::{LossKind, Measure};
use std::sync::Arc;

/// Steps of a curve along its axis.
const STEPS: usize = 120;

/// The chart of both losses along an axis through a what-if, with the measured points that belong to it. A target that
/// was not fitted has no panel.
pub fn loss_view(
    study: &Study,
    rows: Rows<'_>,
    recipe: Recipe,
    domain: &str,
    (across, shown): (AxisView, Shown),
) -> ChartView {
    let axis = across.axis;
    let x: Vec<f64> = across.positions(STEPS).into_iter().map(|part| across.value(part)).collect();
    let view = match axis {
        Axis::Ratio => View::Ratio,
        Axis::Size => View::Size,
        Axis::Tokens => View::Tokens,
    };
    let panels = fits(study, domain)
        .map(|fit| {
            // The first screen shows nats.
            let measure = if WHOLE { fit.measure(shown.measure) } else { Measure::Nats };
            let bases = if axis == Axis::Size { bases(study, fit) } else { Vec::new() };
            Panel {
                kind: fit.kind,
                title: title(fit),
                unit: fit.unit(shown).to_owned(),
                curve: fit.curve(axis, recipe, &x, study.options.level).shown_in(measure),
                points: shown_in(measure, measured(rows, fit, recipe, view)),
                base: study.base_loss(&fit.target, recipe.size).map(|base| measure.from_nats(base)),
                bases: bases.into_iter().map(|(size, base)| (size, measure.from_nats(base))).collect(),
            }
        })
        .collect();
    let now = on(axis, &recipe);
    let data = study.ranges.span(axis).map_or((now, now), |span| (span.low, span.high));
    ChartView { across, panels: Arc::new(panels), now, data, ..ChartView::default() }
}

/// The chart of both losses against the mixture ratio.
pub fn ratio_view(study: &Study, rows: Rows<'_>, recipe: Recipe, domain: &str, shown: Shown) -> ChartView {
    loss_view(study, rows, recipe, domain, (AxisView::default(), shown))
}

/// Measured points in a measure.
pub(super) fn shown_in(measure: Measure, mut points: Vec<Measured>) -> Vec<Measured> {
    points.iter_mut().for_each(|point| point.loss = measure.from_nats(point.loss));
    points
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
