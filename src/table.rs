//! From a file's bytes to observations a law can be fitted to.
//!
//! Three steps, each a plain type: bytes to cells, cells to columns with a [`Role`] and a [`Unit`], columns to
//! [`Observations`]. What can't be used is a [`Problem`] with its row and column; nothing is dropped silently.

mod assemble;
mod by_run;
mod cells;
mod decay;
mod decode;
mod delimited;
pub mod found;
mod header;
mod join;
mod json;
mod log;
mod mixture;
pub mod observations;
mod outline;
mod plan;
pub mod problem;
mod reader;
pub mod reading;
mod recognise;
pub mod role;
mod rows;
mod tracker;
#[cfg(feature = "workbook")]
pub mod workbook;

pub use by_run::ByRun;
pub use decode::is_workbook;
pub use found::{AxisFound, Corpus, Encoding, Form, LeftOut, Part, Source, Tracker};
pub use join::{NamedBytes, read_files};
pub use observations::{CorpusShares, Decay, Direction, LossColumn, LossKind, Measure, Observations, Per};
pub use outline::{outline, outlined};
pub use problem::{Problem, Problems, ReadError};
pub use reader::Reader;
pub use reading::{Choice, Constant, Delimiter, Filter, Keep, Reading};
pub use role::{Role, Unit};

use serde::{Deserialize, Serialize};

/// A file that was read: its columns, what was wrong, and the observations.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// The columns in the order of the file.
    pub columns: Vec<Column>,
    /// Data rows in the file (without header, comments and blank lines).
    pub rows: usize,
    /// The first rows as text, for a preview.
    pub preview: Vec<Vec<String>>,
    /// Line of the file of each row of the preview, as in [`Observations::line`].
    pub preview_lines: Vec<u32>,
    /// What could not be used, and questions the person may answer by choosing another role.
    pub problems: Problems,
    /// Names in the domain column, in the order of the file; empty without one.
    pub domains: Vec<String>,
    /// The domain the observations are of, where there are several.
    pub domain: Option<String>,
    /// How its bytes were read as text.
    pub encoding: Encoding,
    /// How the text holds the table.
    pub form: Form,
    /// The program whose export it is, where it was recognised.
    pub tracker: Option<Tracker>,
    /// Size, tokens, ratio and learning rate: where each comes from, and how many values it has.
    pub axes: Vec<AxisFound>,
    /// The corpora of the mixture, where the file has one; the person picks which are the domain.
    pub corpora: Vec<Corpus>,
    /// Rows that are in the file and not among the observations, by reason.
    pub left_out: LeftOut,
    /// The files it was put together from, where there were several.
    pub parts: Vec<Part>,
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

/// Reads a file that is in memory: a [`Reader`] fed once.
///
/// # Errors
/// Where nothing in it can be used: empty, binary, a header alone, no loss column, no usable row. One sentence each.
pub fn read(bytes: &[u8], reading: &Reading) -> Result<Table, ReadError> {
    let read_text = |bytes: &[u8]| {
        let mut reader = Reader::new(reading.clone());
        reader.feed(bytes)?;
        reader.finish()
    };
    match read_text(bytes) {
        // In the browser a module of its own turns workbooks into text.
        #[cfg(all(feature = "workbook", not(target_arch = "wasm32")))]
        Err(ReadError::Workbook) => read_text(workbook::to_text(bytes)?.as_bytes()),
        result => result,
    }
}

/// Refuses a file by its size, before anything of it is read.
///
/// # Errors
/// Above two gigabytes: the numbers of such a file have no room in a page's memory.
pub fn check_size(bytes: u64) -> Result<(), ReadError> {
    if bytes > LARGEST { Err(ReadError::TooLarge { bytes }) } else { Ok(()) }
}

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 2_000_000_000;

/// A cell for showing: its first letters, as a cell may hold a whole file.
fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(SHOWN) {
        None => cell.to_owned(),
        Some((at, _)) => format!("{}…", cell.get(..at).unwrap_or_default()),
    }
}

/// Letters of a cell that are shown.
const SHOWN: usize = 120;
