//! Why nothing could be fitted, each with its sentence.

use super::constraint::ConstraintError;
use crate::law::{self, Need};
use std::fmt;

/// Why nothing could be fitted.
#[derive(Debug, Clone, PartialEq)]
pub enum FitError {
    /// No loss column has enough rows for the law.
    TooFewRows {
        /// Usable rows of the loss that has most.
        rows: usize,
        /// Parameters of the law that this data leaves free.
        parameters: usize,
    },
    /// No loss of that name in the file.
    NoSuchTarget {
        /// What was asked for.
        asked: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A constraint that can't be kept.
    Constraint(ConstraintError),
    /// The data lacks what the law can't do without.
    Lacks {
        /// The law's name.
        law: &'static str,
        /// What is missing.
        needs: Vec<Need>,
    },
    /// The law is about the general loss, and none is asked for.
    GeneralOnly {
        /// The law's name.
        law: &'static str,
    },
    /// The loss is measured on another corpus of the mixture than the one whose ratio the law knows.
    OtherCorpus {
        /// The law's name.
        law: &'static str,
        /// The loss.
        loss: String,
    },
    /// No law of that id, and no formula.
    NoSuchLaw {
        /// What was asked for.
        asked: String,
        /// What is wrong with it as a formula, with its place, where it looks like one.
        mistake: Option<String>,
    },
}

impl FitError {
    /// For a text that is no law; with what is wrong with it where it looks like a formula.
    pub fn no_such_law(asked: &str) -> Self {
        let mistake =
            asked.contains(|c: char| "+*/^(=".contains(c) || c.is_whitespace()).then(|| law::mistake(asked)).flatten();
        Self::NoSuchLaw { asked: asked.to_owned(), mistake }
    }
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewRows { rows, parameters } => {
                let s = |count: &usize| if *count == 1 { "" } else { "s" };
                write!(
                    f,
                    "Too little to fit: {rows} usable row{} with tokens above 0 for {parameters} free parameter{} of the law; add rows, or choose a law with fewer parameters.",
                    s(rows),
                    s(parameters)
                )
            }
            Self::Constraint(error) => error.fmt(f),
            Self::NoSuchTarget { asked, known } => {
                write!(f, "No loss called “{asked}” in this file; it has {}.", known.join(", "))
            }
            Self::Lacks { law, needs } => {
                let needs: Vec<String> = needs.iter().map(ToString::to_string).collect();
                write!(f, "{law} needs {}.", needs.join("; "))
            }
            Self::GeneralOnly { law } => write!(f, "{law} is about the general loss alone."),
            Self::OtherCorpus { law, loss } => write!(
                f,
                "{loss} is not fitted: {law} knows one ratio, and this loss is of another corpus of the mixture. Make that one the domain, or choose the law of all corpora."
            ),
            Self::NoSuchLaw { mistake: Some(mistake), .. } => write!(f, "The formula can’t be read.\n{mistake}"),
            Self::NoSuchLaw { asked, mistake: None } => {
                let known: Vec<&str> = law::CATALOGUE.iter().map(|law| law.id()).collect();
                write!(
                    f,
                    "No law called “{asked}”; there are {}, and any formula such as “E + A/N^alpha”.",
                    known.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for FitError {}

impl From<ConstraintError> for FitError {
    fn from(error: ConstraintError) -> Self {
        Self::Constraint(error)
    }
}
