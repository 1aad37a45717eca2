//! What a column is for, and the unit its numbers are in.

use serde::{Deserialize, Serialize};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Not used.
    Ignore,
    /// Model size in parameters (all of them, or it is not said which).
    Size,
    /// Model size in parameters without embeddings. Never mixed with [`Role::Size`]: one of the two is used.
    SizeWithoutEmbeddings,
    /// Tokens of continual pre-training.
    Tokens,
    /// Share of the domain corpus.
    DomainShare,
    /// Share of the general corpus.
    GeneralShare,
    /// Loss on the general corpus.
    GeneralLoss,
    /// Loss on a domain corpus; any number of columns.
    DomainLoss,
    /// The one loss column of a long file; [`Role::EvaluationSet`] says on what.
    Loss,
    /// Names the evaluation set of a long file's row.
    EvaluationSet,
    /// Names the run.
    Run,
    /// Names the domain corpus.
    Domain,
    /// The random seed: replicates of one recipe.
    Seed,
}

/// The unit of a column's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Counts as they are; "1.8B" is read with its suffix.
    One,
    /// Thousands.
    Thousands,
    /// Millions.
    Millions,
    /// Billions.
    Billions,
    /// Trillions.
    Trillions,
    /// Shares from 0 to 1, or "1:9".
    Fraction,
    /// Percent.
    Percent,
    /// Nats per token, or per byte.
    Nats,
    /// Text.
    Text,
}

impl Role {
    /// Every role, in the order a menu offers them.
    pub const ALL: [Role; 13] = [
        Role::Ignore,
        Role::Size,
        Role::SizeWithoutEmbeddings,
        Role::Tokens,
        Role::DomainShare,
        Role::GeneralShare,
        Role::GeneralLoss,
        Role::DomainLoss,
        Role::Loss,
        Role::EvaluationSet,
        Role::Run,
        Role::Domain,
        Role::Seed,
    ];

    /// Its name in a menu.
    pub fn label(self) -> &'static str {
        match self {
            Role::Ignore => "Not used",
            Role::Size => "Model size",
            Role::SizeWithoutEmbeddings => "Model size, no embeddings",
            Role::Tokens => "Tokens",
            Role::DomainShare => "Domain ratio",
            Role::GeneralShare => "General ratio",
            Role::GeneralLoss => "General loss",
            Role::DomainLoss => "Domain loss",
            Role::Loss => "Loss, of the set named",
            Role::EvaluationSet => "Evaluation set",
            Role::Run => "Run",
            Role::Domain => "Domain",
            Role::Seed => "Seed",
        }
    }

    /// The units that make sense for it, the first being the one assumed.
    pub fn units(self) -> &'static [Unit] {
        match self {
            Role::Size | Role::SizeWithoutEmbeddings | Role::Tokens => {
                &[Unit::One, Unit::Thousands, Unit::Millions, Unit::Billions, Unit::Trillions]
            }
            Role::DomainShare | Role::GeneralShare => &[Unit::Fraction, Unit::Percent],
            Role::GeneralLoss | Role::DomainLoss | Role::Loss => &[Unit::Nats],
            Role::Ignore | Role::EvaluationSet | Role::Run | Role::Domain | Role::Seed => &[Unit::Text],
        }
    }
}

impl Unit {
    /// Its name in a menu.
    pub fn label(self) -> &'static str {
        match self {
            Unit::One => "as counted",
            Unit::Thousands => "thousands",
            Unit::Millions => "millions",
            Unit::Billions => "billions",
            Unit::Trillions => "trillions",
            Unit::Fraction => "0 to 1",
            Unit::Percent => "percent",
            Unit::Nats => "nats",
            Unit::Text => "text",
        }
    }

    /// What a number in this unit is multiplied by.
    pub fn factor(self) -> f64 {
        match self {
            Unit::Thousands => 1e3,
            Unit::Millions => 1e6,
            Unit::Billions => 1e9,
            Unit::Trillions => 1e12,
            Unit::Percent => 0.01,
            Unit::One | Unit::Fraction | Unit::Nats | Unit::Text => 1.0,
        }
    }
}
