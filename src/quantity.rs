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

/// Which sign separates whole from decimal digits where a number alone doesn't tell: "1,234".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalMark {
    /// "1.8", and "1,234" is one thousand two hundred and thirty-four.
    Point,
    /// "1,8", and "1,234" is a little more than one.
    Comma,
}

/// A share as written, before a column's unit is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ShareText {
    /// A bare number: a fraction or percent.
    Bare(f64),
    /// A share, 0 to 1, that says so itself: "33 %", "1:2".
    Said(f64),
}

impl Params {
    /// Reads "1.8B", "1,8 B", "555.8M", "70m", "2e9", "18,915,328". Positive and finite, else `None`.
    ///
    /// ```
    /// use ratioscope::quantity::Params;
    /// assert_eq!(Params::parse("1.8 billion"), Some(Params(1.8e9)));
    /// assert_eq!(Params::parse("0"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        count(text, DecimalMark::Point, 1.0).filter(|n| *n > 0.0).map(Self)
    }
}

impl Tokens {
    /// Reads "20B", "0.1T", "500M", "2e9". Zero is the base model, before any continual pre-training.
    pub fn parse(text: &str) -> Option<Self> {
        count(text, DecimalMark::Point, 1.0).map(Self)
    }
}

impl Share {
    /// Reads ".33", "33 %", "33%", "1:2" (the first part's share of the whole), "0.25-0.75".
    ///
    /// ```
    /// use ratioscope::quantity::Share;
    /// assert_eq!(Share::parse("1:9"), Some(Share(0.1)));
    /// assert_eq!(Share::parse("33"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (ShareText::Bare(value) | ShareText::Said(value)) = share(text, DecimalMark::Point)?;
        Some(value).filter(in_unit).map(Self)
    }
}

fn in_unit(value: &f64) -> bool {
    (0.0..=1.0).contains(value)
}

/// A share as written. The values are not checked to lie in 0 to 1.
pub(crate) fn share(text: &str, mark: DecimalMark) -> Option<ShareText> {
    let text = text.trim();
    // First a number, so that the minus sign of "1e-3" is not taken for the dash of a pair.
    if let Some(value) = number(text, mark) {
        return Some(ShareText::Bare(value));
    }
    for suffix in ["%", "percent", "pct"] {
        if let Some(percent) = text.strip_suffix(suffix) {
            return number(percent, mark).map(|v| ShareText::Said(v / 100.0));
        }
    }
    for separator in [':', '/', '-', '–', '−'] {
        if let Some((first, second)) = text.split_once(separator) {
            let (a, b) = (number(first, mark)?, number(second, mark)?);
            let whole = a + b;
            return (a >= 0.0 && b >= 0.0 && whole > 0.0).then(|| ShareText::Said(a / whole));
        }
    }
    None
}

/// A whole mixture as written: "pile:0.3,code:0.7", "70% code + 30% pile", "{'pile': 3, 'code': 7}", "0.2-0.3-0.5".
///
/// At least two parts, each at least 0 and one above it, divided by their sum. Names are blank where the text has none.
pub(crate) fn mixture(text: &str, mark: DecimalMark) -> Option<Vec<(String, f64)>> {
    let text = text.trim().trim_matches(|c: char| matches!(c, '{' | '}' | '[' | ']' | '(' | ')'));
    let named = text.chars().any(char::is_alphabetic) && number(text, mark).is_none();
    let separators: &[char] =
        if named { &[',', ';', '+', '|', '&', '\n'] } else { &[':', '/', '-', '–', ';', '|', '+'] };
    let parts: Vec<&str> = text.split(separators).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 || parts.len() > MOST_CORPORA {
        return None;
    }
    let mut all: Vec<(String, f64)> = Vec::with_capacity(parts.len());
    for part in parts {
        let (name, weight) = if named { named_part(part, mark)? } else { (String::new(), weight(part, mark)?) };
        if named && all.iter().any(|(known, _)| *known == name) {
            return None;
        }
        all.push((name, weight));
    }
    let whole: f64 = all.iter().map(|(_, weight)| weight).sum();
    if !(whole > 0.0 && whole.is_finite()) {
        return None;
    }
    all.iter_mut().for_each(|(_, weight)| *weight /= whole);
    Some(all)
}

