//! From bytes to cells: delimiter, decimal mark, comments, and the line of the file each row stands on.

use super::problem::{Problem, Problems, ReadError};
use crate::quantity::{DecimalMark, decimal_evidence};
use csv::StringRecord;

/// A file as text cells; the header is not among the rows.
#[derive(Debug)]
pub(super) struct Cells {
    /// Headers, unique and not blank.
    pub header: Vec<String>,
    /// Rows as in the file; [`StringRecord::get`] answers `None` past the end of a short one.
    pub rows: Vec<StringRecord>,
    /// Line of each row, counted from 1.
    pub lines: Vec<u32>,
    /// How numbers that could be read in two ways are read.
    pub mark: DecimalMark,
}

/// Rows kept as text for the preview: enough to see how a file goes on, little enough to send.
const PREVIEW_ROWS: usize = 200;

impl Cells {
    /// The first rows as text, and their lines in the file.
    pub(super) fn preview(&self) -> (Vec<Vec<String>>, Vec<u32>) {
        let text = |row: &StringRecord| row.iter().map(str::to_owned).collect();
        (
            self.rows.iter().take(PREVIEW_ROWS).map(text).collect(),
            self.lines.iter().take(PREVIEW_ROWS).copied().collect(),
        )
    }
}

/// Rows looked at to find delimiter and decimal mark: enough to see a pattern, few enough to cost nothing.
const SNIFFED: usize = 2000;

/// Splits `bytes` into cells; ragged rows and doubled headers become problems.
pub(super) fn split(bytes: &[u8], problems: &mut Problems) -> Result<Cells, ReadError> {
    let text = decode(bytes)?;
    let delimiter = delimiter(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .comment(Some(b'#'))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    let mut row_lines = Vec::new();
    let mut header: Option<Vec<String>> = None;
    // The text is UTF-8 and rows may have any length, so no error is left; reading would end at one.
    while matches!(reader.read_record(&mut record), Ok(true)) {
        let line = lines.of_record(record.position().map_or(0, csv::Position::byte) as usize);
        if record.iter().all(str::is_empty) {
            continue;
        }
        match &header {
            None => header = Some(unique(&record, line, problems)?),
            Some(header) => {
                let extra = record.iter().skip(header.len()).any(|cell| !cell.is_empty());
                if record.len() < header.len() || extra {
                    problems.push(Problem::RowLength { row: line, cells: record.len(), columns: header.len() });
                }
                rows.push(record.clone());
                row_lines.push(u32::try_from(line).unwrap_or(u32::MAX));
            }
        }
    }
    let header = header.ok_or(ReadError::Empty)?;
    if rows.is_empty() {
        return Err(ReadError::HeaderOnly);
    }
    let mark = decimal_mark(&rows, delimiter);
    Ok(Cells { header, rows, lines: row_lines, mark })
}

/// The text of a file, or why it has none.
fn decode(bytes: &[u8]) -> Result<&str, ReadError> {
    // Magic numbers: ZIP (xlsx, ods) and OLE2 (xls).
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(ReadError::Workbook);
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(ReadError::NotUtf8);
    }
    if bytes.contains(&0) {
        return Err(ReadError::Binary);
    }
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| {
        // Text has few control characters; a picture or an archive has many.
        let control = bytes.iter().take(4096).filter(|b| **b < 9 || (14..32).contains(*b)).count();
        if control > 8 { ReadError::Binary } else { ReadError::NotUtf8 }
    })?;
    match text.trim_start().chars().next() {
        None => Err(ReadError::Empty),
        Some('{' | '[') => Err(ReadError::Json),
        Some(_) => Ok(text),
    }
}

/// Line numbers of records: csv counts from the end of the record before, so comments and blank lines are passed here.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of_record(&mut self, start: usize) -> usize {
        self.advance(start);
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            match rest.first() {
                Some(b'\n' | b'\r') => self.advance(self.at + 1),
                Some(b'#') => {
                    let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |n| n + 1);
                    self.advance(self.at + length);
                }
                _ => return self.line,
            }
        }
    }

    fn advance(&mut self, to: usize) {
        let to = to.min(self.text.len());
        while self.at < to {
            let next = self.text.get(self.at + 1);
            match self.text.get(self.at) {
                Some(b'\n') => self.line += 1,
                Some(b'\r') if next != Some(&b'\n') => self.line += 1,
                _ => {}
            }
            self.at += 1;
        }
    }
}

/// The delimiter whose number is the header's on most of the first lines; among equals the one with more columns.
fn delimiter(text: &str) -> u8 {
    const CANDIDATES: [u8; 3] = [b',', b';', b'\t'];
    let mut counts: Vec<[usize; 3]> = Vec::new();
    let mut current = [0usize; 3];
    let (mut quoted, mut comment, mut any) = (false, false, false);
    for byte in text.bytes() {
        match byte {
            b'\n' | b'\r' if !quoted => {
                if any && !comment {
                    counts.push(current);
                    if counts.len() >= 50 {
                        break;
                    }
                }
                (current, comment, any) = ([0; 3], false, false);
                continue;
            }
            b'#' if !any => comment = true,
            b'"' if !comment => quoted = !quoted,
            _ => {}
        }
        any = true;
        if !quoted && !comment {
            for (count, candidate) in current.iter_mut().zip(CANDIDATES) {
                *count += usize::from(byte == candidate);
            }
        }
    }
    if any && !comment {
        counts.push(current);
    }
    let score = |which: usize| {
        let of = |line: &[usize; 3]| line.get(which).copied().unwrap_or(0);
        let first = counts.first().map_or(0, of);
        if first == 0 { (0, 0) } else { (counts.iter().filter(|line| of(line) == first).count(), first) }
    };
    let mut best = (b',', score(0));
    for (which, candidate) in CANDIDATES.into_iter().enumerate().skip(1) {
        if score(which) > best.1 {
            best = (candidate, score(which));
        }
    }
    best.0
}

/// Headers made unique ("loss", "loss (2)"); a first row of numbers is no header.
fn unique(record: &StringRecord, line: usize, problems: &mut Problems) -> Result<Vec<String>, ReadError> {
    let is_number = |cell: &str| cell.is_empty() || crate::quantity::count(cell, DecimalMark::Point, 1.0).is_some();
    if record.iter().all(is_number) {
        return Err(ReadError::NoHeader);
    }
    let mut names: Vec<String> = Vec::with_capacity(record.len());
    for (at, cell) in record.iter().enumerate() {
        let wanted = if cell.is_empty() { format!("column {}", at + 1) } else { cell.to_owned() };
        let mut name = wanted.clone();
        let mut copy = 2;
        while names.contains(&name) {
            name = format!("{wanted} ({copy})");
            copy += 1;
        }
        if name != wanted {
            problems.push(Problem::SameHeader { row: line, column: wanted, renamed: name.clone() });
        }
        names.push(name);
    }
    Ok(names)
}

/// The decimal mark most cells that tell agree on.
fn decimal_mark(rows: &[StringRecord], delimiter: u8) -> DecimalMark {
    let (mut comma, mut point, mut either) = (0usize, 0usize, false);
    for cell in rows.iter().take(SNIFFED).flatten() {
        match decimal_evidence(cell) {
            Some(DecimalMark::Comma) => comma += 1,
            Some(DecimalMark::Point) => point += 1,
            None => either |= cell.contains(','),
        }
    }
    // Programs that write semicolons or tabs do so because the comma is taken by the decimals.
    if comma > point || (comma == 0 && point == 0 && either && delimiter != b',') {
        DecimalMark::Comma
    } else {
        DecimalMark::Point
    }
}
