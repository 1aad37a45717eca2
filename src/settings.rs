//! Everything a person can choose, in one struct from the first day: the link, undo and saved sessions are three ways
//! to keep it. What the page shows is a pure function of (observations, study, settings).

pub mod axes;
pub mod change;
pub mod history;
pub mod kept;
pub mod look;

pub use axes::{Axes, SliderAxis};
pub use look::Look;

use crate::decide::Choices;
use crate::fit::Options;
use crate::law::Recipe;
use crate::published::Printed;
use crate::table::{LossKind, Measure};
use serde::{Deserialize, Serialize};

/// What a person chose; everything else is derived.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Id of the example that is open; `None` for a file of the person's own.
    pub example: Option<String>,
    /// The printed law that is open in place of a file.
    pub published: Option<Printed>,
    /// How the file is read.
    pub reading: crate::table::Reading,
    /// The law's id; `None` picks it for the data.
    pub law: Option<String>,
    /// Draws, seed, level, delta.
    pub fit: Options,
    /// The what-if; `None` starts in the middle of the data.
    pub recipe: Option<Recipe>,
    /// The what-if of a law of several corpora: a share each; empty starts in the middle of the data.
    pub shares: Vec<f64>,
    /// Which domain loss is shown; `None` is the first.
    pub domain: Option<String>,
    /// Which of the two fits the formula and the parameters are of; `None` is the domain's where there is one.
    pub shown: Option<LossKind>,
    /// What is asked of the decisions, the device, the pins.
    pub decide: Choices,
    /// Which chart, and what of it.
    pub chart: Look,
    /// What losses are shown in; `None` is as the file writes them. Nothing else changes with it: see [`crate::shown`].
    pub measure: Option<Measure>,
    /// Colours.
    pub theme: Theme,
    /// Panels that are not shown: for teaching, and where the page is embedded.
    pub hidden: Vec<Panel>,
}

impl Settings {
    /// The settings for another file: what belongs to the data starts anew, what belongs to the person stays.
    pub fn for_file(&self, example: Option<String>) -> Self {
        // Constraints name losses and parameters of the data they were made for.
        let fit = Options { constraints: Vec::new(), ..self.fit.clone() };
        Self {
            example,
            fit,
            decide: self.decide.for_file(),
            chart: self.chart.for_file(),
            measure: self.measure,
            theme: self.theme,
            hidden: self.hidden.clone(),
            ..Self::default()
        }
    }
}

/// A panel that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Panel {
    /// What the page is.
    Intro,
    /// The table that is open.
    Data,
    /// The fit.
    Fit,
    /// Chart, losses and sliders.
    Explore,
    /// The decisions.
    Decide,
    /// Parameters, scores, laws, residuals.
    Details,
}

impl Panel {
    /// Every panel, in the order of the page.
    pub const ALL: [Self; 6] = [Self::Intro, Self::Data, Self::Fit, Self::Explore, Self::Decide, Self::Details];

    /// Its name in addresses and in the page's root element.
    pub fn name(self) -> &'static str {
        match self {
            Self::Intro => "intro",
            Self::Data => "data",
            Self::Fit => "fit",
            Self::Explore => "explore",
            Self::Decide => "decide",
            Self::Details => "details",
        }
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Intro => "Introduction",
            Self::Data => "Data",
            Self::Fit => "Fit",
            Self::Explore => "Chart, losses, sliders",
            Self::Decide => "Decisions",
            Self::Details => "Parameters and scores",
        }
    }

    /// The panels that are not among those named, separated by commas; `None` where none of the names is known.
    pub fn all_but(names: &str) -> Option<Vec<Self>> {
        let shown: Vec<Self> =
            Self::ALL.into_iter().filter(|panel| names.split(',').any(|name| name.trim() == panel.name())).collect();
        (!shown.is_empty()).then(|| Self::ALL.into_iter().filter(|panel| !shown.contains(panel)).collect())
    }
}

/// Colours of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system asks.
    #[default]
    System,
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl Theme {
    /// Its name in files and in the page's root element.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one after it on the button.
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// The theme of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.name() == name)
    }
}