/// More parts than this are no mixture but a sentence.
const MOST_CORPORA: usize = 64;

/// "pile:0.3", "pile=30%", "30% pile", "pile 0.3".
fn named_part(part: &str, mark: DecimalMark) -> Option<(String, f64)> {
    let clean = |name: &str| name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).to_owned();
    let (name, weight) = match part.rsplit_once([':', '=']) {
        Some((name, number)) => (clean(name), weight(number, mark)?),
        None => {
            let (first, rest) = part.split_once(char::is_whitespace)?;
            match weight(first, mark) {
                Some(weight) => (clean(rest), weight),
                None => {
                    let (name, last) = part.rsplit_once(char::is_whitespace)?;
                    (clean(name), weight(last, mark)?)
                }
            }
        }
    };
    name.chars().any(char::is_alphabetic).then_some((name, weight))
}

fn weight(text: &str, mark: DecimalMark) -> Option<f64> {
    let text = text.trim();
    number(text.strip_suffix('%').unwrap_or(text), mark).filter(|weight| *weight >= 0.0)
}

/// A count, never negative. A suffix ("1.8B", "20 billion tokens") says its own unit; without one the number is
/// multiplied by `unit`.
pub(crate) fn count(text: &str, mark: DecimalMark, unit: f64) -> Option<f64> {
    let text = text.trim();
    let value = match number(text, mark) {
        Some(value) => value * unit,
        None => {
            let (digits, factor) = suffix(text)?;
            number(digits, mark)? * factor
        }
    };
    (value.is_finite() && value >= 0.0).then_some(value)
}

/// Whether a count carries its own unit: "1.8B".
pub(crate) fn has_suffix(text: &str) -> bool {
    suffix(text.trim()).is_some()
}

/// Splits "1.8 B" into digits and the factor of its suffix.
fn suffix(text: &str) -> Option<(&str, f64)> {
    let at = text.rfind(|c: char| c.is_ascii_digit() || c == '.')? + 1;
    let (digits, word) = (text.get(..at)?, text.get(at..)?.trim());
    let mut words = word.split_whitespace();
    let factor = match words.next()?.to_ascii_lowercase().as_str() {
        "k" | "thousand" => 1e3,
        "m" | "mn" | "million" => 1e6,
        "b" | "bn" | "g" | "billion" => 1e9,
        "t" | "tn" | "trillion" => 1e12,
        "tokens" | "params" | "parameters" => 1.0,
        _ => return None,
    };
    words.all(|w| matches!(w, "tokens" | "params" | "parameters")).then_some((digits, factor))
}

/// A finite number with decimal point or comma and, where they stand in groups of three, thousands separators.
///
/// Only "1,234" and, under a decimal comma, "1.234" can be read in two ways: there `mark` decides.
pub(crate) fn number(text: &str, mark: DecimalMark) -> Option<f64> {
    if let Some(value) = plain(text, mark) {
        return Some(value);
    }
    let text = text.trim();
    // `f64::from_str` also reads "inf", "nan" and "infinity", which are no measurements.
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | '−')) {
        return None;
    }
    let simple = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    if simple
        && (mark == DecimalMark::Point || !text.contains('.'))
        && let Ok(value) = text.parse::<f64>()
    {
        return Some(value).filter(|v| v.is_finite());
    }
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let commas = mantissa.matches(',').count();
    let points = mantissa.matches('.').count();
    let decimal = match (commas, points) {
        (0, 0) => None,
        (1, 0) if grouped(mantissa, ',') && mark == DecimalMark::Point => None,
        (0, 1) if grouped(mantissa, '.') && mark == DecimalMark::Comma => None,
        (1, 0) => Some(','),
        (0, 1) => Some('.'),
        (_, 0) | (0, _) => None,
        // Both: the later one is the decimal mark.
        _ if mantissa.rfind(',') > mantissa.rfind('.') => Some(','),
        _ => Some('.'),
    };
    let (whole, fraction) = match decimal {
        Some(mark) => mantissa.rsplit_once(mark)?,
        None => (mantissa, ""),
    };
    let mut plain = String::with_capacity(text.len());
    match whole.find([',', '.', '_', '\'', '’']).or_else(|| whole.find(char::is_whitespace)) {
        None => plain.extend(whole.chars().map(|c| if c == '−' { '-' } else { c })),
        Some(at) => {
            let separator = whole.get(at..)?.chars().next()?;
            if separator != '_' && !grouped(whole, separator) {
                return None;
            }
            plain.extend(whole.chars().filter(|c| *c != separator).map(|c| if c == '−' { '-' } else { c }));
        }
    }
    if decimal.is_some() {
        plain.push('.');
        plain.push_str(fraction);
    }
    plain.extend(exponent.chars().map(|c| if c == '−' { '-' } else { c }));
    plain.parse().ok().filter(|v: &f64| v.is_finite())
}

