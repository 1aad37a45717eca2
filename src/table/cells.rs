//! The head of a file as cells below a header: what recognition looks at. Headers of two rows, a row of units and
//! doubled names are settled here.

use super::problem::{Problem, Problems, ReadError};
use super::rows::{Row, Rows};
use crate::quantity::{self, DecimalMark, decimal_evidence};
use std::collections::{HashMap, HashSet};

/// The first rows of a file, below its header.
#[derive(Debug)]
pub(super) struct Cells {
    /// Headers, unique and not blank.
    pub header: Vec<String>,
    /// What a row of units says of each column; blank where there is none.
    pub units: Vec<String>,
    /// The rows.
    pub rows: Rows,
    /// How numbers that could be read in two ways are read.
    pub mark: DecimalMark,
    /// The first rows of each column that are not blank in it.
    filled: Vec<Vec<u32>>,
}

/// Rows looked at to find the decimal mark: enough to see a pattern, few enough to cost nothing.
const SNIFFED: usize = 2000;
/// Values of a column looked at to tell what it is: enough for a pattern.
const LOOKED_AT: usize = 500;
/// More columns than any tracker's export has; beyond, a file is no table of runs.
const MOST_COLUMNS: usize = 4096;

impl Cells {
    /// The cells of these rows. `commas` where the comma separates cells, and so is no decimal mark by habit.
    pub fn new(header: Vec<String>, units: Vec<String>, rows: Rows, commas: bool) -> Self {
        let mark = decimal_mark(&rows, commas);
        let mut filled: Vec<Vec<u32>> = vec![Vec::new(); header.len()];
        for (index, row) in rows.from(0).enumerate() {
            for (at, rows) in filled.iter_mut().enumerate().take(row.len()) {
                if rows.len() < LOOKED_AT && !row.cell(at).is_empty() {
                    rows.push(u32::try_from(index).unwrap_or(u32::MAX));
                }
            }
        }
        Self { header, units, rows, mark, filled }
    }

    /// The first cells of a column that are not blank.
    pub fn values(&self, at: usize) -> impl Iterator<Item = &str> {
        self.filled.get(at).into_iter().flatten().map(move |row| self.rows.row(*row as usize).cell(at))
    }

    /// The first rows, as many as are looked at of a column.
    pub fn first_rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.from(0).take(LOOKED_AT)
    }
}

/// The header of a file, and how many of its first rows it takes.
#[derive(Debug)]
pub(super) struct Header {
    /// Names, unique and not blank.
    pub names: Vec<String>,
    /// The cells of a row of units below it; blank where there is none.
    pub units: Vec<String>,
    /// Rows it takes.
    pub rows: usize,
}

/// Finds the header in the first rows of a file.
///
/// # Errors
/// Where there are no rows, the first row is numbers, or there are more columns than a table of runs has.
pub(super) fn header(rows: &Rows, problems: &mut Problems) -> Result<Header, ReadError> {
    if rows.len() == 0 {
        return Err(ReadError::Empty);
    }
    let first = rows.row(0);
    if first.cells().all(|cell| cell.is_empty() || quantity::count(cell, DecimalMark::Point, 1.0).is_some()) {
        return Err(ReadError::NoHeader);
    }
    if first.len() > MOST_COLUMNS {
        return Err(ReadError::TooManyColumns { columns: first.len() });
    }
    let second = rows.row(1);
    let mut names: Vec<String> = first.cells().map(str::to_owned).collect();
    let mut units = vec![String::new(); names.len()];
    let mut taken = 1;
    if rows.len() > 2 {
        if is_units(second) {
            units = (0..names.len()).map(|at| bare_unit(second.cell(at)).to_owned()).collect();
            taken = 2;
        } else if is_second_header(rows) {
            names = joined(first, second);
            units.resize(names.len(), String::new());
            taken = 2;
        }
    }
    Ok(Header { names: unique(names, first.line, problems), units, rows: taken })
}

/// Words that are a unit and nothing else, as they stand below a header.
const UNITS: [&str; 42] = [
    "",
    "-",
    "–",
    "k",
    "m",
    "b",
    "t",
    "bn",
    "mn",
    "tn",
    "%",
    "pct",
    "percent",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "trillion",
    "trillions",
    "nats",
    "nat",
    "bits",
    "bpb",
    "nats/token",
    "nats/byte",
    "bits/token",
    "bits/byte",
    "tokens",
    "params",
    "parameters",
    "fraction",
    "share",
    "ratio",
    "ppl",
    "steps",
    "b tokens",
    "m params",
    "b params",
    "m tokens",
    "text",
];

