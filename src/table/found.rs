//! What was found in a file, for showing: its encoding and form, the axes there are and where they come from, the
//! corpora of its mixture. What is missing for a law is a question of these axes; the laws themselves stay out.

use super::reading::{Constant, Delimiter};
use super::role::Role;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How the file's bytes were read as text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    #[default]
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows-1252, of which Latin-1 is a part: read so where the bytes are no UTF-8.
    Windows1252,
}

impl Encoding {
    /// Every encoding, in the order a menu offers them.
    pub const ALL: [Encoding; 4] = [Self::Utf8, Self::Windows1252, Self::Utf16Le, Self::Utf16Be];

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 (little endian)",
            Self::Utf16Be => "UTF-16 (big endian)",
            Self::Windows1252 => "Windows-1252 (Latin-1)",
        }
    }
}

/// How the text holds its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Rows of cells with this between them.
    Delimited(Delimiter),
    /// JSON: an array of objects, objects line by line, or one object.
    Json,
    /// A log: lines that name a step and a loss.
    Log,
}

impl Default for Form {
    fn default() -> Self {
        Self::Delimited(Delimiter::Comma)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delimited(delimiter) => write!(f, "cells separated by {}", delimiter.label()),
            Self::Json => f.write_str("JSON"),
            Self::Log => f.write_str("a log"),
        }
    }
}

/// The program whose export was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracker {
    /// Weights & Biases: `Step`, `run - metric`, `run - metric__MIN`, `run - metric__MAX`.
    WeightsAndBiases,
    /// TensorBoard: `Wall time,Step,Value`.
    TensorBoard,
    /// MLflow: `run_id,key,value,step,timestamp`, or the JSON of a metric's history.
    Mlflow,
    /// EleutherAI's lm-evaluation-harness: a results file.
    LmEvaluationHarness,
}

impl Tracker {
    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::WeightsAndBiases => "Weights & Biases",
            Self::TensorBoard => "TensorBoard",
            Self::Mlflow => "MLflow",
            Self::LmEvaluationHarness => "lm-evaluation-harness",
        }
    }
}

/// An axis a law may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Axis {
    /// Model size.
    Size,
    /// Tokens.
    Tokens,
    /// The mixture's domain share.
    Ratio,
    /// Learning rate, for laws of the schedule.
    LearningRate,
}

impl Axis {
    /// Every axis.
    pub const ALL: [Axis; 4] = [Self::Size, Self::Tokens, Self::Ratio, Self::LearningRate];

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Size => "Model size",
            Self::Tokens => "Tokens",
            Self::Ratio => "Domain ratio",
            Self::LearningRate => "Learning rate",
        }
    }

    /// What would give it: "a column with …, or …". For an axis that is missing.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Size => "choose the role “Model size” for a column, or type the size if all runs have the same",
            Self::Tokens => {
                "choose the role “Tokens” for a column; or “Step”, and type batch size and sequence length; or “FLOPs” beside a model size; or “Epochs”, and type the corpus size"
            }
            Self::Ratio => {
                "choose the role “Domain ratio” for a column, or “Share of a corpus” for each corpus of the mixture, or type it if all runs have the same"
            }
            Self::LearningRate => "choose the role “Learning rate” for a column",
        }
    }
}

/// One axis and where its values come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisFound {
    /// The axis.
    pub axis: Axis,
    /// Where its values come from.
    pub source: Source,
    /// Distinct values among the observations, counted up to [`AxisFound::COUNTED`]; 0 where it is missing.
    pub distinct: usize,
}

impl AxisFound {
    /// Distinct values are counted up to here.
    pub const COUNTED: usize = 1000;
}

/// Where an axis' values come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Nowhere: the axis is missing.
    Missing,
    /// A column, by header.
    Column(String),
    /// Typed by the person, the same for every row.
    Typed(Constant),
    /// Worked out: steps times tokens in a step.
    Steps,
    /// Worked out: `D = C / (6 N)` or `N = C / (6 D)` (Kaplan 2020, section 2.1).
    Flops,
    /// Worked out: epochs times the tokens of the corpus.
    Epochs,
    /// The shares of the mixture's domain corpora, added up.
    Mixture,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("not in the file"),
            Self::Column(header) => write!(f, "column “{header}”"),
            Self::Typed(_) => f.write_str("typed, the same for every row"),
            Self::Steps => f.write_str("steps × tokens in a step"),
            Self::Flops => f.write_str("from FLOPs = 6 × size × tokens"),
            Self::Epochs => f.write_str("epochs × corpus size"),
            Self::Mixture => f.write_str("shares of the domain corpora, added up"),
        }
    }
}

/// A corpus of the file's mixture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corpus {
    /// Its name: what [`super::Reading::domain_corpora`] takes.
    pub name: String,
    /// Whether it counts to the domain.
    pub domain: bool,
}

/// Rows that are in the file and not among the observations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// By a filter.
    pub filtered: usize,
    /// By hand.
    pub dropped: usize,
    /// Because they are of another domain.
    pub other_domain: usize,
    /// Because their losses are counted in another tokenizer's tokens.
    pub other_tokenizer: usize,
    /// Because they hold no loss, as most rows of a log or tracker's export do.
    pub no_loss: usize,
}

/// One of several files read together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The file's name.
    pub name: String,
    /// What is taken off a line number to get the line within this file.
    pub before: u32,
}

/// Roles that can give an axis, for a mapping that asks for them.
pub fn roles_of(axis: Axis) -> &'static [Role] {
    match axis {
        Axis::Size => &[Role::Size, Role::SizeWithoutEmbeddings, Role::Flops],
        Axis::Tokens => &[Role::Tokens, Role::Step, Role::Flops, Role::Epochs],
        Axis::Ratio => &[Role::DomainShare, Role::GeneralShare, Role::CorpusShare, Role::Mixture],
        Axis::LearningRate => &[Role::LearningRate],
    }
}