/// Powers of ten that a double holds exactly.
const EXACT: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// A number as programs write it: digits with at most one decimal point, in one pass. The digits as an integer and the
/// power of ten are both exact, so that their quotient is what [`str::parse`] gives (Clinger 1990); `None` where they are
/// not, or the text is anything else.
fn plain(text: &str, mark: DecimalMark) -> Option<f64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (mut whole, mut point) = (0u64, None);
    for (at, byte) in digits.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => whole = whole.wrapping_mul(10).wrapping_add(u64::from(byte - b'0')),
            b'.' if point.is_none() && mark == DecimalMark::Point => point = Some(at),
            _ => return None,
        }
    }
    let places = point.map_or(0, |at| digits.len() - at - 1);
    let figures = digits.len() - usize::from(point.is_some());
    // Nineteen digits always go into 64 bits; more may have wrapped.
    if figures == 0 || figures > 19 || whole >> f64::MANTISSA_DIGITS != 0 {
        return None;
    }
    let value = whole as f64 / EXACT.get(places)?;
    Some(if negative { -value } else { value })
}

/// Whether `text` is digits in groups of three: "18,915,328", and not "0,125".
fn grouped(text: &str, separator: char) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = text.trim_start_matches(['-', '+', '−']).split(separator);
    let Some(first) = parts.next() else { return false };
    let mut more = false;
    digits(first)
        && first.len() <= 3
        && !first.starts_with('0')
        && parts.all(|part| {
            more = true;
            part.len() == 3 && digits(part)
        })
        && more
}

