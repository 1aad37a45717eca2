//! From a file's bytes to observations a law can be fitted to.
//!
//! Three steps, each a plain type: bytes to cells, cells to columns with a [`Role`] and a [`Unit`], columns to
//! [`Observations`]. What can't be used is a [`Problem`] with its row and column; nothing is dropped silently.

mod cells;
mod columns;
mod header;
pub mod observations;
pub mod problem;
pub mod role;
mod rows;

pub use observations::{LossColumn, LossKind, Observations};
pub use problem::{Problem, Problems, ReadError};
pub use role::{Role, Unit};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a person wants a file read where it differs from what is recognised.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// Roles and units set by hand, by column header.
    pub columns: BTreeMap<String, Choice>,
    /// The domain to use, where a column names several; `None` is the first.
    pub domain: Option<String>,
}

/// A role, and maybe a unit, that a person set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The role.
    pub role: Role,
    /// The unit; `None` reads it from the header and the values.
    pub unit: Option<Unit>,
}

/// A file that was read: its columns, what was wrong, and the observations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The columns in the order of the file.
    pub columns: Vec<Column>,
    /// Data rows in the file (without header, comments and blank lines).
    pub rows: usize,
    /// The first rows as text, for a preview.
    pub preview: Vec<Vec<String>>,
    /// What could not be used, and questions the person may answer by choosing another role.
    pub problems: Problems,
    /// Names in the domain column, in the order of the file; empty without one.
    pub domains: Vec<String>,
    /// The domain the observations are of, where there are several.
    pub domain: Option<String>,
    /// What the file says, ready to be fitted.
    pub observations: Observations,
}

/// One column of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its header.
    pub header: String,
    /// What it is for.
    pub role: Role,
    /// The unit of its numbers.
    pub unit: Unit,
    /// Why it was recognised so, in a few words: "header says tokens in billions".
    pub reason: String,
    /// Whether the person set the role.
    pub chosen: bool,
    /// Its first distinct values, as written.
    pub samples: Vec<String>,
}

/// Reads a file.
///
/// # Errors
/// Where nothing in it can be used: empty, binary, a header alone, no loss column, no usable row. One sentence each.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Table, ReadError> {
    let mut problems = Problems::default();
    let cells = cells::split(bytes, &mut problems)?;
    let columns = columns::columns(&cells, reading, &mut problems);
    let any = |roles: &[Role]| columns.iter().any(|column| roles.contains(&column.role));
    if !any(&[Role::GeneralLoss, Role::DomainLoss, Role::Loss]) {
        return Err(ReadError::NoLoss { columns: cells.header });
    }
    let axes = [Role::Size, Role::SizeWithoutEmbeddings, Role::Tokens, Role::DomainShare, Role::GeneralShare];
    if !any(&axes) {
        return Err(ReadError::NoAxis { columns: cells.header });
    }
    let rows = rows::rows(&cells, &columns, reading.domain.as_deref(), &mut problems);
    if rows.observations.is_empty() {
        return Err(ReadError::NothingUsable { rows: cells.rows.len(), first: rows.first_problem.map(Box::new) });
    }
    let preview =
        cells.rows.iter().take(PREVIEW).map(|row| row.iter().map(|cell| cell.chars().take(60).collect()).collect());
    Ok(Table {
        rows: cells.rows.len(),
        preview: preview.collect(),
        columns,
        problems,
        domains: rows.domains,
        domain: rows.domain,
        observations: rows.observations,
    })
}

/// Rows of the preview: enough to see what a column holds.
const PREVIEW: usize = 8;
