//! What a chart shows, in the data's own units and the measure its losses are shown in: the input of the scene.

use super::axis::AxisView;
use crate::fit::Curve;
use crate::law::{Axis, Ranges, Recipe};
use crate::table::LossKind;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which chart is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// Loss against mixture ratio.
    #[default]
    Ratio,
    /// Loss against model size.
    Size,
    /// Loss against token budget.
    Tokens,
    /// Contours of the loss over ratio and tokens.
    RatioMap,
    /// Contours of the loss over size and tokens.
    SizeMap,
}

impl View {
    /// Every view, in the order they are offered.
    pub const ALL: [Self; 5] = [Self::Ratio, Self::Size, Self::Tokens, Self::RatioMap, Self::SizeMap];

    /// The horizontal axis.
    pub fn across(self) -> Axis {
        match self {
            Self::Ratio | Self::RatioMap => Axis::Ratio,
            Self::Size | Self::SizeMap => Axis::Size,
            Self::Tokens => Axis::Tokens,
        }
    }

    /// The vertical axis of a map.
    pub fn up(self) -> Option<Axis> {
        matches!(self, Self::RatioMap | Self::SizeMap).then_some(Axis::Tokens)
    }

    /// Whether an axis is one of its own.
    pub fn has(self, axis: Axis) -> bool {
        self.across() == axis || self.up() == Some(axis)
    }

    /// A what-if with this chart's own axes at the least that was measured: along them nothing moves with it but its own
    /// place, so that curves, bands and points made through this stay while it moves.
    pub fn still(self, at: Recipe, ranges: &Ranges) -> Recipe {
        let own = Axis::ALL.into_iter().filter(|axis| self.has(*axis));
        own.filter_map(|axis| Some((axis, ranges.span(axis)?.low))).fold(at, |at, (axis, low)| at.with(axis, low))
    }

    /// The word on its tab.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ratio => "Ratio",
            Self::Size => "Size",
            Self::Tokens => "Tokens",
            Self::RatioMap => "Ratio map",
            Self::SizeMap => "Size map",
        }
    }

    /// What it shows.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ratio => "Loss against mixture ratio",
            Self::Size => "Loss against model size",
            Self::Tokens => "Loss against token budget",
            Self::RatioMap => "Loss over mixture ratio and token budget",
            Self::SizeMap => "Loss over model size and token budget",
        }
    }

    /// What it shows through a what-if: what its axes leave open is said.
    pub fn titled(self, at: Recipe) -> String {
        use crate::quantity::{Params, Share, Tokens};
        let rest = [
            (Axis::Ratio, format!("{} domain data", Share(at.domain_share))),
            (Axis::Size, format!("{} parameters", Params(at.size))),
            (Axis::Tokens, format!("{} tokens", Tokens(at.tokens))),
        ];
        let rest: Vec<String> = rest.into_iter().filter(|(axis, _)| !self.has(*axis)).map(|(_, said)| said).collect();
        format!("{} at {}", self.title(), rest.join(" and "))
    }
}

/// A chart of loss against one axis: one panel a loss, the axis shared.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChartView {
    /// The horizontal axis.
    pub across: AxisView,
    /// General loss first. Panels have y scales of their own: on one scale both bands would vanish.
    pub panels: Arc<Vec<Panel>>,
    /// The what-if's place on the axis.
    pub now: f64,
    /// Least and largest value in the data; the rest of the axis is hatched as beyond the data.
    pub data: (f64, f64),
    /// What a limit on the general loss says of this axis.
    pub limit: Option<LimitView>,
    /// What-ifs that were kept and differ on this axis alone: place and letter.
    pub pins: Vec<(f64, char)>,
}

impl ChartView {
    /// Which view it is.
    pub fn view(&self) -> View {
        match self.across.axis {
            Axis::Ratio => View::Ratio,
            Axis::Size => View::Size,
            Axis::Tokens => View::Tokens,
        }
    }
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
    /// The unit of every loss here: "nats per token".
    pub unit: String,
    /// The fitted law along the domain share, with its bands.
    pub curve: Curve,
    /// Measured points at or near the what-if's size and budget.
    pub points: Vec<Measured>,
    /// The base model's loss at the what-if's size, if known.
    pub base: Option<f64>,
    /// Along the axis of size: the base models' losses, size and loss.
    pub bases: Vec<(f64, f64)>,
}

/// A measured point.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Measured loss.
    pub loss: f64,
    /// Domain share, if the file says.
    pub share: Option<f64>,
    /// Model size in parameters, if the file says.
    pub size: Option<f64>,
    /// Tokens, if the file says.
    pub tokens: Option<f64>,
    /// Whether it was measured elsewhere on the axes that are not shown: drawn hollow.
    pub other: bool,
    /// Line of the file.
    pub line: u32,
    /// Name of the run.
    pub run: String,
}

impl Measured {
    /// Its place on an axis.
    pub fn on(&self, axis: Axis) -> Option<f64> {
        match axis {
            Axis::Ratio => self.share,
            Axis::Size => self.size,
            Axis::Tokens => self.tokens,
        }
    }
}

/// The value of a recipe on an axis.
pub fn on(axis: Axis, recipe: &Recipe) -> f64 {
    match axis {
        Axis::Ratio => recipe.domain_share,
        Axis::Size => recipe.size,
        Axis::Tokens => recipe.tokens,
    }
}
