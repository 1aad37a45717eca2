//! Workbooks (.xlsx, .xlsb, .xls, .ods) to CSV text: the first sheet that holds a table. Formulas give the values that
//! were saved with them; nothing is computed.

use super::problem::ReadError;
use calamine::{Data, Range, Reader, open_workbook_auto_from_rs};
use std::io::Cursor;

/// Cells of a sheet that are read: far more than a table of runs has, and few enough for memory. A sheet of a few
/// kilobytes can say that it has seventeen thousand million.
const MOST_CELLS: usize = 20_000_000;

/// The first sheet with two rows and two columns, or the first with anything in it, as CSV text.
///
/// # Errors
/// [`ReadError::BrokenWorkbook`] where the bytes are no workbook, or one that is locked or damaged;
/// [`ReadError::Empty`] where no sheet has a cell.
pub fn to_text(bytes: &[u8]) -> Result<String, ReadError> {
    let broken = |error: calamine::Error| ReadError::BrokenWorkbook { reason: reason(&error.to_string()) };
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let mut best: Option<Range<Data>> = None;
    for name in workbook.sheet_names() {
        let sheet = workbook.worksheet_range(&name).map_err(broken)?;
        let (height, width) = sheet.get_size();
        if height.saturating_mul(width) > MOST_CELLS {
            return Err(ReadError::BrokenWorkbook {
                reason: format!("its sheet {name} has {height} rows of {width} cells"),
            });
        }
        if height > 1 && width > 1 {
            return Ok(csv(&sheet));
        }
        if height > 0 && best.is_none() {
            best = Some(sheet);
        }
    }
    best.map(|sheet| csv(&sheet)).ok_or(ReadError::Empty)
}

/// A reason in a few words: the first line, without the stop that our sentence has itself.
fn reason(error: &str) -> String {
    error.lines().next().unwrap_or_default().trim_end_matches('.').chars().take(120).collect()
}

fn csv(sheet: &Range<Data>) -> String {
    let mut text = String::new();
    for row in sheet.rows() {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            push(&mut text, cell);
        }
        text.push('\n');
    }
    text
}

fn push(text: &mut String, cell: &Data) {
    let cell = match cell {
        Data::Empty | Data::Error(_) => return,
        // As Rust prints it: the shortest digits that read back as the same number.
        Data::Float(number) => number.to_string(),
        Data::DateTime(date) => date.as_f64().to_string(),
        cell => cell.to_string(),
    };
    if cell.contains(['"', ',', '\n', '\r', '#']) {
        text.push('"');
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(&cell);
    }
}
