//! A file that can't be fitted as it is: its columns and first rows, so that a person can say what they are.

use super::problem::{Problems, ReadError};
use super::{Reading, Table, cells, recognise};

/// Reads header, columns and first rows, and leaves the observations empty.
///
/// # Errors
/// Where there are no columns: empty, binary, a header alone.
pub fn outline(bytes: &[u8], reading: &Reading) -> Result<Table, ReadError> {
    let mut problems = Problems::default();
    let cells = cells::split(bytes, &mut problems)?;
    let columns = recognise::columns(&cells, reading, &mut problems);
    let (preview, preview_lines) = cells.preview();
    Ok(Table { rows: cells.rows.len(), preview, preview_lines, columns, problems, ..Table::default() })
}

impl ReadError {
    /// Whether a person can put it right by saying what the columns are.
    pub fn is_about_roles(&self) -> bool {
        matches!(self, Self::NoLoss { .. } | Self::NoAxis { .. } | Self::NothingUsable { .. })
    }
}
