//! Maps: contours of the predicted losses over two axes, with the measured runs and the what-if on them.
//!
//! One panel a loss, stacked like the charts of one axis. A map is the law alone, at the what-if's value of the third
//! axis: its values on a grid cost less than one frame of a chart with bands, so a slider moves it directly. The grid is
//! even in what is shown, so that straight lines between its crossings are straight in pixels.

pub mod place;
pub mod scene;

pub use place::MapLayout;
pub use scene::scene;

use super::axis::AxisView;
use super::build::{fits, shown_in, title};
use super::contour::{Grid, levels};
use super::measured::{Rows, measured};
use super::view::{Measured, View, on};
use super::words::{self, Words, word};
use crate::fit::{Fit, Study};
use crate::law::{self, Axis, Recipe};
use crate::number;
use crate::shown::Shown;
use crate::table::LossKind;
use std::sync::Arc;

/// Cells of the grid along each axis. `tests/chart_views.rs` measures on the D-CPT Law that no point of a contour is then
/// farther than 0.24 px from where the law has its loss.
const CELLS: usize = 48;
/// Contours at most: more labels than that crowd a panel of 146 px.
const CONTOURS: usize = 7;
/// Columns and rows of the table in words.
const TABLE: usize = 5;

/// What a map shows.
#[derive(Debug, Clone, PartialEq)]
pub struct MapView {
    /// Which map it is.
    pub view: View,
    /// The horizontal axis.
    pub across: AxisView,
    /// The vertical axis.
    pub up: AxisView,
    /// General loss first.
    pub panels: Arc<Vec<MapPanel>>,
    /// The what-if.
    pub now: (f64, f64),
    /// The predicted losses there, one a panel.
    pub at_now: Vec<f64>,
    /// The measured ranges of both axes; the rest is hatched.
    pub data: [(f64, f64); 2],
    /// The most the general loss may be, where that is the same all over the map.
    pub limit: Option<f64>,
    /// What-ifs that were kept and differ on these axes alone.
    pub pins: Vec<((f64, f64), char)>,
}

/// One loss of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapPanel {
    /// Which corpus the loss is measured on.
    pub kind: LossKind,
    /// "General loss" or "Domain loss", with the column's name where that says more.
    pub title: String,
    /// The unit of every loss here: "nats per token".
    pub unit: String,
    /// The predicted losses; positions are parts of what is shown, 0 to 1.
    pub grid: Grid,
    /// The losses whose contours are drawn.
    pub levels: Vec<f64>,
    /// Measured checkpoints.
    pub points: Vec<Measured>,
}

/// The map of both losses over a view's two axes, through a what-if.
pub fn map_view(
    study: &Study,
    rows: Rows<'_>,
    recipe: Recipe,
    domain: &str,
    (view, across, up): (View, AxisView, AxisView),
    shown: Shown,
) -> MapView {
    let (x, y) = (across.positions(CELLS), up.positions(CELLS));
    let panels = fits(study, domain).map(|fit| {
        let measure = fit.measure(shown.measure);
        let mut grid = surface(fit, recipe, (&across, &x), (&up, &y));
        grid.values.iter_mut().for_each(|loss| *loss = measure.from_nats(*loss));
        MapPanel {
            kind: fit.kind,
            title: title(fit),
            unit: fit.unit(shown).to_owned(),
            // Round in the measure that is shown.
            levels: levels(&grid.values, CONTOURS),
            grid,
            points: shown_in(measure, measured(rows, fit, recipe, view)),
        }
    });
    let range = |axis: Axis| {
        let now = on(axis, &recipe);
        study.ranges.span(axis).map_or((now, now), |span| (span.low, span.high))
    };
    MapView {
        view,
        panels: Arc::new(panels.collect()),
        now: (on(across.axis, &recipe), on(up.axis, &recipe)),
        at_now: at_now(study, recipe, domain, shown),
        data: [range(across.axis), range(up.axis)],
        across,
        up,
        limit: None,
        pins: Vec::new(),
    }
}

/// The predicted losses at a what-if, one a panel, in the measure they are shown in.
pub fn at_now(study: &Study, recipe: Recipe, domain: &str, shown: Shown) -> Vec<f64> {
    let of = |fit: &Fit| fit.measure(shown.measure).from_nats(losses(fit, &[recipe])[0]);
    fits(study, domain).map(of).collect()
}

/// The law's losses over two axes.
fn surface(fit: &Fit, recipe: Recipe, (across, x): (&AxisView, &[f64]), (up, y): (&AxisView, &[f64])) -> Grid {
    let values: Vec<f64> = x.iter().map(|part| across.value(*part)).collect();
    let recipes = y.iter().flat_map(|part| {
        let row = recipe.with(up.axis, up.value(*part));
        values.iter().map(move |value| row.with(across.axis, *value))
    });
    Grid { values: losses(fit, &recipes.collect::<Vec<_>>()), x: x.to_vec(), y: y.to_vec() }
}

/// The fitted law at recipes; not numbers where the law is not known.
fn losses(fit: &Fit, recipes: &[Recipe]) -> Vec<f64> {
    let mut losses = vec![f64::NAN; recipes.len()];
    if let Some(law) = law::by_id(&fit.law) {
        law.predict(&fit.theta, &fit.points(recipes).gathered(), &mut losses);
    }
    losses
}

impl MapView {
    /// The panel of the general loss.
    pub fn general(&self) -> Option<&MapPanel> {
        self.panels.iter().find(|panel| panel.kind == LossKind::General)
    }

    /// A place in words: "40 %, 10B".
    pub fn said(&self, (x, up): (f64, f64)) -> String {
        format!("{}, {} tokens", self.across.label(x), self.up.label(up))
    }

    /// The measured row a cursor is nearest to, in words.
    pub fn run(&self, point: Option<(usize, usize)>) -> Option<String> {
        let (panel, index) = point?;
        let panel = self.panels.get(panel)?;
        Some(words::measured(panel.points.get(index)?, panel.kind))
    }

    /// The map as a table: the losses at a few values of both axes.
    pub fn table(&self) -> Words {
        let parts = || (0..=TABLE).map(|k| k as f64 / TABLE as f64);
        let head = parts().map(|part| self.across.label(self.across.tidy(self.across.value(part))));
        let rows = parts().map(|up| {
            let cells = parts().map(|across| {
                let of = |panel: &MapPanel| {
                    Some(format!("{} {}", word(panel.kind), number::loss(panel.grid.at(across, up)?)))
                };
                self.panels.iter().filter_map(of).collect::<Vec<_>>().join(", ")
            });
            std::iter::once(self.up.label(self.up.tidy(self.up.value(up)))).chain(cells).collect()
        });
        let all = self.panels.iter().flat_map(|panel| panel.points.iter().map(|point| (panel.kind, point)));
        let (points, more) = words::listed(all);
        Words {
            caption: format!(
                "Predicted losses: {} by column, {} by row{}",
                self.across.name().to_lowercase(),
                self.up.name().to_lowercase(),
                words::units(self.panels.iter().map(|panel| panel.unit.as_str()))
            ),
            head: std::iter::once(self.up.name().to_owned()).chain(head).collect(),
            rows: rows.collect(),
            points,
            more,
        }
    }
}
