//! How figures are printed in a panel.

use crate::decide::outcome::Solved;
use crate::decide::words;
use crate::fit::Prediction;
use crate::quantity::{Params, Share, Tokens};
use crate::table::Measure;

/// A range as "70–76 %", one value where both ends print alike.
pub fn range((low, high): (f64, f64), print: impl Fn(f64) -> String) -> String {
    let (low, high) = (print(low), print(high));
    match (low == high, low.strip_suffix(" %")) {
        (true, _) => high,
        (false, Some(bare)) if high.ends_with(" %") => format!("{bare}–{high}"),
        _ => format!("{low}–{high}"),
    }
}

/// The interval where there is one, else the value.
pub fn solved(solved: Solved, print: impl Fn(f64) -> String) -> String {
    match solved.interval {
        Some(ends) => range(ends, print),
        None => print(solved.value),
    }
}

/// A share: "72.5 %".
pub fn share(value: f64) -> String {
    Share(value).to_string()
}

/// A model size: "1.8B".
pub fn size(value: f64) -> String {
    Params(value).to_string()
}

/// Tokens: "20B".
pub fn tokens(value: f64) -> String {
    Tokens(value).to_string()
}

/// A predicted loss with the law's interval on a second line.
pub fn predicted(prediction: &Prediction, measure: Measure) -> String {
    let loss = |nats: f64| measure.loss(nats);
    match prediction.law {
        Some(ends) => format!("{}\n{}", loss(prediction.loss), range(ends, loss)),
        None => loss(prediction.loss),
    }
}

/// A relative change with its sign: "−3.1 %".
pub fn change(value: f64) -> String {
    let text = words::percent(value.abs());
    match value {
        v if v < 0.0 => format!("−{text}"),
        v if v > 0.0 => format!("+{text}"),
        _ => text,
    }
}

/// A number with three significant digits, thousands apart: "1,900", "1.08e21".
pub fn number(value: f64) -> String {
    let rounded = crate::quantity::significant(value, 3);
    if rounded.abs() >= 1e9 { format!("{rounded:e}") } else { crate::decide::compute::thousands(value) }
}

#[cfg(test)]
mod tests {
    use super::{change, number, range, share, size};

    #[test]
    fn ranges_changes_and_numbers_as_people_write_them() {
        assert_eq!(range((0.702, 0.76), share), "70.2–76 %");
        assert_eq!(range((0.7, 0.7), share), "70 %");
        assert_eq!(range((3.1e9, 1.2e10), size), "3.1B–12B");
        assert_eq!(change(-0.031), "−3.1 %");
        assert_eq!(change(0.0), "0 %");
        assert_eq!(number(1234.0), "1,230");
        assert_eq!(number(1.08e21), "1.08e21");
    }
}
