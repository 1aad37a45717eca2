//! One row's cells as numbers: losses in nats, size, tokens and the domain's share, each with a problem where a cell is
//! not what it must be.

use crate::quantity::{self, DecimalMark};
use crate::table::mixture::{ROUNDING, part_name};
use crate::table::plan::{FLOPS_PER_PARAMETER_AND_TOKEN, Factor, Origin, is_counted};
use crate::table::problem::{Problem, Problems};
use crate::table::recognise::share;
use crate::table::rows::Row;
use crate::table::{Column, Direction, Keep, Measure, Per, Role, Unit, shortened};

/// One row's axes; NaN where the file has none.
#[derive(Clone, Copy)]
pub(super) struct Axes {
    pub size: f64,
    pub tokens: f64,
    pub share: f64,
}

/// A loss as the file writes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    pub measure: Measure,
    pub per: Per,
    /// For a score, what makes it a fraction of one.
    score: Option<f64>,
}

impl Written {
    pub fn new(unit: Unit) -> Self {
        let (measure, per) = match unit {
            Unit::Bits => (Measure::Bits, Per::Token),
            Unit::NatsPerByte => (Measure::Nats, Per::Byte),
            Unit::BitsPerByte => (Measure::Bits, Per::Byte),
            Unit::Perplexity => (Measure::Perplexity, Per::Token),
            Unit::BytePerplexity => (Measure::Perplexity, Per::Byte),
            _ => (Measure::Nats, Per::Token),
        };
        Self { measure, per, score: None }
    }

    /// As a column's role and unit say.
    pub fn of(column: &Column) -> Self {
        let score = (column.role == Role::Score).then(|| column.unit.factor());
        Self { score, ..Self::new(column.unit) }
    }

    pub fn direction(self) -> Direction {
        if self.score.is_some() { Direction::Higher } else { Direction::Lower }
    }

    /// A loss in nats; a perplexity of one and below is none.
    pub fn nats(self, text: &str, mark: DecimalMark) -> Option<f64> {
        if let Some(factor) = self.score {
            let text = text.trim_end_matches(['%', ' ']);
            return quantity::number(text, mark).map(|v| v * factor).filter(|v| *v > 0.0 && *v <= 1.0);
        }
        let nats = self.measure.to_nats(quantity::number(text, mark)?);
        Some(nats).filter(|nats| *nats > 0.0 && nats.is_finite())
    }

    pub fn expected(self) -> &'static str {
        if self.score.is_some() {
            return "a score above 0, at most 1 or 100 %";
        }
        match self.measure {
            Measure::Perplexity => "a perplexity: a number above 1",
            Measure::Nats | Measure::Bits => "a loss: a number above 0",
        }
    }
}

/// What a cell of an axis must be.
pub(super) const SIZE: &str = "a number of parameters above 0";
pub(super) const TOKENS: &str = "a number of tokens, 0 or more";

pub(super) fn blank(row: Row<'_>, column: &Column, expected: &str) -> Problem {
    Problem::Blank { row: row.line as usize, column: column.header.clone(), expected: expected.to_owned() }
}