/// What a cell alone says about a file's decimal mark: "0,5" a comma, "0.5" a point, "1,234" nothing.
pub(crate) fn decimal_evidence(text: &str) -> Option<DecimalMark> {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | ',')) {
        return None;
    }
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%' || c.is_whitespace());
    if !digits.contains([',', '.']) || number(digits, DecimalMark::Point).is_none() {
        return None;
    }
    match (digits.matches(',').count(), digits.matches('.').count()) {
        (1, 0) if !grouped(digits, ',') => Some(DecimalMark::Comma),
        (0, 1) if !grouped(digits, '.') => Some(DecimalMark::Point),
        (2.., 0) => Some(DecimalMark::Point),
        (0, 2..) => Some(DecimalMark::Comma),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::{DecimalMark, Params, Share, Tokens, number};

    #[test]
    fn sizes_as_people_write_them() {
        for (text, expected) in [
            ("1.8B", 1.8e9),
            ("1,8B", 1.8e9),
            ("1.8 B", 1.8e9),
            ("1.8\u{a0}B", 1.8e9),
            ("1.8 billion", 1.8e9),
            ("7b", 7e9),
            ("555.8M", 555.8e6),
            ("2e9", 2e9),
            ("2E+9", 2e9),
            ("18,915,328", 18_915_328.0),
            ("18.915.328", 18_915_328.0),
            ("18 915 328", 18_915_328.0),
            ("18\u{202f}915\u{202f}328", 18_915_328.0),
            ("18_915_328", 18_915_328.0),
            ("1,234.5K", 1_234_500.0),
            ("1.234,5K", 1_234_500.0),
            ("1,234", 1234.0),
            ("70M params", 70e6),
        ] {
            let read = Params::parse(text).map(|p| p.0);
            assert!(read.is_some_and(|v| (v / expected - 1.0).abs() < 1e-12), "{text}: {read:?}");
        }
        for text in
            ["", "B", "0", "-1B", "−1B", "inf", "nan", "1.2.3B", "1,23,4", "12 34", "s0", "1e999", "1B2", "1 8", "x7b"]
        {
            assert_eq!(Params::parse(text), None, "{text}");
        }
        assert_eq!(Tokens::parse("0"), Some(Tokens(0.0)));
        assert_eq!(Tokens::parse("20 billion tokens"), Some(Tokens(20e9)));
    }

    #[test]
    fn shares_as_people_write_them() {
        for (text, expected) in [
            (".33", 0.33),
            ("0,33", 0.33),
            ("33 %", 0.33),
            ("33\u{202f}%", 0.33),
            ("33,5%", 0.335),
            ("1:9", 0.1),
            ("1 : 9", 0.1),
            ("3/1", 0.75),
            ("0.25-0.75", 0.25),
            ("0.25–0.75", 0.25),
            ("1e-3", 0.001),
            ("0", 0.0),
            ("1:0", 1.0),
        ] {
            let read = Share::parse(text).map(|s| s.0);
            assert!(read.is_some_and(|v| (v - expected).abs() < 1e-12), "{text}: {read:?}");
        }
        for text in ["", "%", "33", "101%", "-0.1", "−0.1", "0:0", "1:2:3", "a:b", "-1:2", "NaN"] {
            assert_eq!(Share::parse(text), None, "{text}");
        }
    }

    #[test]
    fn mixtures_as_people_write_them() {
        for (text, expected) in [
            ("pile:0.3,code:0.7", "pile 0.3; code 0.7"),
            ("{'pile': 3, \"code\": 7}", "pile 0.3; code 0.7"),
            ("70% code + 30% pile", "code 0.7; pile 0.3"),
            ("code 0.7; pile 0.3", "code 0.7; pile 0.3"),
            ("a b=1|c=1", "a b 0.5; c 0.5"),
            ("0.2-0.3-0.5", " 0.2;  0.3;  0.5"),
            ("1:1:2", " 0.25;  0.25;  0.5"),
        ] {
            let read = super::mixture(text, DecimalMark::Point).unwrap_or_default();
            let read: Vec<String> = read.iter().map(|(name, share)| format!("{name} {share}")).collect();
            assert_eq!(read.join("; "), expected, "{text}");
        }
        for text in [
            "",
            "pile",
            "pile:0.3",
            "pile:0,code:0",
            "pile:-1,code:2",
            "a:1,a:2",
            "a,b",
            "2.5",
            "1e-3",
            "hello, world 3x",
        ] {
            assert_eq!(super::mixture(text, DecimalMark::Point), None, "{text}");
        }
    }

    #[test]
    fn only_a_lone_group_of_three_needs_the_mark() {
        for (text, point, comma) in [
            ("1,234", 1234.0, 1.234),
            ("1.234", 1.234, 1234.0),
            ("0.125", 0.125, 0.125),
            ("0,125", 0.125, 0.125),
            ("−2,5", -2.5, -2.5),
        ] {
            assert_eq!(number(text, DecimalMark::Point), Some(point), "{text}");
            assert_eq!(number(text, DecimalMark::Comma), Some(comma), "{text}");
        }
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for step in 0..2000 {
            let value = 1e3 * 1.013f64.powi(step);
            if value > 9e14 {
                break;
            }
            let back = Params::parse(&Params(value).to_string()).map_or(0.0, |p| p.0);
            assert!((back / value - 1.0).abs() <= 0.005, "{value} printed as {}", Params(value));
        }
        for step in 0..=1000 {
            let value = f64::from(step) / 1000.0 + 0.0004;
            let back = Share::parse(&Share(value.min(1.0)).to_string()).map_or(2.0, |s| s.0);
            assert!((back - value.min(1.0)).abs() <= 0.0005 + 1e-12, "{value}");
        }
    }

    #[test]
    fn prints_as_papers_do() {
        assert_eq!(Params(1.8e9).to_string(), "1.8B");
        assert_eq!(Params(999.9e6).to_string(), "1B");
        assert_eq!(Tokens(0.0).to_string(), "0");
        assert_eq!(Share(1.0 / 3.0).to_string(), "33.3 %");
    }
}
