//! How a person wants a file read where it differs from what is recognised. Part of the settings, so that a link and
//! undo keep it.

use super::found::Encoding;
use super::role::{Role, Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a file is to be read; the default leaves everything to what is recognised.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// Roles and units set by hand, by column header.
    pub columns: BTreeMap<String, Choice>,
    /// The domain to use, where a column names several; `None` is the first.
    pub domain: Option<String>,
    /// How the bytes are read as text; `None` finds it out.
    pub encoding: Option<Encoding>,
    /// What separates the cells; `None` finds it out.
    pub delimiter: Option<Delimiter>,
    /// Rows to keep: those that pass every filter.
    pub filters: Vec<Filter>,
    /// Rows left out by hand, by line of the file as in [`super::Observations::line`].
    pub dropped: Vec<u32>,
    /// What the file does not say and the person does.
    pub constants: BTreeMap<Constant, f64>,
    /// Corpora of a mixture that are the domain, by name as in [`super::Corpus::name`]; the others are general. Empty
    /// takes one, and asks.
    pub domain_corpora: Vec<String>,
}

/// A role, and maybe a unit, that a person set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The role.
    pub role: Role,
    /// The unit; `None` reads it from the header and the values.
    pub unit: Option<Unit>,
}

/// What separates the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// The tab character.
    Tab,
    /// `|`, also at the ends of a row as Markdown has it.
    Pipe,
    /// Runs of spaces: two or more where every row has them, else one or more.
    Spaces,
}

impl Delimiter {
    /// Every delimiter, in the order a menu offers them.
    pub const ALL: [Delimiter; 5] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe, Self::Spaces];

    /// Its name in a menu.
    pub fn label(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::Pipe => "pipe |",
            Self::Spaces => "spaces",
        }
    }
}

/// Keeps the rows whose cell in `column` passes `keep`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Header of the column.
    pub column: String,
    /// What is kept.
    pub keep: Keep,
}

/// What a filter keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// Cells that are one of these texts, as written in the file.
    Equals(Vec<String>),
    /// Cells that are numbers from `low` to `high`, both included, in the unit they are written in ("1.8B" counts as
    /// 1.8e9, "33 %" as 0.33). `None` is no limit.
    Between {
        /// The least number kept.
        low: Option<f64>,
        /// The largest number kept.
        high: Option<f64>,
    },
}

/// Something a file may leave out and a person can type. A column of the file comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Constant {
    /// Model size in parameters.
    Size,
    /// Tokens of continual pre-training.
    Tokens,
    /// Share of the domain corpus, 0 to 1.
    DomainShare,
    /// Tokens in a step; else sequences in a batch times tokens in a sequence.
    TokensPerStep,
    /// Sequences in a batch.
    BatchSize,
    /// Tokens in a sequence.
    SequenceLength,
    /// Tokens of the corpus that an epoch goes through.
    CorpusTokens,
    /// Bytes of text in a token, for losses per byte.
    BytesPerToken,
}

impl Constant {
    /// Every constant, in the order a form shows them.
    pub const ALL: [Constant; 8] = [
        Self::Size,
        Self::Tokens,
        Self::DomainShare,
        Self::TokensPerStep,
        Self::BatchSize,
        Self::SequenceLength,
        Self::CorpusTokens,
        Self::BytesPerToken,
    ];

    /// Its name in a form.
    pub fn label(self) -> &'static str {
        match self {
            Self::Size => "Model size",
            Self::Tokens => "Tokens",
            Self::DomainShare => "Domain ratio",
            Self::TokensPerStep => "Tokens per step",
            Self::BatchSize => "Batch size in sequences",
            Self::SequenceLength => "Sequence length in tokens",
            Self::CorpusTokens => "Corpus size in tokens",
            Self::BytesPerToken => "Bytes per token",
        }
    }

    /// Whether a number can be this: a share lies in 0 to 1, the others are above 0 (tokens may be 0).
    pub fn allows(self, value: f64) -> bool {
        match self {
            Self::DomainShare => (0.0..=1.0).contains(&value),
            Self::Tokens => value.is_finite() && value >= 0.0,
            _ => value.is_finite() && value > 0.0,
        }
    }
}

impl Reading {
    /// The part that is about the header and holds for the next file with the same one; filters, rows left out and the
    /// domain shown are about one file.
    pub fn lasting(&self) -> Self {
        Self { domain: None, filters: Vec::new(), dropped: Vec::new(), ..self.clone() }
    }

    /// What is left of it without its lasting part.
    pub fn passing(&self) -> Self {
        Self {
            domain: self.domain.clone(),
            filters: self.filters.clone(),
            dropped: self.dropped.clone(),
            ..Self::default()
        }
    }
}
