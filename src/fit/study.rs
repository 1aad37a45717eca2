//! The results of a fit as plain data: what the page shows, what the program prints, what a worker sends.

use super::constraint::{Constraint, Rule, concerns};
use super::note::Note;
use super::notes::FEW_RUNS;
use crate::law::{self, Law, Ranges, Scale};
use crate::table::LossKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a fit minimises over the rows, each times its weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// Huber's loss of `ln predicted - ln measured`, turning linear at `delta`: the field's default.
    #[default]
    Huber,
    /// Half the square of `ln predicted - ln measured`.
    LeastSquaresLog,
    /// Half the square of `predicted - measured`.
    LeastSquares,
}

/// How the paired draws behind the intervals come about; see [`draw`](super::draw).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Every run keeps its place and gets resampled errors.
    #[default]
    Errors,
    /// Every run gets an Exp(1) weight.
    Weights,
}

/// What a person can choose about a fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// What is minimised.
    pub objective: Objective,
    /// Where the Huber loss of log residuals turns from square to linear. The field's default is 1e-3 (Hoffmann 2022).
    pub delta: f64,
    /// Paired weighted draws behind the intervals.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// How the draws come about.
    pub scheme: Scheme,
    /// Level of the intervals.
    pub level: f64,
    /// Parameters that are fixed, tied or bounded.
    pub constraints: Vec<Constraint>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            objective: Objective::Huber,
            delta: 1e-3,
            draws: 1000,
            seed: 1,
            scheme: Scheme::Errors,
            level: 0.9,
            constraints: Vec::new(),
        }
    }
}

impl Options {
    /// Where the objective turns from square to linear: infinity for least squares.
    pub fn turn(&self) -> f64 {
        match self.objective {
            Objective::Huber => self.delta,
            Objective::LeastSquaresLog | Objective::LeastSquares => f64::INFINITY,
        }
    }
}

/// Everything fitted to one file: one [`Fit`] a measured loss, with draws paired by index.
///
/// As a file it is a [`StudyLayout`](super::layout::StudyLayout): by name and in natural units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Version of this layout.
    pub schema: u32,
    /// Version of the program that made it.
    pub version: String,
    /// What was asked for.
    pub options: Options,
    /// Ranges of the data that was fitted; `ratio` is the domain share.
    pub ranges: Ranges,
    /// Name of the general loss among `targets`, if one was fitted.
    pub general: Option<String>,
    /// Names of the domain losses among `targets`, in the order of the file.
    pub domains: Vec<String>,
    /// The corpora of the mixtures, where the file has shares of several.
    pub corpora: Vec<Corpus>,
    /// The fits, by the name of the loss.
    pub targets: BTreeMap<String, Fit>,
    /// The base model's own losses (rows at zero tokens), by size, smallest first.
    pub base: Vec<BaseLoss>,
    /// Problems of the file, a sentence each.
    pub problems: Vec<String>,
    /// Losses asked for that have too few rows, a sentence each; in a file they stand with the problems.
    pub unfitted: Vec<String>,
    /// Name of the file of runs, where somebody said it: a fit that is saved tells what it is a fit of.
    pub file: Option<String>,
}

/// The laws of these fits, each once.
pub fn laws_of<'a>(fits: impl IntoIterator<Item = &'a Fit>) -> Vec<&'static dyn Law> {
    let mut laws: Vec<&'static dyn Law> = Vec::new();
    for law in fits.into_iter().filter_map(|fit| law::by_id(&fit.law)) {
        if laws.iter().all(|known| known.id() != law.id()) {
            laws.push(law);
        }
    }
    laws
}

impl Study {
    /// A study of one domain loss.
    pub fn of_one(fit: Fit, options: Options) -> Self {
        Self {
            schema: super::session::SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options,
            ranges: fit.ranges,
            domains: vec![fit.target.clone()],
            targets: BTreeMap::from([(fit.target.clone(), fit)]),
            ..Self::default()
        }
    }

    /// The losses of both, fitted to one file with the same options: the draws stay paired, as a draw is a function of
    /// the seed, its index and the runs' names.
    #[must_use]
    pub fn beside(mut self, other: Self) -> Self {
        self.general = self.general.or(other.general);
        for name in other.domains {
            if !self.domains.contains(&name) {
                self.domains.push(name);
            }
        }
        self.targets.extend(other.targets);
        self.unfitted.extend(other.unfitted);
        self
    }
}

/// A corpus of the mixtures, with the shares of it that were measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Corpus {
    /// Its name.
    pub name: String,
    /// Its least share.
    pub low: f64,
    /// Its largest share.
    pub high: f64,
    /// Its mean share: all of them together are a mixture in the middle of those measured.
    pub middle: f64,
}

/// The base model's losses at one size: the mean of the rows at zero tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaseLoss {
    /// Model size in parameters; `None` where the file has no sizes.
    pub size: Option<f64>,
    /// Loss by target name.
    pub losses: BTreeMap<String, f64>,
}

