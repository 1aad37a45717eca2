//! A file that can't be fitted as it is: its columns and first rows, so that a person can say what they are.

use super::join::read_as;
use super::problem::ReadError;
use super::reader::Need;
use super::{NamedBytes, Observations, Reading, Role, Table};

/// Reads files that [`super::read_files`] refuses for the roles of their columns. What they have of observations is kept
/// where there are losses and something they depend on.
///
/// # Errors
/// Where there is nothing a person could say about them: empty, binary, a header alone, fewer than two columns.
pub fn outline(files: &[NamedBytes<'_>], reading: &Reading) -> Result<Table, ReadError> {
    outlined(read_as(files, reading, Need::Columns)?)
}

/// What [`Reader::of_columns`](super::Reader::of_columns) read, as an outline.
///
/// # Errors
/// Where it has fewer than two columns.
pub fn outlined(mut table: Table) -> Result<Table, ReadError> {
    if table.columns.len() < 2 {
        return Err(ReadError::NoLoss { columns: table.columns.into_iter().map(|column| column.header).collect() });
    }
    let has_loss = table.columns.iter().any(|column| {
        matches!(column.role, Role::GeneralLoss | Role::DomainLoss | Role::OtherLoss | Role::Score | Role::Loss)
    });
    let all = &table.observations;
    let has_axis = all.size.is_some() || all.tokens.is_some() || all.domain_share.is_some();
    if !(has_loss && has_axis) {
        table.observations = Observations::default();
    }
    Ok(table)
}

impl ReadError {
    /// Whether a person can put it right by saying what the columns are, or which rows count.
    pub fn is_about_roles(&self) -> bool {
        matches!(
            self,
            Self::NoLoss { .. } | Self::NoAxis { .. } | Self::NothingUsable { .. } | Self::NothingKept { .. }
        )
    }
}
