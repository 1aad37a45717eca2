//! What was wrong with a cell, a column or a file: a type a caller can match on, and one sentence a person can act on.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something that could not be used, or a question. The row is the line of the file, counted from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Problem {
    /// A cell was not what its column's role expects; the row is left out for what needs it.
    Cell {
        /// Line of the file, counted from 1.
        row: usize,
        /// Header of the column.
        column: String,
        /// What was read.
        read: String,
        /// What was expected: "a number above 0".
        expected: String,
    },
}

/// The problems of a file: at most [`Problems::KEPT`] are kept, the rest counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Problems {
    /// The first problems, in the order of the file.
    pub kept: Vec<Problem>,
    /// How many more there were.
    pub more: usize,
}

impl Problems {
    /// How many problems are kept (design: at most 1,000).
    pub const KEPT: usize = 1000;

    /// Adds a problem, or counts it where enough are kept.
    pub fn push(&mut self, problem: Problem) {
        if self.kept.len() < Self::KEPT {
            self.kept.push(problem);
        } else {
            self.more += 1;
        }
    }
}

/// Why nothing in a file could be used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ReadError {
    /// No text in it.
    Empty,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cell { row, column, read, expected } => {
                write!(f, "Row {row}, {column}: read “{read}”, expected {expected}.")
            }
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The file is empty. Choose a CSV with a header and one row a validation."),
        }
    }
}

impl std::error::Error for ReadError {}
