//! Reading what a person types into the decisions' fields.

use crate::quantity::{DecimalMark, Params, Share, Tokens, number};

/// A number, with thousands apart or an exponent: "2,000", "1e21".
pub fn plain(text: &str) -> Option<f64> {
    number(text, DecimalMark::Point)
}

/// A number above 0.
pub fn positive(text: &str) -> Option<f64> {
    plain(text).filter(|value| *value > 0.0)
}

/// A relative rise, which may be negative: "3 %", "0.03", "3", "-1%". A bare number of 1 and more is a percentage.
pub fn rise(text: &str) -> Option<f64> {
    let (sign, rest) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest.trim()),
        None => (1.0, text),
    };
    share(rest).map(|value| sign * value)
}

/// A share: "40 %", "0.4", "40".
pub fn share(text: &str) -> Option<f64> {
    Share::parse(text).or_else(|| Share::parse(&format!("{text}%"))).map(|share| share.0)
}

/// A number of tokens above 0: "5B".
pub fn tokens(text: &str) -> Option<f64> {
    Tokens::parse(text).map(|tokens| tokens.0).filter(|tokens| *tokens > 0.0)
}

/// Model sizes apart by commas or blanks: "1.5B, 7B"; `None` where one can't be read.
pub fn sizes(text: &str) -> Option<Vec<f64>> {
    let parts = text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Params::parse(part).map(|size| size.0)).collect()
}

/// Sets `slot` to what was read; nothing typed is nothing chosen.
pub fn optional<T>(slot: &mut Option<T>, text: &str, read: impl Fn(&str) -> Option<T>) -> bool {
    if text.is_empty() {
        *slot = None;
        return true;
    }
    let value = read(text);
    let known = value.is_some();
    if known {
        *slot = value;
    }
    known
}

/// Sets `slot` to what was read, where it could be.
pub fn set<T>(slot: &mut T, read: Option<T>) -> bool {
    let known = read.is_some();
    if let Some(value) = read {
        *slot = value;
    }
    known
}