/// One law fitted to one measured loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// Name of the loss.
    pub target: String,
    /// Which corpus it is measured on.
    pub kind: LossKind,
    /// Id of the law.
    pub law: String,
    /// Ranges of the rows it was fitted to, which may be narrower than the study's; `ratio` is the domain share.
    pub ranges: Ranges,
    /// Units of the scaled axes.
    pub scale: Scale,
    /// Parameters on scaled axes, in the law's order.
    pub theta: Vec<f64>,
    /// Parameters for people, in the law's order.
    pub parameters: Vec<Estimate>,
    /// Parameters of each draw on scaled axes; draw `b` used the same run weights in every target.
    pub draws: Vec<Vec<f64>>,
    /// For each draw the log residual of a resampled run and checkpoint: what a new run adds to the law.
    pub new_run: Vec<f64>,
    /// With two or three sizes, the parameters fitted without each of them in turn: what no resampling of runs can
    /// see about the size term. Empty otherwise.
    pub without_a_size: Vec<Vec<f64>>,
    /// How well it describes the rows it was fitted to.
    pub quality: Quality,
    /// What a reader must know before using it.
    pub notes: Vec<Note>,
}

/// A parameter with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Name in files: `alpha`.
    pub name: String,
    /// Symbol on the page: `α`.
    pub symbol: String,
    /// Value for `N` in parameters and `D` in tokens.
    pub value: f64,
    /// Value for `N` and `D` in billions.
    pub value_billions: f64,
    /// Percentile interval over the draws (same unit as `value`); `None` before there are draws.
    pub interval: Option<(f64, f64)>,
    /// The same for `N` and `D` in billions.
    pub interval_billions: Option<(f64, f64)>,
    /// Whether it was held: because the data cannot identify it, or fixed by the person.
    pub held: bool,
    /// What the person asked of it, if anything.
    pub chosen: Option<Chosen>,
}

/// What a person asked of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chosen {
    /// To have its value.
    Fixed,
    /// To equal the parameter of that name.
    Tied(String),
    /// To lie between these, in natural units.
    Bounded(f64, f64),
}

impl Chosen {
    /// The last constraint on a parameter of a target.
    pub(super) fn of(options: &Options, target: &str, parameter: &str) -> Option<Self> {
        let about = |constraint: &&Constraint| concerns(constraint, target) && constraint.parameter == parameter;
        options.constraints.iter().rfind(about).map(|constraint| match &constraint.rule {
            Rule::Fix(_) => Self::Fixed,
            Rule::Tie(to) => Self::Tied(to.clone()),
            Rule::Bound(low, high) => Self::Bounded(*low, *high),
        })
    }
}

/// How well a fit describes the rows it was fitted to (in sample).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Sum of the Huber losses of the log residuals.
    pub objective: f64,
    /// `objective` over the number of rows.
    pub huber_mean: f64,
    /// Rows fitted.
    pub n: usize,
    /// Runs fitted.
    pub runs: usize,
    /// Share of the loss's variance the law explains.
    pub r2: f64,
    /// Mean of `|predicted - measured| / measured`.
    pub mean_relative_error: f64,
    /// Largest component of the projected gradient of the objective, relative to the objective's own scale.
    pub gradient_norm: f64,
}

const BILLION: f64 = 1e9;

/// Fewer draws leave nothing beyond a 5 % tail.
const FEW_DRAWS: usize = 20;

impl Fit {
    /// Whether the ends of the draws may be called an interval of the level asked for: with few runs or few draws they
    /// are the spread of the draws and no more.
    pub fn has_intervals(&self) -> bool {
        self.quality.runs >= FEW_RUNS && self.draws.len() >= FEW_DRAWS
    }

    /// What the ends are called: "90 % interval", or "spread of 200 draws".
    pub fn interval_name(&self, level: f64) -> String {
        match self.has_intervals() {
            true => format!("{:.0} % interval", level * 100.0),
            false => format!("spread of {} draws", self.draws.len()),
        }
    }

    /// A law with parameters from elsewhere, on scaled axes: no rows, no draws, no interval.
    pub fn of_parameters(
        target: &str,
        kind: LossKind,
        law: &dyn Law,
        theta: Vec<f64>,
        scale: Scale,
        ranges: Ranges,
    ) -> Self {
        let billions = Scale { size: scale.size / BILLION, tokens: scale.tokens / BILLION };
        let parameters = law.parameters().iter().enumerate().map(|(j, parameter)| Estimate {
            name: parameter.name.to_owned(),
            symbol: parameter.symbol.to_owned(),
            value: law::natural(law, j, &theta, &scale),
            value_billions: law::natural(law, j, &theta, &billions),
            interval: None,
            interval_billions: None,
            held: false,
            chosen: None,
        });
        let none = Quality {
            objective: 0.0,
            huber_mean: 0.0,
            n: 0,
            runs: 0,
            r2: 0.0,
            mean_relative_error: 0.0,
            gradient_norm: 0.0,
        };
        Self {
            parameters: parameters.collect(),
            law: law.id().to_owned(),
            ranges,
            scale,
            theta,
            quality: none,
            ..Self::empty(target, kind)
        }
    }

    /// A fit of nothing; what a target without a basin would be.
    pub(super) fn empty(target: &str, kind: LossKind) -> Self {
        Self {
            target: target.to_owned(),
            kind,
            law: String::new(),
            ranges: Ranges::default(),
            scale: Scale { size: 1.0, tokens: 1.0 },
            theta: Vec::new(),
            parameters: Vec::new(),
            draws: Vec::new(),
            new_run: Vec::new(),
            without_a_size: Vec::new(),
            quality: Quality {
                objective: f64::INFINITY,
                huber_mean: f64::INFINITY,
                n: 0,
                runs: 0,
                r2: 0.0,
                mean_relative_error: f64::INFINITY,
                gradient_norm: f64::INFINITY,
            },
            notes: Vec::new(),
        }
    }
}
