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
    /// Loss on another corpus of a mixture than the domain's and the general one; any number of columns.
    OtherLoss,
    /// A score, of which more is better: accuracy, F1, BLEU; any number of columns.
    Score,
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
    /// Share of one of several corpora; those of a row add up to one.
    CorpusShare,
    /// A whole mixture in one cell: "pile:0.3,code:0.7", "0.25-0.75".
    Mixture,
    /// Training step, counted from the start of continual pre-training.
    Step,
    /// Tokens in a step.
    TokensPerStep,
    /// Sequences in a batch.
    BatchSize,
    /// Tokens in a sequence.
    SequenceLength,
    /// Training FLOPs.
    Flops,
    /// Epochs over the corpus.
    Epochs,
    /// Learning rate at this checkpoint.
    LearningRate,
    /// Name of the learning-rate schedule: "cosine", "wsd", "constant".
    Schedule,
    /// Names the tokenizer the loss is counted in.
    Tokenizer,
    /// Bytes of text in a token.
    BytesPerToken,
    /// How the run began: from scratch, or continued from a trained model.
    Start,
    /// Tokens that differ, of those the run has seen.
    UniqueTokens,
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
    /// Nats per token.
    Nats,
    /// Bits per token.
    Bits,
    /// Nats per byte.
    NatsPerByte,
    /// Bits per byte.
    BitsPerByte,
    /// Perplexity per token: `exp` of the nats.
    Perplexity,
    /// Perplexity per byte.
    BytePerplexity,
    /// A number without a unit.
    Number,
    /// Text.
    Text,
}

impl Role {
    /// Every role, in the order a menu offers them.
    pub const ALL: [Role; 29] = [
        Role::Ignore,
        Role::Size,
        Role::SizeWithoutEmbeddings,
        Role::Tokens,
        Role::DomainShare,
        Role::GeneralShare,
        Role::GeneralLoss,
        Role::DomainLoss,
        Role::OtherLoss,
        Role::Score,
        Role::Loss,
        Role::EvaluationSet,
        Role::Run,
        Role::Domain,
        Role::Seed,
        Role::CorpusShare,
        Role::Mixture,
        Role::Step,
        Role::TokensPerStep,
        Role::BatchSize,
        Role::SequenceLength,
        Role::Flops,
        Role::Epochs,
        Role::LearningRate,
        Role::Schedule,
        Role::Tokenizer,
        Role::BytesPerToken,
        Role::Start,
        Role::UniqueTokens,
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
            Role::OtherLoss => "Loss of another corpus",
            Role::Score => "Score, more is better",
            Role::Loss => "Loss, of the set named",
            Role::EvaluationSet => "Evaluation set",
            Role::Run => "Run",
            Role::Domain => "Domain",
            Role::Seed => "Seed",
            Role::CorpusShare => "Share of a corpus",
            Role::Mixture => "Mixture, all corpora",
            Role::Step => "Step",
            Role::TokensPerStep => "Tokens per step",
            Role::BatchSize => "Batch size, sequences",
            Role::SequenceLength => "Sequence length",
            Role::Flops => "FLOPs",
            Role::Epochs => "Epochs",
            Role::LearningRate => "Learning rate",
            Role::Schedule => "Schedule",
            Role::Tokenizer => "Tokenizer",
            Role::BytesPerToken => "Bytes per token",
            Role::Start => "Start: scratch or continued",
            Role::UniqueTokens => "Unique tokens",
        }
    }

    /// The units that make sense for it, the first being the one assumed.
    pub fn units(self) -> &'static [Unit] {
        match self {
            Role::Size
            | Role::SizeWithoutEmbeddings
            | Role::Tokens
            | Role::Step
            | Role::TokensPerStep
            | Role::BatchSize
            | Role::SequenceLength
            | Role::UniqueTokens => &[Unit::One, Unit::Thousands, Unit::Millions, Unit::Billions, Unit::Trillions],
            Role::DomainShare | Role::GeneralShare | Role::CorpusShare | Role::Score => {
                &[Unit::Fraction, Unit::Percent]
            }
            Role::GeneralLoss | Role::DomainLoss | Role::OtherLoss | Role::Loss => {
                &[Unit::Nats, Unit::Bits, Unit::NatsPerByte, Unit::BitsPerByte, Unit::Perplexity, Unit::BytePerplexity]
            }
            Role::Flops | Role::Epochs | Role::LearningRate | Role::BytesPerToken => &[Unit::Number],
            Role::Ignore
            | Role::EvaluationSet
            | Role::Run
            | Role::Domain
            | Role::Seed
            | Role::Mixture
            | Role::Schedule
            | Role::Tokenizer
            | Role::Start => &[Unit::Text],
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
            Unit::Bits => "bits",
            Unit::NatsPerByte => "nats per byte",
            Unit::BitsPerByte => "bits per byte",
            Unit::Perplexity => "perplexity",
            Unit::BytePerplexity => "perplexity per byte",
            Unit::Number => "a number",
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
            _ => 1.0,
        }
    }
}
