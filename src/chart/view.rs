//! What a chart shows, in the data's own units: the input of the scene.

use crate::fit::Curve;
use crate::table::LossKind;

/// The chart of loss against mixture ratio: one panel a loss, one shared axis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChartView {
    /// General loss first. Panels have y scales of their own: on one scale both bands would vanish.
    pub panels: Vec<Panel>,
    /// The what-if's domain share.
    pub now: f64,
    /// Least and largest domain share in the data; the rest of the axis is hatched as beyond the data.
    pub data: (f64, f64),
    /// What a limit on the general loss says of this axis.
    pub limit: Option<LimitView>,
    /// What-ifs that were kept at this size and budget: domain share and letter.
    pub pins: Vec<(f64, char)>,
}

/// The answer of the trade-off, on the chart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LimitView {
    /// The most the general loss may be.
    pub loss: Option<f64>,
    /// The stretches of the domain share that keep it.
    pub feasible: Vec<(f64, f64)>,
    /// The interval of the best share.
    pub best: Option<(f64, f64)>,
}

/// One loss of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Which corpus the loss is measured on: decides colour, dash and marker.
    pub kind: LossKind,
    /// "General loss" or "Domain loss", with the column's name where that says more.
    pub title: String,
    /// "nats per token".
    pub unit: String,
    /// The fitted law along the domain share, with its bands.
    pub curve: Curve,
    /// Measured points at or near the what-if's size and budget.
    pub points: Vec<Measured>,
    /// The base model's loss at this size, if known.
    pub base: Option<f64>,
}

/// A measured point.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Domain share.
    pub x: f64,
    /// Measured loss.
    pub y: f64,
    /// Model size in parameters, if the file says.
    pub size: Option<f64>,
    /// Tokens, if the file says.
    pub tokens: Option<f64>,
    /// Whether it was measured at another size or budget than the what-if's: drawn hollow.
    pub other: bool,
    /// Line of the file.
    pub line: u32,
    /// Name of the run.
    pub run: String,
}
