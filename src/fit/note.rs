//! Notes: what a reader must know before using a fit. A code with data; its sentence is written here and nowhere else.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// The number it is about is less sure than its interval says.
    Warning,
    /// An answer that rests on this fit is not given.
    Withholds,
}

/// What a note is about. Codes are stable: they are in the JSON and in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// A parameter sits at the bound of the fit.
    AtBound,
    /// The draws leave a parameter open over most of its range.
    Unidentified,
    /// Too few model sizes to tell the size term from the constant.
    TooFewSizes,
    /// Too few mixture ratios for the ratio terms.
    TooFewRatios,
    /// Too few token budgets for the token term.
    TooFewTokens,
    /// Too few runs for the spread of the draws to be called an interval.
    FewRuns,
    /// With three sizes or fewer no resampling sees size-to-size error.
    SizeTermSaturated,
    /// The fitted law rises with the ratio somewhere inside the data.
    NotMonotone,
    /// The measured loss rises with tokens, which the law cannot follow.
    RisesWithTokens,
    /// A prediction outside the data's range.
    Extrapolates,
    /// Draws started cold end elsewhere than draws started at the optimum.
    DrawsDisagree,
}

/// A note: code, severity, the parameter or column it is about, and its sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// What it is about.
    pub code: NoteCode,
    /// How much it matters.
    pub severity: Severity,
    /// The parameter (by name) or column it is about, if one.
    pub about: Option<String>,
    /// One sentence or two for people.
    pub text: String,
}

impl fmt::Display for NoteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtBound => "at_bound",
            Self::Unidentified => "unidentified",
            Self::TooFewSizes => "too_few_sizes",
            Self::TooFewRatios => "too_few_ratios",
            Self::TooFewTokens => "too_few_tokens",
            Self::FewRuns => "few_runs",
            Self::SizeTermSaturated => "size_term_saturated",
            Self::NotMonotone => "not_monotone",
            Self::RisesWithTokens => "rises_with_tokens",
            Self::Extrapolates => "extrapolates",
            Self::DrawsDisagree => "draws_disagree",
        })
    }
}
