//! What was wrong with a cell, a column or a file: a type a caller can match on, and one sentence a person can act on.

use super::found::Encoding;
use super::reading::Constant;
use super::role::{Role, Unit};
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
    /// A cell was blank; the row is left out for what needs it.
    Blank {
        /// Line of the file, counted from 1.
        row: usize,
        /// Header of the column.
        column: String,
        /// What was expected: "a number above 0".
        expected: String,
    },
    /// A row has fewer or more cells than the header; missing cells are blank, further ones are not used.
    RowLength {
        /// Line of the file, counted from 1.
        row: usize,
        /// Cells found.
        cells: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// A header stands twice; the later column was given another name.
    SameHeader {
        /// Line of the header, counted from 1.
        row: usize,
        /// The header as written.
        column: String,
        /// The name the later column has now.
        renamed: String,
    },
    /// A question: several columns could be the same thing and one is used.
    Candidates {
        /// What they could be.
        role: Role,
        /// Header of the column that is used.
        used: String,
        /// Headers of the columns that are not.
        others: Vec<String>,
    },
    /// A question: the file has the shares of a mixture, and for laws of one ratio one corpus was taken for the domain.
    Mixture {
        /// Header, or name, of the corpus used as the domain.
        used: String,
        /// Those of the others.
        others: Vec<String>,
    },
    /// A question: no loss is named general, so all are taken for domain losses.
    NoGeneralLoss {
        /// The loss columns, or sets.
        columns: Vec<String>,
    },
    /// A question: numbers without a unit that are too small to be counts.
    UnitGuessed {
        /// Header of the column.
        column: String,
        /// The unit they were read in.
        unit: Unit,
    },
    /// Several domains are in the file and one is shown.
    Domains {
        /// Header of the column that names them.
        column: String,
        /// The domain that is shown.
        shown: String,
        /// Rows of other domains.
        other_rows: usize,
    },
    /// A question: columns name ratios, and each cell below them is read as the loss at that ratio.
    RatioColumns {
        /// Their headers.
        columns: Vec<String>,
    },
    /// A question: the file has no evaluation, and a training loss stands in.
    TrainingLoss {
        /// Header of the column.
        column: String,
    },
    /// A question: losses per token of several tokenizers can't be compared, and those of one are shown.
    Tokenizers {
        /// Header of the column that names them.
        column: String,
        /// The tokenizer that is shown.
        shown: String,
        /// The others.
        others: Vec<String>,
        /// Rows of the others.
        other_rows: usize,
    },
    /// A question: rows hold no loss, as most lines of a log do.
    NoLossRows {
        /// How many.
        rows: usize,
    },
    /// A question: the text was no UTF-8 and was read as another encoding.
    Encoding {
        /// The encoding.
        encoding: Encoding,
    },
    /// Bytes that do not belong to the file's encoding.
    Slips {
        /// How many.
        bytes: usize,
    },
    /// A quote was opened and never closed: all that follows is one cell.
    OpenQuote {
        /// Line of the file, counted from 1.
        row: usize,
    },
    /// A value of a JSON file that is no JSON.
    Json {
        /// Line of the file, counted from 1.
        row: usize,
    },
    /// Names that come only far down in a JSON file, after its columns were settled.
    LateColumns {
        /// The first of them.
        names: Vec<String>,
    },
    /// The shares of a mixture do not add up to one; the row is left out.
    Shares {
        /// Line of the file, counted from 1.
        row: usize,
        /// What they add up to.
        sum: f64,
    },
    /// A number that was typed can't be what it was typed for, and is not used.
    Constant {
        /// What it was typed for.
        constant: Constant,
        /// What was typed.
        value: f64,
    },
    /// A long file names so many evaluation sets that it is no long file; the first are read.
    TooManySets {
        /// Header of the column that names them.
        column: String,
        /// Sets that are read.
        read: usize,
    },
    /// Several files were joined; rows of one have no partner in the other.
    Unjoined {
        /// Header of the column they are joined by.
        key: String,
        /// The file whose rows stay alone.
        file: String,
        /// How many.
        rows: usize,
    },
    /// A column or domain that was chosen by hand is not in this file.
    NotInFile {
        /// What was chosen.
        name: String,
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

impl Problem {
    /// Whether it is a question about how the file was read, and nothing in it is wrong.
    pub fn is_question(&self) -> bool {
        matches!(
            self,
            Self::Candidates { .. }
                | Self::Mixture { .. }
                | Self::NoGeneralLoss { .. }
                | Self::UnitGuessed { .. }
                | Self::Domains { .. }
                | Self::RatioColumns { .. }
                | Self::TrainingLoss { .. }
                | Self::Tokenizers { .. }
                | Self::NoLossRows { .. }
                | Self::Encoding { .. }
        )
    }
}

impl Problems {
    /// How many problems are kept (design: at most 1,000).
    pub const KEPT: usize = 1000;

    /// How many there were.
    pub fn count(&self) -> usize {
        self.kept.len() + self.more
    }

    /// Adds what must not be lost among a thousand cells: a question, or something about the whole file. It comes
    /// before the problems of cells.
    pub fn ask(&mut self, problem: Problem) {
        let of_a_row = |p: &Problem| {
            matches!(
                p,
                Problem::Cell { .. } | Problem::Blank { .. } | Problem::RowLength { .. } | Problem::Shares { .. }
            )
        };
        let at = self.kept.iter().position(of_a_row).unwrap_or(self.kept.len());
        self.kept.insert(at, problem);
    }

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
    /// Not text.
    Binary,
    /// An xlsx, xls or ods file.
    Workbook,
    /// JSON that holds no table.
    Json,
    /// More bytes than can be read here.
    TooLarge {
        /// How many.
        bytes: u64,
    },
    /// More columns than a table of runs has.
    TooManyColumns {
        /// How many.
        columns: usize,
    },
    /// A workbook that could not be read; the reason in a few words.
    BrokenWorkbook {
        /// Why.
        reason: String,
    },
    /// No row below the header.
    HeaderOnly,
    /// The first row is numbers.
    NoHeader,
    /// No column was recognised as a loss; the headers there are.
    NoLoss {
        /// The headers.
        columns: Vec<String>,
    },
    /// No model size, tokens or ratio among the headers.
    NoAxis {
        /// The headers.
        columns: Vec<String>,
    },
    /// One of several files can't be used.
    InFile {
        /// Its name.
        name: String,
        /// Why.
        error: Box<ReadError>,
    },
    /// Several files have neither the same columns nor a column to be joined by.
    NoKey {
        /// A file.
        one: String,
        /// One that does not go with it.
        other: String,
    },
    /// The columns two files share name a row of the shorter one twice.
    KeyTwice {
        /// The columns.
        key: String,
        /// The file.
        file: String,
        /// Line of the second such row.
        row: usize,
    },
    /// Every row was left out by a filter or by hand.
    NothingKept {
        /// Rows in the file.
        rows: usize,
    },
    /// Every row was set aside; the first reason.
    NothingUsable {
        /// Rows in the file.
        rows: usize,
        /// The first problem with a cell.
        first: Option<Box<Problem>>,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cell { row, column, read, expected } => {
                write!(f, "Row {row}, {column}: read “{read}”, expected {expected}.")
            }
            Self::Blank { row, column, expected } => write!(f, "Row {row}, {column}: blank, expected {expected}."),
            Self::RowLength { row, cells, columns } if cells < columns => {
                write!(f, "Row {row}: {cells} cells for {columns} columns; the missing ones are read as blank.")
            }
            Self::RowLength { row, cells, columns } => {
                write!(f, "Row {row}: {cells} cells for {columns} columns; the further ones are not used.")
            }
            Self::SameHeader { row, column, renamed } => {
                write!(f, "Row {row}: the header “{column}” stands twice; the later column is called “{renamed}”.")
            }
            Self::Candidates { role, used, others } => write!(
                f,
                "{}: “{used}” is used and not {}. To change that, choose the role “{}” for the other column.",
                role.label(),
                quoted(others),
                role.label()
            ),
            Self::Mixture { used, others } => write!(
                f,
                "The mixture has {} corpora, and a law of all of them takes it as it is. A law of one ratio takes “{used}” for the domain: to change that, pick the domain’s corpora, or choose the role “{}” for another column.",
                others.len() + 1,
                Role::DomainShare.label()
            ),
            Self::NoGeneralLoss { columns } => write!(
                f,
                "No loss is named general, so {} is read as domain loss. If one is general, choose the role “{}” for it.",
                quoted(columns),
                Role::GeneralLoss.label()
            ),
            Self::UnitGuessed { column, unit } => write!(
                f,
                "{column}: the numbers are too small to be counts and are read in {}. If that is wrong, choose another unit.",
                unit.label()
            ),
            Self::Domains { column, shown, other_rows } => write!(
                f,
                "{column}: “{shown}” is shown; {other_rows} rows are of other domains and wait until one is chosen."
            ),
            Self::RatioColumns { columns } => write!(
                f,
                "The columns {} name ratios: each cell is read as the loss at that ratio of the domain. If the loss was measured on the domain, choose the role “{}” for it; if the ratios are of the general corpus, “{}”.",
                quoted(columns),
                Role::DomainLoss.label(),
                Role::GeneralShare.label()
            ),
            Self::TrainingLoss { column } => write!(
                f,
                "{column} is a training loss: it is used because the file has no evaluation, and is noisier than one."
            ),
            Self::Tokenizers { column, shown, others, other_rows } => write!(
                f,
                "{column}: losses per token of different tokenizers can’t be compared, so only “{shown}” is shown and not {} ({other_rows} rows). To compare them, give a column of bytes per token, or losses per byte.",
                quoted(others)
            ),
            Self::NoLossRows { rows } => write!(f, "{rows} rows hold no loss and are left out."),
            Self::Encoding { encoding } => write!(
                f,
                "The text is not UTF-8 and is read as {}. If letters look wrong, save the file in UTF-8.",
                encoding.label()
            ),
            Self::Slips { bytes } => write!(
                f,
                "{bytes} bytes do not belong to the encoding of the rest of the file; letters near them may be wrong."
            ),
            Self::OpenQuote { row } => write!(
                f,
                "Row {row}: a quote is opened and never closed, so all below it is one cell. Close the quote or remove it."
            ),
            Self::Json { row } => write!(f, "Row {row}: this is no complete JSON value; it is left out."),
            Self::LateColumns { names } => write!(
                f,
                "{} come only far down in the file and are not read. Put a row that has them first.",
                quoted(names)
            ),
            Self::Shares { row, sum } => {
                write!(f, "Row {row}: the shares of the mixture add up to {sum}, expected 1.")
            }
            Self::Constant { constant, value } => {
                write!(f, "{}: {value} can’t be that and is not used.", constant.label())
            }
            Self::TooManySets { column, read } => write!(
                f,
                "{column}: nearly every row names an evaluation set of its own, so only the first {read} are read. If the column names something else, choose another role."
            ),
            Self::Unjoined { key, file, rows } => {
                write!(
                    f,
                    "{rows} rows of {file} have no partner with the same {key} in the other file and are left out."
                )
            }
            Self::NotInFile { name } => write!(f, "“{name}” was chosen by hand but is not in this file."),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The file is empty: choose a CSV with a header and one row a validation."),
            Self::Binary => f.write_str("The file is not text: choose a CSV."),
            Self::Workbook => f.write_str("It is a spreadsheet workbook: save the sheet as CSV and open that."),
            Self::Json => f.write_str(
                "It is JSON without a table: an array of objects is expected, or one object a line, with a loss in each.",
            ),
            Self::TooLarge { bytes } => write!(
                f,
                "The file has {} GB, and 2 GB is the most that is read: keep one row a validation, or open a part of it.",
                (*bytes as f64 / 1e8).round() / 10.0
            ),
            Self::TooManyColumns { columns } => {
                write!(f, "The first row has {columns} cells: expected a header of at most 4096 columns.")
            }
            Self::BrokenWorkbook { reason } => {
                write!(f, "The workbook can’t be read ({reason}): save the sheet as CSV and open that.")
            }
            Self::HeaderOnly => f.write_str("The file has a header and no rows below it: add one row a validation."),
            Self::NoHeader => f.write_str(
                "The first row is numbers: add a header that names the columns, such as “params,tokens,ratio,loss”.",
            ),
            Self::NoLoss { columns } => {
                write!(
                    f,
                    "No column of {} holds losses: that takes numbers above 0 under a name such as “general_loss” or “domain_loss”.",
                    quoted(columns)
                )
            }
            Self::NoAxis { columns } => write!(
                f,
                "No column of {} is a model size, a number of tokens or a ratio: name at least one “params”, “tokens” or “domain_ratio”.",
                quoted(columns)
            ),
            Self::InFile { name, error } => write!(f, "{name}: {error}"),
            Self::NoKey { one, other } => write!(
                f,
                "{one} and {other} don’t go together: give both the same columns, or a column with the same values to join them by, such as “run”."
            ),
            Self::KeyTwice { key, file, row } => write!(
                f,
                "{file} has two rows with the same {key}, the second on row {row}: one is needed to join the files by."
            ),
            Self::NothingKept { rows } => {
                write!(f, "The filters leave out all {rows} rows: take one away or widen it.")
            }
            Self::NothingUsable { rows, first: Some(first) } => {
                write!(f, "None of the {rows} rows can be used; the first reason: {first}")
            }
            Self::NothingUsable { rows, first: None } => write!(f, "None of the {rows} rows can be used."),
        }
    }
}

impl std::error::Error for ReadError {}

/// Names in quotes for a sentence; the first eight, and how many more.
fn quoted(names: &[String]) -> String {
    let mut text = names.iter().take(8).map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
    if names.len() > 8 {
        text.push_str(&format!(" and {} more", names.len() - 8));
    }
    text
}
