//! The measured losses in the form laws are fitted to: one row a validation of one run.

use crate::maths;
use serde::{Deserialize, Serialize};

/// Measured losses of continual pre-training runs, column by column. All columns have the same length.
///
/// Rows at zero tokens are the base model's own losses; they are kept here and left out of the fit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Observations {
    /// Model size in parameters; `None` where the file has no such column.
    pub size: Option<Vec<f64>>,
    /// Continual pre-training tokens; `None` where the file has no such column.
    pub tokens: Option<Vec<f64>>,
    /// Share of the domain corpus in the mixture, 0 to 1; `None` where the file has no such column.
    pub domain_share: Option<Vec<f64>>,
    /// Weight of each row in the fit; `None` where the file has no such column.
    pub weight: Option<Vec<f64>>,
    /// Index into `runs` for each row. A run is the unit of resampling: its checkpoints are correlated.
    pub run: Vec<u32>,
    /// Names of the runs, as the file has them or made from size, share, domain and seed.
    pub runs: Vec<String>,
    /// Whether the runs were inferred from size, share, domain and seed because no run column exists.
    pub runs_inferred: bool,
    /// Line of the file each row came from, counted from 1, for naming a point.
    pub line: Vec<u32>,
    /// The measured losses, in nats per token or per byte; general first.
    pub losses: Vec<LossColumn>,
    /// Training step of each row; `None` where the file has no such column. NaN where the cell is blank.
    pub step: Option<Vec<f64>>,
    /// Learning rate at each row; `None` where the file has no such column. NaN where the cell is blank.
    pub learning_rate: Option<Vec<f64>>,
    /// Where in its schedule each row was measured; empty where the schedule is not known.
    pub decay: Vec<Decay>,
    /// How each row's run began: 0 from scratch, 1 continued from a trained model; `None` where the file does not say.
    #[serde(default)]
    pub start: Option<Vec<f64>>,
    /// Passes over the unique tokens at each row, 1 and more; `None` where the file does not say.
    #[serde(default)]
    pub epochs: Option<Vec<f64>>,
    /// Shares of every corpus of the mixture, where the file has columns of several.
    #[serde(default)]
    pub corpora: Vec<CorpusShares>,
    /// Whether a person said which of them are the domain: then the mixture is meant as that domain's ratio.
    #[serde(default)]
    pub domain_chosen: bool,
    /// For each run the recipe it repeats: runs with equal numbers differ in the seed alone, and their spread is
    /// measured noise. Empty where the file names no seeds.
    pub recipe: Vec<u32>,
}

/// One measured loss, a value a row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LossColumn {
    /// The column's header, or the evaluation set's name in a long file.
    pub name: String,
    /// Whether it is measured on the general or on the domain corpus.
    pub kind: LossKind,
    /// Whether it is measured on another corpus of the mixture than the domain's and the general one: no law of one ratio
    /// has that corpus' share, a law of all corpora has.
    #[serde(default)]
    pub other: bool,
    /// Losses in nats per token, or per byte where `per` says so; NaN where the row has none.
    pub values: Vec<f64>,
    /// How the file wrote it, and how it is shown.
    pub measure: Measure,
    /// What one loss is counted per.
    pub per: Per,
    /// Which way it is better: a loss, or a score in its place.
    #[serde(default)]
    pub direction: Direction,
}

/// The share of one corpus of a mixture in each row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CorpusShares {
    /// The corpus.
    pub name: String,
    /// Whether it is counted to the domain.
    pub domain: bool,
    /// Its share in each row.
    pub values: Vec<f64>,
}

/// Which way a measured number is better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// A loss.
    #[default]
    Lower,
    /// A score, as a fraction of one.
    Higher,
}

/// How a file writes its losses. Observations are in nats whichever it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Natural logarithm of the perplexity.
    #[default]
    Nats,
    /// Logarithm to base 2.
    Bits,
    /// `exp` of the nats.
    Perplexity,
}

/// What one loss is counted per.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// A token of the model's own tokenizer: comparable among models that share it.
    #[default]
    Token,
    /// A byte of text: comparable among all models.
    Byte,
}

impl Measure {
    /// A loss in nats, from how it is written.
    pub fn to_nats(self, written: f64) -> f64 {
        match self {
            Self::Nats => written,
            Self::Bits => written * std::f64::consts::LN_2,
            Self::Perplexity => maths::ln(written),
        }
    }

    /// A loss as it is written, from nats.
    pub fn from_nats(self, nats: f64) -> f64 {
        match self {
            Self::Nats => nats,
            Self::Bits => nats / std::f64::consts::LN_2,
            Self::Perplexity => maths::exp(nats),
        }
    }
}

impl LossColumn {
    /// The unit for people: "nats per token", "bits per byte", "perplexity per token".
    pub fn unit(&self) -> &'static str {
        if self.direction == Direction::Higher {
            return "of one";
        }
        self.measure.unit(self.per)
    }
}

impl Per {
    /// The unit of an observation: they are in nats however the file writes them.
    pub fn unit(self) -> &'static str {
        Measure::Nats.unit(self)
    }
}

/// Where in its learning-rate schedule a checkpoint was measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// Not known.
    #[default]
    Unknown,
    /// The learning rate still rises.
    WarmUp,
    /// The learning rate is constant, at its peak.
    Constant,
    /// In the middle of a decay: the loss will still fall as the rate does, and is not comparable with annealed ends.
    Under,
    /// At the end of the decay.
    Annealed,
}

impl Decay {
    /// As a number, for sending a column of them.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// From [`Decay::code`]; a number that is none is not known.
    pub fn from_code(code: u8) -> Self {
        [Self::Unknown, Self::WarmUp, Self::Constant, Self::Under, Self::Annealed]
            .get(usize::from(code))
            .copied()
            .unwrap_or_default()
    }
}

/// Which corpus a loss is measured on: decides whether a law's ratio is the general or the domain share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LossKind {
    /// The general corpus: laws use `r_g`, its share of the mixture.
    #[default]
    General,
    /// A domain corpus: laws use `r_d = 1 - r_g`.
    Domain,
}

impl Observations {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.run.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.run.is_empty()
    }
}
