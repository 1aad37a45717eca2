//! Why nothing could be fitted, each with its sentence.

use super::constraint::ConstraintError;
use crate::law;
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
    /// No law of that id.
    NoSuchLaw {
        /// What was asked for.
        asked: String,
    },
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
            Self::NoSuchLaw { asked } => {
                let known: Vec<&str> = law::CATALOGUE.iter().map(|law| law.id()).collect();
                write!(f, "No law called “{asked}”; there are {}.", known.join(", "))
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