fn bare_unit(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']'))
}

/// Whether a row below the header holds units: each cell is one or blank, at least one says something.
fn is_units(row: Row<'_>) -> bool {
    let says = |cell: &str| !cell.is_empty() && cell != "-" && cell != "–";
    let known = |cell: &str| UNITS.contains(&bare_unit(cell).to_lowercase().as_str());
    row.cells().all(known) && row.cells().any(|cell| says(bare_unit(cell)))
}

/// Whether the second row is a header too: no number in it, below a first row with gaps or repeats (as merged cells
/// leave), above columns of numbers.
fn is_second_header(rows: &Rows) -> bool {
    let (first, second, third) = (rows.row(0), rows.row(1), rows.row(2));
    let is_number = |cell: &str| quantity::count(cell, DecimalMark::Point, 1.0).is_some();
    let named: Vec<&str> = first.cells().filter(|cell| !cell.is_empty()).collect();
    let merged =
        named.len() < second.len().max(first.len()) || named.iter().collect::<HashSet<_>>().len() < named.len();
    let letters =
        |cell: &str| cell.chars().any(char::is_alphabetic) && quantity::share(cell, DecimalMark::Point).is_none();
    let filled = second.cells().filter(|cell| !cell.is_empty()).count();
    let numbers = (0..second.len()).filter(|at| letters(second.cell(*at)) && is_number(third.cell(*at))).count();
    merged
        && filled >= 2
        && numbers >= 2
        && second.cells().all(|cell| cell.is_empty() || (letters(cell) && !is_number(cell)))
        && !second.cells().any(|cell| ["nan", "n/a", "na", "null", "none"].contains(&cell.to_lowercase().as_str()))
}

/// "loss" above "general" is "loss general"; a name goes on over the blanks to its right.
fn joined(first: Row<'_>, second: Row<'_>) -> Vec<String> {
    let mut above = "";
    (0..first.len().max(second.len()))
        .map(|at| {
            let below = second.cell(at);
            if !first.cell(at).is_empty() {
                above = first.cell(at);
            }
            match (above, below) {
                (above, "") if !first.cell(at).is_empty() => above.to_owned(),
                ("", below) => below.to_owned(),
                (_, "") => String::new(),
                (above, below) => format!("{above} {below}"),
            }
        })
        .collect()
}

/// Headers made unique ("loss", "loss (2)") and none blank.
fn unique(cells: Vec<String>, line: u32, problems: &mut Problems) -> Vec<String> {
    let mut known: HashSet<String> = HashSet::with_capacity(cells.len());
    // The number each name was given last: the same header a thousand times is no reason to count from two every time.
    let mut copies: HashMap<String, usize> = HashMap::new();
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (at, cell) in cells.into_iter().enumerate() {
        let wanted = if cell.is_empty() { format!("column {}", at + 1) } else { cell };
        let mut name = wanted.clone();
        while known.contains(&name) {
            let copy = copies.entry(wanted.clone()).or_insert(1);
            *copy += 1;
            name = format!("{wanted} ({copy})");
        }
        if name != wanted {
            problems.push(Problem::SameHeader { row: line as usize, column: wanted, renamed: name.clone() });
        }
        known.insert(name.clone());
        names.push(name);
    }
    names
}

/// The decimal mark most cells that tell agree on.
fn decimal_mark(rows: &Rows, commas: bool) -> DecimalMark {
    let (mut comma, mut point, mut either) = (0usize, 0usize, false);
    for cell in rows.from(0).take(SNIFFED).flat_map(Row::cells) {
        match decimal_evidence(cell) {
            Some(DecimalMark::Comma) => comma += 1,
            Some(DecimalMark::Point) => point += 1,
            None => either |= cell.contains(','),
        }
    }
    // Programs that write semicolons or tabs do so because the comma is taken by the decimals.
    if comma > point || (comma == 0 && point == 0 && either && !commas) {
        DecimalMark::Comma
    } else {
        DecimalMark::Point
    }
}