/// Whether a cell of a sparse file says that there is no value.
pub(super) fn is_no_value(text: &str) -> bool {
    text.is_empty() || ["nan", "null", "none", "n/a", "-"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Reads one cell; a problem where it is blank or not what was expected.
pub(super) fn cell(
    row: Row<'_>,
    at: usize,
    column: &Column,
    expected: &str,
    problems: &mut Problems,
    read: impl Fn(&str) -> Option<f64>,
) -> Option<f64> {
    let text = row.cell(at);
    if text.is_empty() {
        problems.push(blank(row, column, expected));
        return None;
    }
    let value = read(text);
    if value.is_none() {
        problems.push(Problem::Cell {
            row: row.line as usize,
            column: column.header.clone(),
            read: shortened(text),
            expected: expected.to_owned(),
        });
    }
    value
}

/// Whether a cell passes a filter.
pub(super) fn passes(cell: &str, keep: &Keep, mark: DecimalMark) -> bool {
    match keep {
        Keep::Equals(values) => values.iter().any(|value| value.trim() == cell),
        Keep::Between { low, high } => {
            let number = quantity::number(cell, mark).or_else(|| quantity::count(cell, mark, 1.0)).or_else(|| {
                quantity::share(cell, mark).map(|(quantity::ShareText::Bare(v) | quantity::ShareText::Said(v))| v)
            });
            number.is_some_and(|n| low.is_none_or(|low| n >= low) && high.is_none_or(|high| n <= high))
        }
    }
}

/// Size or tokens of a row; NaN where the file has none, `None` where the row's cell can't be used. `other` is the axis
/// that FLOPs are divided by.
pub(super) fn axis(
    origin: &Origin,
    row: Row<'_>,
    columns: &[Column],
    mark: DecimalMark,
    problems: &mut Problems,
    expected: &str,
    other: f64,
) -> Option<f64> {
    let positive = expected == SIZE;
    let mut read = |at: usize, expected: &str, positive: bool| {
        let unit = columns[at].unit;
        let factor = if is_counted(unit) { unit.factor() } else { 1.0 };
        cell(row, at, &columns[at], expected, problems, |text| {
            quantity::count(text, mark, factor).filter(|n| *n > 0.0 || !positive)
        })
    };
    match origin {
        Origin::Column(at) => read(*at, expected, positive),
        Origin::Typed(value, _) => Some(*value),
        Origin::Flops(_) if other.is_nan() => Some(f64::NAN),
        Origin::Flops(at) => {
            let flops = read(*at, "a number of FLOPs above 0", true)?;
            Some(flops / (FLOPS_PER_PARAMETER_AND_TOKEN * other)).filter(|value| value.is_finite())
        }
        Origin::Product(first, factors, _) => {
            let mut product = 1.0;
            for (which, factor) in std::iter::once(first).chain(factors).enumerate() {
                product *= match factor {
                    Factor::Typed(value) => *value,
                    Factor::Column(at) => read(*at, "a number, 0 or more", which > 0)?,
                };
            }
            Some(product).filter(|value| value.is_finite())
        }
        Origin::Missing | Origin::Corpora(_) | Origin::Mixture(..) => Some(f64::NAN),
    }
}

/// The domain's share in a row; NaN where the file has none, `None` where the row's cells can't be used.
pub(super) fn domain_share(
    origin: &Origin,
    row: Row<'_>,
    columns: &[Column],
    mark: DecimalMark,
    problems: &mut Problems,
) -> Option<f64> {
    const EXPECTED: &str = "a share from 0 to 1, a percentage or two parts such as 1:9";
    let mut read = |at: usize| {
        let column = &columns[at];
        cell(row, at, column, EXPECTED, problems, |text| {
            share(text, mark, column.unit).filter(|value| (0.0..=1.0).contains(value))
        })
    };
    match origin {
        Origin::Column(at) => {
            let value = read(*at)?;
            Some(if columns[*at].role == Role::GeneralShare { 1.0 - value } else { value })
        }
        Origin::Typed(value, _) => Some(*value),
        Origin::Corpora(corpora) => {
            let (mut domain, mut whole) = (0.0, 0.0);
            for (at, of_domain) in corpora {
                let value = read(*at)?;
                whole += value;
                domain += if *of_domain { value } else { 0.0 };
            }
            if (whole - 1.0).abs() < ROUNDING {
                return Some(domain.clamp(0.0, 1.0));
            }
            problems.push(Problem::Shares { row: row.line as usize, sum: quantity::significant(whole, 3) });
            None
        }
        Origin::Mixture(at, domain) => {
            let column = &columns[*at];
            cell(row, *at, column, "a mixture such as pile:0.3,code:0.7", problems, |text| {
                let parts = quantity::mixture(text, mark)?;
                let counted = parts.into_iter().enumerate().filter(|(index, (name, _))| match name.is_empty() {
                    true => domain.contains(&part_name(*index)),
                    false => domain.contains(name),
                });
                Some(counted.map(|(_, (_, share))| share).sum::<f64>().clamp(0.0, 1.0))
            })
        }
        Origin::Missing | Origin::Product(..) | Origin::Flops(_) => Some(f64::NAN),
    }
}
