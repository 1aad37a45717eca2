//! The quantities people type and read: model size, tokens and shares of a mixture.
//!
//! Reads what people write in spreadsheets and fields ("1.8B", "350M", "2e9", "1:9", "33 %") and prints it back
//! the way papers do. Parsing returns `None` where the text is not such a quantity; the caller knows the place
//! (row, column, field) and says what was expected.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A model size in parameters (a count, not billions).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Params(pub f64);

/// A training budget in tokens (a count, not billions).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Tokens(pub f64);

/// A share of a mixture, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Share(pub f64);

impl Params {
    /// Reads "1.8B", "555.8M", "70m", "2e9", "18,915,328". Positive and finite, else `None`.
    pub fn parse(text: &str) -> Option<Self> {
        count(text).filter(|n| *n > 0.0).map(Self)
    }
}

impl Tokens {
    /// Reads "20B", "0.1T", "500M", "2e9". Zero is the base model, before any continual pre-training.
    pub fn parse(text: &str) -> Option<Self> {
        count(text).map(Self)
    }
}

impl Share {
    /// Reads ".33", "33 %", "33%", "1:2" (the first part's share of the whole), "0.25-0.75".
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(percent) = text.strip_suffix('%') {
            return plain(percent).map(|v| v / 100.0).filter(in_unit).map(Self);
        }
        // A pair: "1:9", "3/7", "0.25-0.75". A minus sign can only stand between two parts here.
        for separator in [':', '/', '-'] {
            if let Some((first, second)) = text.split_once(separator) {
                let (a, b) = (plain(first)?, plain(second)?);
                let share = a / (a + b);
                return (a >= 0.0 && b >= 0.0).then_some(share).filter(in_unit).map(Self);
            }
        }
        plain(text).filter(in_unit).map(Self)
    }
}

fn in_unit(value: &f64) -> bool {
    (0.0..=1.0).contains(value)
}

/// A plain finite number; no suffix, no thousands separators.
fn plain(text: &str) -> Option<f64> {
    let text = text.trim();
    // `f64::from_str` also reads "inf", "nan" and "infinity", which are no measurements.
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+')) {
        return None;
    }
    text.parse().ok().filter(|v: &f64| v.is_finite())
}

/// A count with an optional K, M, B (or G), T suffix. Never negative.
fn count(text: &str) -> Option<f64> {
    let text = text.trim();
    let (digits, factor) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (&text[..at], 1e3),
        (at, 'm' | 'M') => (&text[..at], 1e6),
        (at, 'b' | 'B' | 'g' | 'G') => (&text[..at], 1e9),
        (at, 't' | 'T') => (&text[..at], 1e12),
        _ => (text, 1.0),
    };
    let digits = digits.replace(['_', ','], "");
    plain(&digits).map(|v| v * factor).filter(|v| *v >= 0.0)
}

/// Three significant digits with the suffix people use: 1.8B, 555M, 20B, 1.54M, 12.8K, 0.
fn short(value: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // Rounded first, so that 999.9M prints as 1B and not as 1000M.
    let value = significant(value, 3);
    let (divisor, suffix) = match value.abs() {
        v if v >= 1e12 => (1e12, "T"),
        v if v >= 1e9 => (1e9, "B"),
        v if v >= 1e6 => (1e6, "M"),
        v if v >= 1e3 => (1e3, "K"),
        _ => (1.0, ""),
    };
    write!(f, "{}{suffix}", significant(value / divisor, 3))
}

/// `value` rounded to `digits` significant digits.
pub fn significant(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let exponent = digits - 1 - value.abs().log10().floor() as i32;
    // Dividing by a power of ten, and not multiplying by its inverse, keeps 0.3 from printing as 0.30000000000000004.
    if exponent >= 0 {
        (value * 10f64.powi(exponent)).round() / 10f64.powi(exponent)
    } else {
        (value / 10f64.powi(-exponent)).round() * 10f64.powi(-exponent)
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        short(self.0, f)
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        short(self.0, f)
    }
}

impl fmt::Display for Share {
    /// "33 %", "33.3 %": at most one decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", (self.0 * 1000.0).round() / 10.0)
    }
}
